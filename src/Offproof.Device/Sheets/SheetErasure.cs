using Offproof.Consent;

namespace Offproof.Device;

/// <summary>One vault that the sheet would erase, or whose erasure it would cancel.</summary>
/// <param name="Device">Whose: DEVICE</param>
/// <param name="Category">Of what</param>
/// <param name="Epoch">Which turning-on</param>
/// <param name="State">on, kept, closed or erased</param>
/// <param name="Due">While closed: when it is deleted</param>
public sealed record SheetTarget(string Device, Category Category, int Epoch, string State, DateTimeOffset? Due);

/// <summary>Erases with the sheet: at once, any device's, on or kept; and cancels what a device asked for (consent.md §3.7, §3.12). The sheet is the caller's; no device is needed.</summary>
public sealed class SheetErasure : IDisposable
{
    private readonly SheetAccess access;
    private readonly GrantedVault[] vaults;
    private readonly TimeProvider time;

    private SheetErasure(SheetAccess access, GrantedVault[] vaults, TimeProvider time) => (this.access, this.vaults, this.time) = (access, vaults, time);

    /// <summary>The server that it is done at: the account's, or one that it left.</summary>
    public Thumbprint ServerKey => access.ServerKey.Thumbprint;

    /// <summary>What would be done.</summary>
    public IReadOnlyList<SheetTarget> Targets =>
        [.. vaults.Select(static v => new SheetTarget(v.Address.Device.Text, v.Address.Category, v.Address.Epoch.Value, Name(v.State), v.Due))];

    /// <summary>Asks the server what there is; changes nothing.</summary>
    /// <param name="sheet">The sheet</param>
    /// <param name="serverUrl">Where the vaults are now; the sheet's own line where null</param>
    /// <param name="category">Of what</param>
    /// <param name="epoch">One alone; all where null</param>
    /// <param name="device">Of the device whose DEVICE begins so; of all where null</param>
    /// <param name="cancelled">True for what is closed and can be cancelled; false for what can be erased</param>
    /// <param name="time">The clock</param>
    /// <param name="wire">Replaces the sockets, for tests</param>
    /// <param name="cancel">Stops</param>
    /// <param name="home">A folder where a device may be: its ledger is then written (ledger.md §7)</param>
    /// <exception cref="DeviceException">There is nothing of that kind.</exception>
    public static async Task<SheetErasure> PlanAsync(
        Sheet sheet, Uri? serverUrl, Category category, int? epoch, string? device, bool cancelled, TimeProvider time, HttpMessageHandler? wire, CancellationToken cancel,
        string? home = null)
    {
        SheetAccess access = await SheetAccess.OpenAsync(sheet, serverUrl, home, time, wire, cancel).ConfigureAwait(false);
        GrantedVault[] named = [.. access.History.All(category).Where(v =>
            (epoch is null || v.Address.Epoch.Value == epoch) && (device is null || DeviceNames.Names(device, v.Address.Device)))];
        GrantedVault[] meant = [.. named.Where(v => cancelled ? v is { State: VaultState.Closed, ErasedBySheet: false } : v.State != VaultState.Erased)];
        // Again changes nothing, and hands the receipts out again.
        if (!cancelled && meant.Length == 0) meant = named;
        if (meant.Length > 0) return new SheetErasure(access, meant, time);
        access.Dispose();
        string what = epoch is { } one ? $"epoch {one} of {category.Name()}" : category.Name();
        throw named.Length == 0 ? new DeviceException(DeviceFault.Failure, $"the server shows no record of {what}; if it was on, the server withholds them")
            : named.All(static v => v.State == VaultState.Erased) ? new DeviceException(DeviceFault.Refused, $"{what} is erased: that cannot be cancelled, and nothing was changed")
            : new DeviceException(DeviceFault.Refused, $"nothing of {what} is closed: nothing was changed", "offproof status, on its device, says what is");
    }

