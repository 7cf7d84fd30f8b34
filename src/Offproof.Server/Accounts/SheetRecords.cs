using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §3.3: which sheet is the account's.</summary>
sealed class SheetRecords(Intake intake, AccountStore accounts, SheetStore sheets, Clerk clerk)
{
    internal Task<IResult?> TakeAsync(Letter letter) => Task.FromResult(
        Rotation.TryVerify(letter.Record, letter.Signer.Key, letter.Signer.Issuer, clerk.Server, out var rotation) ? Rotate(letter, rotation)
        : Replacement.TryVerify(letter.Record, letter.Signer.Key, clerk.Server, out var replacement) ? Replace(letter, replacement)
        : Cancellation.TryVerify(letter.Record, letter.Signer.Key, letter.Signer.Issuer, clerk.Server, out var cancellation) && cancellation.OfTyp is RecordTyp.Replacement
            ? Cancel(letter, cancellation)
        : null);

    IResult Rotate(Letter letter, Rotation rotation) => intake.Take(new(letter, rotation.Account, Place: null), (_, _) =>
    {
        if (!sheets.IsNext(rotation.Account, rotation.Succession)) return Refusal.NotNext;
        if (accounts.IsTaken(rotation.Sheet.Key, pendingIn: rotation.Account)) return Refusal.NotAccepted;
        sheets.Change(rotation.Account, rotation.Sheet.Key, letter.Record.Hash);
        return ReceiptState.Rotated;
    }).Answer!;

    IResult Replace(Letter letter, Replacement replacement) => intake.Take(new(letter, replacement.Account, replacement.Place), (number, now) =>
    {
        if (!sheets.IsNext(replacement.Account, replacement.Succession) || sheets.IsPending(replacement.Account)) return Refusal.NotNext;
        if (accounts.IsTaken(replacement.Sheet.Key)) return Refusal.NotAccepted;
        long due = now + SheetStore.WaitSeconds;
        sheets.Await(replacement, number, due);
        return new Outcome(null, ReceiptState.Pending, due);
    }).Answer!;

    IResult Cancel(Letter letter, Cancellation cancellation) => intake.Take(
        new(letter, cancellation.Account, Place: null),
        (_, _) => sheets.TryCancel(cancellation.Account, cancellation.Record) ? ReceiptState.Cancelled : Refusal.Epoch).Answer!;
}
