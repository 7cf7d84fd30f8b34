using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What the server showed of the account, held against what this device knows of it (protocol.md §3).</summary>
/// <param name="History">The account as this device believes it: what was shown, or what it knew before where that is more</param>
/// <param name="Answer">What was shown</param>
/// <param name="Shown">The same, verified</param>
/// <param name="Missing">What the server had shown or acknowledged, and does not show</param>
/// <param name="KnowsSheet">False where the sheet that this device seals to is none of those shown</param>
/// <param name="IsAhead">True where it shows links of this device's own chain that do not lie here</param>
internal sealed record AccountLook(AccountHistory History, RecoveryAnswer Answer, AccountHistory Shown, IReadOnlyList<SignedRecord> Missing, bool KnowsSheet, bool IsAhead)
{
    internal bool IsBehind => Missing.Count > 0 || !KnowsSheet;

    internal HashSet<Digest> Hashes => [.. Shown.Records.Select(static r => r.Hash)];
}
