namespace Offproof.Scripts;

/// <summary>Paths of a script, from its current folder; <c>*</c> and <c>?</c> match within one name, and matches come in ordinal order.</summary>
internal readonly record struct FileCommands(string Folder)
{
    /// <returns>At least one path.</returns>
    internal List<string> Match(string pattern) => TryMatch(pattern) is { Count: > 0 } found ? found : throw new FormatException($"{pattern} does not exist");

    internal List<string> TryMatch(string pattern)
    {
        List<string> paths = [pattern.StartsWith('/') ? "/" : Folder];
        foreach (var name in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
            paths = name.AsSpan().ContainsAny('*', '?')
                ? [.. paths.Where(Directory.Exists).SelectMany(p => Directory.EnumerateFileSystemEntries(p, name)).Order(StringComparer.Ordinal)]
                : [.. paths.Select(p => Path.GetFullPath(Path.Combine(p, name))).Where(p => Path.Exists(p) || IsLink(p))];
        return paths;
    }

    internal static void Delete(string path)
    {
        if (Directory.Exists(path) && !IsLink(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }

    internal static void Copy(string from, string to)
    {
        if (!Directory.Exists(from))
        {
            File.Copy(from, to, overwrite: true);
            return;
        }
        Directory.CreateDirectory(to);
        foreach (var entry in Directory.EnumerateFileSystemEntries(from))
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
    }

    /// <param name="path">A file; one that is not writable becomes so.</param>
    /// <param name="at">The byte that is altered; below zero it counts from the end.</param>
    internal static void Flip(string path, int at)
    {
        var bytes = File.ReadAllBytes(path);
        var index = at < 0 ? bytes.Length + at : at;
        if (index < 0 || index >= bytes.Length)
            throw new FormatException($"{path} has {bytes.Length} bytes, so none at {at}");
        bytes[index] ^= 0x01;
        Overwrite(path, bytes);
    }

    /// <param name="path">A file; one that is not writable becomes so.</param>
    /// <param name="size">Its new size; below zero, how many bytes are cut off. It must become shorter.</param>
    internal static void Truncate(string path, int size)
    {
        var bytes = File.ReadAllBytes(path);
        var length = size < 0 ? bytes.Length + size : size;
        if (length < 0 || length >= bytes.Length)
            throw new FormatException($"{path} has {bytes.Length} bytes: truncate to {size} does not shorten it");
        Overwrite(path, bytes[..length]);
    }

    /// <summary>Names, kinds, link targets and bytes; not times and modes.</summary>
    internal List<string> Differences(string a, string b)
    {
        string left = Match(a)[0], right = Match(b)[0];
        if (!Directory.Exists(left) || !Directory.Exists(right))
            throw new FormatException("cmpdir wants two folders");
        var differences = new List<string>();
        foreach (var name in Tree(left).Union(Tree(right), StringComparer.Ordinal).Order(StringComparer.Ordinal))
            if (Describe(Path.Combine(left, name)) is var l && Describe(Path.Combine(right, name)) is var r && !string.Equals(l, r, StringComparison.Ordinal))
                differences.Add($"{name}: {l} in {a}, {r} in {b}");
            else if (l is "a file" && !File.ReadAllBytes(Path.Combine(left, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(right, name))))
                differences.Add($"{name}: other bytes");
        return differences;
    }

    // Links are not followed.
    static IEnumerable<string> Tree(string folder, string below = "")
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(Path.Combine(folder, below)))
        {
            var name = Path.Combine(below, Path.GetFileName(entry));
            yield return name;
            if (Directory.Exists(entry) && !IsLink(entry))
                foreach (var inner in Tree(folder, name))
                    yield return inner;
        }
    }

    static string Describe(string path) =>
        IsLink(path) ? "a link to " + new FileInfo(path).LinkTarget
        : Directory.Exists(path) ? "a folder"
        : File.Exists(path) ? "a file"
        : "nothing";

    static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    static void Overwrite(string path, byte[] bytes)
    {
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserWrite);
        File.WriteAllBytes(path, bytes);
    }
}
