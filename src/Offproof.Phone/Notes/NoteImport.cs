using System.Security;
using System.Text;
using System.Text.Json;

namespace Offproof.Phone;

/// <summary>Notes of Google Keep, of Xiaomi's notes, and of folders of Markdown and text, as the tree of notes.md §1.</summary>
public static class NoteImport
{
    /// <summary>
    /// Reads every file of the sources; what is no note, and no file of a folder of notes, is in the report. The sources are read again when files
    /// of <see cref="Import.Files"/> are opened.
    /// </summary>
    /// <param name="sources">
    /// Files and folders, each with the name that its files are told apart by (notes.md §1.1): the same at every reading. A folder is read with everything below it;
    /// no link below it is followed.
    /// </param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">A source's name cannot be the name of a folder.</exception>
    /// <exception cref="IOException">There is no room for the spool.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Import Read(IReadOnlyList<(string Name, string Path)> sources, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sources);
        if (sources.Any(source => !ExportName.IsFolder(source.Name))) throw new ArgumentException("a source has a name that no folder can have", nameof(sources));
        NoteTree tree = new();
        try
        {
            Account account = new(sources.Count);
            for (int index = 0; index < sources.Count; index++)
            {
                account.Begin(index);
                List<SourceEntry> entries = SourceWalk.List(sources[index].Path, (name, reason) => account.Skip(name, null, reason), cancellationToken);
                new NoteSource(sources[index].Name, entries, tree, account).Read(cancellationToken);
            }
            List<TreeFile> files = tree.Files();
            account.Count(tree.Repeated, "{0} [note was|notes were] met again, equal in everything, and [is|are] stored once.");
            account.Count(tree.Versions, "{0} [note is a version|notes are versions] of each other that differ; every version is kept.");
            return new Import(files, account.Report(), tree);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }
}

/// <summary>One source: first its notes in JSON, which know what belongs to them, then everything else.</summary>
sealed class NoteSource(string folder, List<SourceEntry> entries, NoteTree tree, Account account)
{
    readonly NoteFolder _folder = new(entries);
    readonly HashSet<string> _done = new(StringComparer.Ordinal);
    readonly HashSet<string> _keep = new(StringComparer.Ordinal);
    readonly HashSet<string> _keepFolders = new(StringComparer.Ordinal);
    readonly HashSet<string> _broken = new(StringComparer.Ordinal);
    readonly HashSet<string> _cut = new(StringComparer.Ordinal);
    bool _hasNotes;
    long _pages;

