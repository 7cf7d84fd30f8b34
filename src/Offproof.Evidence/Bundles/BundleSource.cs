namespace Offproof.Evidence;

/// <summary>What something in a bundle's place is.</summary>
enum EntryKind
{
    File,
    Folder,
    Link,
    Special,
}

/// <summary>Something in a bundle's place, as it was found there; nothing of it is believed.</summary>
/// <param name="Path">From the bundle's own folder, with slashes.</param>
/// <param name="Length">As it says of itself.</param>
readonly record struct BundleEntry(string Path, EntryKind Kind, long Length);

/// <summary>Where a bundle lies: a folder, or an archive of one.</summary>
abstract class BundleSource : IDisposable
{
    /// <summary>Everything that is there, the same path perhaps twice; more than <see cref="BundlePath.MostFiles"/> are not listed, and <see cref="IsFlood"/> says so.</summary>
    internal List<BundleEntry> Entries { get; } = [];

    internal bool IsFlood { get; private protected set; }

    /// <summary>What is wrong with the wrapping itself.</summary>
    internal List<BundleDefect> Defects { get; } = [];

    /// <summary>Nothing in it can be looked at.</summary>
    internal bool IsUnreadable { get; private protected set; }

    /// <summary>The bytes of a file among the entries.</summary>
    internal abstract Stream Open(string path);

    public abstract void Dispose();

    /// <exception cref="EvidenceException">It is not there, or no archive that is read.</exception>
    internal static BundleSource Of(string path)
    {
        if (Directory.Exists(path)) return new BundleFolder(path);
        return File.Exists(path) ? new BundleArchive(path) : throw new EvidenceException(EvidenceFault.Failure, $"{path} is not there", "name a bundle's folder, or its .zip");
    }
}

/// <summary>A bundle as a folder. Links are seen and not followed.</summary>
sealed class BundleFolder : BundleSource
{
    const int Deepest = 8;

    readonly string folder;

    internal BundleFolder(string folder)
    {
        this.folder = folder;
        Walk(new DirectoryInfo(folder), "", 0);
    }

    internal override Stream Open(string path) => FileKind.Open(Path.Combine(folder, path));

    public override void Dispose()
    {
    }

    void Walk(DirectoryInfo at, string prefix, int depth)
    {
        foreach (var entry in at.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false, RecurseSubdirectories = false }))
        {
            if (Entries.Count >= 2 * BundlePath.MostFiles)
            {
                IsFlood = true;
                return;
            }
            string path = prefix + entry.Name;
            if (FileKind.IsLink(entry)) Entries.Add(new BundleEntry(path, EntryKind.Link, 0));
            else if (entry is DirectoryInfo below)
            {
                Entries.Add(new BundleEntry(path, EntryKind.Folder, 0));
                if (depth < Deepest) Walk(below, path + "/", depth + 1);
            }
            else Entries.Add(new BundleEntry(path, FileKind.IsSpecial(entry.FullName) ? EntryKind.Special : EntryKind.File, ((FileInfo)entry).Length));
        }
    }
}
