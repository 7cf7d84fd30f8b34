using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What `sheet rotate` did.</summary>
/// <param name="Account">ACCOUNT</param>
/// <param name="SheetFile">Where the new sheet lies</param>
/// <param name="Since">When the server took it: from then on the old one is refused</param>
/// <param name="Changes">How many sheets the account has had before this one</param>
public sealed record RotationReport(string Account, string SheetFile, DateTimeOffset Since, int Changes);

/// <summary>Puts a new sheet in the place of the one in hand (consent.md §3.10). No device is needed.</summary>
public static class SheetRotation
{
    /// <summary>
    /// The new sheet's file is written first, then the server is told. Killed in between, or before the answer came, the next run with the same two files finishes.
    /// </summary>
    /// <param name="oldFile">The sheet that is the account's</param>
    /// <param name="newFile">Where to write the new one; refused where it exists and is not such a beginning</param>
    /// <param name="serverUrl">Where the account is now; the old sheet's own line where null</param>
    /// <param name="time">The clock</param>
    /// <param name="wire">Replaces the sockets, for tests</param>
    /// <param name="cancel">Stops</param>
    /// <param name="home">A folder where a device may be: its ledger is then written (ledger.md §7)</param>
    public static async Task<RotationReport> RunAsync(
        string oldFile, string newFile, Uri? serverUrl, TimeProvider time, HttpMessageHandler? wire, CancellationToken cancel, string? home = null)
    {
        using Sheet old = Sheet.Read(oldFile);
        using NextSheet next = NextSheet.Open(newFile, old.Server, old.ServerKey, old.Account, old.Signing.Thumbprint);
        SheetAccess access;
        try
        {
            access = await OpenAsync(old).ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.WrongSheet && next.WasThere)
        {
            if (await FinishedAsync(OpenAsync, old, next.Sheet, newFile).ConfigureAwait(false) is { } finished) return finished;
            throw;
        }
        using (access)
        {
            if (access.IsEarlier)
                throw new DeviceException(DeviceFault.Refused, $"the account left {access.Url}: its sheet there stays the one that it was", "what is stored there can be erased with it: offproof erase CATEGORY --sheet FILE --server URL");
            if (!access.History.Sheet.Equals(old.Signing.Public))
                throw new DeviceException(DeviceFault.Refused, $"{oldFile} is the sheet of a replacement that has not taken effect yet: nothing was changed", "offproof status says when it does");
            next.Write(time.GetUtcNow());
            try
            {
                SignedReceipt receipt = await access.SendAsync(Sign(access, old, next.Sheet), cancel, ReceiptState.Rotated).ConfigureAwait(false);
                return new RotationReport(old.Account.Text, Path.GetFullPath(newFile), receipt.At, access.History.SheetChanges.Count + 1);
            }
            catch (DeviceException e) when (e.Problem.Length > 0)
            {
                // Another run with the same two files was faster: what the account has now must not be deleted. Where that cannot be asked, the file stays too.
                if (await FinishedAsync(OpenAsync, old, next.Sheet, newFile).ConfigureAwait(false) is { } finished) return finished;
                next.Undo();
                throw;
            }
        }

        Task<SheetAccess> OpenAsync(Sheet sheet) => SheetAccess.OpenAsync(sheet, serverUrl, home, time, wire, cancel);
    }

    private static SignedRecord Sign(SheetAccess access, Sheet old, Sheet next) => Rotation.Sign(old.Signing, new Rotation
    {
        Account = access.Opening.Account,
        Server = access.Opening.Server,
        IssuedAt = access.Opening.IssuedAt,
        Succession = access.History.NextChange,
        Sheet = new NewSheet(next.Signing.Public, next.Recipient.ToString()),
        Identity = old.SealTo(next.Recipient),
    });

    /// <summary>The server refuses the old sheet: where it takes the new one, an earlier run had got that far. Null where it does not, or the new one came by another way.</summary>
    private static async Task<RotationReport?> FinishedAsync(Func<Sheet, Task<SheetAccess>> open, Sheet old, Sheet next, string newFile)
    {
        try
        {
            using SheetAccess access = await open(next).ConfigureAwait(false);
            SheetChange? change = access.History.SheetChanges.FirstOrDefault(c => c.Sheet.Key.Equals(next.Signing.Public) && c.Before.Equals(old.Signing.Public));
            return change is not null && access.History.Sheet.Equals(next.Signing.Public)
                ? new RotationReport(old.Account.Text, Path.GetFullPath(newFile), access.History.Since(change), access.History.SheetChanges.Count)
                : null;
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.WrongSheet)
        {
            return null;
        }
    }
}
