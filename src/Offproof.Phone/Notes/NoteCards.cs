using System.Buffers;
using System.Globalization;
using System.Security;
using System.Text;

namespace Offproof.Phone;

/// <summary>A note of a tree, as far as an export must know it before it writes.</summary>
/// <param name="Folder">HH.</param>
/// <param name="File">NAME.md.</param>
/// <param name="Source">The format that it came from.</param>
/// <param name="Origin">The name of the folder that it came from; null where that is not told, and for notes that were made Markdown.</param>
/// <param name="Path">Where it stood in that folder; null for notes that were made Markdown.</param>
/// <param name="Title">Its title; null where it has none.</param>
/// <param name="Time">When it was changed, or else made.</param>
/// <param name="Attachments">Its attachments' files, relative to HH.</param>
/// <param name="Body">Where its own bytes begin.</param>
sealed record NoteCard(string Folder, string File, string Source, string? Origin, string? Path, string? Title, DateTimeOffset? Time, IReadOnlyList<string> Attachments, long Body)
{
    internal string Name => Folder + "/" + File;

    /// <summary>True for a file that stood beside notes.</summary>
    internal bool IsFile => Source == "file";
}

/// <summary>Reads a tree of notes (notes.md §1), which may come from anywhere: names are checked, links not followed, what cannot be read is named.</summary>
sealed class NoteCards(string tree, ExportNotes notes)
{
    static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");
    static readonly SearchValues<char> Ending = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz");

    /// <summary>Every note that can be read, in the order of their paths.</summary>
    internal List<NoteCard> Read(CancellationToken cancellationToken)
    {
        List<NoteCard> cards = [];
        HashSet<string> attachments = new(StringComparer.Ordinal);
        foreach (string folder in Sorted(tree, ""))
        {
            if (!IsHex(folder, 2) || !IsFolder(folder))
            {
                notes.Problem(folder, null, "Nothing that a tree of notes holds.");
                continue;
            }
            foreach (string file in Sorted(Path.Combine(tree, folder), folder))
            {
                cancellationToken.ThrowIfCancellationRequested();
                string name = folder + "/" + file;
                if (file == "attachments" && IsFolder(name)) attachments.UnionWith(Sorted(Path.Combine(tree, folder, file), name).Select(attachment => name + "/" + attachment));
                else if (!file.EndsWith(".md", StringComparison.Ordinal)) notes.Problem(name, null, "Nothing that a tree of notes holds.");
                else if (ReadCard(folder, file) is { } card) cards.Add(card);
            }
        }
        foreach (NoteCard card in cards) attachments.ExceptWith(card.Attachments.Select(file => card.Folder + "/" + file));
        foreach (string left in attachments.Order(StringComparer.Ordinal)) notes.Problem(left, null, "No note that can be read has this attachment.");
        return cards;
    }

    NoteCard? ReadCard(string folder, string file)
    {
        string name = folder + "/" + file;
        try
        {
            using Stream stream = new BufferedStream(Open(name), 1 << 12);
            FrontMatter front = FrontMatter.Read(stream);
            if (front.Text("source") is not { } source) throw new InvalidDataException("it does not say its source");
            string? path = source is "markdown" or "text" or "file" ? front.Text("path") ?? throw new InvalidDataException("it does not say its path") : null;
            List<string> attachments = [];
            foreach (List<(string Name, string Value)> row in front.Rows("attachments"))
            {
                if (row.Find(member => member.Name == "file").Value is { } attachment) attachments.Add(IsAttachment(attachment) ? attachment : throw new InvalidDataException("an attachment has a name that none has"));
            }
            if (source == "file" && attachments.Count != 1) throw new InvalidDataException("it has no file");
            return new NoteCard(folder, file, source, path is null ? null : front.Text("folder"), path, front.Text("title"), Time(front.Text("modified") ?? front.Text("created")), attachments, stream.Position);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException or SecurityException)
        {
            notes.Problem(name, null, Because("The note cannot be read", problem));
            return null;
        }
    }

    /// <summary>What failed, and why, without where the tree lies.</summary>
    internal string Because(string what, Exception problem) => Sentence.Because(what, problem, tree);

    /// <summary>Opens a file of the tree.</summary>
    /// <exception cref="IOException">It is none, or a link.</exception>
    internal FileStream Open(string name)
    {
        string path = Path.Combine([tree, .. name.Split('/')]);
        if (IsLink(path)) throw new IOException("a link, which is not followed");
        if (new FileInfo(path) is { Exists: true, Length: 0 } && SpecialFile.Is(path)) throw new IOException("no file");
        return SourceFile.OpenFile(path);
    }

    /// <summary>Opens an attachment; its end is only reached when it has the hash that its name says.</summary>
    internal Stream OpenAttachment(string folder, string file) =>
        IsLink(Path.Combine(tree, folder, "attachments")) ? throw new IOException("a link, which is not followed") : new CheckedStream(new Attachment(file[12..76], null, () => Open(folder + "/" + file)));

    /// <summary>The beginning of a note's own text: its first line that is not blank.</summary>
    internal string FirstLine(NoteCard card)
    {
        byte[] start = new byte[2048];
        using FileStream stream = Open(card.Name);
        stream.Position = card.Body;
        string text = Encoding.UTF8.GetString(start, 0, stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        return MarkdownText.Plain(text.Split('\n').FirstOrDefault(line => line.Trim().Length > 0) ?? "");
    }

    List<string> Sorted(string path, string name)
    {
        List<string> names = [];
        try
        {
            names.AddRange(Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry)));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or SecurityException)
        {
            notes.Problem(name, null, Because("The folder cannot be listed", problem));
        }
        names.Sort(string.CompareOrdinal);
        return names;
    }

    bool IsFolder(string name) => Path.Combine([tree, .. name.Split('/')]) is var path && Directory.Exists(path) && !IsLink(path);

    internal static bool IsLink(string path) => new FileInfo(path) is { LinkTarget: not null };

    static bool IsHex(string text, int length) => text.Length == length && !text.AsSpan().ContainsAnyExcept(Hexadecimal);

    static bool IsAttachment(string file) => file.Length is > 77 and <= 87 && file.StartsWith("attachments/", StringComparison.Ordinal) && IsHex(file[12..76], 64) && file[76] == '.'
        && !file.AsSpan(77).ContainsAnyExcept(Ending);

    static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}
