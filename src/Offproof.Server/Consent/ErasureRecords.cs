using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §3.1: erasures, and what takes one back.</summary>
sealed class ErasureRecords(Intake intake, VaultStore vaults, Eraser eraser, TokenStore tokens, Clerk clerk)
{
    // consent.md §3.7: so that a thief or malware cannot destroy history.
    internal const long WaitSeconds = 14 * 24 * 3600;

    internal async Task<IResult?> TakeAsync(Letter letter) =>
        Erasure.TryVerify(letter.Record, letter.Signer.Key, letter.Signer.Issuer, clerk.Server, out var erasure)
            ? erasure.BySheet ? await TakeSheetsAsync(letter, erasure) : await TakeDevicesAsync(letter, erasure)
        : Cancellation.TryVerify(letter.Record, letter.Signer.Key, letter.Signer.Issuer, clerk.Server, out var cancellation) && cancellation.OfTyp is RecordTyp.Erasure
            ? await TakeCancellationAsync(letter, cancellation)
        : null;

    async Task<IResult> TakeDevicesAsync(Letter letter, Erasure erasure)
    {
        var taken = intake.Take(new(letter, erasure.Account, erasure.Place) { About = AddressOf(erasure) }, (number, now) =>
            vaults.TryClose(AddressOf(erasure), erasure.Grant, number, now + WaitSeconds)
                ? new Outcome(null, ReceiptState.Closed, now + WaitSeconds)
                : Refusal.Epoch);
        if (taken.Now) await vaults.ObeyAsync(AddressOf(erasure));
        return taken.Answer!;
    }

    // The receipt says that it is deleted, so it is signed after that; whoever asks again meanwhile waits for it, or does it where a server was killed.
    async Task<IResult> TakeSheetsAsync(Letter letter, Erasure erasure)
    {
        var taken = intake.Take(new(letter, erasure.Account, erasure.Place) { About = AddressOf(erasure) }, (number, _) =>
            vaults.TryErase(AddressOf(erasure), erasure.Grant, number) ? Outcome.Unfinished : Refusal.Epoch);
        if (taken is not { Answer: null, Number: { } number }) return taken.Answer!;
        await eraser.FinishAsync(AddressOf(erasure));
        return intake.Finished(number, taken.Now);
    }

    async Task<IResult> TakeCancellationAsync(Letter letter, Cancellation cancellation)
    {
        VaultAddress? reopened = null;
        var taken = intake.Take(new(letter, cancellation.Account, Place: null), (_, now) =>
        {
            reopened = vaults.TryReopen(cancellation.Account, cancellation.Record, now);
            if (reopened is not { } address) return Refusal.Epoch;
            tokens.Forget(address);
            return ReceiptState.Cancelled;
        });
        if (taken.Now) await vaults.ObeyAsync(reopened!.Value);
        return taken.Answer!;
    }

    static VaultAddress AddressOf(Erasure erasure) => new(erasure.Account, erasure.Device, erasure.Category, erasure.Epoch);
}
