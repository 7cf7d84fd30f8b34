using System.Globalization;
using System.Text;
using Offproof.Auditor;

namespace Offproof.Lab;

/// <summary>From differences to a verdict (compare.md §4).</summary>
internal static class Judgement
{
    private const int MostListed = 1_000;
    private const int MostShown = 200;

    // Of an audit, what makes its capture an incomplete account; that bytes could not be read is judged here by whether they differ.
    private static readonly string[] Incomplete = ["incomplete", "no-packet", "no-message", "missing", "begun-before", "cut-short", "cut-off", "unbalanced", "without-cookies", "no-forms", "forms-left-out"];

    internal static ComparisonReport Of(CompareRequest request, IReadOnlyList<(string Role, CapturedRun Run)> runs, Differences differences, Power power, IReadOnlyList<string> same)
    {
        List<string> reasons = [];
        bool isLeak = false;
        foreach ((string role, CapturedRun run) in runs)
        {
            if (run.Transcript.Report.Causes.FirstOrDefault(static cause => cause.Code == "leaving") is not { } leaving) continue;
            isLeak = true;
            reasons.Add($"{role}: {leaving.Text} (offproof audit shows where)");
        }
        int unexplained = Count(Class.Unexplained);
        if (unexplained > 0)
        {
            isLeak = true;
            reasons.Add(Plural(unexplained, "difference follows", "differences follow") + " the persona and nothing else that is known");
        }
        if (!differences.HasControl) reasons.Add("no control was given: what differs by itself is not known (--control)");
        Because(Class.Uncontrolled, "difference is", "differences are", " not explained, and no control says whether by chance");
        Because(Class.Opaque, "place differs", "places differ", " in bytes that nobody could read: no claim is made about them (--keys)");
        Because(Class.Answer, "answer differs", "answers differ", " and not so in two runs of A: the other end knows the personas apart, or varies by itself");
        foreach ((string role, CapturedRun run) in runs)
        {
            foreach (Reason cause in run.Transcript.Report.Causes.Where(static cause => Incomplete.Contains(cause.Code, StringComparer.Ordinal))) reasons.Add($"{role}: {cause.Text}");
            if (!run.IsWhole) reasons.Add($"{role}: there is more than a comparison keeps");
        }
        if (same.Count > 0) reasons.Add($"the personas have something in common, which cannot be seen: {string.Join(", ", same)}");
        string verdict = isLeak ? "LEAK" : reasons.Count > 0 ? "INCONCLUSIVE" : "CLEAN";
        string?[] paths = [request.A, request.B, request.Control];
        return new ComparisonReport(ComparisonReport.SchemaName, verdict, reasons, [.. runs.Select((run, at) => Run(run.Role, paths[at]!, run.Run))], differences.Compared, differences.HasControl ? differences.ControlDiffers : null,
            [.. Enum.GetValues<Class>().Select(kind => new ClassReport(Word(kind), Count(kind))).Where(static kind => kind.Differences > 0)], differences.Found.Count,
            [.. differences.Found.Take(MostListed).Select(static difference => new DifferenceReport(Word(difference.Class), difference.Place, difference.Why, Side(difference.A), Side(difference.B)))], power.Report);

        int Count(Class kind) => differences.Found.Count(difference => difference.Class == kind);

        void Because(Class kind, string one, string many, string rest)
        {
            if (Count(kind) is > 0 and int count) reasons.Add(Plural(count, one, many) + rest);
        }
    }

    internal static string Word(Class kind) => kind switch
    {
        Class.Unexplained => "unexplained",
        Class.Answer => "answer",
        Class.Opaque => "opaque",
        Class.Uncontrolled => "uncontrolled",
        Class.Server => "server",
        Class.Control => "control",
        Class.Tls => "tls",
        _ => "time",
    };

    private static RunReport Run(string role, string path, CapturedRun run)
    {
        AuditReport audit = run.Transcript.Report;
        return new RunReport(role, path, audit.FlowsTotal, run.Sent, run.Transcript.Said.Count - run.Sent, audit.Bytes.Total, audit.Verdict, run.Seconds is { } seconds ? Math.Round(seconds, 3) : null);
    }

    private static SideReport? Side(Field? field) => field is null ? null : new SideReport(field.Packet, field.Flow, field.Offset, Shown(field.Value), field.Length);

    // What a stranger wrote is shown as text only where it is text.
    internal static string Shown(byte[] value)
    {
        bool isText = !value.AsSpan().ContainsAnyExceptInRange((byte)0x20, (byte)0x7e);
        string text = isText ? Encoding.ASCII.GetString(value, 0, Math.Min(value.Length, MostShown)) : Convert.ToHexStringLower(value.AsSpan(0, Math.Min(value.Length, MostShown / 2)));
        return (isText ? "" : "0x") + text + (value.Length > (isText ? MostShown : MostShown / 2) ? "\u2026" : "");
    }

    private static string Plural(int number, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : many)}");
}
