namespace Offproof.Vault;

public sealed partial class Repository
{
    /// <summary>Which snapshots and packs a prune would remove, and why the others stay (vault.md §11). Changes nothing but a lock of its own.</summary>
    /// <exception cref="CorruptVaultException">It cannot be known what is needed: something is damaged, or of a kind that is not known.</exception>
    /// <exception cref="StorageRefusedException">The storage does not tell when it received its files.</exception>
    /// <exception cref="ArgumentException">The rules are out of range.</exception>
    public async Task<PrunePlan> PlanPruneAsync(PruneRules rules, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(rules);
        PruneRules.Demand(rules);
        return await ReadingAsync(() => new PrunePlanning(this, rules, ct).MakeAsync(), ct).ConfigureAwait(false);
    }

    /// <summary>Whether a prune could begin now. It asks itself again; this is for whoever would disturb others by trying.</summary>
    /// <exception cref="VaultLockedException">Somebody works on the vault.</exception>
    public Task DemandAloneAsync(CancellationToken ct = default) => VaultLock.DemandAloneAsync(this, ct);

    /// <summary>
    /// Does what the plan says, under an exclusive lock. Wherever it stops (a failure, a cancellation, a kill), every snapshot that is there is whole; the next
    /// plan has the rest.
    /// </summary>
    /// <exception cref="VaultLockedException">Somebody else works on the vault: nothing was removed. Or this run lost its lock: the rest stays.</exception>
    /// <exception cref="StalePlanException">The vault is not the one that was planned for: nothing was removed.</exception>
    /// <exception cref="CorruptVaultException">A pack that stays is not there any more: nothing was removed.</exception>
    /// <exception cref="StorageException">The storage failed for good, or does not let this caller remove.</exception>
    /// <exception cref="ArgumentException">The plan is another repository's.</exception>
    public async Task PruneAsync(PrunePlan plan, IProgress<PruneProgress>? progress = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (!string.Equals(plan.Steps.Repository, Id, StringComparison.Ordinal)) throw new ArgumentException("the plan is another repository's", nameof(plan));
        if (plan.IsEmpty) return;
        VaultLock held = await VaultLock.TakeAsync(this, exclusive: true, ct).ConfigureAwait(false);
        await using (held.ConfigureAwait(false)) await new PruneRun(this, plan, held, progress, ct).ExecuteAsync().ConfigureAwait(false);
    }
}
