namespace Offproof.Vault;

public sealed partial class Repository
{
    /// <inheritdoc cref="BackupAsync(IAsyncEnumerable{BackupItem}, BackupOptions, IProgress{BackupProgress}, CancellationToken)"/>
    public Task<BackupSummary> BackupAsync(IEnumerable<BackupItem> items, BackupOptions options, IProgress<BackupProgress>? progress = null, CancellationToken ct = default) =>
        BackupAsync(items.ToAsyncEnumerable(), options, progress, ct);

    /// <summary>Makes a snapshot of the items. What cannot be read is reported in the summary; everything else is stored.</summary>
    /// <exception cref="VaultLockedException">An exclusive lock is held, or this run lost its own (vault.md §7.3).</exception>
    /// <exception cref="StorageException">The storage failed for good. Run again: what was stored is not stored twice.</exception>
    /// <exception cref="InvalidOperationException">The repository has version 1, which is only read.</exception>
    public async Task<BackupSummary> BackupAsync(IAsyncEnumerable<BackupItem> items, BackupOptions options, IProgress<BackupProgress>? progress = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(options);
        if (Version < 2) throw new InvalidOperationException("a repository of version 1 is read, not written");
        VaultLock held = await VaultLock.TakeAsync(this, exclusive: false, ct).ConfigureAwait(false);
        await using (held.ConfigureAwait(false))
        {
            DateTimeOffset began = Time.GetUtcNow();
            // Snapshots before indexes: whatever a snapshot refers to is then in an index that is read.
            IReadOnlyList<Snapshot> snapshots = await SnapshotsAsync(skipDamaged: true, ct).ConfigureAwait(false);
            List<string> notices = [];
            VaultIndex named = await LoadIndexAsync(notices, ct).ConfigureAwait(false);
            // A finished run's packs are all in an index: where a snapshot's root is in none, that index is gone. A stopped run's packs are no damage.
            bool lacksIndex = snapshots.Any(s => !named.Contains(s.TreeId, tree: true));
            StoredPacks stored = await StoredPacks.CompareAsync(this, named, ct).ConfigureAwait(false);
            VaultIndex index = stored.Index;
            if (lacksIndex && stored.Unindexed.Count > 0) notices.Add(InNoIndex(stored.Unindexed.Count));
            Snapshot? parent = options.ReadEverything ? null : snapshots.LastOrDefault(s => string.Equals(s.HostName, HostName, StringComparison.Ordinal) && s.Paths.SequenceEqual(options.Roots, StringComparer.Ordinal));
            ParentTree before = new(this, index, parent);
            BackupRun run = new(this, index, options.Closed, ct);
            await using (run.ConfigureAwait(false))
            {
                foreach (PackRecord table in stored.Unindexed) await run.IndexAsync(table).ConfigureAwait(false);
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
                held.Demand();
                byte[] snapshot = Snapshot.Write(began, parent?.FileId, tree, options.Roots, reader.Files, reader.Bytes);
                ContentId id = await WriteUnpackedAsync(VaultFileKind.Snapshots, snapshot, ct).ConfigureAwait(false);
                if (stored.Loss is { } loss) notices.Add(loss);
                return reader.Summarize(id) with { Notices = notices };
            }
        }
    }
}
