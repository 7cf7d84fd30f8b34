using System.Security;

namespace Offproof.Phone;

/// <summary>Messages of SMS Backup &amp; Restore (XML) and SMS Import/Export (ZIP and JSON, encrypted too), as the tree of messages.md §1.</summary>
public static class MessageImport
{
    static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>
    /// Reads every file of the sources; what is no export of messages, and what of one is damaged, is in the report. The sources are read again when
    /// the attachments of <see cref="Import.Files"/> are opened.
    /// </summary>
    /// <param name="sources">Files and folders. A folder is read with everything below it; no link below it is followed.</param>
    /// <param name="password">Asked with a file's name for the password of an encrypted export; null leaves that file out, with this reason.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">There is no room for the spool.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Import Read(IReadOnlyList<string> sources, Func<string, string?>? password, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sources);
        MessageTree tree = new();
        try
        {
            Account account = new(sources.Count);
            for (int index = 0; index < sources.Count; index++)
            {
                account.Begin(index);
                ReadSource(sources[index], password, tree, account, cancellationToken);
            }
            List<TreeFile> files = tree.Files();
            return new Import(files, account.Report(tree.Repeated, tree.InVersions()), tree);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    static void ReadSource(string source, Func<string, string?>? password, MessageTree tree, Account account, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        if (!Directory.Exists(source))
        {
            ReadFile(source.Replace('\\', '/'), source, password, tree, account, cancellationToken);
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
        foreach ((string name, string path) in files) ReadFile(name, path, password, tree, account, cancellationToken);
    }

    static string Name(string source, string path) =>
        Path.GetRelativePath(source, path) is "." ? source.Replace('\\', '/') : Path.TrimEndingDirectorySeparator(source).Replace('\\', '/') + "/" + Path.GetRelativePath(source, path).Replace('\\', '/');

    static void ReadFile(string name, string path, Func<string, string?>? password, MessageTree tree, Account account, CancellationToken cancellationToken)
    {
        try
        {
            FileInfo info = new(path);
            if (info.Exists && info.Length == 0)
            {
                account.Skip(name, null, SpecialFile.Is(path) ? "A pipe, socket or device, not a file." : "The file is empty.");
                return;
            }
            Read(new SourceFile(name, () => SourceFile.OpenFile(path)), password, tree, account, cancellationToken);
        }
        catch (Exception problem) when (problem is (IOException and not SpoolException) or UnauthorizedAccessException or SecurityException)
        {
            account.Skip(name, null, "The file cannot be read: " + problem.Message);
        }
    }

    // By content alone: apps and people name these files as they like.
    internal static void Read(SourceFile file, Func<string, string?>? password, MessageTree tree, Account account, CancellationToken cancellationToken)
    {
        _ = password;
        XmlMessages.Read(file, tree, account, cancellationToken);
    }
}
