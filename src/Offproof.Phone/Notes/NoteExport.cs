using System.Security;

namespace Offproof.Phone;

/// <summary>What notes can be written as.</summary>
public enum NoteFormat
{
    /// <summary>A folder of Markdown: what came from a folder as it was, other notes with their front matter.</summary>
    Markdown,
}

/// <summary>Writes a folder of notes out of a tree of notes (notes.md §4).</summary>
public static class NoteExport
{
    /// <summary>
    /// Writes the chosen notes of <paramref name="tree"/> into the folder <paramref name="target"/>. Never overwrites: a file that is already there counts as
    /// written where it has the same bytes, and is a problem otherwise. A cancelled export leaves whole files behind.
    /// </summary>
    /// <param name="tree">The folder that holds the HH folders; it is only read, and no link in it is followed.</param>
    /// <param name="target">A folder, which is made where it is missing; no link in it is followed.</param>
    /// <param name="format">What to write.</param>
    /// <param name="selection">Which notes. Files that stood beside notes are always written: a note of today may show a picture of last year.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="ArgumentException">The selection asks for a conversation or a contact, and notes have neither.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such tree.</exception>
    /// <exception cref="IOException">The target cannot be made.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ExportReport Write(string tree, string target, NoteFormat format, Selection selection, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(tree);
        ArgumentException.ThrowIfNullOrEmpty(target);
        ArgumentNullException.ThrowIfNull(selection);
        if (format is not NoteFormat.Markdown) throw new ArgumentOutOfRangeException(nameof(format));
        if (selection is not { Conversation: null, Contact: null }) throw new ArgumentException("notes have no conversations and no contacts", nameof(selection));
        if (!Directory.Exists(tree)) throw new DirectoryNotFoundException($"'{tree}' is not a folder.");

        ExportNotes notes = new();
        NoteCards cards = new(tree, notes);
        List<NoteCard> chosen = cards.Read(cancellationToken);
        // Of the whole tree: a file's place does not hang on what else is chosen.
        bool isApart = chosen.Select(card => card.Origin).OfType<string>().Distinct(StringComparer.Ordinal).Skip(1).Any();
        chosen.RemoveAll(card => !card.IsFile && selection.Since is { } since && card.Time < since);
        if (selection.Since is { } from)
        {
            notes.Count("{0} [note names|notes name] no time and [is|are] written too: whether [it is|they are] older, nobody can tell.", chosen.Count(card => !card.IsFile && card.Time is null));
            notes.Count("{0} [file|files] beside the notes [is|are] older and written too: a note may show [it|them].", chosen.Count(card => card.IsFile && card.Time < from));
        }
        if (chosen.Count == 0) return new ExportReport(0, [], notes.Problems, [.. notes.Notices, "No note was written: the tree holds none, or none was chosen."]);
        Directory.CreateDirectory(target);
        NoteWriter writer = new(cards, target, isApart, notes);
        // Paths of their own first: a title may not take the place of one.
        foreach (NoteCard card in chosen.Where(card => card.Path is not null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.WriteFile(card);
        }
        foreach (NoteCard card in chosen.Where(card => card.Path is null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.WriteNote(card);
        }
        return new ExportReport(writer.Entries, writer.Files, notes.Problems, notes.Notices) { OtherFiles = writer.OtherFiles };
    }
}

/// <summary>Writes the files of an export, one by one.</summary>
sealed class NoteWriter(NoteCards cards, string target, bool isApart, ExportNotes notes)
{
    readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> _exact = new(StringComparer.Ordinal);
    readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    readonly HashSet<string> _attachments = new(StringComparer.Ordinal);

    internal List<string> Files { get; } = [];

    internal long Entries { get; private set; }

    internal long OtherFiles { get; private set; }

