using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §3.2: who is a device of the account, and who is one no more.</summary>
sealed class DeviceRecords(Intake intake, AccountStore accounts, SheetStore sheets, VaultStore vaults, TokenStore tokens, Clerk clerk)
{
    internal async Task<IResult?> TakeAsync(SignedRecord record, Signer signer) =>
        Certificate.TryVerify(record, signer.Key, signer.Issuer, clerk.Server, out var certificate)
            ? Add(new(record, signer, certificate.Account, Place: null), certificate.DeviceKey, ReceiptState.Account)
        : Admission.TryVerify(record, signer.Key, clerk.Server, out var admission)
            ? Add(new(record, signer, admission.Account, admission.Place), admission.DeviceKey, ReceiptState.Device)
        : Removal.TryVerify(record, signer.Key, signer.Issuer, clerk.Server, out var removal) ? await RemoveAsync(record, signer, removal)
        : null;

    IResult Add(Claim claim, VerifyingKey device, ReceiptState state) =>
        intake.Take(claim, (_, _) => accounts.TryAddDevice(claim.Account, device, claim.Record.Hash) is { } why ? why : state).Answer!;

    async Task<IResult> RemoveAsync(SignedRecord record, Signer signer, Removal removal)
    {
        List<VaultAddress> kept = [];
        var taken = intake.Take(new(record, signer, removal.Account, removal.Place), (_, now) =>
        {
            if (!accounts.TryRemoveDevice(removal.Account, removal.Device, now)) return Refusal.Devices;
            tokens.Forget(removal.Account, removal.Device);
            sheets.Drop(removal.Account, removal.Device);
            kept = vaults.KeepAll(removal.Account, removal.Device);
            return ReceiptState.Removed;
        });
        // No other can come: the device's grants are refused by now. What it was uploading is cut, before the receipt leaves.
        if (taken.Now)
            foreach (var address in kept) await vaults.ObeyAsync(address);
        return taken.Answer!;
    }
}
