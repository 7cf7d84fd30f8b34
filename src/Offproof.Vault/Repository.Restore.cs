namespace Offproof.Vault;

public sealed partial class Repository
{
    /// <summary>
    /// Restores into a folder, never outside it and never over an existing file; what cannot be restored is reported and the rest is. Repeating it after an
    /// interruption goes on where it ended. A damaged or lost index costs nothing but time (vault.md §4.7).
    /// </summary>
    /// <exception cref="StorageException">The vault's storage failed for good, or the target's disk is full. Files already restored are complete.</exception>
    public async Task<RestoreSummary> RestoreAsync(Snapshot snapshot, string targetDirectory, RestoreOptions? options = null, IProgress<RestoreProgress>? progress = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentException.ThrowIfNullOrEmpty(targetDirectory);
        return await ReadingAsync(async () =>
        {
            List<string> notices = [];
            VaultIndex index = await LoadIndexAsync(notices, ct).ConfigureAwait(false);
            string target = Path.GetFullPath(targetDirectory);
            RestorePlan plan = await RestorePlan.MakeAsync(this, index, snapshot, target, options ?? new RestoreOptions(), ct).ConfigureAwait(false);
            if (plan.LacksBlobs && await UnindexedAsync(index, ct).ConfigureAwait(false) is { Count: > 0 } tables)
            {
                foreach (PackRecord table in tables) index.Add(table);
                notices.Add(InNoIndex(tables.Count));
                plan = await RestorePlan.MakeAsync(this, index, snapshot, target, options ?? new RestoreOptions(), ct).ConfigureAwait(false);
            }
            if (options?.Choose is { } choose) plan.Keep(choose);
            RestoreSummary summary = await new RestoreRun(this, index, plan, target, progress, ct).ExecuteAsync().ConfigureAwait(false);
            return summary with { Notices = notices };
        }, ct).ConfigureAwait(false);
    }

    async Task<List<PackRecord>> UnindexedAsync(VaultIndex index, CancellationToken ct) =>
        await new PackTables(this).ReadAsync(index, await Storage.ListAsync(VaultFileKind.Data, ct).ConfigureAwait(false), ct).ConfigureAwait(false);

    static string InNoIndex(int packs) => $"{(packs == 1 ? "1 pack is" : $"{packs} packs are")} in no readable index: {(packs == 1 ? "its own table was" : "their own tables were")} read instead";

    async Task<T> ReadingAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        if (_options.ReadWithoutLock) return await work().ConfigureAwait(false);
        VaultLock held = await VaultLock.TakeAsync(this, exclusive: false, ct).ConfigureAwait(false);
        await using (held.ConfigureAwait(false)) return await work().ConfigureAwait(false);
    }
}
