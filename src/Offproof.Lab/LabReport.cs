namespace Offproof.Lab;

/// <summary>What is asked of a run (lab.md).</summary>
/// <param name="Scenario">The file.</param>
/// <param name="Program">What <c>offproof</c> stands for in its commands; null where there is none.</param>
/// <param name="Persona">persona.json to take in place of the one that the scenario plants; null for that.</param>
/// <param name="Keep">A folder that is empty or not there, for the evidence; null to keep nothing.</param>
/// <param name="Say">Told of each step as it begins.</param>
public sealed record LabRequest(string Scenario, string? Program, string? Persona, string? Keep, Action<string> Say)
{
    /// <summary>Asks for no namespaces, also where they could be made: a recorder alone (lab.md §7).</summary>
    public bool WithoutPrivileges { get; init; }

    /// <summary>How long a command may take; one that takes longer hangs.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Files that lie in the run's folder before it begins.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; init; } = new Dictionary<string, byte[]>(StringComparer.Ordinal);
}

/// <summary>What came of a run, in the shape of <c>--json</c> (lab.md §6).</summary>
/// <param name="Result">held, broken or void.</param>
/// <param name="Isolation">user, or root: then the device's side could leave; or none: then what went past the front is in no capture.</param>
public sealed record LabReport(
    string Schema, string Result, bool IsLeak, IReadOnlyList<string> Reasons, string Isolation, ControlReport Control, IReadOnlyList<LinkCount> Counters, IReadOnlyList<SectionReport> Sections, WireReport? Ledger,
    IReadOnlyList<CrossingReport> Crossings, IReadOnlyList<SeenReport> Seen, IReadOnlyList<StepReport> Steps)
{
    internal const string SchemaName = "offproof/v1/lab-run";
}

/// <summary>The lab's own datum.</summary>
public sealed record ControlReport(bool Seen, long Packet, long Sent, long Received);

/// <summary>A part of the run, audited for itself.</summary>
/// <param name="Packets">From the device.</param>
/// <param name="Sent">Bytes on the wire.</param>
/// <param name="Opened">Files of the phone's folder that the device's side opened, each once.</param>
/// <param name="Asked">Others of them, and the folder, that it asked about without opening them.</param>
/// <param name="Verdict">CLEAN, LEAK, INCONCLUSIVE; null where nothing came over the link.</param>
/// <param name="Requests">Of the ledger; null without one.</param>
public sealed record SectionReport(
    string Name, DateTimeOffset From, DateTimeOffset To, long Packets, long Sent, long Received, int Connections, int Opened, int Asked, int? Requests, IReadOnlyList<string> Purposes, string? Verdict, long Opaque, long Capacity,
    IReadOnlyList<LabFinding> Findings, IReadOnlyList<ExpectationReport> Expected);

/// <summary>A finding of a section's audit.</summary>
public sealed record LabFinding(string Canary, string Kind, string Standing, string Server, IReadOnlyList<string> Chain);

/// <summary>A line <c>expect</c>.</summary>
public sealed record ExpectationReport(int Line, string What, bool Holds);

/// <summary>The ledger against the wire (lab.md §5).</summary>
public sealed record WireReport(int Lines, int Requests, int Matched, long MatchedBytes, IReadOnlyList<LineReport> UnmatchedLines, long UnmatchedBytes, IReadOnlyList<UnmatchedBytes> Unmatched)
{
    private const int MostListed = 1000;

    internal static WireReport Of(LedgerFile ledger, LedgerMatch match, Wire wire)
    {
        List<UnmatchedBytes> unmatched = [.. match.Unmatched, .. wire.Strays.GroupBy(static stray => stray.What, StringComparer.Ordinal).Select(static group => new UnmatchedBytes(group.Key, group.Sum(static stray => stray.Bytes)))];
        long matched = match.Placed.Sum(static placed => placed.Request.Sent!.Value + placed.Request.Received!.Value);
        return new WireReport(ledger.Lines, ledger.Requests.Count, match.Placed.Count, matched, [.. match.UnmatchedLines.Select(static line => new LineReport(line.Line, line.Problem)).Take(MostListed)], unmatched.Sum(static one => one.Bytes), [.. unmatched.Take(MostListed)]);
    }
}

/// <summary>A line that must not be so.</summary>
public sealed record LineReport(int Line, string Problem);

/// <summary>A way past the link.</summary>
public sealed record CrossingReport(int Line, string Call);

/// <summary>Where the device's side went, connections and all else.</summary>
public sealed record SeenReport(string What, int Times, long Bytes);

/// <summary>A step that was done.</summary>
/// <param name="Exit">Of a command, how it ended.</param>
public sealed record StepReport(int Line, string Text, int? Exit);
