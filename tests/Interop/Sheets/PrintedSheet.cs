using System.Net;

namespace Offproof.Interop.Sheets;

/// <summary>The printed sheet (cli.md §6) read back by programs that are not ours: its code by zbar, its file by age, its instructions by a shell.</summary>
public sealed class PrintedSheet
{
    [Fact]
    public async Task What_a_camera_reads_from_the_page_is_the_sheet_byte_for_byte_and_opens_with_age()
    {
        await using Scratch scratch = new();
        await using OwnServer server = await OwnServer.StartAsync(scratch);
        string page = await PrintAsync(scratch, server, scratch["sheet"]);
        byte[] sheet = await File.ReadAllBytesAsync(scratch["sheet"], TestContext.Current.CancellationToken);

        byte[] scanned = await ScanAsync(scratch, page);
        Assert.Equal(sheet, scanned);
        await File.WriteAllBytesAsync(scratch["scanned.txt"], scanned, TestContext.Current.CancellationToken);
        string sealedPassword = Directory.GetFiles(Path.Combine(server.Data, "recovery"), "1.age", SearchOption.AllDirectories).Single();
        (await Processes.ShellAsync(scratch.Root, $"test \"$(age -d -i scanned.txt '{sealedPassword}')\" = \"$(cat home/vaults/photos/password)\"")).Is(0);

        // What a family member would type, from the groups on the page.
        string key = WithoutGroups(Between(page, "<p class=\"key\">", "</p>").Single());
        string[] lines = [.. Between(page, "<dt>", "</dd>").Select(static row => row.Split("</dt><dd>")).Select(static row => $"{row[0]} {WithoutGroups(row[1])}"), key];
        Assert.Equal(4, lines.Length);
        foreach (string line in lines) Assert.Contains(line + "\n", System.Text.Encoding.ASCII.GetString(sheet), StringComparison.Ordinal);
        await File.WriteAllLinesAsync(scratch["typed.txt"], lines, TestContext.Current.CancellationToken);
        await server.GoodAsync("sheet", "confirm", "--sheet", scratch["typed.txt"]);
    }

