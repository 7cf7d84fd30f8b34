namespace Offproof.Vault;

/// <summary>The six sorts of files of a repository.</summary>
public enum VaultFileKind
{
    /// <summary>The one file <c>config</c>; its name is ignored.</summary>
    Config,
    /// <summary>Key files.</summary>
    Keys,
    /// <summary>Locks.</summary>
    Locks,
    /// <summary>Snapshots.</summary>
    Snapshots,
    /// <summary>Index files.</summary>
    Index,
    /// <summary>Packs.</summary>
    Data,
}

/// <summary>A file's place. Names are 64 lower-case hexadecimal digits: the SHA-256 of the content (empty for the config).</summary>
/// <param name="Kind">The sort.</param>
/// <param name="Name">The name.</param>
public readonly record struct VaultFile(VaultFileKind Kind, string Name)
{
    /// <summary>The config.</summary>
    public static VaultFile Config => new(VaultFileKind.Config, "");

    /// <summary>For messages, e.g. <c>data/5f2e…</c>.</summary>
    public override string ToString() => Kind == VaultFileKind.Config ? "config" : $"{FolderStorage.NameOf(Kind)}/{Name}";
}

/// <summary>A listed file.</summary>
/// <param name="Name">64 lower-case hexadecimal digits.</param>
/// <param name="Size">Bytes.</param>
public readonly record struct VaultEntry(string Name, long Size)
{
    /// <summary>When the storage received the file, by the storage's own clock; null where it does not tell (vault.md §11.1).</summary>
    public DateTimeOffset? Received { get; init; }
}

/// <summary>
/// Where a repository's files lie: a folder, or a server. Every method may be called from several threads at once. Every method retries by itself whatever
/// can be retried, within bounds; what it throws is final: a <see cref="StorageException"/>, or <see cref="OperationCanceledException"/>. The storage is not
/// trusted: callers check every byte that they read.
/// </summary>
public interface IVaultStorage
{
    /// <summary>Makes the place ready for a repository. Succeeds when it already is.</summary>
    Task CreateAsync(CancellationToken ct = default);

    /// <summary>The file's size in bytes, or null when it does not exist.</summary>
    Task<long?> FindAsync(VaultFile file, CancellationToken ct = default);

    /// <summary>A whole file.</summary>
    /// <param name="file">Which.</param>
    /// <param name="most">A longer file is refused as corrupt before it is read.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="StorageFileMissingException">It does not exist.</exception>
    /// <exception cref="CorruptVaultException">It is longer than <paramref name="most"/>.</exception>
    Task<byte[]> ReadAsync(VaultFile file, int most, CancellationToken ct = default);

    /// <summary>Fills <paramref name="destination"/> with the bytes from <paramref name="offset"/> on.</summary>
    /// <exception cref="StorageFileMissingException">It does not exist.</exception>
    /// <exception cref="CorruptVaultException">It ends before that.</exception>
    Task ReadRangeAsync(VaultFile file, long offset, Memory<byte> destination, CancellationToken ct = default);

    /// <summary>
    /// Writes a file that is complete, durable (survives a power cut) and visible under its name when the task completes, and not visible at all before.
    /// Never overwrites: a file of that name and content counts as written, another content is refused. <paramref name="content"/> is the caller's again
    /// when the task has completed.
    /// </summary>
    /// <exception cref="StorageFullException">Disk full or quota reached.</exception>
    /// <exception cref="StorageRefusedException">No permission, or another content lies there.</exception>
    Task WriteAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken ct = default);

    /// <summary>All files of a sort, in no particular order; strangers (other names) are left out. Not for the config.</summary>
    Task<IReadOnlyList<VaultEntry>> ListAsync(VaultFileKind kind, CancellationToken ct = default);

    /// <summary>
    /// Removes a file, never the config. Succeeds when it is already gone. That a snapshot or an index is gone is durable when the task completes: what they
    /// named may be removed next (vault.md §11.6).
    /// </summary>
    /// <exception cref="StorageRefusedException">No permission; a server that takes back locks only says so here.</exception>
    Task RemoveAsync(VaultFile file, CancellationToken ct = default);
}
