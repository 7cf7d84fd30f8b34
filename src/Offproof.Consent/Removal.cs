using System.Diagnostics.CodeAnalysis;

namespace Offproof.Consent;

/// <summary>A device or the sheet cuts a device off (consent.md §3.9).</summary>
public sealed record Removal
{
    /// <summary><c>iss</c>: DEVICE of the signer, or ACCOUNT where the sheet signs.</summary>
    public required Thumbprint Issuer { get; init; }

    /// <summary><c>sub</c>: ACCOUNT.</summary>
    public required Thumbprint Account { get; init; }

    /// <summary><c>aud</c>: SERVER.</summary>
    public required Thumbprint Server { get; init; }

    /// <summary><c>iat</c>: seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary><c>seq</c> and <c>prev</c> of a device's record; null where the sheet signs.</summary>
    public required ChainPlace? Place { get; init; }

    /// <summary><c>device</c>: who is cut off; a device may name itself.</summary>
    public required Thumbprint Device { get; init; }

    /// <summary>Signs with a device's or the sheet's key. Throws <see cref="ArgumentException"/> unless the content is that signer's.</summary>
    public static SignedRecord Sign(SigningKey signer, Removal content) => SignedRecord.Sign(signer, RecordTyp.Removal, writer =>
    {
        Opening.Write(writer, signer, content.Issuer, content.Account, content.Server, content.IssuedAt, content.Place);
        writer.WriteString("device", content.Device.Text);
    });

    /// <summary>True if it is a removal for this audience (SERVER), signed by this key, which speaks for this issuer: a device's own thumbprint, or ACCOUNT for its sheet.</summary>
    public static bool TryVerify(SignedRecord record, VerifyingKey signer, Thumbprint issuer, Thumbprint expectedAudience, [NotNullWhen(true)] out Removal? removal)
    {
        removal = null;
        if (!record.TryOpen(RecordTyp.Removal, signer, issuer, expectedAudience, out var members)) return false;
        var account = members.Thumbprint("sub");
        Removal read = new()
        {
            Issuer = issuer,
            Account = account,
            Server = expectedAudience,
            IssuedAt = members.Seconds("iat"),
            Place = members.Good ? Opening.Read(members, issuer, account) : null,
            Device = members.Thumbprint("device"),
        };
        if (!members.Good) return false;
        removal = read;
        return true;
    }
}
