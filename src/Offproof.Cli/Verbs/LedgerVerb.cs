using System.Buffers;
using System.CommandLine;
using System.Globalization;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>ledger.md §6.</summary>
internal static class LedgerVerb
{
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");
    private const int HashDigits = 64;
    private const int ShownDigits = 8;

    internal static Command Create()
    {
        Command verify = new("verify", "Check the ledger: its chain, its head, and what the server's receipts say of it. Opens no connection.");
        verify.SetAction(parsed =>
        {
            using DeviceHome home = parsed.OpenHome();
            return Verified(home.VerifyLedger(), parsed.GetValue(Options.Json));
        });
        Option<int?> last = Options.Number("--last", "Only the last N rows; with --json, the lines from there on", "N", 1, int.MaxValue);
        Command verb = new("ledger", "What this device sent, and why: one row a request, newest last") { last, verify };
        verb.SetAction(parsed =>
        {
            using DeviceHome home = parsed.OpenHome();
            long from = parsed.GetValue(last) is { } rows ? RowFromTheEnd(home, rows) : 0;
            if (parsed.GetValue(Options.Json)) Terminal.Json(new LedgerJson("offproof/v1/ledger", [.. home.Ledger().Where(line => line.Seq >= from)]), SparseJson.Default.LedgerJson);
            else Print(home, from);
            return ExitCode.Ok;
        });
        return verb;
    }

    private static int Verified(LedgerVerdict verdict, bool json)
    {
        if (json)
        {
            Terminal.Json(new LedgerVerifyJson("offproof/v1/ledger-verify", verdict.Lines, verdict.Anchored, verdict.Unanchored, verdict.Unfinished, verdict.Torn,
                verdict.Verified, verdict.Problems), SparseJson.Default.LedgerVerifyJson);
        }
        else
        {
            Terminal.Say(Summary(verdict));
            if (verdict.Unfinished > 0) Terminal.Say($"{Terminal.Count(verdict.Unfinished, "request")} without an outcome: still running, or their program was killed.");
            if (verdict.Torn > 0) Terminal.Say($"{Terminal.Count(verdict.Torn, "line")} torn by an interruption: of these nothing had been sent.");
        }
        if (verdict.Verified) return ExitCode.Ok;
        foreach (LedgerProblem problem in verdict.Problems) Terminal.Error(problem.Problem);
        Terminal.Hint("nothing that is stored is affected; docs/ledger.md §7 says what this can be");
        return ExitCode.Forgery;
    }

    internal static string Summary(LedgerVerdict verdict) =>
        $"{Terminal.Count(verdict.Lines, "line")}, {(verdict.Verified ? "the chain is whole" : "the chain is NOT whole")};"
        + string.Create(CultureInfo.InvariantCulture, $" {verdict.Anchored} anchored by the server's receipts, {verdict.Unanchored} not yet.");

    /// <returns>The number of the line with which so many rows begin.</returns>
    private static long RowFromTheEnd(DeviceHome home, int rows)
    {
        Queue<long> last = new();
        foreach (LedgerLine line in home.Ledger().Where(static line => line.Of is null))
        {
            if (last.Count == rows) last.Dequeue();
            last.Enqueue(line.Seq);
        }
        return last.TryPeek(out long from) ? from : 0;
    }

    /// <summary>Two passes: a row is printed where its request stands, and its outcome comes later.</summary>
    private static void Print(DeviceHome home, long from)
    {
        Dictionary<long, LedgerLine> outcomes = [];
        foreach (LedgerLine line in home.Ledger())
            if (line.Of is { } of) outcomes[of] = line;
        foreach (LedgerLine line in home.Ledger())
            if (line.Of is null && line.Seq >= from) Terminal.Say(Row(line, outcomes.GetValueOrDefault(line.Seq)));
    }

    private static string Row(LedgerLine line, LedgerLine? outcome)
    {
        string start = string.Create(CultureInfo.InvariantCulture, $"{line.Seq,6}  {line.Time?.ToLocalTime(),-19:yyyy-MM-dd HH:mm:ss}  {line.Purpose,-8}  ");
        return start + line switch
        {
            { Method: { } method } => string.Create(CultureInfo.InvariantCulture, $"{method,-6} {Short(line.Path ?? "")}  {Outcome(outcome)}"),
            { Handed: { } handed } => $"a token was given out by vault env, to {handed}, until {line.Until?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}",
            { Torn: { } torn } => string.Create(CultureInfo.InvariantCulture, $"line {torn} was torn by an interruption"),
            { Gap: { } gap } => $"lines were lost or changed before this: {Short(gap)} had been the head",
            _ => "(not a line of a ledger)",
        };
    }

    private static string Outcome(LedgerLine? outcome) => outcome is null ? "no outcome"
        : string.Create(CultureInfo.InvariantCulture, $"{outcome.Status}{(outcome is { Status: not null, Failure: not null } ? " " : "")}{outcome.Failure}")
            + $"  {Terminal.Size(outcome.Sent ?? 0)} sent, {Terminal.Size(outcome.Received ?? 0)} received";

    /// <summary>Names of 64 digits as their first eight.</summary>
    private static string Short(string path) => string.Join('/', path.Split('/').Select(static segment =>
        segment.Length >= HashDigits && !segment.AsSpan(segment.Length - HashDigits).ContainsAnyExcept(Hex)
            ? segment[..(segment.Length - HashDigits + ShownDigits)]
            : segment));
}
