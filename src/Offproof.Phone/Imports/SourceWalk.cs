using System.Security;

namespace Offproof.Phone;

/// <summary>The files of a source, in the order of their names; what is none or cannot be read is in the account (phone.md §1.1, §2.2).</summary>
static class SourceWalk
{
    static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>Hands every file of a source, which is a file or a folder, to <paramref name="read"/>. No link below it is followed.</summary>
    internal static void Read(string source, Action<SourceFile> read, Account account, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        if (!Directory.Exists(source))
        {
            ReadFile(source.Replace('\\', '/'), source, read, account);
            return;
        }
        List<(string Name, string Path)> files = [];
        Stack<string> folders = new([source]);
        while (folders.TryPop(out string? folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                foreach (FileSystemInfo info in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything))
                {
                    string name = Name(source, info.FullName);
                    if (info.Attributes.HasFlag(FileAttributes.ReparsePoint) && info.LinkTarget is not null) account.Skip(name, null, "A link; links are not followed.");
                    else if (info is DirectoryInfo) folders.Push(info.FullName);
                    else files.Add((name, info.FullName));
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or SecurityException)
            {
                account.Skip(Name(source, folder), null, "The folder cannot be listed whole: " + problem.Message);
            }
        }
        files.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreach ((string name, string path) in files) ReadFile(name, path, read, account);
    }

    static string Name(string source, string path) =>
        Path.GetRelativePath(source, path) is "." ? source.Replace('\\', '/') : Path.TrimEndingDirectorySeparator(source).Replace('\\', '/') + "/" + Path.GetRelativePath(source, path).Replace('\\', '/');

    internal static void ReadFile(string name, string path, Action<SourceFile> read, Account account)
    {
        try
        {
            FileInfo info = new(path);
            if (info.Exists && info.Length == 0)
            {
                account.Skip(name, null, SpecialFile.Is(path) ? "A pipe, socket or device, not a file." : "The file is empty.");
                return;
            }
            read(new SourceFile(name, () => SourceFile.OpenFile(path)));
        }
        catch (Exception problem) when (problem is (IOException and not SpoolException) or UnauthorizedAccessException or SecurityException)
        {
            account.Skip(name, null, "The file cannot be read: " + problem.Message);
        }
    }
}
