using System.Buffers.Binary;
using System.Text.Json;
using Offproof.Phone;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

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
        long lines = 0;
        Walk(import, (name, bytes) => lines += Lines(name, bytes));
        Balances(import, lines);
        return Said(import);
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
                AreTheSame(import, again);
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
            string before = place + "-tree";
            Import(Path.Combine(place, first.Files[0]), before, first.Entries);
            for (int round = 1; ; round++)
            {
                string again = $"{place}-again{round}";
                ExportReport rewritten = MessageExport.Write(before, again, format, Selection.All, CancellationToken.None);
                Check(rewritten.Problems.Count == 0, "a tree of our own has problems");
                string after = again + "-tree";
                Import(Path.Combine(again, rewritten.Files[0]), after, rewritten.Entries);
                // Where a format cannot hold what versions differed in, they become one the next time, and not again.
                bool isMerged = rewritten.Notices.Any(notice => notice.Contains("one of each is written", StringComparison.Ordinal));
                Check(!isMerged || round == 1, "versions are merged again and again");
                if (!isMerged) AreTheSame(before, after, "an export of an export differs");
                if (!isMerged) break;
                before = after;
            }
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
        long lines = 0;
        Checks.Store(import, tree, (name, bytes) => lines += Lines(name, bytes));
        Balances(import, lines);
    }

    static void Balances(Import import, long lines) => Check(lines <= import.Report.Kept && (lines > 0 || import.Report.Kept == 0), "more lines than messages");

    static long Lines(string name, byte[] bytes)
    {
        if (!name.EndsWith(".ndjson", StringComparison.Ordinal)) return 0;
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
}
