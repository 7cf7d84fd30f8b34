using System.Diagnostics.CodeAnalysis;

namespace Offproof.Consent;

/// <summary>The sheet says that an erasure or a replacement which is still to come does not happen (consent.md §3.12).</summary>
public sealed record Cancellation
{
    /// <summary><c>iss</c> and <c>sub</c>: ACCOUNT.</summary>
    public required Thumbprint Account { get; init; }

    /// <summary><c>aud</c>: SERVER.</summary>
    public required Thumbprint Server { get; init; }

    /// <summary><c>iat</c>: seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary><c>record</c>: the record hash of what does not happen.</summary>
    public required Digest Record { get; init; }

    /// <summary><c>record_typ</c>: its type, <see cref="RecordTyp.Erasure"/> or <see cref="RecordTyp.Replacement"/>.</summary>
    public required string OfTyp { get; init; }

    /// <summary>Signs with the sheet's key. Throws <see cref="ArgumentException"/> for a type that is never cancelled.</summary>
    public static SignedRecord Sign(SigningKey sheet, Cancellation content)
    {
        if (!CanBe(content.OfTyp)) throw new ArgumentException("an erasure or a replacement is cancelled, nothing else", nameof(content));
        return SignedRecord.Sign(sheet, RecordTyp.Cancellation, writer =>
        {
            Opening.Write(writer, sheet, content.Account, content.Account, content.Server, content.IssuedAt, place: null);
            writer.WriteString("record", content.Record.Text);
            writer.WriteString("record_typ", content.OfTyp);
        });
    }

    /// <summary>True if it is a cancellation for this account and audience (SERVER), signed by this sheet.</summary>
    public static bool TryVerify(
        SignedRecord record, VerifyingKey sheet, Thumbprint account, Thumbprint expectedAudience, [NotNullWhen(true)] out Cancellation? cancellation)
    {
        cancellation = null;
        if (!record.TryOpen(RecordTyp.Cancellation, sheet, account, expectedAudience, out var members)) return false;
        members.Demand(members.Thumbprint("sub") == account);
        Opening.Read(members, account, account);
        Cancellation read = new()
        {
            Account = account,
            Server = expectedAudience,
            IssuedAt = members.Seconds("iat"),
            Record = members.Digest("record"),
            OfTyp = members.Text("record_typ"),
        };
        if (!members.Good || !CanBe(read.OfTyp)) return false;
        cancellation = read;
        return true;
    }

    static bool CanBe(string typ) => typ is RecordTyp.Erasure or RecordTyp.Replacement;
}
