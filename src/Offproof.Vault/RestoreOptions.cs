namespace Offproof.Vault;

/// <summary>What of a snapshot is restored, and where it lands.</summary>
public sealed record RestoreOptions
{
    /// <summary>Only these paths and what is below them, e.g. <c>/photos/camera</c>. Empty: everything.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Leading folders that are left out in the target: with <c>/photos</c>, <c>/photos/camera/x</c> lands in <c>TARGET/camera/x</c>.</summary>
    public string? StripPrefix { get; init; }

    /// <summary>Only files that were last changed at this moment or later. Folders and links are not asked.</summary>
    public DateTimeOffset? ModifiedSince { get; init; }

    /// <summary>Shown all files that the other options leave, says which of them are restored: a sample. Links are then left out.</summary>
    public Func<IReadOnlyList<SnapshotFile>, IReadOnlyCollection<SnapshotFile>>? Choose { get; init; }

    /// <summary>
    /// More entries than this are refused before anything is written. A few small trees that list each other again and again name more files than any disk
    /// holds; five million take about two gigabytes of memory to plan.
    /// </summary>
    public int MostEntries { get; init; } = 5_000_000;
}

/// <summary>A file of a snapshot.</summary>
/// <param name="Path">From the snapshot's root, with a slash in front: <c>/photos/camera/IMG_1.jpg</c></param>
/// <param name="Length">Its bytes</param>
/// <param name="ModifiedAt">When it was last changed</param>
public sealed record SnapshotFile(string Path, long Length, DateTimeOffset ModifiedAt);

/// <summary>How far a restore is.</summary>
public sealed record RestoreProgress(long FilesDone, long FilesTotal, long BytesDone, long BytesTotal);

/// <summary>What a restore did.</summary>
public sealed record RestoreSummary
{
    /// <summary>Files written.</summary>
    public required long Files { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Files and links that were already there with the same content: nothing was written.</summary>
    public required long AlreadyThere { get; init; }

    /// <summary>Symlinks made.</summary>
    public required long Links { get; init; }

    /// <summary>Folders made.</summary>
    public required long Folders { get; init; }

    /// <summary>Not restored: damaged or missing content, names that could leave the target, and existing files with another content, which are never overwritten.</summary>
    public required IReadOnlyList<Skipped> Problems { get; init; }

    /// <summary>Damage that this restore got around. The vault should be checked.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>Everything asked for is there.</summary>
    public bool Complete => Problems.Count == 0;
}
