using System.Security.Cryptography;
using System.Text;

namespace Offproof.Phone;

/// <summary>A file beside a note: where the note's links look for it, and its bytes.</summary>
/// <param name="File">Relative to the folder that the note is in: <c>attachments/SHA256.EXT</c>.</param>
/// <param name="Bytes">Where they are.</param>
sealed record NoteFile(string File, Attachment Bytes)
{
    internal static NoteFile Read(SourceEntry entry)
    {
        using FileStream stream = SourceFile.OpenFile(entry.FullPath);
        Attachment bytes = Attachment.Read(stream, () => SourceFile.OpenFile(entry.FullPath));
        return new NoteFile("attachments/" + bytes.Hash + "." + NoteName.Ending(entry.Path), bytes);
    }
}

/// <summary>A note before it has its place.</summary>
/// <param name="Title">What its NAME begins with.</param>
/// <param name="Key">What stays the same while the note does (notes.md §1.1).</param>
/// <param name="Front">Its front matter.</param>
/// <param name="Modified">The time of its file.</param>
/// <param name="Files">Its attachments.</param>
sealed record NoteDraft(string Title, string Key, FrontMatter Front, DateTimeOffset Modified, IReadOnlyList<NoteFile> Files);

/// <summary>Collects notes from all sources into the files of the tree (notes.md §1).</summary>
sealed class NoteTree : IDisposable
{
    sealed record Note(string Name, DateTimeOffset Modified, Attachment Stored, IReadOnlyList<NoteFile> Files);

    internal const int MostNotes = 200_000;

    readonly Spool _spool = new();
    readonly List<Note> _notes = [];
    readonly HashSet<(string Name, string Hash)> _known = [];

    /// <summary>Notes that were met again, equal in everything.</summary>
    internal long Repeated { get; private set; }

    /// <summary>Notes of one name that differ.</summary>
    internal long Versions { get; private set; }

    /// <summary>Adds a note whose text was made here.</summary>
    internal void Add(NoteDraft draft, string body)
    {
        byte[] stored = [.. draft.Front.Write(), .. Encoding.UTF8.GetBytes(body)];
        string hash = Convert.ToHexStringLower(SHA256.HashData(stored));
        if (!IsNew(draft, hash)) return;
        long offset = _spool.Add(stored);
        Keep(draft, new Attachment(hash, stored.Length, () => new SpoolStream(_spool, offset, stored.Length)));
    }

    /// <summary>Adds a note whose own bytes follow its front matter as they are in the source.</summary>
    internal void Add(NoteDraft draft, Func<Stream> open)
    {
        byte[] front = draft.Front.Write();
        Stream Stored() => new FrontedStream(front, open());
        using Stream stream = Stored();
        Attachment stored = Attachment.Read(stream, Stored);
        if (IsNew(draft, stored.Hash)) Keep(draft, stored);
    }

    bool IsNew(NoteDraft draft, string hash)
    {
        if (_known.Contains((NoteName.Of(draft.Title, draft.Key), hash)))
        {
            Repeated++;
            return false;
        }
        return _notes.Count < MostNotes ? true : throw new DamagedTextException($"there are more than {MostNotes} notes and files");
    }

    void Keep(NoteDraft draft, Attachment stored)
    {
        string name = NoteName.Of(draft.Title, draft.Key);
        _known.Add((name, stored.Hash));
        _notes.Add(new Note(name, draft.Modified, stored, draft.Files));
    }

    internal List<TreeFile> Files()
    {
        SortedDictionary<string, TreeFile> files = new(StringComparer.Ordinal);
        foreach (IGrouping<string, Note> named in _notes.GroupBy(note => note.Name, StringComparer.Ordinal))
        {
            Note[] notes = [.. named];
            if (notes.Length > 1) Versions += notes.Length;
            foreach (Note note in notes)
            {
                string name = notes.Length == 1 ? note.Name : NoteName.OfVersion(note.Name, note.Stored.Hash);
                string folder = NoteName.Folder(name) + "/";
                files.TryAdd(folder + name + ".md", Checked(folder + name + ".md", note.Stored, note.Modified));
                foreach (NoteFile file in note.Files) files.TryAdd(folder + file.File, Checked(folder + file.File, file.Bytes, DateTimeOffset.UnixEpoch));
            }
        }
        return [.. files.Values];
    }

    static TreeFile Checked(string path, Attachment bytes, DateTimeOffset modified) => new(path, bytes.Length ?? 0, modified, () => new CheckedStream(bytes));

    public void Dispose() => _spool.Dispose();
}

/// <summary>A front matter, and the bytes of a source behind it.</summary>
sealed class FrontedStream(byte[] front, Stream rest) : ReadOnlyStream
{
    int _at;

    public override int Read(Span<byte> buffer)
    {
        if (_at == front.Length) return rest.Read(buffer);
        int count = Math.Min(buffer.Length, front.Length - _at);
        front.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) rest.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>A piece of the spool.</summary>
sealed class SpoolStream(Spool spool, long offset, int length) : ReadOnlyStream
{
    int _at;

    public override int Read(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, length - _at);
        if (count == 0) return 0;
        int read = spool.Read(buffer[..count], offset + _at);
        if (read == 0) throw new IOException("what was spooled is gone");
        _at += read;
        return read;
    }
}
