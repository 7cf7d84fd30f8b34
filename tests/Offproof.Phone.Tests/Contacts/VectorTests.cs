using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Offproof.Phone.Tests.Contacts;

/// <summary>docs/contacts.md against trees and exports that Python made (vectors/phone/contacts).</summary>
public sealed class VectorTests
{
    static readonly string Vectors = Path.Combine(Repository.Root, "vectors", "phone", "contacts");

    [Fact]
    public void The_sources_give_the_tree()
    {
        using Import import = Cards.Read(Path.Combine(Vectors, "sources"));
        Cards.Balances(import);
        Assert.Equal((14L, 11L), (import.Report.Read, import.Report.Kept));
        Assert.Equal(["android.vcf 42", "android.vcf 46", "notes.txt "], import.Report.Skipped.Select(skipped => $"{Path.GetFileName(skipped.File)} {skipped.Line}"));
        Assert.Equal(
            ["1 card stands inside", "1 value is no UTF-8", "card that begins on line 16 has no end", "1 card was met again", "2 cards have a name that another card has too"],
            Said(import, "1 card stands inside", "1 value is no UTF-8", "card that begins on line 16 has no end", "1 card was met again", "2 cards have a name that another card has too"));
        SortedDictionary<string, string> expected = Files(Path.Combine(Vectors, "tree"));
        SortedDictionary<string, string> read = Cards.Content(import);
        Assert.Equal(expected.Keys, read.Keys);
        Assert.All(expected, file => Assert.Equal(file.Value, read[file.Key]));
        using JsonDocument times = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Vectors, "times.json")));
        Assert.All(import.Files, file => Assert.Equal(times.RootElement.GetProperty(file.Path).GetInt64(), file.Modified.ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void One_file_at_a_time_in_any_order_gives_the_same_tree()
    {
        string[] sources = ["v4.vcf", "utf16.vcf", "android.vcf", "ios.vcf"];
        using Import import = Cards.Read([.. sources.Select(name => Path.Combine(Vectors, "sources", name))]);
        Assert.Equal([2L, 1L, 4L, 4L], import.Report.KeptBySource);
        Assert.Equal(Files(Path.Combine(Vectors, "tree")), Cards.Content(import));
    }

    [Theory]
    [InlineData(ContactFormat.VCard3, "export3.vcf"), InlineData(ContactFormat.VCard4, "export4.vcf")]
    public void The_tree_gives_the_exports(ContactFormat format, string name)
    {
        using TempFolder folder = new();
        ExportReport report = Cards.Write(Path.Combine(Vectors, "tree"), folder["out"], format);
        Assert.Equal((10L, 0), (report.Entries, report.Problems.Count));
        Assert.Equal(File.ReadAllText(Path.Combine(Vectors, name)), File.ReadAllText(folder["out/contacts.vcf"]));
    }

    [Fact]
    public void Vectors_made_now_are_the_same()
    {
        using TempFolder made = new();
        using (Process maker = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(Vectors, "make.py"), made.FullPath]))!)
        {
            maker.WaitForExit();
            Assert.Equal(0, maker.ExitCode);
        }
        SortedDictionary<string, string> expected = Files(Vectors);
        expected.Remove("make.py");
        expected.Remove("README.md");
        Assert.Equal(expected, Files(made.FullPath));
    }

    [Fact] // bytes between 75 octets and the next character
    public void No_line_is_longer_than_75_octets_and_every_line_is_text()
    {
        UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        foreach (string path in Directory.EnumerateFiles(Path.Combine(Vectors, "tree"), "*.vcf", SearchOption.AllDirectories))
        {
            using Import import = Cards.Read(path);
            foreach (string line in strict.GetString(Cards.Bytes(Assert.Single(import.Files))).Split("\r\n")) Assert.InRange(Encoding.UTF8.GetByteCount(line), 0, 75);
        }
    }

    static string[] Said(Import import, params string[] parts)
    {
        Assert.Equal(parts.Length, import.Report.Notices.Count);
        return [.. import.Report.Notices.Select(notice => parts.First(part => notice.Contains(part, StringComparison.Ordinal)))];
    }

    static SortedDictionary<string, string> Files(string root) => new(
        Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(root, path).Replace('\\', '/'), path => Encoding.Latin1.GetString(File.ReadAllBytes(path)) is var bytes && path.EndsWith(".vcf", StringComparison.Ordinal) && path.Contains("tree", StringComparison.Ordinal) ? File.ReadAllText(path) : bytes),
        StringComparer.Ordinal);
}
