namespace Offproof.Auditor;

/// <summary>One address to which something went, and what is claimed of it (receivers.md §1, §4).</summary>
/// <param name="Address">Null in recordings that name no address: then there is one name.</param>
/// <param name="Scope">Why nobody can hold it; null where somebody can.</param>
/// <param name="Flows">Their numbers: all with findings, and 100 others.</param>
/// <param name="Sent">Bytes that the phone's side sent there.</param>
/// <param name="Findings">How many of the report's findings are of these flows.</param>
/// <param name="First">RFC 3339; of the first packet of the first flow. Null in recordings.</param>
/// <param name="Differ">Layers about which the sources say different things.</param>
/// <param name="Remarks">Sentences.</param>
public sealed record ReceiverReport(
    string? Address, string? Scope, IReadOnlyList<int> Flows, int FlowsTotal, long Sent, int Findings, string? First, IReadOnlyList<ObservedName> Names, IReadOnlyList<ClaimReport> Claims,
    IReadOnlyList<string> Differ, IReadOnlyList<string> Remarks);

/// <summary>A name that was used for the address in the captures (receivers.md §2).</summary>
/// <param name="By">dns, sni, certificate, certificate-organization or host.</param>
/// <param name="Via">Of DNS: the record's own name, where aliases led to it.</param>
/// <param name="Capture">Which of the captures, from 1, and in it the packet of the first time.</param>
/// <param name="Time">RFC 3339; null in recordings.</param>
/// <param name="Times">How often.</param>
public sealed record ObservedName(string Name, string By, string? Via, int Capture, long Packet, string? Time, long Times);

/// <summary>What one source says about one layer (receivers.md §1).</summary>
/// <param name="Layer">registry, holder, originAs, asHolder or country.</param>
/// <param name="What">As what it stands in the source.</param>
/// <param name="Name">Of an autonomous system, by the same source.</param>
/// <param name="Range">What the source says it of: a prefix, two ends, or a number of an AS.</param>
/// <param name="Since">The day that the source gives for the record, YYYY-MM-DD.</param>
/// <param name="AsOf">The source's own day; null where it has none.</param>
public sealed record ClaimReport(string Layer, string Value, string What, string? Name, string? Range, string? Since, string? AsOf, string File, string Kind);

/// <summary>A file of <c>--sources</c> (receivers.md §3).</summary>
/// <param name="Kind">delegated, rdap, as-table, mmdb, bootstrap, or unknown.</param>
/// <param name="Publisher">Who made it, by its own words.</param>
/// <param name="Date">YYYY-MM-DD; null where it has none.</param>
/// <param name="Entries">Records, lines, or networks: as many as there are.</param>
/// <param name="Problems">Sentences.</param>
/// <param name="IsDamaged">Is one of them more than a lack?</param>
public sealed record SourceReport(string File, string Kind, string? Publisher, string? Date, string? Serial, long Entries, long Bytes, string Sha256, IReadOnlyList<string> Problems, bool IsDamaged);
