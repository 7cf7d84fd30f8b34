using System.Globalization;
using System.Text.Json;

namespace Offproof.Evidence;

public sealed partial class CaseFolder
{
    internal Dossier Read()
    {
        History history = File.Exists(Path.Combine(root, History.FileName))
            ? History.Parse(FileKind.TryReadAll(Path.Combine(root, History.FileName), History.FileLimit) ?? throw Changed(History.FileName, "is a link, or too long"), History.FileName)
            : History.Empty;
        foreach (HistoryLine line in history.Lines)
        {
            if (line.File != HeadFile && !Entry.IsPath(line.File)) throw Changed(History.FileName, "names a file outside the case");
            byte[] bytes = Inside(line.File, Entry.FileLimit) ?? throw Changed(line.File, "is gone, and was published on " + line.Time[..10]);
            if (Checksums.Of(bytes) != line.Sha256) throw Changed(line.File, $"was changed after it was published on {line.Time[..10]}");
        }
        Dossier dossier = Dossier.Build(ReadHead(), history, Entries());
        RequireSignatures(dossier);
        return dossier;
    }

    CaseHead ReadHead()
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(FileKind.TryReadAll(Path.Combine(root, HeadFile), Entry.FileLimit) ?? [], new JsonDocumentOptions { MaxDepth = 2, AllowDuplicateProperties = false });
            JsonElement at = document.RootElement;
            if (at.GetProperty("schema").GetString() != Schema) throw new EvidenceException(EvidenceFault.Failure, $"{HeadFile}: its schema is not {Schema}");
            string Text(string name, int most) => at.GetProperty(name).GetString() is { } text && PlainText.IsLine(text, most) ? text : throw new EvidenceException(EvidenceFault.Failure, $"{HeadFile}: '{name}' is no line of text");
            CaseHead head = new(Text("id", 45), Text("title", Entry.MostLine), Text("lead", Entry.MostText), Text("publisher", Entry.MostLine), Text("begun", 10));
            return head.Id.StartsWith("urn:uuid:", StringComparison.Ordinal) && Guid.TryParseExact(head.Id[9..], "D", out _) ? head : throw new EvidenceException(EvidenceFault.Failure, $"{HeadFile}: 'id' is no urn:uuid:");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new EvidenceException(EvidenceFault.Failure, $"{HeadFile} is damaged: {e.Message}", inner: e);
        }
    }

    IEnumerable<(int Number, string File, Entry Entry, byte[] Bytes)> Entries()
    {
        string folder = Path.Combine(root, "entries");
        if (!Directory.Exists(folder)) yield break;
        foreach (string name in Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal))
        {
            string file = $"entries/{name}";
            byte[] bytes = Inside(file, Entry.FileLimit) ?? throw new EvidenceException(EvidenceFault.Failure, $"{file} is no file of at most 64 KiB");
            Entry entry = Entry.Parse(bytes, file);
            if (name.Length < 5 || !int.TryParse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || name[4..] != $"-{entry.Kind.Name}-{entry.Id}.json")
                throw new EvidenceException(EvidenceFault.Failure, $"{file} holds the {entry.Kind.Name} '{entry.Id}', and is not called NNNN-{entry.Kind.Name}-{entry.Id}.json");
            yield return (number, file, entry, bytes);
        }
    }

    /// <summary>Everything that is published of an entry beside itself.</summary>
    internal static IEnumerable<string> Beside(Placed placed)
    {
        if (placed.Entry.Kind.Name is "party" or "comment" && placed["key"] is { } key) yield return key;
        if (placed.Entry.Kind.Name is not ("reply" or "comment" or "retraction")) yield break;
        yield return $"replies/{placed.Id}.txt";
        yield return $"replies/{placed.Id}.txt.minisig";
    }

    static EvidenceException Changed(string file, string what) => new(EvidenceFault.Forgery, $"{file} {what}", "put it back as it was, and add a correction (case add --corrects); nothing was written");
}
