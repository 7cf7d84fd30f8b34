namespace Offproof.Vault;

public sealed partial class Repository
{
    /// <inheritdoc cref="BackupAsync(IAsyncEnumerable{BackupItem}, BackupOptions, IProgress{BackupProgress}, CancellationToken)"/>
    public Task<BackupSummary> BackupAsync(IEnumerable<BackupItem> items, BackupOptions options, IProgress<BackupProgress>? progress = null, CancellationToken ct = default) =>
        BackupAsync(items.ToAsyncEnumerable(), options, progress, ct);

    /// <summary>Makes a snapshot of the items. What cannot be read is reported in the summary; everything else is stored.</summary>
    /// <exception cref="VaultLockedException">An exclusive lock is held.</exception>
    /// <exception cref="StorageException">The storage failed for good. Run again: what was indexed is not uploaded twice.</exception>
    /// <exception cref="InvalidOperationException">The repository has version 1, which is only read.</exception>
    public async Task<BackupSummary> BackupAsync(IAsyncEnumerable<BackupItem> items, BackupOptions options, IProgress<BackupProgress>? progress = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(options);
        if (Version < 2) throw new InvalidOperationException("a repository of version 1 is read, not written");
        VaultLock held = await VaultLock.TakeAsync(this, ct).ConfigureAwait(false);
        await using (held.ConfigureAwait(false))
        {
            DateTimeOffset began = Time.GetUtcNow();
            // Snapshots before indexes: whatever a snapshot refers to is then in an index that is read.
            IReadOnlyList<Snapshot> snapshots = await SnapshotsAsync(skipDamaged: true, ct).ConfigureAwait(false);
            List<string> notices = [];
            VaultIndex index = await LoadIndexAsync(notices, ct).ConfigureAwait(false);
            List<PackRecord> tables = notices.Count > 0 ? await new PackTables(this).ReadAsync(index, ct).ConfigureAwait(false) : [];
            Snapshot? parent = options.ReadEverything ? null : snapshots.LastOrDefault(s => string.Equals(s.HostName, HostName, StringComparison.Ordinal) && s.Paths.SequenceEqual(options.Roots, StringComparer.Ordinal));
            ParentTree before = new(this, index, parent);
            BackupRun run = new(this, index, ct);
            await using (run.ConfigureAwait(false))
            {
                // What a damaged index named stands in a new one from here on.
                foreach (PackRecord table in tables) await run.IndexAsync(table).ConfigureAwait(false);
                BackupReader reader = new(this, index, before, run, options, progress);
                ContentId tree;
                try
                {
                    await reader.ReadAllAsync(items).ConfigureAwait(false);
                    tree = await run.FinishAsync(reader.Draft).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (!ct.IsCancellationRequested)
                {
                    await run.ThrowIfStageFailedAsync().ConfigureAwait(false);
                    throw;
                }
                ContentId id = await WriteUnpackedAsync(VaultFileKind.Snapshots, Snapshot.Write(began, parent?.FileId, tree, options.Roots), ct).ConfigureAwait(false);
                return reader.Summarize(id) with { Notices = notices };
            }
        }
    }
}
