using System.Globalization;

namespace Offproof.Auditor;

/// <summary>The report for people, as lines (audit.md §8). Values and names come from strangers: whoever prints them removes control characters.</summary>
public static class AuditText
{
    private const int MostFindings = 40;
    private const int MostFlows = 10;

    /// <summary>The whole report.</summary>
    public static IEnumerable<string> Lines(AuditReport report)
    {
        yield return report.Verdict;
        foreach (string reason in report.Reasons) yield return $"  {reason}";
        Dictionary<int, FlowReport> flows = report.Flows.ToDictionary(static flow => flow.Flow);
        foreach (string line in Found(report, flows)) yield return line;
        foreach (string line in ReceiverText.Lines(report)) yield return line;
        yield return "";
        yield return $"read      {Share(report.Bytes.Decoded + report.Bytes.Structural, report.Bytes.Total)} of {Size(report.Bytes.Total)}: {Size(report.Bytes.Decoded)} decoded, {Size(report.Bytes.Structural)} structural, "
            + $"{Size(report.Bytes.Opaque)} opaque, {Size(report.Bytes.Missing)} missing";
        string read = report.Captures.Any(static capture => capture.Damage is not null) ? "of what could be read of the captures, " : "";
        yield return $"unseen    {read}at most {Size(report.Budget.Most)} can have left unseen: {Size(report.Budget.Opaque)} opaque, {Size(report.Budget.Missing)} missing, {Size(report.Budget.Capacity)} in handshakes and frames";
        yield return string.Create(CultureInfo.InvariantCulture, $"searched  {report.Persona.Canaries} planted data in {report.Persona.Forms} forms{(report.Persona.TooShort.Count > 0 ? $"; {report.Persona.TooShort.Count} are too short to be evidence (--json lists them)" : "")}");
        if (report.Keys is { } keys) yield return string.Create(CultureInfo.InvariantCulture, $"keys      {keys.Matched} of {keys.Entries} secrets belong to a handshake of these captures");
        foreach (string note in report.Notes) yield return $"note      {note}";
        foreach (string line in Unread(report)) yield return line;
    }

    /// <summary>One finding as a sentence.</summary>
    internal static string Sentence(FindingReport finding, FlowReport? flow)
    {
        string how = finding.Chain.Count == 0 ? Plain(finding, flow) : $"as {string.Join(" of ", finding.Chain)}";
        string to = flow is null ? "" : Way(finding, flow);
        string where = finding.Field ?? finding.Carrier;
        return string.Create(CultureInfo.InvariantCulture, $"{finding.Kind} {finding.Value} ({finding.Form}), {how},{to}: packet {finding.Packet}, {where}, bytes {finding.Offset} to {finding.Offset + finding.Length - 1}")
            + (finding.Standing == "weak" ? string.Create(CultureInfo.InvariantCulture, $"; weak: {finding.Chance:0.###} coincidences are to be expected") : "");
    }

    // The name in a hello is not encrypted; what a stream of TLS held may have been either.
    private static string Plain(FindingReport finding, FlowReport? flow) => flow is null || !flow.Protocol.StartsWith("tls", StringComparison.Ordinal) || finding.Carrier == "server-name" ? "in clear"
        : finding.Carrier == "stream" ? "undisguised, in a TLS connection" : "in clear inside TLS";

    private static string Way(FindingReport finding, FlowReport flow)
    {
        (string from, string to) = finding.Sender == "client" ? (flow.Client, flow.End) : (flow.End, flow.Client);
        return flow.Phone == PhoneSides.Undecided ? $" sent by {from} to {to}" : flow.Phone == finding.Sender ? $" sent to {to}" : $" arriving from {from}";
    }

    private static IEnumerable<string> Found(AuditReport report, Dictionary<int, FlowReport> flows)
    {
        var groups = report.Findings
            .GroupBy(finding => (finding.Canary, finding.Standing, To: flows.TryGetValue(finding.Flow, out FlowReport? flow) ? flow.End : ""))
            .OrderBy(static group => group.Key.Standing switch { "evidence" => 0, "arriving" => 1, _ => 2 }).ToList();
        if (groups.Count == 0) yield break;
        yield return "";
        foreach (var group in groups.Take(MostFindings))
        {
            FindingReport first = group.First();
            int more = group.Count() - 1;
            yield return $"  {Sentence(first, flows.GetValueOrDefault(first.Flow))}{(more > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {more} more") : "")}";
        }
        if (groups.Count > MostFindings) yield return string.Create(CultureInfo.InvariantCulture, $"  {groups.Count - MostFindings} more data or receivers; --json lists all");
    }

    private static IEnumerable<string> Unread(AuditReport report)
    {
        List<FlowReport> unread = [.. report.Flows.Where(static flow => flow.Unread > 0).OrderByDescending(static flow => flow.Unread)];
        if (unread.Count == 0) yield break;
        yield return "";
        yield return "could not be read:";
        foreach (FlowReport flow in unread.Take(MostFlows))
        {
            string why = flow.Remarks.Count > 0 ? $": {string.Join("; ", flow.Remarks)}" : "";
            yield return string.Create(CultureInfo.InvariantCulture, $"  flow {flow.Flow}, {flow.Spoken}, {flow.Client} to {flow.End}: {Size(flow.Unread)}{why}");
        }
        if (unread.Count > MostFlows) yield return string.Create(CultureInfo.InvariantCulture, $"  {unread.Count - MostFlows} more flows; --json lists them");
    }

    private static string Share(long part, long whole) => whole == 0 ? "nothing" : part == whole ? "all" : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(99.99, 100.0 * part / whole):0.00} %");

    private static string Size(long bytes) => bytes switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 1000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
    };
}
