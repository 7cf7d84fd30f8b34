namespace Offproof.Vault;

/// <summary>Walks real folders and files, for backing them up under their own absolute paths. Symlinks are stored, never followed.</summary>
public static class FolderSource
{
    const string NotUtf8 = "the name is not valid UTF-8";

    /// <summary>The roots as they stand in a snapshot: <c>/home/x</c>; on Windows <c>/C/Users/x</c>.</summary>
    public static IReadOnlyList<string> Roots(IEnumerable<string> paths) => [.. paths.Select(static p => VirtualPath(Path.GetFullPath(p)))];

    /// <summary>Everything below the given paths, parents first, with the folders above them.</summary>
    public static IEnumerable<BackupItem> Walk(IEnumerable<string> paths)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            for (string? above = Path.GetDirectoryName(full); above is not null && Path.GetDirectoryName(above) is not null; above = Path.GetDirectoryName(above))
                if (seen.Add(above)) yield return Describe(new DirectoryInfo(above));
            foreach (BackupItem item in Below(full, seen)) yield return item;
        }
    }

    static IEnumerable<BackupItem> Below(string start, HashSet<string> seen)
    {
        Stack<string> waiting = new([start]);
        while (waiting.TryPop(out string? path))
        {
            if (!seen.Add(path)) continue;
            (BackupItem item, bool enter) = Look(path);
            if (item.Path.Length > 1) yield return item;
            if (!enter) continue;
            string[] children;
            BackupItem? failed = null;
            try
            {
                children = Directory.GetFileSystemEntries(path);
                Array.Sort(children, StringComparer.Ordinal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                children = [];
                failed = Unreadable(path, $"the folder cannot be listed: {e.Message}");
            }
            if (failed is not null) yield return failed;
            for (int i = children.Length - 1; i >= 0; i--)
            {
                // Different bytes that are no UTF-8 arrive as the same text: at most one of them can be opened.
                if (i > 0 && string.Equals(children[i], children[i - 1], StringComparison.Ordinal)) yield return Unreadable(children[i], NotUtf8);
                else waiting.Push(children[i]);
            }
        }
    }

    static (BackupItem Item, bool Enter) Look(string path)
    {
        try
        {
            FileAttributes attributes = File.GetAttributes(path);
            bool folder = attributes.HasFlag(FileAttributes.Directory);
            bool link = attributes.HasFlag(FileAttributes.ReparsePoint);
            FileSystemInfo info = folder ? new DirectoryInfo(path) : new FileInfo(path);
            return (Describe(info), folder && !link);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bool lossy = path.Contains('\uFFFD', StringComparison.Ordinal);
            return (Unreadable(path, lossy ? NotUtf8 : e.Message), false);
        }
    }

    static BackupItem Describe(FileSystemInfo info)
    {
        string path = VirtualPath(info.FullName);
        DateTimeOffset modified = new(info.LastWriteTimeUtc, TimeSpan.Zero);
        int? mode = OperatingSystem.IsWindows() ? null : (int)info.UnixFileMode;
        // U+FFFD stands for bytes that were lost on the way here: a link to other bytes would be another link.
        if (info.LinkTarget?.Contains('\uFFFD', StringComparison.Ordinal) == true) return Unreadable(info.FullName, "where the link points is not valid UTF-8");
        if (info.LinkTarget is { } target) return new BackupItem(path, BackupItemKind.Symlink) { LinkTarget = target, ModifiedAt = modified };
        if (info is not FileInfo file) return new BackupItem(path, BackupItemKind.Directory) { ModifiedAt = modified, Mode = mode };
        if (SpecialFile.Is(file)) return Unreadable(info.FullName, "neither file, folder nor link");
        return new BackupItem(path, BackupItemKind.File)
        {
            Length = file.Length,
            ModifiedAt = modified,
            Mode = mode,
            Open = () => OpenRegular(info.FullName),
        };
    }

    static FileStream OpenRegular(string path)
    {
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return stream;
    }

    static BackupItem Unreadable(string path, string reason) => new(VirtualPath(path), BackupItemKind.Unreadable) { Reason = reason };

    static string VirtualPath(string full)
    {
        if (!OperatingSystem.IsWindows()) return full;
        string drive = Path.GetPathRoot(full) ?? "";
        return "/" + drive.Trim('\\', ':') + "/" + full[drive.Length..].Replace('\\', '/');
    }
}
