using System.Globalization;

namespace Offproof.Lab;

/// <summary>What is asked of a run of saboteurs (sabotage.md).</summary>
/// <param name="Program">What plants personas: this program.</param>
/// <param name="Names">Which; empty for all.</param>
/// <param name="Keep">A folder that is empty or not there, for all runs; null to keep nothing.</param>
/// <param name="Say">Told of each as it is judged.</param>
public sealed record SabotageRequest(string Program, IReadOnlyList<string> Names, string? Keep, Action<string> Say);

/// <summary>The table, in the shape of <c>--json</c> (sabotage.md §5).</summary>
/// <param name="Ok">The honest program passed every check, and each saboteur was caught by the checks that caught it before.</param>
/// <param name="Reasons">Sentences: what is not so.</param>
public sealed record SabotageReport(string Schema, bool Ok, IReadOnlyList<string> Reasons, SaboteurReport Honest, IReadOnlyList<SaboteurReport> Saboteurs, int Mechanisms, int Caught, double Seconds)
{
    internal const string SchemaName = "offproof/v1/sabotage-run";
}

/// <summary>One program, judged.</summary>
/// <param name="CaughtBy">Which checks, in the order of a table: decoding, comparison, ledger, budget, lab.</param>
/// <param name="Expected">Which caught it when the table was made.</param>
/// <param name="Why">A sentence for each check that caught it.</param>
/// <param name="Missed">Where none did: why not, and what would; else null.</param>
public sealed record SaboteurReport(string Name, string Mechanism, string Does, IReadOnlyList<string> CaughtBy, IReadOnlyList<string> Expected, IReadOnlyList<string> Why, string? Missed)
{
    internal static string Word(Check check) => check.ToString().ToLowerInvariant();
}

/// <summary>The table for a terminal, and for the page.</summary>
public static class SabotageText
{
    /// <summary>Line by line, what is wrong first.</summary>
    public static IEnumerable<string> Lines(SabotageReport report)
    {
        yield return report.Ok ? "HELD: the honest program passed, and each saboteur was caught by what caught it before" : "BROKEN";
        foreach (string reason in report.Reasons) yield return $"  {reason}";
        yield return "";
        int name = report.Saboteurs.Max(static one => one.Name.Length), mechanism = report.Saboteurs.Max(static one => one.Mechanism.Length);
        foreach (SaboteurReport one in report.Saboteurs) yield return $"{one.Name.PadRight(name)}  {one.Mechanism.PadRight(mechanism)}  {(one.CaughtBy.Count > 0 ? string.Join(", ", one.CaughtBy) : "NONE")}";
        yield return "";
        yield return string.Create(CultureInfo.InvariantCulture, $"{report.Caught} of {report.Saboteurs.Count} programs caught, {report.Mechanisms} mechanisms, {report.Seconds:0} s");
    }

    /// <summary>As a table of Markdown.</summary>
    public static IEnumerable<string> Page(SabotageReport report)
    {
        yield return "| program | mechanism | decoding | comparison | ledger | budget | lab |";
        yield return "|---|---|---|---|---|---|---|";
        foreach (SaboteurReport one in report.Saboteurs)
            yield return $"| `{one.Name}` | {one.Mechanism} | {string.Join(" | ", Enum.GetValues<Check>().Select(check => one.CaughtBy.Contains(SaboteurReport.Word(check), StringComparer.Ordinal) ? "caught" : ""))} |";
    }
}
