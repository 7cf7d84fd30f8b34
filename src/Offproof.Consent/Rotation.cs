using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Offproof.Consent;

/// <summary>The sheet puts a new one in its place, which opens it (consent.md §3.10).</summary>
public sealed record Rotation
{
    const int MaxIdentity = 4096;

    /// <summary><c>iss</c> and <c>sub</c>: ACCOUNT.</summary>
    public required Thumbprint Account { get; init; }

    /// <summary><c>aud</c>: SERVER.</summary>
    public required Thumbprint Server { get; init; }

    /// <summary><c>iat</c>: seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary><c>succession</c> and <c>succeeds</c>.</summary>
    public required Succession Succession { get; init; }

    /// <summary>The new sheet.</summary>
    public required NewSheet Sheet { get; init; }

    /// <summary><c>sheet.identity</c>: an age file of at most 4096 bytes, sealed to the new recipient, that holds the old sheet's identity line.</summary>
    public required ReadOnlyMemory<byte> Identity { get; init; }

    /// <summary>Signs with the old sheet's key. Throws <see cref="ArgumentException"/> for an identity that is empty or too long, and a succession that does not begin at ACCOUNT.</summary>
    public static SignedRecord Sign(SigningKey oldSheet, Rotation content)
    {
        if (content.Identity.Length is 0 or > MaxIdentity) throw new ArgumentException("a sealed identity is 1 to 4096 bytes", nameof(content));
        return SignedRecord.Sign(oldSheet, RecordTyp.Rotation, writer =>
        {
            Opening.Write(writer, oldSheet, content.Account, content.Account, content.Server, content.IssuedAt, place: null);
            content.Succession.Write(writer, content.Account);
            writer.WriteStartObject("sheet");
            content.Sheet.Write(writer);
            writer.WriteString("identity", Base64Url.EncodeToString(content.Identity.Span));
            writer.WriteEndObject();
        });
    }

    /// <summary>True if it is a rotation for this account and audience (SERVER), signed by this sheet.</summary>
    public static bool TryVerify(
        SignedRecord record, VerifyingKey oldSheet, Thumbprint account, Thumbprint expectedAudience, [NotNullWhen(true)] out Rotation? rotation)
    {
        rotation = null;
        if (!record.TryOpen(RecordTyp.Rotation, oldSheet, account, expectedAudience, out var members)) return false;
        var sheet = members.Object("sheet");
        if (!NewSheet.TryRead(sheet, out var next)
            || !StrictText.TryDecodeBase64Url(sheet.Text("identity"), out byte[]? identity) || identity.Length is 0 or > MaxIdentity) return false;
        members.Demand(members.Thumbprint("sub") == account);
        Opening.Read(members, account, account);
        Rotation read = new()
        {
            Account = account,
            Server = expectedAudience,
            IssuedAt = members.Seconds("iat"),
            Succession = Succession.Read(members, account),
            Sheet = next,
            Identity = identity,
        };
        if (!members.Good || !sheet.Good) return false;
        rotation = read;
        return true;
    }
}
