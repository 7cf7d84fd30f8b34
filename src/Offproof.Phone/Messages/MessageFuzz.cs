using System.Buffers.Binary;
using System.Text.Json;

namespace Offproof.Phone;

/// <summary>
/// Any bytes as an export, and as lines of a tree. Throws when something of messages.md does not hold. <see cref="Import(byte[])"/> and <see cref="Tree"/> stay in
/// memory, thousands of times a second; <see cref="Run"/> also writes both formats and reads them again, with files.
/// </summary>
static class MessageFuzz
{
    /// <summary>Reads an export. Returns the kinds of what was said about it: inputs that make it say something else are worth keeping.</summary>
    internal static string Import(byte[] input)
    {
        using Import import = Read(input);
        Checked(import, (_, _) => { });
        return string.Join('|', import.Report.Skipped.Take(20).Select(entry => entry.Reason).Concat(import.Report.Notices.Take(20)).Concat(import.Files.Take(20).Select(file => file.Path[^3..])).Select(Kind));
    }

    /// <summary>Reads the lines of a tree.</summary>
    internal static string Tree(byte[] input)
    {
        List<string> said = [];
        using JsonText text = new(new MemoryStream(input, writable: false));
        JsonMessage reader = new(text, isTree: true);
        Message message = new();
        ByteBuffer line = new();
        ByteBuffer again = new();
        while (text.Ahead() >= 0)
        {
            if (TreeReader.Read(reader, text, message, line) is { } damage)
            {
                if (said.Count < 20) said.Add(Kind(damage));
                continue;
            }
            using JsonText copy = new(new MemoryStream(line.Span.ToArray()));
            Check(TreeReader.Read(new JsonMessage(copy, isTree: true), copy, message, again) is null && again.Span.SequenceEqual(line.Span), "a line that was written anew is not the same line");
        }
        return string.Join('|', said);
    }

    // Without what comes from the input: numbers, names.
    static string Kind(string text)
    {
        int name = text.AsSpan().IndexOfAny('\'', '<');
        return string.Concat((name < 0 ? text : text[..name]).Where(c => !char.IsAsciiDigit(c)).Take(80));
    }

    internal static void Run(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        string folder = Directory.CreateTempSubdirectory("offproof-fuzz-").FullName;
        try
        {
            string tree = Path.Combine(folder, "tree");
            using (Import import = Read(bytes))
            {
                Store(import, tree);
                using Import again = Read(bytes);
                Check(import.Files.Count == again.Files.Count && import.Files.Zip(again.Files).All(pair => Bytes(pair.First).AsSpan().SequenceEqual(Bytes(pair.Second))), "two imports differ");
            }
            Exports(tree, folder, "a");

            // Lines of a tree that this program did not write.
            string foreign = Path.Combine(folder, "foreign", new string('0', 32));
            Directory.CreateDirectory(foreign);
            File.WriteAllBytes(Path.Combine(foreign, "2024-01.ndjson"), bytes);
            Exports(Path.GetDirectoryName(foreign)!, folder, "b");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // What was written reads without complaint, and is then the same for ever.
    static void Exports(string tree, string folder, string name)
    {
        foreach (MessageFormat format in Enum.GetValues<MessageFormat>())
        {
            string place = Path.Combine(folder, name + format);
            ExportReport first = MessageExport.Write(tree, place, format, Selection.All, CancellationToken.None);
            if (first.Files.Count == 0) continue;
            string second = place + "-tree";
            Import(Path.Combine(place, first.Files[0]), second, first.Entries);
            ExportReport rewritten = MessageExport.Write(second, place + "-again", format, Selection.All, CancellationToken.None);
            Check(rewritten.Problems.Count == 0, "a tree of our own has problems");
            string third = place + "-third";
            Import(Path.Combine(place + "-again", rewritten.Files[0]), third, rewritten.Entries);
            string[] paths = Paths(second);
            Check(paths.SequenceEqual(Paths(third), StringComparer.Ordinal), "an export of an export has other files");
            foreach (string path in paths) Check(File.ReadAllBytes(Path.Combine(second, path)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(third, path))), "an export of an export differs");
        }
    }

    static void Import(string file, string tree, long entries)
    {
        using Import import = MessageImport.Read([file], null, CancellationToken.None);
        Check(import.Report.Skipped.Count == 0 && import.Report.Kept == entries, "what was written is not what is read");
        Check(!import.Report.Notices.Any(notice => notice.Contains("not complete", StringComparison.Ordinal) || notice.Contains("announces", StringComparison.Ordinal)), "what was written is not whole");
        Store(import, tree);
    }

    static Import Read(byte[] bytes)
    {
        // An expensive key would only make the search slow; its bounds have tests of their own.
        bool cheap = bytes.Length > 16 && BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(8)) <= 2 && BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(12)) <= 8192;
        return MessageImport.Read(new SourceFile("input", () => new MemoryStream(bytes, writable: false)), _ => cheap ? "fuzz" : null);
    }

    static void Store(Import import, string tree)
    {
        Directory.CreateDirectory(tree);
        Checked(import, (name, bytes) =>
        {
            string path = Path.Combine(tree, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        });
    }

    static void Checked(Import import, Action<string, byte[]> store)
    {
        ImportReport report = import.Report;
        Check(report.Read == report.Kept + report.Skipped.Count && report.KeptBySource.Sum() == report.Kept, "the account does not balance");
        long lines = 0;
        string before = "";
        foreach (TreeFile file in import.Files)
        {
            Check(string.CompareOrdinal(before, file.Path) < 0, "files are not in order");
            before = file.Path;
            byte[] bytes = Bytes(file);
            if (file.Path.EndsWith(".ndjson", StringComparison.Ordinal)) lines += Lines(bytes);
            store(file.Path, bytes);
        }
        Check(lines <= report.Kept && (lines > 0 || report.Kept == 0), "more lines than messages");
    }

    static long Lines(byte[] bytes)
    {
        long count = 0;
        ByteBuffer canonical = new();
        Message message = new();
        foreach (Range range in MemoryExtensions.Split(bytes.AsSpan(), (byte)'\n'))
        {
            byte[] line = [.. bytes[range], (byte)'\n'];
            if (line.Length == 1) continue;
            count++;
            using (JsonDocument.Parse(line)) { }
            using JsonText text = new(new MemoryStream(line));
            new JsonMessage(text, isTree: true).Read(message);
            MessageLine.Write(message, canonical);
            Check(canonical.Span.SequenceEqual(line), "a line is not in canonical form");
        }
        return count;
    }

    static byte[] Bytes(TreeFile file)
    {
        using Stream stream = file.Open();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        Check(bytes.Length == file.Length, "a file is not as long as it says");
        return bytes.ToArray();
    }

    static string[] Paths(string tree)
    {
        string[] paths = [.. Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(tree, path))];
        Array.Sort(paths, string.CompareOrdinal);
        return paths;
    }

    static void Check(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException(what);
    }
}
