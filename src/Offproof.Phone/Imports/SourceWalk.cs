using System.Security;

namespace Offproof.Phone;

/// <summary>A file of a source.</summary>
/// <param name="Name">As the source was given, with '/' separators below it.</param>
/// <param name="Path">Relative to the source, with '/' between the parts; the file's own name where the source is a file.</param>
/// <param name="FullPath">Where it lies.</param>
/// <param name="Length">Bytes, when it was listed.</param>
/// <param name="Modified">Its modification time; 1970-01-01 where the system gives none that can be written down.</param>
sealed record SourceEntry(string Name, string Path, string FullPath, long Length, DateTimeOffset Modified);

/// <summary>Lists a source: the file itself, or every file below the folder, ordered by path, ordinal. No link below it is followed (phone.md §1.1).</summary>
static class SourceWalk
{
    static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>What is no regular file goes to <paramref name="skip"/>, by its name and the reason.</summary>
    internal static List<SourceEntry> List(string source, Action<string, string> skip, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        List<SourceEntry> files = [];
        string given = Path.TrimEndingDirectorySeparator(source);
        if (Path.DirectorySeparatorChar == '\\') given = given.Replace('\\', '/');
        if (!Directory.Exists(source))
        {
            FileInfo info = new(source);
            if (!info.Exists) skip(given, "There is no such file or folder.");
            else Take(info, given, info.Name, files, skip);
            return files;
        }
        Stack<(string Path, string FullPath)> folders = new([("", Path.GetFullPath(source))]);
        while (folders.TryPop(out (string Path, string FullPath) folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                foreach (FileSystemInfo info in new DirectoryInfo(folder.FullPath).EnumerateFileSystemInfos("*", Everything))
                {
                    string path = folder.Path.Length == 0 ? info.Name : folder.Path + "/" + info.Name;
                    if (info.Attributes.HasFlag(FileAttributes.ReparsePoint) && info.LinkTarget is not null) skip(given + "/" + path, "A link; links are not followed.");
                    // A name that is not valid Unicode arrives with replacement characters, and no such file can be found again.
                    else if (!IsUnicode(info.Name) || (info.Name.Contains('\uFFFD', StringComparison.Ordinal) && !Path.Exists(info.FullName))) skip(given + "/" + path, "The name is not valid Unicode; rename it to have it backed up.");
                    else if (info is FileInfo file) Take(file, given + "/" + path, path, files, skip);
                    else folders.Push((path, info.FullName));
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or SecurityException)
            {
                skip(folder.Path.Length == 0 ? given : given + "/" + folder.Path, Sentence.Because("The folder cannot be listed whole", problem));
            }
        }
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files;
    }

    /// <summary>Hands the content of every file of a source to <paramref name="read"/>, in that order; what is none or cannot be read is in the account.</summary>
    internal static void Read(string source, Action<SourceFile> read, Account account, CancellationToken cancellationToken)
    {
        bool isFolder = Directory.Exists(source);
        foreach (SourceEntry entry in List(source, (name, reason) => account.Skip(name, null, reason), cancellationToken))
        {
            if (isFolder && IsMark(entry)) account.Mark();
            else ReadFile(entry.Name, entry.FullPath, file => read(file with { IsNamed = !isFolder }), account);
        }
    }

    /// <summary>Android's mark of a folder that galleries pass over: an empty file of exactly this name.</summary>
    internal static bool IsMark(SourceEntry entry) => entry.Length == 0 && Path.GetFileName(entry.FullPath) == ".nomedia" && new FileInfo(entry.FullPath) is { Exists: true, Length: 0 };

    /// <summary>Hands the content of one file to <paramref name="read"/>.</summary>
    /// <param name="name">What the account calls it.</param>
    /// <param name="path">Where it lies.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="account">What is none or cannot be read is in it.</param>
    /// <param name="tree">The tree that it belongs to, where it is no source's.</param>
    internal static void ReadFile(string name, string path, Action<SourceFile> read, Account account, string? tree = null)
    {
        account.BeginFile();
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: 0 }) account.Skip(name, null, SpecialFile.Is(path) ? "A pipe, socket or device, not a file." : "The file is empty.");
            else read(new SourceFile(name, () => SourceFile.OpenFile(path)));
        }
        catch (Exception problem) when (problem is (IOException and not SpoolException) or UnauthorizedAccessException or SecurityException)
        {
            account.Skip(name, null, Sentence.Because("The file cannot be read", problem, tree));
        }
    }

    static void Take(FileInfo file, string name, string path, List<SourceEntry> files, Action<string, string> skip)
    {
        if (file.Length == 0 && SpecialFile.Is(file.FullName)) skip(name, "A pipe, socket or device, not a file.");
        else files.Add(new SourceEntry(name, path, file.FullName, file.Length, Time(file)));
    }

    static DateTimeOffset Time(FileInfo file)
    {
        try
        {
            return new DateTimeOffset(file.LastWriteTimeUtc);
        }
        catch (ArgumentOutOfRangeException)
        {
            return DateTimeOffset.UnixEpoch;
        }
    }

    static bool IsUnicode(string name) => name.EnumerateRunes().Count(rune => rune == System.Text.Rune.ReplacementChar) == name.Count(c => c == '\uFFFD');
}
