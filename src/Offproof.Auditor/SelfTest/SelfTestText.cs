using System.Globalization;

namespace Offproof.Auditor;

/// <summary>A self-test's report for people: tables as they stand in audit.md §9, then what was missed.</summary>
public static class SelfTestText
{
    private const int MostMisses = 12;

    /// <summary>All lines.</summary>
    public static IEnumerable<string> Lines(SelfTestReport report)
    {
        foreach (string line in Tables(report)) yield return line;
        yield return "";
        foreach (IGrouping<string, SelfTestMiss> set in report.Misses.GroupBy(static miss => miss.Set, StringComparer.Ordinal))
        {
            yield return $"missed: {set.Key}";
            foreach (SelfTestMiss miss in set.OrderByDescending(static m => m.Missed).Take(MostMisses))
                yield return string.Create(CultureInfo.InvariantCulture, $"  {miss.Missed} times {miss.Chain} ({miss.Where})");
            if (set.Count() > MostMisses) yield return string.Create(CultureInfo.InvariantCulture, $"  and {set.Count() - MostMisses} other chains; --json lists them");
        }
        yield return report.Ok ? "Nothing was missed of what must be found." : "SOMETHING WAS MISSED that must be found.";
    }

    /// <summary>What audit.md §9 holds of it, line for line.</summary>
    internal static IEnumerable<string> Tables(SelfTestReport report)
    {
        yield return "| set | planted | missed | all must be found |";
        yield return "|---|---|---|---|";
        foreach (SelfTestSet set in report.Sets) yield return $"| {set.Set} | {Count(set.Planted)} | {Missed(set.Missed, set.Planted)} | {(set.All ? "yes" : "no")} |";
        yield return "";
        yield return "| by carrier | planted | missed | by kind | planted | missed |";
        yield return "|---|---|---|---|---|---|";
        for (int i = 0; i < Math.Max(report.Carriers.Count, report.Kinds.Count); i++) yield return $"| {Cells(report.Carriers, i)} | {Cells(report.Kinds, i)} |";
    }

    private static string Cells(IReadOnlyList<SelfTestCount> counts, int at) => at < counts.Count ? $"{counts[at].Name} | {Count(counts[at].Planted)} | {Missed(counts[at].Missed, counts[at].Planted)}" : "| |";

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Missed(int missed, int planted) => missed == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{missed:N0} ({100.0 * missed / planted:0.0}%)");
}