    [Fact]
    public async Task The_commands_on_the_page_restore_what_was_backed_up()
    {
        await using Scratch scratch = new();
        await using OwnServer server = await OwnServer.StartAsync(scratch);
        await File.WriteAllTextAsync(Path.Combine(server.Photos, "IMG_1.jpg"), "one", TestContext.Current.CancellationToken);
        await server.GoodAsync("backup");
        string page = await PrintAsync(scratch, server, scratch["sheet"]);
        string?[] commands = [.. Between(page, "<pre><code>", "</code></pre>").Select(WebUtility.HtmlDecode)];
        Assert.Equal(2, commands.Length);

        string at = scratch.Folder("reader");
        File.Copy(scratch["sheet"], Path.Combine(at, "sheet.txt"));
        string program = Path.GetDirectoryName((await ProgramUnderTest.StartInfoAsync()).FileName)!;
        string runtime = (await ProgramUnderTest.StartInfoAsync()).Environment["DOTNET_ROOT"]!;
        (await Processes.ShellAsync(at, $"export PATH='{program}':$PATH DOTNET_ROOT='{runtime}'\n{commands[0]}")).Is(0);
        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(at, "restored/photos/photos/IMG_1.jpg"), TestContext.Current.CancellationToken));

        // On a copy of the server's disk, with no program of ours.
        (await Processes.ShellAsync(scratch.Root, "cp -r server copy; cp sheet copy/sheet.txt")).Is(0);
        (await Processes.ShellAsync(scratch["copy"], commands[1]!)).Is(0);
        Assert.Equal("one", await File.ReadAllTextAsync(scratch["copy/restored/photos/photos/IMG_1.jpg"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_page_refers_to_nothing_outside_itself_and_no_other_copy_is_made()
    {
        await using Scratch scratch = new();
        await using OwnServer server = await OwnServer.StartAsync(scratch);
        System.Diagnostics.ProcessStartInfo print = await server.DeviceAsync("sheet", "print", "--sheet", scratch["sheet"], "--to", scratch["page.html"]);
        System.Diagnostics.ProcessStartInfo traced = Processes.StartInfo("strace", ["-f", "-qq", "-e", "trace=open,openat,creat,connect,rename,renameat2,link,linkat", "-o", scratch["trace"], print.FileName, .. print.ArgumentList]);
        traced.Environment["DOTNET_ROOT"] = print.Environment["DOTNET_ROOT"];
        (await Processes.RunAsync(traced)).Is(0);
        string page = await File.ReadAllTextAsync(scratch["page.html"], TestContext.Current.CancellationToken);
        Assert.DoesNotMatch("""(?i)\b(src|href|action|data|srcset|poster)\s*=|url\(|@import|<script|<link|<iframe""", page);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(scratch["page.html"]));

        // Files that were made: the page, and what the runtime makes for itself, which is no file on a disk.
        string[] made = [.. (await File.ReadAllLinesAsync(scratch["trace"], TestContext.Current.CancellationToken)).Where(static l => l.Contains("O_CREAT", StringComparison.Ordinal) || l.Contains("rename", StringComparison.Ordinal))];
        Assert.Contains(made, static l => l.Contains("page.html", StringComparison.Ordinal));
        Assert.All(made, static l => Assert.True(l.Contains("page.html", StringComparison.Ordinal) || l.Contains("/dotnet-diagnostic", StringComparison.Ordinal) || l.Contains("clr-debug-pipe", StringComparison.Ordinal) || l.Contains("doublemapper", StringComparison.Ordinal), l));
        (await Processes.RunAsync(print)).Is(5);
    }

    [Fact]
    public async Task A_reading_that_is_not_the_sheet_would_be_noticed()
    {
        await using Scratch scratch = new();
        await using OwnServer server = await OwnServer.StartAsync(scratch);
        string page = await PrintAsync(scratch, server, scratch["sheet"]);
        string other = await File.ReadAllTextAsync(scratch["sheet"], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(scratch["other"], other.Replace("# created: 2", "# created: 1", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.NotEqual(await ScanAsync(scratch, page), await ScanAsync(scratch, await PrintAsync(scratch, server, scratch["other"])));
    }

    static async Task<string> PrintAsync(Scratch scratch, OwnServer server, string sheet)
    {
        string target = scratch[$"{Guid.NewGuid():N}.html"];
        await server.GoodAsync("sheet", "print", "--sheet", sheet, "--to", target);
        return await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken);
    }

    static async Task<byte[]> ScanAsync(Scratch scratch, string page)
    {
        await File.WriteAllTextAsync(scratch["code.svg"], "<svg" + Between(page, "<svg", "</svg>").Single() + "</svg>", TestContext.Current.CancellationToken);
        // 78 mm at 200 dots per inch: a printer and a camera of no great quality.
        (await Processes.RunAsync("rsvg-convert", "--width=614", "--output", scratch["code.png"], scratch["code.svg"])).Is(0);
        byte[] read = (await Processes.RunAsync("zbarimg", "--quiet", "--raw", scratch["code.png"])).Is(0).Bytes;
        return read[..^1]; // zbar ends each code with a line feed of its own
    }

    static string WithoutGroups(string html) => WebUtility.HtmlDecode(string.Concat(Between(">" + html + "<", ">", "<")).Replace(" ", "", StringComparison.Ordinal));

    /// <summary>Every text between the two marks.</summary>
    static IEnumerable<string> Between(string text, string from, string to)
    {
        for (int at = text.IndexOf(from, StringComparison.Ordinal); at >= 0; at = text.IndexOf(from, at, StringComparison.Ordinal))
        {
            at += from.Length;
            int end = text.IndexOf(to, at, StringComparison.Ordinal);
            if (end < 0) yield break;
            yield return text[at..end];
        }
    }
}
