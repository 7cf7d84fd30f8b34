using System.Globalization;
using System.Text;

namespace Offproof.Interop;

/// <summary>A folder of everything that has ever broken a backup, in three versions: as made, changed, and unchanged since.</summary>
static class Sample
{
    internal const int ManyFiles = 5000;

    static readonly string[] OddNames =
    [
        "plain.txt", "😀🎉.txt", "e\u0301 decomposed", "\u00e9 composed", "line\nfeed", "tab\tand\rreturn", "quote\"double", "quote'single", "back\\slash", "\\x41 not an escape", "\\u00e9",
        " space first", "space last ", "dot last.", "...", "-dash", "--dash-dash", "*?[]{}~$`!;&|<>()", "%2e%2e", "\u0001\u001b[31mcontrol", "\u007fdelete", "right\u202Eto left",
        "\u2028 and \u2029", "joined 👩\u200D👩\u200D👧", "soft\u00ADhyphen", "\uFFFD replacement", "\uE000 private", "z\uFF5E", "z😀", "CON", "nul.txt", "a:b", "ÀÉÎÕÜ", "中文.txt", "ไทย",
    ];

    /// <param name="folder">Made here; its path is what is backed up.</param>
    /// <param name="seed">Of the contents.</param>
    internal static async Task MakeAsync(string folder, ulong seed)
    {
        Seeded random = new(seed);
        Directory.CreateDirectory(folder);
        string odd = Path.Combine(folder, "odd names");
        Directory.CreateDirectory(odd);
        foreach (string name in OddNames) await WriteAsync(odd, name, Encoding.UTF8.GetBytes($"content of {name}"));
        await WriteAsync(odd, new string('l', 255), "255 bytes of name"u8.ToArray());
        await WriteAsync(odd, string.Concat(Enumerable.Repeat("😀", 63)) + "abc", "63 of four bytes, and three"u8.ToArray());
        Directory.CreateDirectory(Path.Combine(odd, "folder\nwith \"both\" 😀"));
        await WriteAsync(Path.Combine(odd, "folder\nwith \"both\" 😀"), "inside", [1]);

        string sizes = Path.Combine(folder, "sizes");
        Directory.CreateDirectory(sizes);
        // 512 KiB is the least chunk, 8 MiB the largest; a pack aims at 16 MiB.
        foreach (int size in (int[])[0, 1, 63, 64, 65, (512 << 10) - 1, 512 << 10, (512 << 10) + 1, 1_500_000, 20 << 20])
            await WriteAsync(sizes, string.Create(CultureInfo.InvariantCulture, $"{size:d9}.bin"), random.Bytes(size));
        await WriteAsync(sizes, "zeros", new byte[(9 << 20) + 7]);
        await WriteAsync(sizes, "text", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60_000).Select(static i => $"{i} green bottles\n"))));
        await WriteAsync(sizes, "again", await File.ReadAllBytesAsync(Path.Combine(sizes, "001500000.bin")));

        string many = Path.Combine(folder, "many");
        Directory.CreateDirectory(many);
        for (int i = 0; i < ManyFiles; i++) await File.WriteAllBytesAsync(Path.Combine(many, string.Create(CultureInfo.InvariantCulture, $"{i:d5}")), random.Bytes(i % 40));

        string deep = folder;
        for (int i = 0; i < 150; i++) deep = Path.Combine(deep, string.Create(CultureInfo.InvariantCulture, $"level {i:d3} down"));
        Directory.CreateDirectory(deep);
        await WriteAsync(deep, "bottom", "here"u8.ToArray());

        string all = $$"""
            mkdir links times modes empty 'modes/read only' modes/sticky modes/closed
            ln -s ../sizes/text links/relative
            ln -s /nowhere/at/all links/dangling
            ln -s ../many links/folder
            ln -s . links/self
            ln -s 'target with 😀 and
            line feed' links/odd
            ln -s "$(printf '%01000d' 0)" links/long
            printf linked > links/first
            ln links/first links/second
            ln links/first 'links/third 😀'
            for m in 400 440 555 600 604 644 777; do printf x > modes/$m; chmod $m modes/$m; done
            printf x > 'modes/read only/inside'; printf x > modes/closed/inside
            for t in '2001-02-03 04:05:06.123456789' '1970-01-01 00:00:00.000000001' '1969-12-31 23:59:58.123456789' '1901-12-13 20:45:52' '2038-01-19 03:14:08.999999999' '2106-02-07 06:28:16.5' '2024-02-29 12:00:00.1'; do
                printf x > "times/$t"; TZ=UTC touch -d "$t UTC" "times/$t"
            done
            TZ=UTC touch -h -d '2010-10-10 10:10:10.101010101 UTC' links/dangling
            TZ=UTC touch -d '2011-11-11 11:11:11.111111111 UTC' empty
            """;
        string privileged = """

            printf x > modes/000; chmod 000 modes/000
            printf x > modes/setuid; chmod 4755 modes/setuid; printf x > modes/setgid; chmod 2755 modes/setgid
            """;
        string last = """

            chmod 1777 modes/sticky; chmod 500 modes/closed; chmod 555 'modes/read only'
            """;
        (await Processes.ShellAsync(folder, all + (Environment.IsPrivilegedProcess ? privileged : "") + last)).Is(0);
    }

    /// <summary>Contents, names, kinds, times and modes change; most stays.</summary>
    internal static async Task ChangeAsync(string folder, ulong seed)
    {
        Seeded random = new(seed);
        await using (FileStream file = File.Open(Path.Combine(folder, "sizes", "020971520.bin"), FileMode.Open))
        {
            // In the middle: the chunks before and behind are found again.
            file.Position = 9 << 20;
            await file.WriteAsync(random.Bytes(100_000));
        }
        (await Processes.ShellAsync(folder, """
            printf 'appended' >> sizes/text
            rm 'odd names/plain.txt' links/dangling; mkdir 'odd names/plain.txt'; printf now-a-file > links/dangling
            mv 'odd names/😀🎉.txt' 'odd names/🎉😀.txt'
            rm -r many/0001*; printf new > many/new
            chmod 640 modes/644; touch -d '2020-01-01' empty
            rm sizes/000000000.bin; printf '' > sizes/another-empty
            """)).Is(0);
    }

    static Task WriteAsync(string folder, string name, byte[] content) => File.WriteAllBytesAsync(Path.Combine(folder, name), content);
}
