using System.Text;

namespace Offproof.Phone.Tests.Contacts;

/// <summary>Imports, exports and values of cards in tests.</summary>
static class Cards
{
    internal static Import Read(params string[] sources) => ContactImport.Read(sources, CancellationToken.None);

    internal static Import ReadText(string text) => ReadBytes(Encoding.UTF8.GetBytes(text));

    internal static Import ReadBytes(byte[] bytes) => ContactImport.Read(new SourceFile("input.vcf", () => new MemoryStream(bytes, writable: false)));

    internal static byte[] Bytes(TreeFile file)
    {
        using Stream stream = file.Open();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        Assert.Equal(file.Length, bytes.Length);
        return bytes.ToArray();
    }

    internal static SortedDictionary<string, string> Content(Import import) => new(import.Files.ToDictionary(file => file.Path, file => Encoding.UTF8.GetString(Bytes(file))), StringComparer.Ordinal);

    /// <summary>The lines of each card, unfolded, in the order of the paths.</summary>
    internal static string[][] Lines(Import import) =>
        [.. import.Files.Select(file => Encoding.UTF8.GetString(Bytes(file)).Replace("\r\n ", "", StringComparison.Ordinal).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>The lines of the only card, without BEGIN, VERSION and END.</summary>
    internal static string[] OneCard(string text)
    {
        using Import import = ReadText(text);
        Balances(import);
        return Assert.Single(Lines(import))[2..^1];
    }

    /// <summary>One card around these lines.</summary>
    internal static string Card(string version, params string[] lines) => $"BEGIN:VCARD\r\nVERSION:{version}\r\n{string.Concat(lines.Select(line => line + "\r\n"))}END:VCARD\r\n";

    internal static void Store(Import import, string folder)
    {
        foreach (TreeFile file in import.Files)
        {
            string path = Path.Combine([folder, .. file.Path.Split('/')]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, Bytes(file));
        }
    }

    internal static ExportReport Write(string tree, string target, ContactFormat format, Selection? selection = null) =>
        ContactExport.Write(tree, target, format, selection ?? Selection.All, CancellationToken.None);

    internal static void Balances(Import import)
    {
        Assert.Equal(import.Report.Read, import.Report.Kept + import.Report.Skipped.Count);
        Assert.Equal(import.Report.Kept, import.Report.KeptBySource.Sum());
    }

    /// <summary>A card of 3.0 or 4.0 converted: its lines, and what was said.</summary>
    internal static (string[] Lines, IReadOnlyList<string> Notices) Convert(string card, ContactFormat format)
    {
        using TempFolder folder = new();
        using Import import = ReadText(card);
        Store(import, folder["tree"]);
        ExportReport report = Write(folder["tree"], folder["out"], format);
        Assert.Equal((1L, 0), (report.Entries, report.Problems.Count));
        string text = File.ReadAllText(folder["out/contacts.vcf"]);
        return (text.Replace("\r\n ", "", StringComparison.Ordinal).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[2..^1], report.Notices);
    }
}
