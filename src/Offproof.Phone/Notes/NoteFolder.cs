namespace Offproof.Phone;

/// <summary>The files of one source by their folders: where the attachments of a note are looked for. Names from inside of a note open nothing by themselves.</summary>
sealed class NoteFolder(IReadOnlyList<SourceEntry> entries)
{
    readonly ILookup<string, SourceEntry> _folders = entries.ToLookup(entry => Of(entry.Path), StringComparer.Ordinal);
    readonly HashSet<string> _used = new(StringComparer.Ordinal);
    readonly Dictionary<string, NoteFile> _read = new(StringComparer.Ordinal);
    readonly Dictionary<string, (Dictionary<string, SourceEntry> Names, ILookup<string, SourceEntry> Stems)> _indexed = new(StringComparer.Ordinal);

    /// <summary>Files that belong to a note.</summary>
    internal bool IsUsed(SourceEntry entry) => _used.Contains(entry.Path);

    internal SourceEntry? Named(string folder, string name) => Index(folder).Names.GetValueOrDefault(name);

    /// <summary>The file beside a note that has this name, or this name and an ending. Null where there is none, or more than one.</summary>
    internal SourceEntry? Beside(SourceEntry note, string name)
    {
        (Dictionary<string, SourceEntry> names, ILookup<string, SourceEntry> stems) = Index(Of(note.Path));
        return Other(note, names.GetValueOrDefault(name) ?? Only(stems[name]));
    }

    /// <summary>The file beside a note that differs from this name in its ending: Takeout writes .jpg and says .jpeg. Null where there is none, or where it is not clear which.</summary>
    internal SourceEntry? WithOtherEnding(SourceEntry note, string name)
    {
        SourceEntry[] others = [.. Index(Of(note.Path)).Stems[Stem(name)].Where(other => !IsText(other.Path))];
        return Other(note, Array.Find(others, other => IsJpeg(name) && IsJpeg(other.Path)) ?? Only(others));
    }

    static SourceEntry? Only(IEnumerable<SourceEntry> files) => files.Where(file => !IsText(file.Path)).Take(2).ToArray() is [SourceEntry one] ? one : null;

    static SourceEntry? Other(SourceEntry note, SourceEntry? found) => found?.Path == note.Path ? null : found;

    /// <summary>Reads a file that a note names; once, however many notes do.</summary>
    internal NoteFile Read(SourceEntry entry)
    {
        if (!_read.TryGetValue(entry.Path, out NoteFile? file)) _read.Add(entry.Path, file = NoteFile.Read(entry));
        return file;
    }

    /// <summary>Files that belong to a note which was kept.</summary>
    internal void Use(IEnumerable<string> paths) => _used.UnionWith(paths);

    (Dictionary<string, SourceEntry> Names, ILookup<string, SourceEntry> Stems) Index(string folder)
    {
        if (_indexed.TryGetValue(folder, out var index)) return index;
        index = (_folders[folder].ToDictionary(entry => NameOf(entry.Path), StringComparer.Ordinal), _folders[folder].ToLookup(entry => Stem(NameOf(entry.Path)), StringComparer.Ordinal));
        _indexed.Add(folder, index);
        return index;
    }

    internal static string Of(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    internal static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    internal static string Stem(string name) => name.LastIndexOf('.') is var dot and > 0 ? name[..dot] : name;

    static bool IsJpeg(string name) => name.EndsWith(".jpg", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".jpeg", StringComparison.OrdinalIgnoreCase);

    static bool IsText(string name) => name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".html", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".md", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase);
}
