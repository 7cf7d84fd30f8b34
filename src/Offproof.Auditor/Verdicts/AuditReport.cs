namespace Offproof.Auditor;

/// <summary>CLEAN, LEAK or INCONCLUSIVE; the greater one stands over the lesser (audit.md §7.3).</summary>
public enum Verdict
{
    /// <summary>Nothing planted was seen, and every byte was read.</summary>
    Clean,

    /// <summary>Nothing planted was seen, and not everything could be read.</summary>
    Inconclusive,

    /// <summary>Something planted was seen leaving.</summary>
    Leak,
}

/// <summary>What an audit saw, in the shape of <c>--json</c> (audit.md §8).</summary>
/// <param name="Verdict">CLEAN, LEAK or INCONCLUSIVE.</param>
/// <param name="Reasons">Sentences: all that hold.</param>
/// <param name="Causes">The same with their codes and numbers.</param>
/// <param name="Bytes">Of all captures, on the wire.</param>
/// <param name="Flows">At most 10,000, those with something to say first.</param>
/// <param name="Findings">At most 10,000.</param>
/// <param name="Keys">Null without key logs.</param>
/// <param name="Timeline">Null where no capture holds times.</param>
/// <param name="Notes">What is worth knowing and changes no verdict.</param>
/// <param name="ReceiversTotal">All addresses to which something went.</param>
/// <param name="Receivers">At most 1,000: those of findings first (receivers.md §4).</param>
/// <param name="Sources">Every file of <c>--sources</c>.</param>
public sealed record AuditReport(
    string Schema, string Verdict, IReadOnlyList<string> Reasons, IReadOnlyList<Reason> Causes, ByteCounts Bytes, ByteBudget Budget, IReadOnlyList<CaptureReport> Captures, int FlowsTotal, IReadOnlyList<FlowReport> Flows,
    long FindingsTotal, IReadOnlyList<FindingReport> Findings, PersonaReport Persona, KeysReport? Keys, TimelineReport? Timeline, IReadOnlyList<string> Notes,
    int ReceiversTotal, IReadOnlyList<ReceiverReport> Receivers, IReadOnlyList<SourceReport> Sources)
{
    internal const string SchemaName = "offproof/v1/audit";
}

/// <summary>The account (audit.md §7.1); the four add up to <paramref name="Total"/>.</summary>
public sealed record ByteCounts(long Total, long Decoded, long Structural, long Opaque, long Missing);

/// <summary>Of what the phone's side sent, bytes that can have carried something unseen (audit.md §7.4).</summary>
/// <param name="Most">The sum.</param>
public sealed record ByteBudget(long Opaque, long Missing, long Capacity, long Most);

/// <summary>One recording.</summary>
/// <param name="Bytes">On the wire, not of the file.</param>
/// <param name="Damage">Why it could not be read to its end; null where it was.</param>
public sealed record CaptureReport(string Path, string Format, long Packets, long Bytes, string? Damage);

/// <summary>One conversation.</summary>
/// <param name="Client">ADDRESS:PORT of who opened it.</param>
/// <param name="Phone">client, server or undecided: which of them is the phone (audit.md §3.1).</param>
/// <param name="Sent">What the phone sent; the client where that is undecided.</param>
/// <param name="Capacity">Bytes of <paramref name="Sent"/>'s structure that their sender chose freely.</param>
public sealed record FlowReport(
    int Flow, string Transport, string Protocol, string Client, string Server, string Phone, string? ServerName, int Messages, ByteCounts Sent, ByteCounts Received, long Capacity, IReadOnlyList<string> Remarks)
{
    /// <summary>What was recognised, else what carried it.</summary>
    internal string Spoken => Protocol.Length > 0 ? Protocol : Transport;

    /// <summary>The server, by name where it was named.</summary>
    internal string End => ServerName is { Length: > 0 } name ? $"{name} ({Server})" : Server;

    /// <summary>Bytes of either direction that were not read.</summary>
    internal long Unread => Sent.Opaque + Sent.Missing + Received.Opaque + Received.Missing;
}

/// <summary>One canary in one place.</summary>
/// <param name="Also">Other planted data that are written the same: a contact's number in a message.</param>
/// <param name="Form">How it was written beneath the disguises.</param>
/// <param name="Capture">Which of the captures, from 1.</param>
/// <param name="Packet">The packet that brought the first of the examined bytes.</param>
/// <param name="Chain">The disguises, outermost first.</param>
/// <param name="Chance">The expected number of coincidences (audit.md §5.4).</param>
/// <param name="Standing">evidence, weak or arriving (audit.md §7.2).</param>
/// <param name="Layers">Its bytes step by step, the captured ones first; empty where they are not shown.</param>
/// <param name="Time">RFC 3339; of the packet with which the examined bytes were whole. Null in recordings.</param>
public sealed record FindingReport(
    string Canary, IReadOnlyList<string> Also, string Kind, string Value, string Form, int Capture, long Packet, int Flow, string Sender, string Carrier, string? Field, int Message, long Offset, int Length, IReadOnlyList<string> Chain,
    double Chance, string Standing, string? Time, IReadOnlyList<LayerReport> Layers);

/// <summary>A finding's bytes as captured, or after a step of its chain: a piece of at most 160 around what leads on (audit.md §8).</summary>
/// <param name="Step">What was undone; null of the captured bytes.</param>
/// <param name="Size">All bytes of the layer; of the captured ones those that the finding is made of.</param>
/// <param name="From">Where the piece begins, in the layer; of the captured ones in the examined thing, as the finding's offset.</param>
/// <param name="Bytes">Base64.</param>
/// <param name="At">Where that begins, counted as <paramref name="From"/>, and how long it is, which the next step is undone in, or which is the planted value or its hash.</param>
public sealed record LayerReport(string? Step, int Size, int From, string Bytes, int At, int Length);

/// <summary>How much was captured when.</summary>
/// <param name="From">RFC 3339.</param>
/// <param name="Seconds">Of each span.</param>
/// <param name="Bytes">In each span, on the wire; 120 at most.</param>
public sealed record TimelineReport(string From, double Seconds, IReadOnlyList<long> Bytes);

/// <summary>What was searched for.</summary>
public sealed record PersonaReport(int Canaries, int Forms, IReadOnlyList<KindReport> Kinds, IReadOnlyList<TooShortReport> TooShort);

/// <summary>How many data of a kind were searched for.</summary>
public sealed record KindReport(string Kind, int Canaries);

/// <summary>A value that is no evidence wherever it is seen, and is not searched for.</summary>
public sealed record TooShortReport(string Canary, string Form, string Reason);

/// <summary>Key logs: how many secrets there were, and how many belonged to a handshake of the captures, and lines that were none.</summary>
public sealed record KeysReport(int Entries, int Matched, long BadLines);
