using System.Diagnostics.CodeAnalysis;

namespace Offproof.Consent;

/// <summary>What holds from a receipt on (the table of consent.md §3.5).</summary>
public enum ReceiptState
{
    /// <summary>A certificate was taken: the device belongs to the account.</summary>
    Account,

    /// <summary>A grant was taken.</summary>
    On,

    /// <summary>A revocation was taken; what was stored stays.</summary>
    Kept,

    /// <summary>An erasure by a device was taken: nobody reads the epoch any more, and it is deleted when <see cref="Receipt.Due"/> comes.</summary>
    Closed,

    /// <summary>The epoch was deleted.</summary>
    Erased,

    /// <summary>What the cancellation names does not happen.</summary>
    Cancelled,

    /// <summary>The new sheet is the account's.</summary>
    Rotated,

    /// <summary>The new sheet becomes the account's when <see cref="Receipt.Due"/> comes.</summary>
    Pending,

    /// <summary>It has become the account's.</summary>
    Replaced,

    /// <summary>An admission was taken: the device belongs to the account.</summary>
    Device,

    /// <summary>The device is refused from now on.</summary>
    Removed,

    /// <summary>A proof was good: a token was given for it.</summary>
    Token,
}

/// <summary>What the server says it did with a record (consent.md §3.5). It shows that the operator signed this; not that no other copy exists.</summary>
public sealed record Receipt
{
    /// <summary><c>iss</c>: SERVER.</summary>
    public required Thumbprint Server { get; init; }

    /// <summary><c>sub</c>: ACCOUNT.</summary>
    public required Thumbprint Account { get; init; }

    /// <summary><c>aud</c>: who signed the record, DEVICE or ACCOUNT.</summary>
    public required Thumbprint Audience { get; init; }

    /// <summary><c>iat</c>: when the server received the record, seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary><c>record</c>: its record hash.</summary>
    public required Digest Record { get; init; }

    /// <summary><c>record_typ</c>: its type.</summary>
    public required string OfTyp { get; init; }

    /// <summary><c>state</c>: what holds from then on.</summary>
    public required ReceiptState State { get; init; }

    /// <summary><c>due</c>: when what was asked for happens, seconds since 1970; with <see cref="ReceiptState.Closed"/> and <see cref="ReceiptState.Pending"/> alone.</summary>
    public long? Due { get; init; }

    /// <summary><c>ledger</c>: the head of the device's ledger that came with the record (ledger.md §5); null where none did.</summary>
    public LedgerHead? Ledger { get; init; }

    /// <summary>Signs with the server's key. Throws <see cref="ArgumentException"/> unless the content names it.</summary>
    public static SignedRecord Sign(SigningKey server, Receipt content)
    {
        Signer.Demand(server, content.Server);
        if (!Fits(content.OfTyp, content.State) || content.Due.HasValue != HasDue(content.State))
            throw new ArgumentException("no such receipt: see the table of consent.md §3.5", nameof(content));
        return SignedRecord.Sign(server, RecordTyp.Receipt, writer =>
        {
            writer.WriteString("iss", content.Server.Text);
            writer.WriteString("sub", content.Account.Text);
            writer.WriteString("aud", content.Audience.Text);
            writer.WriteNumber("iat", content.IssuedAt);
            writer.WriteString("record", content.Record.Text);
            writer.WriteString("record_typ", content.OfTyp);
            writer.WriteString("state", Name(content.State));
            if (content.Due is { } due) writer.WriteNumber("due", due);
            if (content.Ledger is { } head) writer.WriteString("ledger", head.Text);
        });
    }

    /// <summary>True if it is a receipt for this audience (the signer of the record), signed by this server, and its state fits the record's type.</summary>
    public static bool TryVerify(SignedRecord record, VerifyingKey server, Thumbprint expectedAudience, [NotNullWhen(true)] out Receipt? receipt)
    {
        receipt = null;
        if (!record.TryOpen(RecordTyp.Receipt, server, expectedAudience, out var members)) return false;
        string typ = members.Text("record_typ");
        if (!TryParse(members.Text("state"), out var state) || !Fits(typ, state)) return false;
        members.Demand(members.Has("due") == HasDue(state));
        LedgerHead? ledger = members.Has("ledger") ? members.LedgerHead("ledger") : null;
        Receipt read = new()
        {
            Server = server.Thumbprint,
            Account = members.Thumbprint("sub"),
            Audience = expectedAudience,
            IssuedAt = members.Seconds("iat"),
            Record = members.Digest("record"),
            OfTyp = typ,
            State = state,
            Due = HasDue(state) ? members.Seconds("due") : null,
            Ledger = ledger,
        };
        if (!members.Good) return false;
        receipt = read;
        return true;
    }

    static bool HasDue(ReceiptState state) => state is ReceiptState.Closed or ReceiptState.Pending;

    static bool Fits(string typ, ReceiptState state) => state switch
    {
        ReceiptState.Account => typ is RecordTyp.Certificate,
        ReceiptState.On => typ is RecordTyp.Grant,
        ReceiptState.Kept => typ is RecordTyp.Revocation,
        ReceiptState.Closed or ReceiptState.Erased => typ is RecordTyp.Erasure,
        ReceiptState.Cancelled => typ is RecordTyp.Cancellation,
        ReceiptState.Rotated => typ is RecordTyp.Rotation,
        ReceiptState.Pending or ReceiptState.Replaced => typ is RecordTyp.Replacement,
        ReceiptState.Device => typ is RecordTyp.Admission,
        ReceiptState.Removed => typ is RecordTyp.Removal,
        ReceiptState.Token => typ is RecordTyp.Proof,
        _ => false,
    };

    static bool TryParse(string text, out ReceiptState state)
    {
        foreach (var candidate in Enum.GetValues<ReceiptState>())
        {
            if (!string.Equals(Name(candidate), text, StringComparison.Ordinal)) continue;
            state = candidate;
            return true;
        }

        state = default;
        return false;
    }

    static string Name(ReceiptState state) => state switch
    {
        ReceiptState.Account => "account",
        ReceiptState.On => "on",
        ReceiptState.Kept => "kept",
        ReceiptState.Closed => "closed",
        ReceiptState.Erased => "erased",
        ReceiptState.Cancelled => "cancelled",
        ReceiptState.Rotated => "rotated",
        ReceiptState.Pending => "pending",
        ReceiptState.Replaced => "replaced",
        ReceiptState.Device => "device",
        ReceiptState.Removed => "removed",
        ReceiptState.Token => "token",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
