using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §3.3: which sheet is the account's.</summary>
sealed class SheetRecords(Intake intake, AccountStore accounts, SheetStore sheets, Clerk clerk)
{
    internal Task<IResult?> TakeAsync(SignedRecord record, Signer signer) => Task.FromResult(
        Rotation.TryVerify(record, signer.Key, signer.Issuer, clerk.Server, out var rotation) ? Rotate(record, signer, rotation)
        : Replacement.TryVerify(record, signer.Key, clerk.Server, out var replacement) ? Replace(record, signer, replacement)
        : Cancellation.TryVerify(record, signer.Key, signer.Issuer, clerk.Server, out var cancellation) && cancellation.OfTyp is RecordTyp.Replacement
            ? Cancel(record, signer, cancellation)
        : null);

    IResult Rotate(SignedRecord record, Signer signer, Rotation rotation) => intake.Take(new(record, signer, rotation.Account, Place: null), (_, _) =>
    {
        if (!sheets.IsNext(rotation.Account, rotation.Succession)) return Refusal.NotNext;
        if (accounts.IsTaken(rotation.Sheet.Key, pendingIn: rotation.Account)) return Refusal.NotAccepted;
        sheets.Change(rotation.Account, rotation.Sheet.Key, record.Hash);
        return ReceiptState.Rotated;
    }).Answer!;

    IResult Replace(SignedRecord record, Signer signer, Replacement replacement) => intake.Take(new(record, signer, replacement.Account, replacement.Place), (number, now) =>
    {
        if (!sheets.IsNext(replacement.Account, replacement.Succession) || sheets.IsPending(replacement.Account)) return Refusal.NotNext;
        if (accounts.IsTaken(replacement.Sheet.Key)) return Refusal.NotAccepted;
        long due = now + SheetStore.WaitSeconds;
        sheets.Await(replacement, number, due);
        return new Outcome(null, ReceiptState.Pending, due);
    }).Answer!;

    IResult Cancel(SignedRecord record, Signer signer, Cancellation cancellation) => intake.Take(
        new(record, signer, cancellation.Account, Place: null),
        (_, _) => sheets.TryCancel(cancellation.Account, cancellation.Record) ? ReceiptState.Cancelled : Refusal.Epoch).Answer!;
}