    /// <summary>Erases what was planned, one after the other; what the server signed stands in the reports.</summary>
    public async Task<IReadOnlyList<ErasureReport>> EraseAsync(Action<ErasureReport> done, CancellationToken cancel)
    {
        List<ErasureReport> reports = [];
        foreach (GrantedVault vault in vaults)
        {
            SignedReceipt receipt = vault.State == VaultState.Erased ? access.History.ErasedReceipt(vault.Grant)!.Value.Receipt : await access.SendAsync(Asked(vault) ?? Sign(vault), cancel, ReceiptState.Erased).ConfigureAwait(false);
            ErasureReport report = new(new EpochReport(vault.Address.Category, vault.Address.Epoch.Value, SwitchState.Erased, receipt.At), vault.Address.Device.Text, null, receipt.Compact);
            done(report);
            reports.Add(report);
        }
        return reports;
    }

    /// <summary>Writes each receipt into a folder, over no other file: one of the same bytes is left as it is, beside any other it gets the beginning of its hash in its name.</summary>
    /// <returns>The reports with the receipts' files; without one where the folder takes none.</returns>
    public static IReadOnlyList<ErasureReport> KeepReceipts(IReadOnlyList<ErasureReport> reports, string folder)
    {
        List<ErasureReport> kept = [];
        foreach (ErasureReport report in reports)
        {
            byte[] bytes = System.Text.Encoding.ASCII.GetBytes(report.Receipt!);
            string name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"erasure-{report.Device[..8]}-{report.Epoch.Category.Name()}-{report.Epoch.Epoch}");
            string? file = ((string[])[$"{name}.receipt.jws", $"{name}-{Digest.Of(bytes).Text[..8]}.receipt.jws"])
                .Select(n => Path.GetFullPath(Path.Combine(folder, n))).FirstOrDefault(path => TryKeep(path, bytes));
            kept.Add(report with { ReceiptFile = file });
        }
        return kept;
    }

    private static bool TryKeep(string file, byte[] bytes)
    {
        try
        {
            if (File.Exists(file)) return File.ReadAllBytes(file).AsSpan().SequenceEqual(bytes);
            using FileStream stream = HomeFolder.CreateNew(file);
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Cancels the erasures that were planned: what is stored is kept.</summary>
    public async Task CancelAsync(CancellationToken cancel)
    {
        foreach (GrantedVault vault in vaults)
        {
            await access.SendAsync(Cancellation.Sign(access.Signing, new Cancellation
            {
                Account = access.Opening.Account,
                Server = access.Opening.Server,
                IssuedAt = access.Opening.IssuedAt,
                Record = vault.Erasure!.Value,
                OfTyp = RecordTyp.Erasure,
            }), cancel, ReceiptState.Cancelled).ConfigureAwait(false);
        }
    }

    /// <summary>What the sheet signed already, and the server has not finished: the same record again waits for it (protocol.md §3.1).</summary>
    private SignedRecord? Asked(GrantedVault vault) => vault is { ErasedBySheet: true, Erasure: { } erasure } ? access.History.Records.First(r => r.Hash == erasure) : null;

    private SignedRecord Sign(GrantedVault vault) => Erasure.Sign(access.Signing, new Erasure
    {
        Issuer = access.Opening.Account,
        Account = access.Opening.Account,
        Server = access.Opening.Server,
        IssuedAt = access.Opening.IssuedAt,
        Place = null,
        Device = vault.Address.Device,
        Category = vault.Address.Category,
        Epoch = vault.Address.Epoch,
        Grant = vault.Grant,
        RecordId = Guid.NewGuid(),
        EventTime = time.GetUtcNow(),
    });

    private static string Name(VaultState state) => state switch { VaultState.On => "on", VaultState.Kept => "kept", VaultState.Closed => "closed", _ => "erased" };

    /// <inheritdoc/>
    public void Dispose() => access.Dispose();
}
