using System.Runtime.CompilerServices;
using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device;

/// <summary>What a prune of a category's vault would do, or did.</summary>
/// <param name="Epoch">Of the vault</param>
/// <param name="Plan">What goes and what stays</param>
/// <param name="Pruned">It was done</param>
public sealed record PruneReport(int Epoch, PrunePlan Plan, bool Pruned);

/// <summary>
/// Prunes with the sheet alone (vault.md §11, protocol.md §16), on a machine that its owner trusts: the phone has no part in it, and nothing that was stored by whoever
/// held the phone of late makes anything go.
/// </summary>
public static class SheetPrune
{
    // The server's 90 days, and one more: its clock and this one differ.
    private static readonly PruneRules Rules = new() { KeepWithin = TimeSpan.FromDays(91) };

    /// <summary>Plans, asks, and prunes.</summary>
    /// <param name="sheet">The sheet</param>
    /// <param name="serverUrl">Where the vaults are now; the sheet's own line where null</param>
    /// <param name="category">Which one</param>
    /// <param name="epoch">Which turning-on; the newest that can be read where null</param>
    /// <param name="agree">Shown the plan; nothing is done unless it says so. Not asked where there is nothing to remove, but shown</param>
    /// <param name="time">The clock</param>
    /// <param name="wire">Replaces the sockets, for tests</param>
    /// <param name="progress">Told as files go</param>
    /// <param name="cancel">Stops between two removals</param>
    /// <param name="home">A folder where a device may be: its ledger is then written (ledger.md §7)</param>
    /// <exception cref="DeviceException">The records or the vault cannot be believed, the vault changed meanwhile, or somebody else works on it.</exception>
    public static async Task<PruneReport> RunAsync(
        Sheet sheet, Uri? serverUrl, Category category, int? epoch, Func<PruneReport, Task<bool>> agree, TimeProvider time, HttpMessageHandler? wire,
        IProgress<PruneProgress>? progress, CancellationToken cancel, string? home = null)
    {
        ArgumentNullException.ThrowIfNull(agree);
        using SheetAccess access = await SheetAccess.OpenAsync(sheet, serverUrl, home, time, wire, cancel).ConfigureAwait(false);
        GrantedVault granted = access.History.Choose(category, epoch);
        PrunePlan plan = await access.WithVaultAsync(granted, async vault =>
        {
            Repository repository = await Repository.OpenAsync(vault.Storage, vault.Password, vault.Pins, cancel).ConfigureAwait(false);
            await using ConfiguredAsyncDisposable closing = repository.ConfigureAwait(false);
            return await repository.PlanPruneAsync(Rules, cancel).ConfigureAwait(false);
        }, cancel).ConfigureAwait(false);

        PruneReport report = new(granted.Address.Epoch.Value, plan, Pruned: false);
        if (!await agree(report).ConfigureAwait(false) || plan.IsEmpty) return report;
        // With the token of a prune the server keeps the device out: a backup that is running would break off for a prune that cannot begin.
        await access.WithVaultAsync(granted, async vault =>
        {
            Repository repository = await Repository.OpenAsync(vault.Storage, vault.Password, vault.Pins, cancel).ConfigureAwait(false);
            await using ConfiguredAsyncDisposable closing = repository.ConfigureAwait(false);
            await repository.DemandAloneAsync(cancel).ConfigureAwait(false);
            return true;
        }, cancel).ConfigureAwait(false);
        await access.PruneVaultAsync(granted, async vault =>
        {
            Repository repository = await Repository.OpenAsync(vault.Storage, vault.Password, vault.Pins, cancel).ConfigureAwait(false);
            await using ConfiguredAsyncDisposable closing = repository.ConfigureAwait(false);
            await repository.PruneAsync(plan, progress, cancel).ConfigureAwait(false);
        }, cancel).ConfigureAwait(false);
        return report with { Pruned = true };
    }
}
