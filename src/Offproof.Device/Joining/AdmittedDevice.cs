using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What a device knows once it was admitted: nothing that the code did not cover, and that the account's records do not show.</summary>
internal sealed record AdmittedDevice(JoinOffer Offer, SignedRecord Admission, VerifyingKey FirstSheet, VerifyingKey Sheet)
{
    /// <exception cref="DeviceException">The server shows other records than the offer leads to (<see cref="DeviceFault.Forgery"/>).</exception>
    internal static AdmittedDevice Verify(RecoveryAnswer answer, JoinOffer offer, VerifyingKey key, VerifyingKey server)
    {
        AccountHistory history = AccountHistory.Verify(answer, offer.Account, server);
        if (history.Devices.FirstOrDefault(d => d.Id == key.Thumbprint) is not { Removed: null } own || own.AdmittedBy != offer.Device)
            throw Forged("the account's records do not show that the other device admitted this one");
        if (history.Sheet.Thumbprint != offer.Sheet) throw Forged("the account's sheet is not the one that was offered");
        // A first sheet's recipient stands in no record: there it is the code alone that vouches for it.
        if (history.SheetChanges is [.., var newest] && newest.Sheet.Recipient != offer.Recipient) throw Forged("the sheet's recipient is not the one that was offered");
        return new AdmittedDevice(offer, own.Origin, history.FirstSheet, history.Sheet);
    }

    private static DeviceException Forged(string what) =>
        new(DeviceFault.Forgery, $"this joining cannot be believed: {what}", "nothing was made here; ask on the other device what happened: offproof devices");
}
