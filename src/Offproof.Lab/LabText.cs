using System.Globalization;

namespace Offproof.Lab;

/// <summary>A run's report for a terminal.</summary>
public static class LabText
{
    /// <summary>Line by line, the result first.</summary>
    public static IEnumerable<string> Lines(LabReport report)
    {
        yield return report.Result switch
        {
            "held" => "HELD: everything that the scenario expects was seen, and nothing else",
            "void" => "VOID: this run says nothing",
            _ => report.IsLeak ? "BROKEN: personal data were seen leaving" : "BROKEN",
        };
        foreach (string reason in report.Reasons) yield return $"  {reason}";
        yield return "";
        yield return report.Control.Seen ? Say($"control   seen, in packet {report.Control.Packet}; {report.Control.Sent} bytes sent and {report.Control.Received} received, as the lab counted") : "control   not seen";
        foreach (LinkCount count in report.Counters)
            yield return Say($"{(count.Source == "nft" ? "nft      " : "interface")} {count.Direction}: {count.Packets:N0} packets, {count.Bytes:N0} bytes; captured {(count.Equal ? "the same" : Say($"{count.CapturedPackets:N0} and {count.CapturedBytes:N0}"))}");
        if (report.Isolation == "none") yield return "isolation none: nothing was sealed. Recorded is what came to the lab's own ports; calls to others are named where strace saw them, and what they carried is in no capture; nor is anything of DNS, UDP, ICMP or raw packets";
        if (report.Isolation == "root") yield return "isolation root: there are no user namespaces here, and a program of the device's side could have left";
        yield return "";
        foreach (SectionReport section in report.Sections)
        {
            yield return Say($"{section.Name}: {section.Verdict ?? "nothing to audit"}; {section.Packets:N0} packets, {section.Sent:N0} bytes sent, {section.Received:N0} received, {section.Connections} connections{(section.Requests is { } requests ? Say($", {requests} requests of the ledger") : "")}{(section.Purposes.Count > 0 ? $" ({string.Join(", ", section.Purposes)})" : "")}");
            if (section.Verdict is not null) yield return Say($"  {section.Opaque:N0} bytes not read, {section.Capacity:N0} in handshakes and frames; {Files(section)}");
            else if (section.Opened + section.Asked > 0) yield return $"  {Files(section)}";
            // Ten, and one of each disguise: that something went in a form that is not its own is news.
            LabFinding[] listed = [.. section.Findings.Take(10).Concat(section.Findings.Skip(10).ExceptBy(section.Findings.Take(10).Select(Disguise), Disguise, StringComparer.Ordinal))];
            foreach (LabFinding finding in listed) yield return $"  {finding.Standing}: {finding.Kind} {finding.Canary} to {finding.Server}{Disguise(finding)}";
            if (listed.Length < section.Findings.Count) yield return Say($"  and {section.Findings.Count - listed.Length} more in the result (--json)");
            foreach (ExpectationReport expected in section.Expected) yield return $"  expected {expected.What}: {(expected.Holds ? "so it was" : "NOT SO")}";
        }
        if (report.Ledger is not { } ledger) yield break;
        yield return "";
        yield return Say($"ledger    {ledger.Matched} of {ledger.Requests} requests found on the wire, {ledger.MatchedBytes:N0} bytes; {ledger.UnmatchedLines.Count} lines and {ledger.UnmatchedBytes:N0} bytes unmatched");
    }

    private static string Files(SectionReport section) => Say($"{section.Opened} files of the phone opened{(section.Asked > 0 ? Say($", {section.Asked} more asked about") : "")}");

    private static string Disguise(LabFinding finding) => finding.Chain.Count > 0 ? $" in {string.Join(" > ", finding.Chain)}" : "";

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
