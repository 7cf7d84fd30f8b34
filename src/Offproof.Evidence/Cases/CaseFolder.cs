using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Offproof.Evidence;

/// <summary>A case's folder (case.md §2). Every door reads it whole and checks what was published before anything is written.</summary>
public sealed partial class CaseFolder
{
    internal const string HeadFile = "case.json";
    internal const string Schema = "offproof/v1/case";

    readonly string root;
    readonly TimeProvider clock;

    CaseFolder(string root, TimeProvider clock) => (this.root, this.clock) = (root, clock);

    /// <summary>Makes a case in a folder that is not there, or is empty.</summary>
    /// <param name="folder">Where</param>
    /// <param name="title">One line</param>
    /// <param name="lead">What it is about, in a few sentences; its title where null</param>
    /// <param name="publisher">Who answers for it</param>
    /// <param name="clock">The time of <c>begun</c></param>
    /// <exception cref="EvidenceException">The folder holds something, or a text is no line.</exception>
    public static CaseFolder Create(string folder, string title, string? lead, string publisher, TimeProvider clock)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw new EvidenceException(EvidenceFault.Refused, $"{folder} is not empty: it was not touched", "name a folder that does not exist");
        foreach ((string name, string text) in ((string, string)[])[("--title", title), ("--publisher", publisher)])
        {
            if (!PlainText.IsLine(text, Entry.MostLine)) throw new EvidenceException(EvidenceFault.Usage, $"{name} is one line of at most {Entry.MostLine} characters");
        }
        if (lead is not null && !PlainText.IsLine(lead, Entry.MostText)) throw new EvidenceException(EvidenceFault.Usage, $"--lead is one paragraph of at most {Entry.MostText} characters");
        Directory.CreateDirectory(Path.Combine(folder, "entries"));
        CaseHead head = new($"urn:uuid:{Guid.NewGuid()}", title, lead ?? title, publisher, Entry.Time(clock.GetUtcNow())[..10]);
        using MemoryStream to = new();
        using (Utf8JsonWriter writer = new(to, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", Schema);
            writer.WriteString("id", head.Id);
            writer.WriteString("title", head.Title);
            writer.WriteString("lead", head.Lead);
            writer.WriteString("publisher", head.Publisher);
            writer.WriteString("begun", head.Begun);
            writer.WriteEndObject();
        }
        to.WriteByte((byte)'\n');
        File.WriteAllBytes(Path.Combine(folder, HeadFile), to.ToArray());
        return new CaseFolder(Path.GetFullPath(folder), clock);
    }

    /// <summary>A case that is there.</summary>
    /// <exception cref="EvidenceException">It is none.</exception>
    public static CaseFolder Open(string folder, TimeProvider clock) => File.Exists(Path.Combine(folder, HeadFile))
        ? new CaseFolder(Path.GetFullPath(folder), clock)
        : throw new EvidenceException(EvidenceFault.Failure, $"{folder} holds no {HeadFile}: it is no case", "offproof case init begins one");

    /// <summary>Adds an entry, and returns its file below the folder.</summary>
    /// <param name="kind">One of those that <c>case add</c> writes</param>
    /// <param name="id">Its id; made of the kind and a number where null</param>
    /// <param name="values">What it says, by member</param>
    /// <param name="key">Of a party: its key file, which is copied</param>
    /// <exception cref="EvidenceException">It does not fit; nothing was written.</exception>
    public string Add(CaseKind kind, string? id, IReadOnlyDictionary<string, IReadOnlyList<string>> values, string? key = null)
    {
        if (!kind.IsAdded) throw new EvidenceException(EvidenceFault.Usage, $"a {kind.Name} comes by case reply");
        Dossier dossier = Read();
        id ??= FreeId(dossier, kind.Name);
        return Enter(dossier, kind, id, null, values, key);
    }

