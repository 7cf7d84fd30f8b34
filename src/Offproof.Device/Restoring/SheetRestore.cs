using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device;

/// <summary>Restores with the sheet alone: no device, no home folder. What `restore-without-us.sh` does with stock tools.</summary>
public static class SheetRestore
{
    /// <summary>Proves, opens and restores one category.</summary>
    /// <param name="sheet">The sheet</param>
    /// <param name="serverUrl">Where the vaults are now; the sheet's own line where null</param>
    /// <param name="category">Which one</param>
    /// <param name="request">What, and whereto</param>
    /// <param name="time">The clock, for tokens</param>
    /// <param name="wire">Replaces the sockets, for tests</param>
    /// <param name="progress">Told as files are written</param>
    /// <param name="cancel">Stops between files</param>
    /// <param name="home">A folder where a device may be: its ledger is then written (ledger.md §7)</param>
    /// <exception cref="DeviceException">Nothing was written if the records, the sealed password or the vault are not what the sheet's account granted.</exception>
    public static async Task<RestoreReport> RunAsync(
        Sheet sheet, Uri? serverUrl, Category category, RestoreRequest request, TimeProvider time,
        HttpMessageHandler? wire, IProgress<RestoreProgress>? progress, CancellationToken cancel, string? home = null)
    {
        using SheetAccess access = await SheetAccess.OpenAsync(sheet, serverUrl, home, time, wire, cancel).ConfigureAwait(false);
        GrantedVault granted;
        RestoreReport report;
        try
        {
            granted = access.History.Choose(category, request.Epoch, request.Device);
            report = await access.WithVaultAsync(granted, vault => VaultRestore.RunAsync(
                vault with { Elsewhere = c => FilledAsync(access, category, granted, c) }, category, request, progress, cancel), cancel).ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.Failure && !access.IsEarlier && sheet.Earlier is [var left, ..])
        {
            // Who restores soon after a move may mean what was stored before it (protocol.md §18).
            string before = $"the account was at {left.Server} before: what was stored there opens with --server {left.Server}";
            throw new DeviceException(e.Fault, e.Message, e.Hint is { } hint ? $"{hint}; {before}" : before, e.InnerException ?? e) { Problem = e.Problem };
        }
        string[] others = [.. access.History.All(category).Where(v => v.CanBeRead && v.Address.Device != granted.Address.Device).Select(static v => v.Address.Device.Text[..8]).Distinct(StringComparer.Ordinal)];
        if (request.Device is not null || others.Length == 0) return report;
        return report with { Remarks = [$"this is what device {granted.Address.Device.Text[..8]} stored; {category.Name()} of another: --device {string.Join(", --device ", others)}", .. report.Remarks] };
    }

    /// <summary>The snapshots of all epochs of a category, oldest first. Of an epoch that cannot be read the damage is said, and the others are listed.</summary>
    /// <param name="sheet">The sheet</param>
    /// <param name="serverUrl">Where the vaults are now; the sheet's own line where null</param>
    /// <param name="category">Which one</param>
    /// <param name="time">The clock, for tokens</param>
    /// <param name="wire">Replaces the sockets, for tests</param>
    /// <param name="cancel">Stops between epochs</param>
    /// <param name="home">A folder where a device may be: its ledger is then written (ledger.md §7)</param>
    public static async Task<SnapshotsReport> SnapshotsAsync(
        Sheet sheet, Uri? serverUrl, Category category, TimeProvider time, HttpMessageHandler? wire, CancellationToken cancel, string? home = null)
    {
        using SheetAccess access = await SheetAccess.OpenAsync(sheet, serverUrl, home, time, wire, cancel).ConfigureAwait(false);
        access.History.Choose(category, epoch: null); // or it says that there is none
        List<SnapshotReport> snapshots = [];
        string? damage = null;
        DeviceException? closed = null;
        foreach (GrantedVault granted in access.History.All(category).Where(static v => v.CanBeRead))
        {
            try
            {
                SnapshotsReport found = await ListAsync(access, granted, category, cancel).ConfigureAwait(false);
                snapshots.AddRange(found.Snapshots);
                damage ??= found.Damage;
            }
            catch (DeviceException e) when (e.Fault is DeviceFault.Forgery or DeviceFault.Refused)
            {
                damage ??= $"epoch {granted.Address.Epoch.Value}: {e.Message}";
            }
            catch (DeviceException e) when (e.Fault is DeviceFault.WrongSheet)
            {
                closed ??= e; // sealed to a sheet that was lost (consent.md §3.11)
            }
        }
        if (snapshots.Count == 0 && damage is null && closed is not null) throw closed;
        return new SnapshotsReport(snapshots, damage);
    }

    private static Task<SnapshotsReport> ListAsync(SheetAccess access, GrantedVault granted, Category category, CancellationToken cancel) =>
        access.WithVaultAsync(granted, vault => VaultRestore.ListAsync(vault, category, cancel), cancel);

    /// <summary>Other epochs that hold snapshots.</summary>
    private static async Task<IReadOnlyList<int>> FilledAsync(SheetAccess access, Category category, GrantedVault but, CancellationToken cancel)
    {
        List<int> epochs = [];
        foreach (GrantedVault granted in access.History.All(category).Where(v => v != but && v.CanBeRead))
        {
            try
            {
                if ((await ListAsync(access, granted, category, cancel).ConfigureAwait(false)).Snapshots.Count > 0) epochs.Add(granted.Address.Epoch.Value);
            }
            catch (DeviceException e) when (e.Fault is DeviceFault.Forgery or DeviceFault.Refused or DeviceFault.WrongSheet)
            {
                // `snapshots --sheet` says what is wrong with it.
            }
        }
        return epochs;
    }
}
