using System.Security;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Offproof.Phone;

/// <summary>What the chosen messages of a tree are, before any is written.</summary>
/// <param name="Messages">How many.</param>
/// <param name="Newest">Milliseconds since 1970 of the newest; 0 where none has a time.</param>
/// <param name="Hash">SHA-256 of what was chosen: the same messages have the same.</param>
sealed record TreeSummary(long Messages, long Newest, byte[] Hash);

/// <summary>Reads a tree of messages (messages.md §1), which may come from anywhere: names are checked, links not followed, damaged lines named.</summary>
sealed partial class TreeReader(string tree, Selection selection, ExportNotes notes)
{
    const int MostDamaged = 100_000;

    readonly List<(string Folder, List<(string Name, List<int> Left)> Files)> _chosen = [];
    readonly MessageFilter _filter = new(selection);
    readonly ByteBuffer _line = new();
    readonly Nearest? _nearest = (selection.Conversation ?? selection.Contact) is { } wanted ? new Nearest(wanted) : null;
    bool _isMet;

    /// <summary>How a conversation or contact is asked for, and which come nearest to what was; null where none was asked for, or it is there.</summary>
    internal string? Hint => _isMet ? null : _nearest?.Hint(selection.Conversation is null ? "a contact is asked for as exported: a whole name, or a number like +447700900001"
        : "a conversation is asked for as exported: a number like +447700900001, several joined by ~, or a whole name");

