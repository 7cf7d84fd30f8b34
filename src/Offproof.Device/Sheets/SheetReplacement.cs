using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What `sheet replace` asked for.</summary>
/// <param name="SheetFile">Where the new sheet lies</param>
/// <param name="Due">When it becomes the account's; null while the server is not told</param>
/// <param name="Lost">What only the old sheet opens, and is lost with it</param>
/// <param name="StillOn">What is on, of this device or another, and stays readable there alone until its next epoch</param>
public sealed record ReplacementReport(string SheetFile, DateTimeOffset? Due, IReadOnlyList<SheetTarget> Lost, IReadOnlyList<SheetTarget> StillOn);

/// <summary>With the old sheet: what a device put in its place does not take it (consent.md §3.12). No device is needed.</summary>
public static class SheetReplacement
{
    /// <returns>When the replacement would have taken effect; null where the server does not say.</returns>
    /// <exception cref="DeviceException">None is pending.</exception>
    public static async Task<DateTimeOffset?> CancelAsync(Sheet sheet, Uri? serverUrl, TimeProvider time, HttpMessageHandler? wire, CancellationToken cancel, string? home = null)
    {
        using SheetAccess access = await SheetAccess.OpenAsync(sheet, serverUrl, home, time, wire, cancel).ConfigureAwait(false);
        SheetChange pending = access.History.PendingReplacement ?? throw new DeviceException(DeviceFault.Refused, "no replacement of the sheet is pending: nothing was changed");
        DateTimeOffset? due = access.History.PendingDue;
        await access.SendAsync(Cancellation.Sign(sheet.Signing, new Cancellation
        {
            Account = access.Opening.Account,
            Server = access.Opening.Server,
            IssuedAt = access.Opening.IssuedAt,
            Record = pending.Record.Hash,
            OfTyp = RecordTyp.Replacement,
        }), cancel, ReceiptState.Cancelled).ConfigureAwait(false);
        return due;
    }
}