    internal void Read(CancellationToken cancellationToken)
    {
        foreach (SourceEntry entry in entries.Where(entry => Ends(entry, ".json"))) Try(entry, () => ReadJson(entry, cancellationToken));
        _hasNotes |= entries.Exists(IsNote);
        foreach (SourceEntry entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_done.Contains(entry.Path) && !_folder.IsUsed(entry)) Try(entry, () => ReadFile(entry));
        }
        account.Count(_pages, "{0} [page in HTML is Takeout's copy of a note|pages in HTML are Takeout's copies of notes] in JSON, which [was|were] read; [it is|they are] not kept as well.");
    }

    void ReadJson(SourceEntry entry, CancellationToken cancellationToken)
    {
        JsonNotes notes = new(FileOf(entry), (json, folders) => Take(json, folders, entry), account);
        if (!notes.Read(cancellationToken))
        {
            if (notes.IsBroken) _broken.Add(entry.Path);
            if (notes.IsBroken && notes.BeginsLikeKeep) _cut.Add(entry.Path);
            return;
        }
        _done.Add(entry.Path);
        _hasNotes |= notes.Found > 0;
    }

    bool Take(JsonElement json, IReadOnlyDictionary<string, string> folders, SourceEntry entry)
    {
        if (KeepNote.IsOne(json))
        {
            KeepNote.Read(json, entry, _folder, tree, account);
            _keep.Add(entry.Path[..^5]);
            _keepFolders.Add(NoteFolder.Of(entry.Path));
            return true;
        }
        if (!XiaomiNote.IsOne(json)) return false;
        XiaomiNote.Read(json, folders, entry, _folder, tree, account);
        return true;
    }

    void ReadFile(SourceEntry entry)
    {
        if (!_hasNotes)
        {
            if (SourceWalk.IsMark(entry) && entries.Count > 1) account.Mark();
            else account.Skip(entry.Name, null, entry.Length == 0 ? "The file is empty." : _broken.Contains(entry.Path) ? "JSON that is cut off or damaged; whether it was a note cannot be told. Export it again." : Likeness.Reason(FileOf(entry), "notes"));
            return;
        }
        if (Ends(entry, ".html") && _keep.Contains(entry.Path[..^5]) && IsTakeoutPage(entry))
        {
            _pages++;
            return;
        }
        Remark(entry);
        FrontMatter front = new();
        front.Add("offproof", 1);
        // A larger text is a file like any other: it is kept, and not held in memory by those who show notes.
        bool isNote = IsNote(entry) && entry.Length <= SourceText.MostText;
        front.Add("source", !isNote ? "file" : Ends(entry, ".txt") ? "text" : "markdown");
        front.Add("folder", folder);
        front.Add("path", entry.Path);
        front.Add("modified", ConvertedNote.Text(entry.Modified));
        string title = NoteFolder.Stem(NoteFolder.NameOf(entry.Path));
        string key = "file\n" + folder + "\n" + entry.Path;
        if (isNote)
        {
            tree.Add(new NoteDraft(title, key, front, entry.Modified, []), () => SourceFile.OpenFile(entry.FullPath));
        }
        else
        {
            NoteFile file = NoteFile.Read(entry);
            string name = NoteFolder.NameOf(entry.Path);
            front.Add("attachments", [[("name", name), ("file", file.File)]]);
            StringBuilder body = new();
            MarkdownText.AddLink(name, false, file.File, body);
            tree.Add(new NoteDraft(title, key, front, entry.Modified, [file]), body.Append('\n').ToString());
        }
        if (isNote) account.Keep();
        else account.KeepFile();
    }

    // notes.md §3.2, §3.5: kept as files, and yet not what their owner thinks that is kept.
    void Remark(SourceEntry entry)
    {
        if (_cut.Contains(entry.Path) || (_broken.Contains(entry.Path) && _keepFolders.Contains(NoteFolder.Of(entry.Path))))
            account.Notice($"{entry.Name} looks like a note of Google Keep that is cut off or damaged; it is kept as the file that it is. Export it again.");
        else if (Ends(entry, ".zip") && entry.Length > 0 && Likeness.Of(FileOf(entry), "notes") is { Category: "notes", IsPacked: true } like)
            account.Notice($"{entry.Name} is {like.What}; it is kept as the file that it is. Unpack it to have its notes read.");
    }

    static SourceFile FileOf(SourceEntry entry) => new(entry.Name, () => SourceFile.OpenFile(entry.FullPath));

    void Try(SourceEntry entry, Action read)
    {
        try
        {
            read();
        }
        catch (Exception problem) when (problem is (IOException and not SpoolException) or UnauthorizedAccessException or SecurityException)
        {
            account.Skip(entry.Name, null, Sentence.Because("The file cannot be read", problem));
            _done.Add(entry.Path);
        }
        catch (DamagedTextException damage)
        {
            account.Skip(entry.Name, null, $"It was not kept: {damage.Message}.");
        }
    }

    static bool IsNote(SourceEntry entry) => Ends(entry, ".md") || Ends(entry, ".markdown") || Ends(entry, ".txt");

    static bool Ends(SourceEntry entry, string ending) => entry.Path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    static bool IsTakeoutPage(SourceEntry entry)
    {
        byte[] start = new byte[1 << 16];
        using FileStream stream = SourceFile.OpenFile(entry.FullPath);
        return start.AsSpan(0, stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)).IndexOf("<div class=\"note"u8) >= 0;
    }
}
