using System.Text;

namespace Offproof.Evidence;

/// <summary>A published report as a page of text: a function of the report alone, so that anybody can make it again (evidence.md §6.2).</summary>
static class PublicReportText
{
    internal static byte[] Render(PublicReport report)
    {
        StringBuilder text = new();
        Line(report.Verdict);
        foreach (var cause in report.Causes) Line(Invariant($"  {cause.Code}{(cause.Count > 0 ? Invariant($": {cause.Count}") : "")}{(cause.Capture is { } capture ? Invariant($" (capture {capture})") : "")}"));
        Line("");
        Line("Planted values are named by their place in the persona. commitments.txt fixes each");
        Line("of them without telling it; whoever packed this can open them one by one.");
        Line("");
        Line("CAPTURES");
        for (int i = 0; i < report.Captures.Count; i++)
        {
            var capture = report.Captures[i];
            Line(Invariant($"  {i + 1}  {capture.Format}, {capture.Packets} packets or entries, {capture.Bytes} bytes{(capture.IsDamaged ? ", not complete" : "")}; SHA-256 {capture.Sha256 ?? "not known"}"));
        }
        Line("");
        Line(Invariant($"FINDINGS: {report.FindingsTotal}{(report.Findings.Count < report.FindingsTotal ? Invariant($", of which {report.Findings.Count} are listed") : "")}"));
        foreach (var finding in report.Findings)
        {
            Line(Invariant($"  {finding.Canary} ({finding.Kind}, {finding.Form}), {(finding.Chain.Count == 0 ? "in clear" : "as " + string.Join(" of ", finding.Chain))}; {finding.Standing}, {finding.Chance:0.###e+0} coincidences are to be expected"));
            Line(Invariant($"    to {To(finding.Receiver)}: capture {finding.Capture}, packet {finding.Packet}, flow {finding.Flow}, {finding.Field ?? finding.Carrier}, bytes {finding.Offset} to {finding.Offset + finding.Length - 1}{(finding.Time is { } time ? ", " + time : "")}"));
            foreach (string id in finding.Values.Take(8)) Line($"    commitment {id}");
            if (finding.Values.Count > 8) Line(Invariant($"    and {finding.Values.Count - 8} more commitments below it"));
        }
        Line("");
        Line("HOW MUCH WAS READ");
        Line(Invariant($"  of {report.Bytes.Total} bytes {report.Bytes.Decoded} decoded, {report.Bytes.Structural} structural, {report.Bytes.Opaque} opaque, {report.Bytes.Missing} missing"));
        Line(Invariant($"  at most {report.Budget.Most} bytes can have left unseen: {report.Budget.Opaque} opaque, {report.Budget.Missing} missing, {report.Budget.Capacity} in handshakes and frames"));
        Line(Invariant($"  {report.FlowsTotal} flows; {report.Searched.Canaries} planted data in {report.Searched.Forms} forms were searched for:"));
        foreach (var kind in report.Searched.Kinds) Line(Invariant($"    {kind.Kind}: {kind.Canaries}"));
        return Encoding.UTF8.GetBytes(text.ToString());

        void Line(string line) => text.Append(Plain(line)).Append('\n');
    }

    static string To(PublicReceiver? receiver) => receiver is null ? "a receiver that the report does not list"
        : Invariant($"{receiver.Name ?? "no name"} ({receiver.Address ?? "no address"}, port {receiver.Port}, {receiver.Protocol})");

    static string Plain(string line) => MinisignText.IsPlain(line) ? line : string.Concat(line.EnumerateRunes().Select(static rune => MinisignText.IsPlain(rune.ToString()) ? rune.ToString() : "?"));

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
