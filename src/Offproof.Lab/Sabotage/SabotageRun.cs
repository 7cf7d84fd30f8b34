using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Lab;

/// <summary>Runs programs that betray their owner, and says which check caught each (sabotage.md).</summary>
[SupportedOSPlatform("linux")]
public static class Sabotage
{
    // Two saboteurs at a time: a run waits for most of its time.
    private const int AtOnce = 2, MostTries = 3;

    /// <summary>Runs them, each three times: two runs of one persona, and one of another, both drawn for it alone.</summary>
    /// <exception cref="ArgumentException">One is named that does not exist.</exception>
    /// <exception cref="LabException">The lab cannot work here.</exception>
    public static async Task<SabotageReport> RunAsync(SabotageRequest request, CancellationToken cancel = default)
    {
        foreach (string name in request.Names)
            if (Saboteur.All.All(one => one.Name != name)) throw new ArgumentException($"there is no saboteur '{name}'", nameof(request));
        Saboteur[] all = [.. Saboteur.All.Where(one => request.Names.Count == 0 || request.Names.Contains(one.Name, StringComparer.Ordinal))];
        long begun = Stopwatch.GetTimestamp();
        using RunFolder folder = RunFolder.Make(request.Keep);
        Trial honest = await Trial.RunAsync(Saboteur.Honest, Path.Combine(folder.Path, Saboteur.Honest.Name), request.Program, cancel).ConfigureAwait(false);
        SaboteurReport first = Report(Saboteur.Honest, honest.Judge(honest));
        request.Say($"{"honest",-24} {(first.CaughtBy.Count == 0 ? "passed" : "NOT PASSED: " + string.Join(", ", first.CaughtBy))}");
        SaboteurReport[] reports = new SaboteurReport[all.Length];
        await Parallel.ForAsync(0, all.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (i, stop) =>
        {
            // Two personas may have the same three bits: what is missed is run again with others.
            for (int tries = 1; tries == 1 || (tries <= MostTries && Unlike(reports[i]).Any()); tries++)
            {
                Trial trial = await Trial.RunAsync(all[i], Path.Combine(folder.Path, tries == 1 ? all[i].Name : $"{all[i].Name}-{tries}"), request.Program, stop).ConfigureAwait(false);
                reports[i] = Report(all[i], trial.Judge(honest));
            }
            request.Say($"{all[i].Name,-24} {(reports[i].CaughtBy.Count > 0 ? string.Join(", ", reports[i].CaughtBy) : "none")}");
        }).ConfigureAwait(false);
        List<string> reasons = [.. first.Why.Select(static why => $"the honest program was caught: {why}"), .. reports.SelectMany(Unlike)];
        return new SabotageReport(SabotageReport.SchemaName, reasons.Count == 0, reasons, first, reports, reports.Select(static one => one.Mechanism).Distinct(StringComparer.Ordinal).Count(), reports.Count(static one => one.CaughtBy.Count > 0), Stopwatch.GetElapsedTime(begun).TotalSeconds);
    }

    // Caught more than before is no fault: the table is to be made anew.
    private static IEnumerable<string> Unlike(SaboteurReport report) => report.Expected.Except(report.CaughtBy, StringComparer.Ordinal).Select(check => $"{report.Name} is no longer caught by {check}");

    private static SaboteurReport Report(Saboteur saboteur, IReadOnlyList<(Check Check, string Why)> caught)
    {
        Expected? expected = Expected.All.GetValueOrDefault(saboteur.Name);
        return new SaboteurReport(saboteur.Name, saboteur.Mechanism, saboteur.Does, [.. caught.Select(static one => SaboteurReport.Word(one.Check))], [.. (expected?.Caught ?? []).Select(SaboteurReport.Word)], [.. caught.Select(static one => $"{SaboteurReport.Word(one.Check)}: {one.Why}")],
            caught.Count > 0 || expected is not { Reason.Length: > 0 } ? null : $"{expected.Reason}. It would take {expected.Remedy}");
    }
}

