using System.Text.Json;

namespace Offproof.Consent;

/// <summary>Where a record stands in a device's chain: its number from 1, and the record hash of the link before (consent.md §3.2).</summary>
public readonly record struct ChainPlace(long Seq, Digest Prev);

/// <summary>What the records begin with that a device or a sheet signs: who, for whom, when, and for a device the place in its chain (consent.md §2, §3.2).</summary>
static class Opening
{
    /// <summary>Throws <see cref="ArgumentException"/> unless the key is the issuer's: a device's own, or any for an account, whose sheets change.</summary>
    internal static void Write(Utf8JsonWriter writer, SigningKey key, Thumbprint issuer, Thumbprint account, Thumbprint server, long issuedAt, ChainPlace? place)
    {
        if (issuer == account == place.HasValue) throw new ArgumentException("a device's record is a link of its chain, a sheet's is none", nameof(place));
        if (place is not null) Signer.Demand(key, issuer);
        if (place is { Seq: < 1 or > int.MaxValue }) throw new ArgumentException("a place in a chain is 1 to 2147483647", nameof(place));
        if (issuedAt is < 0 or > Members.LastSecond) throw new ArgumentException("a time is 0 to 253402300799 seconds after 1970 began", nameof(issuedAt));
        writer.WriteString("iss", issuer.Text);
        writer.WriteString("sub", account.Text);
        writer.WriteString("aud", server.Text);
        writer.WriteNumber("iat", issuedAt);
        if (place is not { } link) return;
        writer.WriteNumber("seq", link.Seq);
        writer.WriteString("prev", link.Prev.Text);
    }

    // The issuer was compared when the record was opened. A link for a device, none for a sheet: which of the two it is, is not the signer's to choose.
    internal static ChainPlace? Read(Members members, Thumbprint issuer, Thumbprint account)
    {
        if (issuer != account) return new(Chain.Seq(members), members.Digest("prev"));
        members.Demand(!members.Has("seq") && !members.Has("prev"));
        return null;
    }
}
