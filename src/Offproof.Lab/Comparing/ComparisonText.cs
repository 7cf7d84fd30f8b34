using System.Globalization;

namespace Offproof.Lab;

/// <summary>A comparison for people (compare.md §6): the verdict, what is unexplained, the classes, the power.</summary>
public static class ComparisonText
{
    private const int MostListed = 20;
    private const int MostOfClass = 5;

    /// <summary>Lines of plain text.</summary>
    public static IEnumerable<string> Lines(ComparisonReport report)
    {
        yield return report.Verdict;
        foreach (string reason in report.Reasons) yield return $"  {reason}";
        if (report.Verdict == "CLEAN") yield return "  what differs between the personas is explained, and everything that differs could be read";
        yield return "";
        foreach (RunReport run in report.Runs) yield return string.Create(CultureInfo.InvariantCulture, $"{run.Role}: {run.Path}: {run.Flows:N0} flows, {run.Sent:N0} things sent, {run.Received:N0} received, {run.Bytes:N0} bytes{(run.Seconds is { } seconds ? $", {seconds:0.0} s" : "")}; the audit alone says {run.Audit}");
        foreach (string line in report.Differences.GroupBy(static difference => difference.Class, StringComparer.Ordinal).Where(static kind => kind.Key is not ("control" or "tls" or "time")).SelectMany(Class)) yield return line;
        yield return "";
        yield return string.Create(CultureInfo.InvariantCulture, $"{report.Compared:N0} places compared, {report.DifferencesTotal:N0} differ{(report.ControlDiffers is { } by ? $"; A and its control differ in {by:N0}" : "")}");
        foreach (ClassReport kind in report.Classes) yield return string.Create(CultureInfo.InvariantCulture, $"  {kind.Class,-13}{kind.Differences,8:N0}  {Meaning(kind.Class)}");
        yield return "";
        yield return "allowed, not excluded:";
        foreach (AllowedReport way in report.Power.Allowed) yield return string.Create(CultureInfo.InvariantCulture, $"  {way.Bits,12:N0} bits  {way.Way}{(way.Places > 0 ? $" ({way.Places:N0})" : "")}");
        yield return string.Create(CultureInfo.InvariantCulture, $"  {report.Power.Bits,12:N0} bits in this run{(report.Power.BitsADay is { } daily ? $", {daily:N0} in a day like it" : "")}");
        foreach (string note in report.Power.Notes) yield return $"  {note}";
    }

    private static IEnumerable<string> Class(IGrouping<string, DifferenceReport> kind)
    {
        int most = kind.Key == "unexplained" ? MostListed : MostOfClass, count = kind.Count();
        yield return "";
        yield return $"{kind.Key}:";
        foreach (DifferenceReport difference in kind.Take(most))
        {
            yield return $"  {difference.Place}";
            yield return $"    {difference.Why}";
            yield return $"    A: {Side(difference.A)}";
            yield return $"    B: {Side(difference.B)}";
        }
        if (count > most) yield return string.Create(CultureInfo.InvariantCulture, $"  and {count - most:N0} more (--json lists 1,000)");
    }

    private static string Side(SideReport? side)
    {
        if (side is null) return "not there";
        string where = side.Packet > 0 ? string.Create(CultureInfo.InvariantCulture, $"packet {side.Packet}, flow {side.Flow}, offset {side.Offset}") : side.Flow > 0 ? string.Create(CultureInfo.InvariantCulture, $"flow {side.Flow}") : "the whole run";
        return side.Value.Length == 0 ? where : string.Create(CultureInfo.InvariantCulture, $"{where}, {side.Length} bytes: {side.Value}");
    }

    private static string Meaning(string kind) => kind switch
    {
        "unexplained" => "follow the persona",
        "answer" => "in what arrived, and not explained",
        "opaque" => "cannot be read",
        "uncontrolled" => "not explained; there is no control",
        "server" => "say again what the server chose",
        "control" => "differ in two runs of A too",
        "tls" => "drawn by TLS for each connection",
        _ => "the time of the run",
    };
}
