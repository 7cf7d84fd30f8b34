using System.Globalization;
using System.Net;
using System.Runtime.Versioning;
using Offproof.Auditor;

namespace Offproof.Lab;

/// <summary>What a run was worth, and what was seen in it (lab.md §2, §4, §5).</summary>
[SupportedOSPlatform("linux")]
internal static class Worth
{
    private const int MostListed = 1000;

    internal static readonly IPAddress Device = IPAddress.Parse(Sealed.DeviceAddress);

    internal static LabReport Of(LabRun run, WireFile wire, IReadOnlyList<LinkCount> counts, List<(int Line, Trace Trace)> traces, string datum, (long Sent, long Received) sent, Sealed within, IEnumerable<int> ports, CancellationToken cancel)
    {
        List<string> nothing = [], broken = [.. run.Broken];
        string keys = Path.Combine(run.Folder, "keys.txt");
        ControlReport control = Control(run, wire, datum, sent, keys, nothing, cancel);
        foreach (LinkCount count in counts.Where(static count => !count.Equal))
            nothing.Add(string.Create(CultureInfo.InvariantCulture, $"the capture has {count.CapturedPackets:N0} packets and {count.CapturedBytes:N0} bytes that the device {count.Direction}; {count.Source} counted {count.Packets:N0} and {count.Bytes:N0}"));
        if (wire.Dropped is > 0) nothing.Add($"dumpcap dropped {wire.Dropped} packets");

        Frame[] whole = [.. wire.Frames.Where(frame => frame.Time >= run.Begun)];
        Slice(wire, whole, Path.Combine(run.Folder, "run.pcapng"));
        Wire all = Wire.Of(whole);
        LedgerFile? ledger = run.Ledger is null ? null : LedgerFile.Read(File.Exists(run.Ledger) ? File.ReadAllBytes(run.Ledger) : []);
        LedgerMatch? match = ledger is null ? null : LedgerMatch.Of(all.Connections, ledger, run.Real);
        match?.UnmatchedLines.AddRange(LedgerContents.Problems(match, Transcript.Read(Path.Combine(run.Folder, "run.pcapng"), run.Persona ?? Path.Combine(run.Folder, "control.json"), [keys], [Device], cancel)));
        WireReport? against = match is null ? null : Against(ledger!, match, all, broken);

        List<CrossingReport> crossings = [];
        foreach ((int line, Trace trace) in traces) crossings.AddRange(trace.Crossings(traces.Select(static each => each.Trace)).Select(call => new CrossingReport(line, call)));
        if (!within.IsSealed) foreach ((int line, Trace trace) in traces) crossings.AddRange(trace.Beside([.. ports]).Select(call => new CrossingReport(line, call)));
        foreach (CrossingReport crossing in crossings.Take(10)) broken.Add($"line {crossing.Line}: {crossing.Call}");

        bool isLeak = false;
        List<SectionReport> sections = [];
        foreach (Section section in run.Sections)
        {
            SectionReport report = Look(run, section, wire, match, keys, sections.Count, cancel);
            sections.Add(report);
            foreach (ExpectationReport wanted in report.Expected.Where(static wanted => !wanted.Holds)) broken.Add($"line {wanted.Line}: in {section.Name}, not {wanted.What}: {InWords(report)}");
            if (report.Verdict != "LEAK" || section.Expected.Exists(static step => step.Rest == "LEAK")) continue;
            isLeak = true;
            broken.Add($"{section.Name}: LEAK: {string.Join(", ", report.Findings.Select(static finding => finding.Kind).Distinct(StringComparer.Ordinal))}");
        }
        SeenReport[] seen = [.. all.Connections.Select(static c => ($"tcp to {c.Server}", c.Sent.Bytes + c.Received.Bytes)).Concat(all.Strays.Select(static s => (s.What, s.Bytes)))
            .GroupBy(static one => one.Item1, StringComparer.Ordinal).Select(static group => new SeenReport(group.Key, group.Count(), group.Sum(static one => one.Item2))).Take(MostListed)];
        string result = nothing.Count > 0 ? "void" : broken.Count > 0 ? "broken" : "held";
        return new LabReport(LabReport.SchemaName, result, isLeak, [.. nothing, .. broken], within.Isolation, control, counts, sections, against, crossings, seen, run.Done);
    }