    /// <summary>Reads everything once, names what cannot be read, and keeps in mind which conversations are chosen, and which versions in them are left out.</summary>
    internal TreeSummary Summarize(CancellationToken cancellationToken)
    {
        long messages = 0;
        long newest = 0;
        long merged = 0;
        long timeless = 0;
        List<ulong> written = [];
        using IncrementalHash all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using IncrementalHash lines = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using IncrementalHash one = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string folder, string[] files) in Conversations())
        {
            _filter.BeginConversation(folder);
            long last = 0;
            long withoutTime = 0;
            List<string> addresses = [], names = [];
            List<Versions> versions = [];
            foreach (string file in files)
            {
                Versions ofFile = new(lines, one);
                versions.Add(ofFile);
                int ordinal = 0;
                foreach (Message message in Lines(folder, file, notes, cancellationToken))
                {
                    _filter.Meet(message);
                    if (_nearest is not null && names.Count == 0)
                    {
                        addresses = Conversation.Addresses(message);
                        names.AddRange(MessageFilter.NamesOf(message.Columns).Where(name => name is not ("" or "(Unknown)")));
                    }
                    if (selection.Since is not null && Conversation.Time(message) is null) withoutTime++;
                    if (_filter.IsInTime(message))
                    {
                        last = Math.Max(last, Conversation.Time(message) ?? 0);
                        ofFile.Meet(message, _line.Span, ordinal);
                    }
                    ordinal++;
                }
                ofFile.End();
            }
            _isMet |= _filter.IsConversationChosen;
            _nearest?.Meet(addresses, names, () => string.Join('~', addresses) + (names.Count > 0 ? $" ({names[0]})" : ""));
            byte[] hash = lines.GetHashAndReset();
            long count = versions.Sum(ofFile => (long)ofFile.Written.Count);
            if (!_filter.IsConversationChosen || count == 0) continue;
            _chosen.Add((folder, [.. files.Zip(versions.Select(ofFile => ofFile.Left))]));
            messages += count;
            timeless += withoutTime;
            merged += versions.Sum(ofFile => ofFile.Merged);
            foreach (Versions ofFile in versions) written.AddRange(ofFile.Written);
            newest = Math.Max(newest, last);
            all.AppendData(hash);
        }
        notes.Count("{0} [message stands|messages stand] in several versions that differ only in what the phone or the app makes anew, such as readable_date, contact_name, _id and read; one of each is written.", merged);
        notes.Count("{0} [message stands|messages stand] in versions that differ; every version is written.", Versions.InSeveral(written));
        notes.Count("{0} [message names|messages name] no time and [is|are] written too: whether [it is|they are] older, nobody can tell.", timeless);
        return new TreeSummary(messages, newest, all.GetHashAndReset());
    }

    /// <summary>The chosen messages with their folder. The same object comes back each time, filled anew.</summary>
    internal IEnumerable<(string Folder, Message Message)> Messages(CancellationToken cancellationToken)
    {
        ExportNotes known = new(); // said by the first reading
        foreach ((string folder, List<(string Name, List<int> Left)> files) in _chosen)
        {
            foreach ((string file, List<int> left) in files)
            {
                int ordinal = -1;
                int next = 0;
                foreach (Message message in Lines(folder, file, known, cancellationToken))
                {
                    ordinal++;
                    if (next < left.Count && left[next] == ordinal) next++;
                    else if (_filter.IsInTime(message)) yield return (folder, message);
                }
            }
        }
    }

    /// <summary>What failed, and why, without where the tree lies.</summary>
    internal string Because(string what, Exception problem) => Sentence.Because(what, problem, tree);

    /// <summary>Opens an attachment; what is read is not checked.</summary>
    /// <exception cref="IOException">There is none.</exception>
    internal FileStream OpenAttachment(string folder, string name)
    {
        string path = Path.Combine(tree, folder, "parts", name);
        if (IsLink(Path.Combine(tree, folder, "parts")) || IsLink(path)) throw new IOException("a link, which is not followed");
        if (new FileInfo(path) is { Exists: true, Length: 0 } && SpecialFile.Is(path)) throw new IOException("no file");
        return SourceFile.OpenFile(path);
    }

    List<(string Folder, string[] Files)> Conversations()
    {
        List<(string, string[])> conversations = [];
        foreach (string folder in Sorted(Directory.EnumerateFileSystemEntries(tree)))
        {
            string path = Path.Combine(tree, folder);
            if (!FolderName().IsMatch(folder) || !Directory.Exists(path) || IsLink(path))
            {
                notes.Problem(folder, null, "Nothing that a tree of messages holds.");
                continue;
            }
            List<string> files = [];
            try
            {
                foreach (string file in Sorted(Directory.EnumerateFileSystemEntries(path)))
                {
                    if (file == "parts") continue;
                    if (FileName().IsMatch(file) && File.Exists(Path.Combine(path, file)) && !IsLink(Path.Combine(path, file))) files.Add(file);
                    else notes.Problem(folder + "/" + file, null, "Nothing that a tree of messages holds.");
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or SecurityException)
            {
                notes.Problem(folder, null, Because("The folder cannot be listed", problem));
            }
            conversations.Add((folder, [.. files]));
        }
        return conversations;
    }

    static bool IsLink(string path) => new FileInfo(path) is { LinkTarget: not null };

    static List<string> Sorted(IEnumerable<string> paths)
    {
        List<string> names = [.. paths.Select(path => Path.GetFileName(path))];
        names.Sort(string.CompareOrdinal);
        return names;
    }

    IEnumerable<Message> Lines(string folder, string file, ExportNotes told, CancellationToken cancellationToken)
    {
        string name = folder + "/" + file;
        string path = Path.Combine(tree, folder, file);
        JsonText? text = null;
        try
        {
            if (!Attempt(() => text = SpecialFile.Is(path) ? throw new IOException("no file") : new JsonText(SourceFile.OpenFile(path)), name, told) || text is null) yield break;
            JsonMessage reader = new(text, isTree: true);
            Message message = new();
            int damaged = 0;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int ahead = -1;
                if (!Attempt(() => ahead = text.Ahead(), name, told) || ahead < 0) yield break;
                long line = text.Line;
                string? damage = null;
                bool readable = Attempt(() => damage = Read(reader, text, message, _line), name, told);
                if (!readable) yield break;
                if (damage is null)
                {
                    yield return message;
                    continue;
                }
                told.Problem(name, line, damage);
                if (++damaged < MostDamaged) continue;
                told.Problem(name, null, "So many lines of the file are damaged that the rest of it was not read.");
                yield break;
            }
        }
        finally
        {
            text?.Dispose();
        }
    }

    /// <summary>Reads the line that the text stands before, and puts it in canonical form into <paramref name="line"/>. Returns what is wrong with it, or null.</summary>
    internal static string? Read(JsonMessage reader, JsonText text, Message message, ByteBuffer line)
    {
        try
        {
            text.BeginLine();
            reader.Read(message);
            text.EndLine();
            MessageLine.Write(message, line);
            return null;
        }
        catch (DamagedTextException damage)
        {
            text.SkipLine();
            return "A damaged line: " + damage.Message + ".";
        }
        catch (TextEndsException)
        {
            return "The file ends inside this line.";
        }
    }

    bool Attempt(Action action, string name, ExportNotes told)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or SecurityException)
        {
            told.Problem(name, null, Because("The file cannot be read", problem));
            return false;
        }
    }

    [GeneratedRegex("^[0-9a-f]{32}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FolderName();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}\.ndjson$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileName();
}
