using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device;

public sealed partial class DeviceHome
{
    /// <summary>What `drill` looks at where no category is named: those with a key here; with the sheet, those that are kept as well.</summary>
    public IReadOnlyList<Category> Drillable(bool withSheet)
    {
        RecordChain chain = Chain();
        return [.. Categories.All.ToArray().Where(c => Switch(chain, c).State is SwitchState.On or SwitchState.Paused || (withSheet && Switch(chain, c).State == SwitchState.Kept))];
    }

    /// <summary>
    /// Restores a sample or everything into a folder that is removed, and compares it with the sources where the category is on. Passing is remembered.
    /// </summary>
    /// <param name="category">Which one</param>
    /// <param name="sheet">What opens it; the password on this device where null</param>
    /// <param name="everything">All files, not a sample</param>
    /// <param name="progress">Told as files are written</param>
    /// <param name="cancel">Stops between files</param>
    /// <exception cref="DeviceException">It could not be opened, there is no snapshot, or it is another account's sheet.</exception>
    public async Task<DrillReport> DrillAsync(Category category, Sheet? sheet, bool everything, IProgress<RestoreProgress>? progress, CancellationToken cancel)
    {
        if (sheet is not null && sheet.Account != AccountId) throw new DeviceException(DeviceFault.WrongSheet, "this is another account's sheet", "look for the file that init wrote for this account");
        using DrillFolder folder = DrillFolder.Make(home);
        bool compare = Switch(category).State == SwitchState.On;
        Drill drill = new(category, everything, folder.Root, SourcesOfDrill(category, compare));
        // A source is read only while the category is on: `off` of another process stops this too.
        using CancellationTokenSource off = new();
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, off.Token);
        using ITimer watch = time.CreateTimer(_ =>
        {
            if (compare && !IsOn(category)) off.Cancel();
        }, null, SwitchWatch, SwitchWatch);
        DrillReport report;
        try
        {
            report = sheet is null
                ? await DrillHereAsync(category, drill, progress, either.Token).ConfigureAwait(false)
                : await DrillWithSheetAsync(category, sheet, drill, progress, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new DeviceException(DeviceFault.Refused, $"{category.Name()} was turned off while it was read: reading stopped", "what was stored is unaffected", e);
        }
        if (report.Passed)
        {
            using FileStream _ = home.Lock(time, cancel);
            ProvenFile.Enter(home, report, time.GetUtcNow());
        }
        return report;
    }

    private async Task<DrillReport> DrillHereAsync(Category category, Drill drill, IProgress<RestoreProgress>? progress, CancellationToken cancel)
    {
        (Grant grant, VaultFolder vault) = RequireKey(Chain(), category);
        using VaultPassword password = vault.OpenPassword();
        using VaultAccess access = AccessForReading(grant);
        using HttpMessageInvoker vaultInvoker = new(access);
        RestStorage storage = new(vaultInvoker, Address(category, grant.Epoch).VaultUri(account.Server));
        return await VaultFaults.TranslateAsync(account.Server, () => drill.RunAsync(
            new OpenableVault(storage, password, Pins(grant), grant.Epoch.Value), bySheet: false, progress, cancel)).ConfigureAwait(false);
    }

    /// <summary>As on a new device: nothing of this one is believed, and no password of it is used.</summary>
    private async Task<DrillReport> DrillWithSheetAsync(Category category, Sheet sheet, Drill drill, IProgress<RestoreProgress>? progress, CancellationToken cancel)
    {
        using SheetAccess access = await SheetAccess.OpenAsync(sheet, account.Server, home.Root, time, wire, cancel).ConfigureAwait(false);
        GrantedVault granted = access.History.NewestOf(category, deviceKey.Thumbprint)
            ?? throw new DeviceException(DeviceFault.Failure, $"the server shows no record that this device turned {category.Name()} on; if it did, the server withholds them");
        return await access.WithVaultAsync(granted, vault => drill.RunAsync(vault, bySheet: true, progress, cancel), cancel).ConfigureAwait(false);
    }

    private DrillSources SourcesOfDrill(Category category, bool compare)
    {
        List<Source> sources = FoldersOf(category);
        string? whyNot = !compare ? $"{category.Name()} is not on, so its sources are not read"
            : sources.Count == 0 ? "there is no source"
            : sources.Find(static s => !Path.Exists(s.Path)) is { } gone ? $"the source {gone.Path} is not there" : null;
        LastBackup? last = Folder(category).LastBackup;
        return new DrillSources(sources, whyNot, snapshot => last is { Begun: { } begun } && last.Snapshot == snapshot.Id ? begun : snapshot.Time);
    }
}
