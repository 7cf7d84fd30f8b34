namespace Offproof.Vault;

/// <summary>What can be backed up.</summary>
public enum BackupItemKind
{
    /// <summary>A file with content.</summary>
    File,
    /// <summary>A folder. Parents that are not handed over are made up (mode 700, time of the newest child).</summary>
    Directory,
    /// <summary>A symbolic link.</summary>
    Symlink,
    /// <summary>Something that the source saw and could not hand over; it is reported, not stored.</summary>
    Unreadable,
}

/// <summary>One thing to back up.</summary>
/// <param name="Path">Absolute, <c>/</c>-separated, as it shall stand in the snapshot: <c>/photos/camera/DCIM/IMG_0001.jpg</c>. Valid Unicode.</param>
/// <param name="Kind">What it is.</param>
public sealed record BackupItem(string Path, BackupItemKind Kind)
{
    /// <summary>Bytes, as the source last saw it. With path and time it decides whether a file counts as unchanged.</summary>
    public long Length { get; init; }

    /// <summary>Time of the last change; kept to 100 ns.</summary>
    public DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Unix permission bits, 0 to 7777 octal. Null: 600 for files, 700 for folders.</summary>
    public int? Mode { get; init; }

    /// <summary>Where a symlink points.</summary>
    public string? LinkTarget { get; init; }

    /// <summary>Opens the content of a file; called at most once, and not at all when the file is unchanged. The stream is disposed here.</summary>
    public Func<Stream>? Open { get; init; }

    /// <summary>Read it even where the parent has a file of this path, length and time: for content that can change without any of them.</summary>
    public bool ReadAlways { get; init; }

    /// <summary>Why it could not be handed over (<see cref="BackupItemKind.Unreadable"/>).</summary>
    public string? Reason { get; init; }
}

/// <summary>How a backup runs.</summary>
public sealed record BackupOptions
{
    /// <summary>The roots that stand in the snapshot, e.g. <c>/photos</c>; the newest snapshot with the same roots is the parent.</summary>
    public required IReadOnlyList<string> Roots { get; init; }

    /// <summary>Totals for the progress, when the caller knows them.</summary>
    public long? ExpectedFiles { get; init; }

    /// <summary>Totals for the progress, when the caller knows them.</summary>
    public long? ExpectedBytes { get; init; }

    /// <summary>Reads every file, whatever the parent says.</summary>
    public bool ReadEverything { get; init; }

    /// <summary>
    /// Once it is cancelled nothing more is written. The run's own token ends the run, and what was stored until then is still named in an index; this one, which
    /// need not end the run, forbids that too.
    /// </summary>
    public CancellationToken Closed { get; init; }
}

/// <summary>How far a backup is. Bytes count what was read or found unchanged.</summary>
public sealed record BackupProgress(long FilesDone, long? FilesTotal, long BytesDone, long? BytesTotal);

/// <summary>Something that is not in the backup, or not in the restored folder, and why.</summary>
/// <param name="Path">As in the snapshot; names that a terminal could misread are escaped.</param>
/// <param name="Reason">One sentence.</param>
public sealed record Skipped(string Path, string Reason);

/// <summary>What a backup did.</summary>
public sealed record BackupSummary
{
    /// <summary>Id of the new snapshot, 64 lower-case hexadecimal digits.</summary>
    public required string SnapshotId { get; init; }

    /// <summary>Files in the snapshot.</summary>
    public required long Files { get; init; }

    /// <summary>Files that the parent already held and that were not read; and of those that are always read (<see cref="BackupItem.ReadAlways"/>), the ones whose content the vault held before this run, empty ones aside.</summary>
    public required long Unchanged { get; init; }

    /// <summary>Bytes of all files in the snapshot.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes that were read.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Of those, bytes that the vault did not hold yet.</summary>
    public required long BytesAdded { get; init; }

    /// <summary>Bytes of packs, after compression and encryption, that were stored.</summary>
    public required long BytesStored { get; init; }

    /// <summary>Damage that this backup got around. The vault should be checked.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>What is missing from the snapshot. A backup with entries here is complete except for them.</summary>
    public required IReadOnlyList<Skipped> Unreadable { get; init; }
}