    private static ControlReport Control(LabRun run, WireFile wire, string datum, (long Sent, long Received) sent, string keys, List<string> nothing, CancellationToken cancel)
    {
        string persona = Path.Combine(run.Folder, "control.json"), capture = Path.Combine(run.Folder, "control.pcapng");
        File.WriteAllText(persona, $$"""{"schema":"offproof/v1/persona","seed":0,"identifiers":{"email":"{{datum}}"},"contacts":[],"messages":[],"notes":[],"photos":[]}""");
        Frame[] frames = [.. wire.Frames.Where(frame => frame.Time < run.Begun)];
        Slice(wire, frames, capture);
        AuditReport audit = Audit.Run(new AuditRequest([capture], persona, [keys], Phones: [Device]), cancel);
        FindingReport? finding = audit.Findings.FirstOrDefault(static finding => finding.Standing == "evidence");
        if (finding is null) nothing.Add("the control was not found: this audit sees nothing");
        Connection[] connections = [.. Wire.Of(frames).Connections];
        bool isExact = connections is [var only] && only.Sent.Bytes == sent.Sent && only.Received.Bytes == sent.Received && !only.HasGap;
        if (!isExact) nothing.Add($"the control's connection does not have the bytes that the lab counted: {sent.Sent} sent and {sent.Received} received");
        return new ControlReport(finding is not null && isExact, finding?.Packet ?? 0, sent.Sent, sent.Received);
    }

    private static WireReport Against(LedgerFile ledger, LedgerMatch match, Wire all, List<string> broken)
    {
        WireReport report = WireReport.Of(ledger, match, all);
        if (ledger.Lines == 0) broken.Add("the ledger is empty, or not there");
        foreach (UnmatchedBytes one in report.Unmatched.Take(10)) broken.Add($"not in the ledger: {one.What} ({one.Bytes:N0} bytes)");
        foreach (LineReport line in report.UnmatchedLines.Take(10)) broken.Add($"line {line.Line} of the ledger: {line.Problem}");
        return report;
    }

    private static SectionReport Look(LabRun run, Section section, WireFile wire, LedgerMatch? match, string keys, int number, CancellationToken cancel)
    {
        Frame[] frames = [.. wire.Frames.Where(frame => frame.Time >= section.From && frame.Time < section.To)];
        Frame[] from = [.. frames.Where(static frame => frame.IsFromDevice)];
        Wire part = Wire.Of(frames);
        AuditReport? audit = null;
        if (run.Persona is not null && frames.Length > 0)
        {
            string capture = Path.Combine(run.Folder, "sections", $"{number}-{string.Concat(section.Name.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '-'))}.pcapng");
            Slice(wire, frames, capture);
            audit = Audit.Run(new AuditRequest([capture], run.Persona, [keys], Phones: [Device]), cancel);
        }
        LedgerRequest[]? requests = match is null ? null : [.. match.Placed.Select(static placed => placed.Request).Where(request => run.Real(request.From) >= section.From && run.Real(request.From) < section.To)];
        string[] opened = OfPhone(section.Traces.SelectMany(static trace => trace.Opened)), asked = OfPhone(section.Traces.SelectMany(static trace => trace.Asked));
        SectionReport report = new(section.Name, DateTimeOffset.UnixEpoch + section.From, DateTimeOffset.UnixEpoch + section.To, from.Length, from.Sum(static frame => (long)frame.Length), frames.Where(static frame => !frame.IsFromDevice).Sum(static frame => (long)frame.Length),
            part.Connections.Count, opened.Length, asked.Except(opened, StringComparer.Ordinal).Count(), requests?.Length, requests is null ? [] : [.. requests.Select(static request => request.Purpose).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], audit?.Verdict, audit?.Bytes.Opaque ?? 0, audit?.Budget.Capacity ?? 0,
            audit is null ? [] : [.. audit.Findings.Take(100).Select(finding => new LabFinding(finding.Canary, finding.Kind, finding.Standing, audit.Flows.FirstOrDefault(flow => flow.Flow == finding.Flow)?.Server ?? "", finding.Chain))], []);
        return report with { Expected = [.. section.Expected.Select(step => new ExpectationReport(step.Line, step.Rest, Holds(step.Rest, report, part)))] };

        string[] OfPhone(IEnumerable<string> files) =>
            [.. files.Select(file => Path.GetFullPath(Path.Combine(run.Folder, file))).Where(file => file == run.PhoneFolder || file.StartsWith(run.PhoneFolder + "/", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];
    }

    private static bool Holds(string wanted, SectionReport report, Wire part) => wanted switch
    {
        "nothing" => report.Packets == 0,
        "something" => part.Connections.Exists(static connection => connection.Sent.Bytes > 0),
        "public" => report.Purposes is ["public"],
        "unopened" => report.Opened == 0,
        "untouched" => report is { Opened: 0, Asked: 0 },
        "CLEAN" => report.Verdict == "CLEAN" || (report.Verdict is null && report.Packets == 0),
        _ => report.Verdict == wanted,
    };

    private static string InWords(SectionReport report) => string.Create(CultureInfo.InvariantCulture,
        $"{report.Verdict ?? "no audit"}, {report.Packets:N0} packets from the device in {report.Connections} connections{(report.Purposes.Count > 0 ? $" ({string.Join(", ", report.Purposes)})" : "")}, {report.Opaque:N0} bytes not read, {report.Opened} files of the phone opened, {report.Asked} more asked about");

    private static void Slice(WireFile wire, IEnumerable<Frame> frames, string file)
    {
        using FileStream to = new(file, FileMode.Create, FileAccess.Write);
        wire.Write(to, frames);
    }
}
