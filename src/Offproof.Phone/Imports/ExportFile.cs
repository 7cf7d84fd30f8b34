namespace Offproof.Phone;

/// <summary>A file that is written beside its place and moved there whole. What is there already is never written over.</summary>
static class ExportFile
{
    internal static FileStream Create(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <exception cref="AlreadyThereException">There is a file of that name with other content, a link, or a folder.</exception>
    internal static void Place(string temporary, string path)
    {
        if (new FileInfo(path).LinkTarget is not null || Directory.Exists(path)) throw new AlreadyThereException($"'{path}' is a link or a folder; it was not touched, and nothing was written");
        if (!File.Exists(path)) File.Move(temporary, path, overwrite: false);
        else if (!Same(temporary, path)) throw new AlreadyThereException($"'{path}' is already there, with other content; nothing was written");
    }

    static bool Same(string one, string other)
    {
        using FileStream a = SourceFile.OpenFile(one);
        using FileStream b = SourceFile.OpenFile(other);
        if (a.Length != b.Length) return false;
        byte[] left = new byte[1 << 16];
        byte[] right = new byte[1 << 16];
        while (a.ReadAtLeast(left, left.Length, throwOnEndOfStream: false) is var read and > 0)
        {
            if (b.ReadAtLeast(right.AsSpan(0, read), read, throwOnEndOfStream: false) != read || !left.AsSpan(0, read).SequenceEqual(right.AsSpan(0, read))) return false;
        }
        return true;
    }
}

/// <summary>Something else has the place of a file that was to be written; it was not touched.</summary>
public sealed class AlreadyThereException(string message) : IOException(message);

/// <summary>What an export has to say.</summary>
sealed class ExportNotes
{
    readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    readonly SortedSet<string> _said = new(StringComparer.Ordinal);

    internal List<SkippedEntry> Problems { get; } = [];

    /// <summary>One sentence each, with the number of times that it happened.</summary>
    internal List<string> Notices => [.. _counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => Sentence.Of(pair.Value, pair.Key)), .. _said];

    internal void Problem(string file, long? line, string reason) => Problems.Add(new SkippedEntry(file, line, reason));

    /// <summary>Says something once, however often it is met.</summary>
    internal void Say(string sentence) => _said.Add(sentence);

    /// <summary>Counts one case of a sentence of <see cref="Sentence.Of"/>.</summary>
    internal void Count(string sentence) => Count(sentence, 1);

    internal void Count(string sentence, long cases)
    {
        if (cases > 0) _counts[sentence] = _counts.GetValueOrDefault(sentence) + cases;
    }
}
