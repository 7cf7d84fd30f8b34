using System.Globalization;
using System.Text.Json;

namespace Offproof.Evidence;

/// <summary>A file that was published, and when.</summary>
sealed record HistoryLine(int Number, string Time, string File, string Sha256, string Previous)
{
    /// <summary>The line without its end, in the one way it is written.</summary>
    internal byte[] Bytes()
    {
        using MemoryStream to = new();
        using (Utf8JsonWriter writer = new(to))
        {
            writer.WriteStartObject();
            writer.WriteNumber("n", Number);
            writer.WriteString("time", Time);
            writer.WriteString("file", File);
            writer.WriteString("sha256", Sha256);
            writer.WriteString("previous", Previous);
            writer.WriteEndObject();
        }
        return to.ToArray();
    }
}

/// <summary>history.ndjson (case.md §2): each line names the one before by its hash, so that a line in the middle cannot be changed or left out alone.</summary>
sealed class History
{
    internal const string FileName = "history.ndjson";
    internal const int FileLimit = 4 << 20;

    static readonly string None = new('0', 64);

    readonly List<HistoryLine> lines;

    History(List<HistoryLine> lines) => this.lines = lines;

    internal IReadOnlyList<HistoryLine> Lines => lines;

    /// <summary>The hash of the last line: who keeps it can tell whether the history only grew.</summary>
    internal string Head => lines.Count == 0 ? None : Checksums.Of(lines[^1].Bytes());

    internal static History Empty => new([]);

    /// <exception cref="EvidenceException">A line is not the next one (4).</exception>
    internal static History Parse(ReadOnlySpan<byte> file, string where)
    {
        List<HistoryLine> lines = [];
        string previous = None, time = "";
        while (file.Length > 0)
        {
            int end = file.IndexOf((byte)'\n');
            ReadOnlySpan<byte> bytes = end < 0 ? throw Forged(where, lines.Count + 1, "does not end") : file[..end];
            HistoryLine line = Read(bytes) ?? throw Forged(where, lines.Count + 1, "is not as it was written");
            // The form is one: what reads the same and is written differently would have another hash.
            if (!line.Bytes().AsSpan().SequenceEqual(bytes)) throw Forged(where, lines.Count + 1, "is not as it was written");
            if (line.Number != lines.Count + 1 || line.Previous != previous || !Entry.IsTime(line.Time) || string.CompareOrdinal(line.Time, time) < 0) throw Forged(where, lines.Count + 1, "does not follow the one before");
            if (lines.Exists(other => other.File == line.File)) throw Forged(where, lines.Count + 1, $"names {line.File} again");
            lines.Add(line);
            (previous, time) = (Checksums.Of(bytes), line.Time);
            file = file[(end + 1)..];
        }
        return new History(lines);
    }

    static HistoryLine? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes.ToArray(), new JsonDocumentOptions { MaxDepth = 2, AllowDuplicateProperties = false });
            JsonElement root = document.RootElement;
            return new HistoryLine(root.GetProperty("n").GetInt32(), root.GetProperty("time").GetString()!, root.GetProperty("file").GetString()!, root.GetProperty("sha256").GetString()!, root.GetProperty("previous").GetString()!);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    internal void Append(string time, string file, string sha256)
    {
        // A clock that was set back does not make yesterday of today.
        if (lines.Count > 0 && string.CompareOrdinal(time, lines[^1].Time) < 0) time = lines[^1].Time;
        lines.Add(new HistoryLine(lines.Count + 1, time, file, sha256, Head));
    }

    internal HistoryLine? Of(string file) => lines.Find(line => line.File == file);

    internal bool IsBeginningOf(History later) => lines.Count <= later.lines.Count && lines.SequenceEqual(later.lines.Take(lines.Count));

    internal byte[] Write() => [.. lines.SelectMany(static line => line.Bytes().Append((byte)'\n'))];

    static EvidenceException Forged(string where, int line, string what) => new(EvidenceFault.Forgery, string.Create(CultureInfo.InvariantCulture, $"{where}: line {line} {what}: what was published was changed"), "put the file back as it was; nothing was written");
}
