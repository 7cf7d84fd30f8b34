using Offproof.Consent;

namespace Offproof.Server;

/// <summary>A record that verified, before it is known whether it is taken: for which account, and where in its signer's chain. A sheet's has no place in one.</summary>
sealed record Claim(Letter Letter, Thumbprint Account, ChainPlace? Place)
{
    // Which vault it is about, where it is about one.
    internal VaultAddress? About { get; init; }

    internal SignedRecord Record => Letter.Record;

    internal Signer Signer => Letter.Signer;

    // Its signer is, or was, of that account: what is refused from here on is the owner's to see (protocol.md §13).
    internal void KnowCaller() => new Caller(Account, Signer.Issuer, About?.Category, About?.Epoch).Sign(Letter.Context);
}

/// <summary>What taking a record comes to: why not, or which receipt it gets; none yet where what it asks for takes longer than a transaction.</summary>
readonly record struct Outcome(IResult? Why, ReceiptState? State, long? Due)
{
    internal static Outcome Unfinished => default;

    internal static Outcome Refused(IResult why) => new(why, null, null);

    public static implicit operator Outcome(Refusal why) => new(Answers.Refuse(why), null, null);

    public static implicit operator Outcome(ReceiptState state) => new(null, state, null);
}

/// <summary>What came of a record: its answer, or none yet; whether it was taken now; its number where it was taken, now or before.</summary>
readonly record struct Taken(IResult? Answer, bool Now, long? Number);

/// <summary>The one transaction in which a record is taken (protocol.md §3): all of it happens, with its receipt, or nothing.</summary>
sealed class Intake(AccountStore accounts, SheetStore sheets, RecordStore records, Database database, Clerk clerk)
{
    // `apply` is given the record's number and the time at which it was received.
    internal Taken Take(Claim claim, Func<long, long, Outcome> apply)
    {
        long now = clerk.Now;
        return database.InTransaction(
            () =>
            {
                sheets.SettleInside(now);
                var standing = claim.Place is null ? accounts.RefuseSheet(claim.Account, claim.Signer.Key) : accounts.RefuseDevice(claim.Account, claim.Signer.Issuer);
                if (standing is not Refusal.NotAccepted) claim.KnowCaller();
                else if (claim.Place is not null) return Refused(Refusal.NotAccepted);
                // Before it is asked whether the signer still may: an answer that was lost is given again (protocol.md §3).
                if (records.Find(claim.Account, claim.Record.Hash) is { } known) return Again(known);
                if (standing is { } over) return Refused(over);
                if (claim.Place is { } place && !records.IsNext(claim.Account, claim.Signer.Issuer, place)) return Refused(Refusal.NotNext);
                long number = records.Add(claim.Record, claim.Account, claim.Signer.Issuer, claim.Place?.Seq, now);
                var outcome = apply(number, now);
                if (outcome.Why is { } why) return new(why, Now: false, null);
                return outcome.State is { } state
                    ? new(Answers.Record(records.Acknowledge(number, new(state, now, outcome.Due, claim.Letter.Ledger)), first: true), Now: true, number)
                    : new(null, Now: true, number);
            },
            result => result.Now);
    }

    // What was taken before: its newest receipt.
    Taken Again(long number) =>
        new(records.NewestReceipt(number) is { } receipt ? Answers.Record(receipt, first: false) : null, Now: false, number);

    // The answer to one that took longer than its transaction.
    internal IResult Finished(long number, bool first) => Answers.Record(records.NewestReceipt(number)!, first);

    static Taken Refused(Refusal why) => new(Answers.Refuse(why), Now: false, null);
}
