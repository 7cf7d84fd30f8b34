using Offproof.Consent;

namespace Offproof.Device;

/// <summary>Cuts a device off with the sheet alone (consent.md §3.9): the others are lost, or it is the only one.</summary>
public static class SheetDevices
{
    /// <param name="sheet">The sheet</param>
    /// <param name="serverUrl">Where the account is now; the sheet's own line where null</param>
    /// <param name="beginning">The beginning of its DEVICE, that no other device's begins with</param>
    /// <param name="time">The clock</param>
    /// <param name="wire">Replaces the sockets, for tests</param>
    /// <param name="cancel">Stops</param>
    /// <param name="home">A folder where a device may be: its ledger is then written (ledger.md §7)</param>
    /// <returns>Its DEVICE.</returns>
    public static async Task<string> RemoveAsync(Sheet sheet, Uri? serverUrl, string beginning, TimeProvider time, HttpMessageHandler? wire, CancellationToken cancel, string? home = null)
    {
        using SheetAccess access = await SheetAccess.OpenAsync(sheet, serverUrl, home, time, wire, cancel).ConfigureAwait(false);
        Thumbprint device = DeviceNames.Find(access.History, beginning);
        await access.SendAsync(Removal.Sign(access.Signing, new Removal
        {
            Issuer = access.Opening.Account,
            Account = access.Opening.Account,
            Server = access.Opening.Server,
            IssuedAt = access.Opening.IssuedAt,
            Place = null,
            Device = device,
        }), cancel, ReceiptState.Removed).ConfigureAwait(false);
        return device.Text;
    }
}