/// <summary>Three runs of one program, and what came of them.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Trial
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    // A run that says nothing (lab.md §2) is repeated; one that never says anything is no result.
    private const int MostTries = 3;

    // Their number is that of acknowledgements and of moments, which no two runs of any program have alike (compare.md §5).
    private static readonly string[] Noisy = ["free choice in headers and handshakes", "the moment of each message"];

    private readonly LabReport[] runs;
    private readonly ComparisonReport comparison;

    private Trial(LabReport[] runs, ComparisonReport comparison) => (this.runs, this.comparison) = (runs, comparison);

    internal static async Task<Trial> RunAsync(Saboteur saboteur, string folder, string program, CancellationToken cancel)
    {
        string scenario = Path.Combine(folder, "scenario.txt");
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(scenario, Saboteur.Resource("scenario.txt"), cancel).ConfigureAwait(false);
        IReadOnlyList<Step> steps = Scenario.Read(Encoding.UTF8.GetString(Saboteur.Resource("scenario.txt")));
        int last = steps[^1].Line;
        string[] options = steps.FirstOrDefault(static step => step.Word == "persona")?.Rest.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        foreach (string persona in (string[])["one", "other"])
            await Sealed.SayAsync([program, "persona", "new", Path.Combine(folder, persona), .. options, "--seed", RandomNumberGenerator.GetInt32(int.MaxValue).ToString(CultureInfo.InvariantCulture)], cancel).ConfigureAwait(false);
        // The program has the same name in every run: no check learns which it is.
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal) { ["app.py"] = saboteur.Source, ["client.py"] = Saboteur.Resource("_client.py"), ["server.py"] = Saboteur.Resource("_server.py") };
        LabReport[] runs = await Task.WhenAll(OnceAsync("a", "one"), OnceAsync("control", "one"), OnceAsync("b", "other")).ConfigureAwait(false);
        ComparisonReport comparison = Comparison.Run(new CompareRequest(Of("a", "run.pcapng"), Of("b", "run.pcapng"), Of("control", "run.pcapng"), Persona("one"), Persona("other"), [Of("a", "keys.txt"), Of("b", "keys.txt"), Of("control", "keys.txt")]) { Phones = [Worth.Device] }, cancel);
        return new Trial(runs, comparison);

        async Task<LabReport> OnceAsync(string run, string persona)
        {
            for (int tries = 1; ; tries++)
            {
                if (Directory.Exists(Path.Combine(folder, run))) Directory.Delete(Path.Combine(folder, run), recursive: true);
                LabReport report = await Laboratory.RunAsync(new LabRequest(scenario, program, Persona(persona), Path.Combine(folder, run), static _ => { }) { Files = files, Patience = Patience }, cancel).ConfigureAwait(false);
                if (report.Steps[^1].Line != last) throw new LabException($"{saboteur.Name} does not work: {report.Reasons[^1]}");
                if (report.Result != "void") return report;
                if (tries == MostTries) throw new LabException($"{saboteur.Name}: no run of {MostTries} says anything: {report.Reasons[0]}");
            }
        }

        string Of(string run, string file) => Path.Combine(folder, run, file);
        string Persona(string persona) => Path.Combine(folder, persona, "persona.json");
    }

    /// <summary>Which checks caught it, each with a sentence.</summary>
    internal IReadOnlyList<(Check Check, string Why)> Judge(Trial honest)
    {
        List<(Check, string)> caught = [];
        if (runs.SelectMany(static run => run.Sections).SelectMany(static section => section.Verdict == "LEAK" ? section.Findings : []).FirstOrDefault(static finding => finding.Standing == "evidence") is { } finding)
            caught.Add((Check.Decoding, $"{finding.Kind} to {finding.Server}{(finding.Chain.Count > 0 ? $" in {string.Join(" > ", finding.Chain)}" : "")}"));
        if (comparison.Differences.FirstOrDefault(static difference => difference.Class == "unexplained") is { } difference) caught.Add((Check.Comparison, $"{difference.Place}: {difference.Why}"));
        if (runs.Select(static run => run.Ledger!).FirstOrDefault(static ledger => ledger.UnmatchedLines.Count > 0 || ledger.UnmatchedBytes > 0) is { } ledger)
            caught.Add((Check.Ledger, ledger.Unmatched.Count > 0 ? ledger.Unmatched[0].What : $"line {ledger.UnmatchedLines[0].Line}: {ledger.UnmatchedLines[0].Problem}"));
        if (Room(honest) is { } room) caught.Add((Check.Budget, room));
        if (Lab() is { } seen) caught.Add((Check.Lab, seen));
        return caught;
    }

    // Of bytes that nobody could read, or in what a comparison allows, more than the honest program leaves in the same steps.
    private string? Room(Trial honest)
    {
        long unread = runs.Max(static run => run.Sections.Sum(static section => section.Opaque)), before = honest.runs.Max(static run => run.Sections.Sum(static section => section.Opaque));
        if (unread > before) return string.Create(CultureInfo.InvariantCulture, $"{unread:N0} bytes that nobody could read");
        foreach (AllowedReport allowed in comparison.Power.Allowed.Where(static allowed => !Noisy.Contains(allowed.Way, StringComparer.Ordinal)))
        {
            double bits = honest.comparison.Power.Allowed.FirstOrDefault(one => one.Way == allowed.Way)?.Bits ?? 0;
            if (allowed.Bits > bits + 0.5) return string.Create(CultureInfo.InvariantCulture, $"{allowed.Way}: {allowed.Bits:0} bits, and {bits:0} of the honest program");
        }
        return null;
    }

    private string? Lab() => runs.SelectMany(static run => run.Crossings).Select(static crossing => crossing.Call).FirstOrDefault()
        ?? runs.SelectMany(static run => run.Sections).SelectMany(static section => section.Expected.Where(static expected => !expected.Holds && expected.What is ("nothing" or "unopened" or "untouched")).Select(expected => $"in '{section.Name}' not {expected.What}")).FirstOrDefault();
}
