using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What a device knows once it belongs to an account: nothing that was not offered, and that the account's records do not show.</summary>
/// <param name="Account">ACCOUNT</param>
/// <param name="Origin">Its certificate or admission</param>
/// <param name="FirstSheet">The account's first sheet, whose thumbprint is ACCOUNT</param>
/// <param name="Sheet">The sheet in force</param>
/// <param name="Recipient">Its recipient</param>
/// <param name="Answer">The records, as they verified; null where they are read again later</param>
internal sealed record AdmittedDevice(Thumbprint Account, SignedRecord Origin, VerifyingKey FirstSheet, VerifyingKey Sheet, string Recipient, RecoveryAnswer? Answer)
{
    /// <param name="answer">What the server shows</param>
    /// <param name="offer">What the code covered</param>
    /// <param name="key">The new device's</param>
    /// <param name="server">The server's</param>
    /// <exception cref="DeviceException">The server shows other records than the offer leads to (<see cref="DeviceFault.Forgery"/>).</exception>
    internal static AdmittedDevice Verify(RecoveryAnswer answer, JoinOffer offer, VerifyingKey key, VerifyingKey server)
    {
        AccountHistory history = AccountHistory.Verify(answer, offer.Account, server);
        if (history.Devices.FirstOrDefault(d => d.Id == key.Thumbprint) is not { Removed: null } own || own.AdmittedBy != offer.Device)
            throw Forged("the account's records do not show that the other device admitted this one");
        if (history.Sheet.Thumbprint != offer.Sheet) throw Forged("the account's sheet is not the one that was offered");
        // A first sheet's recipient stands in no record: there it is the code alone that vouches for it.
        if (history.SheetChanges is [.., var newest] && newest.Sheet.Recipient != offer.Recipient) throw Forged("the sheet's recipient is not the one that was offered");
        return new AdmittedDevice(offer.Account, own.Origin, history.FirstSheet, history.Sheet, offer.Recipient, answer);
    }

    private static DeviceException Forged(string what) =>
        new(DeviceFault.Forgery, $"this joining cannot be believed: {what}", "nothing was made here; ask on the other device what happened: offproof devices");
}