    /// <summary>Puts an entry in the place of another; what is not given is taken over from it.</summary>
    /// <param name="kind">Its kind</param>
    /// <param name="id">Which one</param>
    /// <param name="why">For the reader</param>
    /// <param name="values">What changes</param>
    /// <param name="key">Of a party: its new key file</param>
    /// <exception cref="EvidenceException">There is none such, or it does not fit; nothing was written.</exception>
    public string Correct(CaseKind kind, string id, string why, IReadOnlyDictionary<string, IReadOnlyList<string>> values, string? key = null)
    {
        Dossier dossier = Read();
        Placed old = dossier.Find(id) is { } found && found.Entry.Kind == kind ? found : throw new EvidenceException(EvidenceFault.Failure, $"there is no {kind.Name} '{id}' to correct");
        Dictionary<string, IReadOnlyList<string>> whole = new(old.Entry.Values, StringComparer.Ordinal);
        foreach ((string name, IReadOnlyList<string> texts) in values) whole[name] = texts;
        return Enter(dossier, kind, id, why, whole, key);
    }

    string Enter(Dossier dossier, CaseKind kind, string id, string? why, IReadOnlyDictionary<string, IReadOnlyList<string>> given, string? key)
    {
        Dictionary<string, IReadOnlyList<string>> values = new(given, StringComparer.Ordinal);
        byte[]? keyFile = null;
        if (key is not null)
        {
            keyFile = KeyFile(key).Bytes;
            values["key"] = [FreeKey(dossier, id)];
        }
        Entry entry = Entry.Create(kind, id, Entry.Time(clock.GetUtcNow()), why, values, $"the {kind.Name} '{id}'");
        return Enter(dossier, entry, keyFile is null ? [] : [(values["key"][0], keyFile)]);
    }

    // The entry is written last: what it names is there.
    string Enter(Dossier dossier, Entry entry, (string File, byte[] Bytes)[] beside)
    {
        int number = dossier.All.Count == 0 ? 1 : dossier.All[^1].Number + 1;
        string file = string.Create(CultureInfo.InvariantCulture, $"entries/{number:0000}-{entry.Kind.Name}-{entry.Id}.json");
        byte[] bytes = entry.Write();
        if (number > 9999) throw new EvidenceException(EvidenceFault.Refused, $"{file} would have more than four digits, and would not be read again", "give the last entries lower numbers, if they were not published");
        if (bytes.Length > Entry.FileLimit) throw new EvidenceException(EvidenceFault.Refused, $"{file} would be longer than 64 KiB");
        Dossier.Build(dossier.Head, dossier.History, [.. dossier.All.Select(static placed => (placed.Number, placed.File, placed.Entry, placed.Bytes)), (number, file, entry, bytes)]);
        // What already lies beside is no entry's: a command that was killed left it.
        foreach ((string name, byte[] content) in beside) Put(name, content, isAnew: true);
        Put(file, bytes, isAnew: false);
        return file;
    }

    // Whole or not at all.
    void Put(string name, byte[] content, bool isAnew)
    {
        string path = Path.Combine(root, name);
        string part = Path.Combine(root, ".part");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(part);
        using (FileStream to = new(part, FileMode.CreateNew, FileAccess.Write, FileShare.None)) to.Write(content);
        File.Move(part, path, overwrite: isAnew);
    }

    static string FreeId(Dossier dossier, string beginning)
    {
        if (beginning == "change") beginning = "reply"; // change-1 is a place on the page
        for (int n = 1; ; n++)
        {
            string number = string.Create(CultureInfo.InvariantCulture, $"-{n}");
            string id = beginning[..Math.Min(beginning.Length, Entry.MostId - number.Length)] + number;
            if (!dossier.All.Any(placed => placed.Id == id)) return id;
        }
    }

    // maker-2.pub is the second key of 'maker', or the first one of 'maker-2'.
    string FreeKey(Dossier dossier, string id)
    {
        for (int n = 1; ; n++)
        {
            string file = n == 1 ? $"keys/{id}.pub" : string.Create(CultureInfo.InvariantCulture, $"keys/{id}-{n}.pub");
            if (!File.Exists(Path.Combine(root, file)) && !dossier.All.Any(placed => placed["key"] == file)) return file;
        }
    }

    static (MinisignKey Key, byte[] Bytes) KeyFile(string path)
    {
        byte[] bytes = FileKind.TryReadAll(path, MinisignKey.FileLimit) ?? throw new EvidenceException(EvidenceFault.Failure, $"{path} is not there, or no key");
        return MinisignKey.TryParse(System.Text.Encoding.UTF8.GetString(bytes), out MinisignKey? key) ? (key, bytes) : throw new EvidenceException(EvidenceFault.Failure, $"{path} is no minisign public key", "minisign -G makes a pair; the public half is two lines");
    }
}
