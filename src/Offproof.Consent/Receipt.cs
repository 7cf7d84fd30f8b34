using System.Diagnostics.CodeAnalysis;

namespace Offproof.Consent;

/// <summary>What holds from a receipt on (consent.md §3.5).</summary>
public enum ReceiptState
{
    /// <summary>A certificate was taken: the account is open.</summary>
    Account,

    /// <summary>A grant was taken.</summary>
    On,

    /// <summary>A revocation was taken; what was stored stays.</summary>
    Kept,

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

    /// <summary><c>ledger</c>: the head of the device's ledger that came with the record (ledger.md §5); null where none did.</summary>
    public LedgerHead? Ledger { get; init; }

    /// <summary>Signs with the server's key. Throws <see cref="ArgumentException"/> unless the content names it.</summary>
    public static SignedRecord Sign(SigningKey server, Receipt content)
    {
        Signer.Demand(server, content.Server);
        return SignedRecord.Sign(server, RecordTyp.Receipt, writer =>
        {
            writer.WriteString("iss", content.Server.Text);
            writer.WriteString("sub", content.Account.Text);
            writer.WriteString("aud", content.Audience.Text);
            writer.WriteNumber("iat", content.IssuedAt);
            writer.WriteString("record", content.Record.Text);
            writer.WriteString("record_typ", content.OfTyp);
            writer.WriteString("state", Name(content.State));
            if (content.Ledger is { } head) writer.WriteString("ledger", head.Text);
        });
    }

    /// <summary>True if it is a receipt for this audience (the signer of the record), signed by this server, and its state fits the record's type.</summary>
    public static bool TryVerify(SignedRecord record, VerifyingKey server, Thumbprint expectedAudience, [NotNullWhen(true)] out Receipt? receipt)
    {
        receipt = null;
        if (!record.TryOpen(RecordTyp.Receipt, server, expectedAudience, out var members)) return false;
        string typ = members.Text("record_typ");
        ReceiptState? state = typ switch
        {
            RecordTyp.Certificate => ReceiptState.Account,
            RecordTyp.Grant => ReceiptState.On,
            RecordTyp.Revocation => ReceiptState.Kept,
            RecordTyp.Proof => ReceiptState.Token,
            _ => null,
        };
        if (state is null) return false;
        members.Exactly("state", Name(state.Value));
        LedgerHead? ledger = members.Has("ledger") ? members.LedgerHead("ledger") : null;
        Receipt read = new()
        {
            Server = server.Thumbprint,
            Account = members.Thumbprint("sub"),
            Audience = expectedAudience,
            IssuedAt = members.Seconds("iat"),
            Record = members.Digest("record"),
            OfTyp = typ,
            State = state.Value,
            Ledger = ledger,
        };
        if (!members.Good) return false;
        receipt = read;
        return true;
    }

    static string Name(ReceiptState state) => state switch
    {
        ReceiptState.Account => "account",
        ReceiptState.On => "on",
        ReceiptState.Kept => "kept",
        ReceiptState.Token => "token",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