    /// <summary>A file of a folder: its own bytes, where they stood; in a folder of its folder's name where the tree has files of several.</summary>
    internal void WriteFile(NoteCard card)
    {
        if (isApart && card.Origin is { } origin && !ExportName.IsFolder(origin))
        {
            notes.Problem(card.Name, null, "The name of its folder leads out of the target, or is none.");
            return;
        }
        string own = isApart && card.Origin is not null ? card.Origin + "/" + card.Path : card.Path!;
        if (ExportName.Parts(own) is not { } parts)
        {
            notes.Problem(card.Name, null, "Its path leads out of the folder, or is none.");
            return;
        }
        string path = string.Join('/', parts);
        string name = path;
        for (int number = 2; !_exact.Add(name); number++) name = ExportName.Numbered(path, number);
        if (name != path) notes.Count("{0} [file has|files have] the path of another and [is|are] written beside it with a number.");
        if (OperatingSystem.IsWindows() && path != own) notes.Count("{0} [file has a name|files have names] that this system cannot hold; '_' stands for what it cannot.");
        _taken.Add(name);
        if (!Place(card.Name, name, () => card.IsFile ? cards.OpenAttachment(card.Folder, card.Attachments[0]) : Body(card), card.Time)) return;
        Entries++;
        if (card.IsFile) OtherFiles++;
    }

    /// <summary>A note that was made Markdown: under its title, with its front matter and attachments.</summary>
    internal void WriteNote(NoteCard card)
    {
        string title = ExportName.OfTitle(card.Title ?? "");
        try
        {
            if (title.Length == 0) title = ExportName.OfTitle(cards.FirstLine(card));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or SecurityException)
        {
            notes.Problem(card.Name, null, cards.Because("The note cannot be read", problem));
            return;
        }
        if (title.Length == 0) title = "Note";
        string name = title + ".md";
        for (int number = 2; !_taken.Add(name); number++) name = ExportName.Numbered(title + ".md", number);
        if (Place(card.Name, name, () => cards.Open(card.Name), card.Time)) Entries++;
        foreach (string file in card.Attachments)
        {
            if (_attachments.Add(file)) Place(card.Folder + "/" + file, file, () => cards.OpenAttachment(card.Folder, file), card.Time);
        }
    }

    FileStream Body(NoteCard card)
    {
        FileStream stream = cards.Open(card.Name);
        stream.Position = card.Body;
        return stream;
    }

    bool Place(string from, string name, Func<Stream> open, DateTimeOffset? time)
    {
        try
        {
            string path = Path.Combine([target, .. name.Split('/')]);
            MakeFolders(name);
            if (NoteCards.IsLink(path) || Directory.Exists(path) || (new FileInfo(path) is { Exists: true, Length: 0 } && SpecialFile.Is(path)))
            {
                throw new IOException("the target has something of that name that is no file");
            }
            using Stream source = open();
            if (File.Exists(path))
            {
                if (!IsSame(source, path)) throw new IOException("the target has another file of that name");
            }
            else
            {
                WriteNew(source, path, time);
            }
            Files.Add(name);
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or SecurityException or ArgumentException or NotSupportedException)
        {
            notes.Problem(from, null, cards.Because($"'{Sentence.Quote(name)}' was not written", problem));
            return false;
        }
    }

    void MakeFolders(string name)
    {
        for (int slash = name.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = name.IndexOf('/', slash + 1))
        {
            if (!_folders.Add(name[..slash])) continue;
            string path = Path.Combine([target, .. name[..slash].Split('/')]);
            if (NoteCards.IsLink(path))
            {
                _folders.Remove(name[..slash]);
                throw new IOException("the target has a link on the way to it");
            }
            Directory.CreateDirectory(path);
        }
    }

    static void WriteNew(Stream source, string path, DateTimeOffset? time)
    {
        string temporary = Path.Combine(Path.GetDirectoryName(path)!, ".offproof-" + Guid.NewGuid().ToString("N"));
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (FileStream file = new(temporary, options)) source.CopyTo(file, 1 << 16);
            if (time is { } known) File.SetLastWriteTimeUtc(temporary, known.UtcDateTime);
            File.Move(temporary, path, overwrite: false);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    static bool IsSame(Stream source, string path)
    {
        using FileStream there = SourceFile.OpenFile(path);
        byte[] left = new byte[1 << 16];
        byte[] right = new byte[1 << 16];
        while (true)
        {
            int read = source.ReadAtLeast(left, left.Length, throwOnEndOfStream: false);
            if (there.ReadAtLeast(right, right.Length, throwOnEndOfStream: false) != read || !left.AsSpan(0, read).SequenceEqual(right.AsSpan(0, read))) return false;
            if (read == 0) return true;
        }
    }
}
