using System.Security;
using System.Text;

namespace Offproof.Phone;

/// <summary>Lists a folder of photos: a camera folder as it lies on the phone, or a Google Takeout export with its JSON sidecars.</summary>
public static class PhotoLibrary
{
    static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>
    /// Lists every regular file below <paramref name="root"/> without opening one (phone.md §1). A root that is itself a link is followed;
    /// no link below it is. Each thing that is not taken is in <see cref="PhotoScan.Skipped"/>.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="IOException">The folder itself cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder itself may not be listed.</exception>
    public static PhotoScan Scan(string root, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        string full = Path.GetFullPath(root);
        if (!Directory.Exists(full)) throw new DirectoryNotFoundException($"'{root}' is not a folder.");

        List<PhotoFile> files = [];
        List<SkippedFile> skipped = [];
        Stack<(string Path, string FullPath)> folders = new();
        folders.Push(("", full));
        while (folders.TryPop(out (string Path, string FullPath) folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<Entry> entries = [];
            try
            {
                List(folder.Path, new DirectoryInfo(folder.FullPath), entries, folders, skipped, cancellationToken);
            }
            catch (Exception problem) when (folder.Path.Length > 0 && problem is IOException or UnauthorizedAccessException or SecurityException)
            {
                skipped.Add(new SkippedFile(folder.Path, Reason(problem), $"the folder cannot be listed whole: {problem.Message}"));
            }
            Pair(folder.Path, entries, files);
        }
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        skipped.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new PhotoScan(files, skipped);
    }

    readonly record struct Entry(string Name, string FullPath, long Length, DateTimeOffset Modified);

    static void List(string folder, DirectoryInfo directory, List<Entry> entries, Stack<(string, string)> folders, List<SkippedFile> skipped,
        CancellationToken cancellationToken)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (FileSystemInfo info in directory.EnumerateFileSystemInfos("*", Everything))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = folder.Length == 0 ? info.Name : folder + "/" + info.Name;
            try
            {
                // A name that is not valid Unicode arrives with replacement characters (or lone surrogates), and no such file can be found again.
                if (!IsUnicode(info.Name) || (info.Name.Contains('\uFFFD', StringComparison.Ordinal) && (!names.Add(info.Name) || !Path.Exists(info.FullName))))
                {
                    skipped.Add(new SkippedFile(path, SkipReason.Name, "the name is not valid Unicode; rename the file to have it backed up"));
                    continue;
                }
                if (info.Attributes.HasFlag(FileAttributes.ReparsePoint) && info.LinkTarget is { } target)
                {
                    skipped.Add(new SkippedFile(path, SkipReason.Link, $"a link to '{target}'; links are not followed"));
                    continue;
                }
                if (info is FileInfo file)
                {
                    if (file.Length == 0 && SpecialFile.Is(file.FullName))
                    {
                        skipped.Add(new SkippedFile(path, SkipReason.Special, "a pipe, socket or device, not a file"));
                        continue;
                    }
                    entries.Add(new Entry(file.Name, file.FullName, file.Length, new DateTimeOffset(file.LastWriteTimeUtc)));
                }
                else
                {
                    folders.Push((path, info.FullName));
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or SecurityException)
            {
                skipped.Add(new SkippedFile(path, Reason(problem), problem.Message));
            }
        }
    }

    static void Pair(string folder, List<Entry> entries, List<PhotoFile> files)
    {
        HashSet<string> names = entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        Dictionary<string, string> fullPaths = entries.ToDictionary(entry => entry.Name, entry => entry.FullPath, StringComparer.Ordinal);
        Dictionary<string, string> sidecars = new(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (MediaName.KindOf(name) is PhotoKind.Photo or PhotoKind.Video && TakeoutSidecar.Find(name, names) is { } sidecar) sidecars[name] = sidecar;
        }
        HashSet<string> used = sidecars.Values.ToHashSet(StringComparer.Ordinal);
        foreach (Entry entry in entries)
        {
            string prefix = folder.Length == 0 ? "" : folder + "/";
            PhotoKind kind = used.Contains(entry.Name) || TakeoutSidecar.LooksLikeOne(entry.Name) ? PhotoKind.Sidecar : MediaName.KindOf(entry.Name);
            string? sidecar = sidecars.GetValueOrDefault(entry.Name);
            files.Add(new PhotoFile(prefix + entry.Name, entry.FullPath, entry.Length, entry.Modified, kind,
                sidecar is null ? null : prefix + sidecar, sidecar is null ? null : fullPaths[sidecar]));
        }
    }

    // Enumerating yields U+FFFD for a lone surrogate; a real U+FFFD is told apart by the caller.
    static bool IsUnicode(string name) => name.EnumerateRunes().Count(rune => rune == Rune.ReplacementChar) == name.Count(c => c == '\uFFFD');

    static SkipReason Reason(Exception problem) =>
        problem is FileNotFoundException or DirectoryNotFoundException ? SkipReason.Vanished : SkipReason.Unreadable;
}
