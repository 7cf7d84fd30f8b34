using System.Buffers.Binary;
using System.Text.Json;

namespace Offproof.Channel.Tests;

/// <summary>Debian's fortunes, of which no text is ours: each entry as read.py reads it, as many as the real strfile counted, as fortune prints them. Without the packages these tests fail.</summary>
public sealed class FortunePackagesTests
{
    const string Root = "/usr/share/games/fortunes";

    // As many as Debian 12 has; a package that lost its files is no reason to pass.
    static readonly (string Package, string Folder, int Files, int Entries)[] Packages =
        [("fortunes, fortunes-min, fortunes-zh", "", 45, 20_000), ("fortunes-de", "de", 45, 18_000), ("fortunes-ru", "ru", 95, 20_000), ("fortunes-es", "es", 24, 10_000), ("fortunes-es", "es/off", 8, 1_000)];

    static string[] Texts(string folder) => [.. Directory.EnumerateFiles(folder).Where(file => !file.EndsWith(".dat", StringComparison.Ordinal) && !file.EndsWith(".u8", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    static List<JsonElement> Other(string file) =>
        [.. FortuneVectors.Run("/usr/bin/python3", Path.Combine(FortuneVectors.Folder, "read.py"), file).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    public static TheoryData<string> Folders => [.. Packages.Select(package => package.Folder)];

    [Theory, MemberData(nameof(Folders))]
    public void Every_entry_is_read_as_another_reader_reads_it(string name)
    {
        (string package, string folder, int most, int entries) = Packages.Single(one => one.Folder == name);
        folder = Path.Combine(Root, folder);
        Assert.True(Directory.Exists(folder), $"{folder} is missing (Debian: {package})");
        string[] files = Texts(folder);
        Assert.True(files.Length >= most, $"{folder} has {files.Length} files");
        BroughtGreetings all = FortuneVectors.Bring(folder);
        Assert.Equal(files, all.Files.Select(file => file.File));
        int count = 0, left = 0, indexed = 0;
        foreach (string file in files)
        {
            List<JsonElement> other = Other(file);
            BroughtGreetings brought = FortuneVectors.Bring(file);
            int own = Assert.Single(brought.Files).Entries;
            Assert.Equal(FortuneVectors.Told(other), FortuneVectors.Told(brought));
            Assert.Equal((other.Count, own), (own, brought.Entries.Count + brought.LeftOut.Count + brought.Duplicates));
            count += own;
            left += brought.LeftOut.Count;
            if (!File.Exists(file + ".dat")) continue;
            indexed++;
            // Two files of fortunes-ru end their lines in CR LF, which strfile does not know.
            int known = BinaryPrimitives.ReadInt32BigEndian(File.ReadAllBytes(file + ".dat").AsSpan(4));
            if (brought.Remarks.Any(remark => remark.Contains("CR LF", StringComparison.Ordinal))) Assert.Equal(1, known);
            else Assert.Equal(known, own);
        }
        Assert.True(count >= entries, $"{folder} has {count} entries");
        Assert.Equal((count, left), (all.Files.Sum(file => file.Entries), all.LeftOut.Count));
        Assert.Equal(count, all.Entries.Count + all.LeftOut.Count + all.Duplicates);
        Assert.Equal(all.Entries.Count, GreetingList.Read(GreetingList.Open(GreetingList.Seal(GreetingList.Write(all.Entries)))).Count);
        TestContext.Current.TestOutputHelper?.WriteLine($"{folder}: {files.Length} files, {indexed} indexed, {count} entries, {all.Entries.Count} taken, {all.Duplicates} again, {left} left out, {all.Entries.Count(one => one.Author is not null)} with author");
    }

    [Theory]
    [InlineData("de/zitate", 10), InlineData("de/witze", 900), InlineData("computers", 200), InlineData("startrek", 5), InlineData("es/off/varios.fortunes", 50)]
    public void Fortune_prints_what_was_read(string name, int least)
    {
        string file = Path.Combine(Root, name);
        // -m prints every entry in which the expression is found, each ended by a line of %, and ends with 1 when it is in one.
        List<string> texts = [.. FortuneVectors.Run(1, "/usr/games/fortune", "-m", ".", file).Split("\n%\n", StringSplitOptions.RemoveEmptyEntries)];
        BroughtGreetings brought = FortuneVectors.Bring(file);
        HashSet<string> printed = [.. texts.Select(Letters)];
        // It does not search the last one, where no line of % is behind.
        Assert.Equal(brought.Files[0].Entries, texts.Count + (File.ReadAllBytes(file).AsSpan().EndsWith("\n%\n"u8) ? 0 : 1));
        // Where the page has nothing to change in one, it is there byte for byte.
        List<string> plain = [.. texts.Where(text => text.Length <= 2000 && text == text.Trim() && !text.Any(c => c != '\n' && char.IsControl(c)) && !text.Split('\n').Any(line => line.Length > 0 && char.IsWhiteSpace(line[^1]) || line.TrimStart().StartsWith("--", StringComparison.Ordinal)))];
        Assert.True(plain.Count >= least, $"only {plain.Count} of {texts.Count} have nothing to change");
        Assert.Empty(plain.Except(brought.Entries.Select(one => one.Text)));
        // And where an entry has an author, fortune prints text and name, white space apart; but for overstrikes, and the last one.
        int struck = texts.Count(text => text.Contains('\b', StringComparison.Ordinal));
        Assert.True(brought.Entries.Where(one => one.Author is not null).Count(one => !printed.Contains(Letters(one.Text + one.Author))) <= struck + 1);
    }

    // Without what the page takes away or puts elsewhere: white space and hyphens.
    static string Letters(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c != '-'));
}
