using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device;

/// <summary>Whether a difference between a backup and its sources is explained by what happened to these since (run.md §2.3).</summary>
/// <param name="category">Which one</param>
/// <param name="sources">Its sources</param>
/// <param name="begun">When the backup began to list them</param>
internal sealed class SourceChanges(Category category, IReadOnlyList<Source> sources, DateTimeOffset begun)
{
    private bool? any;

    /// <summary>A file of photos is one of the sources'; the others are made from all of them.</summary>
    internal bool ExplainDifference(SnapshotFile stored, BackupItem now) => category == Category.Photos
        ? stored.Length != now.Length || stored.ModifiedAt != now.ModifiedAt
        : Any;

    /// <summary>What was backed up was there then: a photo that is not there now was taken away.</summary>
    internal bool ExplainGone() => category == Category.Photos || Any;

    internal bool ExplainNew(BackupItem item)
    {
        if (category != Category.Photos) return Any;
        if (item.ModifiedAt >= begun) return true;
        // A photo that was copied or moved there keeps its own time; its folder does not.
        return PathOf(item) is { } path && (IsNewer(path) || IsNewer(Path.GetDirectoryName(path)!));
    }

    private bool Any => any ??= sources.Any(s => IsNewer(s.Path) || (Directory.Exists(s.Path) && Directory
        .EnumerateFileSystemEntries(s.Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true }).Any(IsNewer)));

    private bool IsNewer(string path)
    {
        FileSystemInfo file = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        return file.LastWriteTimeUtc >= begun.UtcDateTime || file.CreationTimeUtc >= begun.UtcDateTime;
    }

    /// <summary><c>/photos/SOURCE/PATH</c> as it lies on this device.</summary>
    private string? PathOf(BackupItem item)
    {
        string[] parts = item.Path.Split('/', 4);
        return sources.FirstOrDefault(s => s.Name == parts[2]) is { } source ? Path.Combine(source.Path, parts[3].Replace('/', Path.DirectorySeparatorChar)) : null;
    }
}
