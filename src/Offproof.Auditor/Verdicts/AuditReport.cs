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
/// <param name="Bytes">Of all captures, on the wire.</param>
/// <param name="Flows">At most 10,000, those with something to say first.</param>
/// <param name="Findings">At most 10,000.</param>
/// <param name="Keys">Null without key logs.</param>
/// <param name="Notes">What is worth knowing and changes no verdict.</param>
public sealed record AuditReport(
    string Schema, string Verdict, IReadOnlyList<string> Reasons, ByteCounts Bytes, ByteBudget Budget, IReadOnlyList<CaptureReport> Captures, int FlowsTotal, IReadOnlyList<FlowReport> Flows,
    long FindingsTotal, IReadOnlyList<FindingReport> Findings, PersonaReport Persona, KeysReport? Keys, IReadOnlyList<string> Notes)
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
    int Flow, string Transport, string Protocol, string Client, string Server, string Phone, string? ServerName, int Messages, ByteCounts Sent, ByteCounts Received, long Capacity, IReadOnlyList<string> Remarks);

/// <summary>One canary in one place.</summary>
/// <param name="Also">Other planted data that are written the same: a contact's number in a message.</param>
/// <param name="Form">How it was written beneath the disguises.</param>
/// <param name="Capture">Which of the captures, from 1.</param>
/// <param name="Packet">The packet that brought the first of the examined bytes.</param>
/// <param name="Chain">The disguises, outermost first.</param>
/// <param name="Chance">The expected number of coincidences (audit.md §5.4).</param>
/// <param name="Standing">evidence, weak or arriving (audit.md §7.2).</param>
public sealed record FindingReport(
    string Canary, IReadOnlyList<string> Also, string Kind, string Value, string Form, int Capture, long Packet, int Flow, string Sender, string Carrier, string? Field, int Message, long Offset, int Length, IReadOnlyList<string> Chain,
    double Chance, string Standing);

/// <summary>What was searched for.</summary>
public sealed record PersonaReport(int Canaries, int Forms, IReadOnlyList<TooShortReport> TooShort);

/// <summary>A value that is no evidence wherever it is seen, and is not searched for.</summary>
public sealed record TooShortReport(string Canary, string Form, string Reason);

/// <summary>Key logs: how many secrets there were, and how many belonged to a handshake of the captures, and lines that were none.</summary>
public sealed record KeysReport(int Entries, int Matched, long BadLines);
