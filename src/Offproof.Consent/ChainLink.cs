using System.Diagnostics.CodeAnalysis;

namespace Offproof.Consent;

/// <summary>
/// What every record of a device's chain has, whatever its type (consent.md §3.2): so that a reader can follow a chain past record types of later
/// versions, and still notice a link that is missing.
/// </summary>
public sealed record ChainLink
{
    /// <summary><c>seq</c>: the place in the chain, from 1.</summary>
    public required long Seq { get; init; }

    /// <summary><c>prev</c>: the record hash of the link before; for the first, of the certificate.</summary>
    public required Digest Prev { get; init; }

    /// <summary>True if this device signed it for this account and this audience (SERVER), and it has a place in a chain.</summary>
    public static bool TryVerify(
        SignedRecord record, VerifyingKey device, Thumbprint expectedAccount, Thumbprint expectedAudience, [NotNullWhen(true)] out ChainLink? link)
    {
        link = null;
        if (!record.TryOpen(record.Typ, device, expectedAudience, out var members)) return false;
        ChainLink read = new() { Seq = Chain.Seq(members), Prev = members.Digest("prev") };
        if (members.Thumbprint("sub") != expectedAccount || !members.Good) return false;
        link = read;
        return true;
    }
}
