namespace Offproof.Vault;

public sealed partial class Repository
{
    /// <summary>
    /// Restores into a folder, never outside it and never over an existing file; what cannot be restored is reported and the rest is. Repeating it after an
    /// interruption goes on where it ended.
    /// </summary>
    /// <exception cref="StorageException">The vault's storage failed for good, or the target's disk is full. Files already restored are complete.</exception>
    public async Task<RestoreSummary> RestoreAsync(Snapshot snapshot, string targetDirectory, RestoreOptions? options = null, IProgress<RestoreProgress>? progress = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentException.ThrowIfNullOrEmpty(targetDirectory);
        return await ReadingAsync(async () =>
        {
            VaultIndex index = await LoadIndexAsync(ct).ConfigureAwait(false);
            string target = Path.GetFullPath(targetDirectory);
            RestorePlan plan = await RestorePlan.MakeAsync(this, index, snapshot, target, options ?? new RestoreOptions(), ct).ConfigureAwait(false);
            return await new RestoreRun(this, index, plan, target, progress, ct).ExecuteAsync().ConfigureAwait(false);
        }, ct).ConfigureAwait(false);
    }

    async Task<T> ReadingAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        if (_options.ReadWithoutLock) return await work().ConfigureAwait(false);
        VaultLock held = await VaultLock.TakeAsync(this, ct).ConfigureAwait(false);
        await using (held.ConfigureAwait(false)) return await work().ConfigureAwait(false);
    }
}
