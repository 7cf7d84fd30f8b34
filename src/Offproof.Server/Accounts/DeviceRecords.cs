using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §3.2: who is a device of the account, and who is one no more.</summary>
sealed class DeviceRecords(Intake intake, AccountStore accounts, SheetStore sheets, VaultStore vaults, TokenStore tokens, Clerk clerk)
{
    internal async Task<IResult?> TakeAsync(Letter letter) =>
        Certificate.TryVerify(letter.Record, letter.Signer.Key, letter.Signer.Issuer, clerk.Server, out var certificate)
            ? Add(new(letter, certificate.Account, Place: null), certificate.DeviceKey, ReceiptState.Account)
        : Admission.TryVerify(letter.Record, letter.Signer.Key, clerk.Server, out var admission)
            ? Add(new(letter, admission.Account, admission.Place), admission.DeviceKey, ReceiptState.Device)
        : Removal.TryVerify(letter.Record, letter.Signer.Key, letter.Signer.Issuer, clerk.Server, out var removal) ? await RemoveAsync(letter, removal)
        : null;

    IResult Add(Claim claim, VerifyingKey device, ReceiptState state) =>
        intake.Take(claim, (_, _) => accounts.TryAddDevice(claim.Account, device, claim.Record.Hash) is { } why ? why : state).Answer!;

    async Task<IResult> RemoveAsync(Letter letter, Removal removal)
    {
        List<VaultAddress> kept = [];
        var taken = intake.Take(new(letter, removal.Account, removal.Place), (_, now) =>
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
