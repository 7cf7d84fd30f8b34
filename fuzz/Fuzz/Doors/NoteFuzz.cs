using System.Text;
using Offproof.Phone;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

/// <summary>Any bytes as a note in JSON, as a text, and as a file of a tree: read, written, read again. Throws when something of notes.md does not hold.</summary>
static class NoteFuzz
{
    /// <summary>Reads a file of notes in JSON. Returns the kinds of what was said about it.</summary>
    internal static string Import(byte[] input)
    {
        string file = Path.Combine(Path.GetTempPath(), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"offproof-fuzz-{Environment.ProcessId}.json"));
        File.WriteAllBytes(file, input);
        try
        {
            using Import import = NoteImport.Read([("notes", file)], CancellationToken.None);
            Walk(import, (path, bytes) => IsFromJson(path, bytes));
            return Said(import);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Reads the beginning of a stored note, and a text with Xiaomi's markup.</summary>
    internal static string Front(byte[] input)
    {
        Text(Encoding.UTF8.GetString(input));
        using MemoryStream stream = new(input, writable: false);
        FrontMatter front;
        try
        {
            front = FrontMatter.Read(stream);
        }
        catch (InvalidDataException refused) // documented: a note without its front matter
        {
            return Kind(refused.Message);
        }
        return $"{front.Text("source") is not null} {front.Text("path") is not null} {front.Text("title") is not null}";
    }

    internal static void Run(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        string folder = Directory.CreateTempSubdirectory("offproof-fuzz-").FullName;
        try
        {
            string source = Path.Combine(folder, "source");
            Directory.CreateDirectory(source);
            foreach (string name in (string[])["input.json", "input.html", "input.md", "1690.1.png", "1315204657.abc.jpg"]) File.WriteAllBytes(Path.Combine(source, name), bytes);
            string tree = Path.Combine(folder, "tree");
            bool isNote;
            using (Import import = NoteImport.Read([("notes", source)], CancellationToken.None))
            {
                isNote = Store(import, tree);
                using Import again = NoteImport.Read([("notes", source)], CancellationToken.None);
                AreTheSame(import, again);
            }
            string target = Path.Combine(folder, "target");
            ExportReport report = Write(tree, target);
            Check(report.Problems.Count == 0, "a tree of our own has problems");
            Check(File.ReadAllBytes(Path.Combine(target, "input.md")).AsSpan().SequenceEqual(bytes), "a text is not what it was");
            if (!isNote) Check(report.Files.Contains("input.json", StringComparer.Ordinal) && report.Files.Contains("1690.1.png", StringComparer.Ordinal), "a file is gone");
            ExportReport repeated = Write(tree, target);
            Check(repeated.Problems.Count == 0 && repeated.Files.SequenceEqual(report.Files, StringComparer.Ordinal), "a second export differs");

            // A tree that this program did not write.
            string foreign = Path.Combine(folder, "foreign");
            Directory.CreateDirectory(Path.Combine(foreign, "00", "attachments"));
            File.WriteAllBytes(Path.Combine(foreign, "00", "a.md"), bytes);
            File.WriteAllBytes(Path.Combine(foreign, "00", "attachments", new string('0', 64) + ".png"), bytes);
            ExportReport strange = Write(foreign, Path.Combine(folder, "strange"));
            Check(strange.Entries <= 1 && strange.Problems.Count + strange.Entries > 0, "a strange tree was passed over");
            Check(Directory.EnumerateFileSystemEntries(folder).All(path => Path.GetFileName(path) is "source" or "tree" or "target" or "foreign" or "strange"), "something was written outside of the target");
            Text(Encoding.UTF8.GetString(bytes));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static ExportReport Write(string tree, string target) => NoteExport.Write(tree, target, NoteFormat.Markdown, Selection.All, CancellationToken.None);

    // The markup of Xiaomi without the JSON around it, in which few changes would be read.
    static void Text(string content)
    {
        StringBuilder into = new();
        new XiaomiText((id, _, _, text) => text.Append(id)).Write(content, into);
        Check(into.Length <= 1024 * (content.Length + 16), "a text grows without bounds");
    }

    // True when the JSON was a note, or was refused as one.
    static bool Store(Import import, string tree)
    {
        bool isNote = import.Report.Skipped.Any(entry => entry.File.EndsWith(".json", StringComparison.Ordinal));
        Checks.Store(import, tree, (path, bytes) => isNote |= IsFromJson(path, bytes));
        return isNote;
    }

    static bool IsFromJson(string path, byte[] bytes)
    {
        string name = path[3..];
        if (name.StartsWith("attachments/", StringComparison.Ordinal)) return false;
        Check(path[..2] == NoteName.Folder(name[..^3]) && Encoding.UTF8.GetByteCount(name) <= 117, "a note is not at its place");
        using MemoryStream stream = new(bytes);
        string? source = FrontMatter.Read(stream).Text("source");
        if (source is not ("markdown" or "text")) _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        return source is "keep" or "xiaomi";
    }
}
