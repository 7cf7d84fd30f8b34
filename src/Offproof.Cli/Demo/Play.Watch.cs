using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Offproof.Lab;

namespace Offproof.Cli;

internal sealed partial class Play
{
    private const string Neighbour = "a neighbouring service", Planted = "watched/persona.json";

    // Two phones of one owner, and one of another.
    private static readonly (string Run, string Phone)[] Phones = [("a", "phone"), ("control", "phone"), ("b", "other")];

    private DemoAudit? audit;
    private DemoComparison? comparison;
    private DemoSaboteur? saboteur;

    /// <summary>Off, seen from outside: three phones in the same steps, recorded, audited, compared; and a program that does what the phones of 2014 did, which has to be caught by the same checks.</summary>
    private async Task WatchAsync(Uri server, CancellationToken cancel)
    {
        Scene("Off, seen from outside: two phones of one owner and one of another do the same with everything off, and all that they send is recorded");
        await DoAsync(["persona", "new", stage["other"], "--seed", Text(Seed + 1), "--photos", "4", "--messages", "400"], isQuiet: true, cancel);
        await using Recorder recorder = Recorder.Start(new IPEndPoint(IPAddress.Loopback, server.Port));
        WireReport? wire = null;
        Directory.CreateDirectory(stage["watched"]);
        File.Copy(stage["phone/persona.json"], stage[Planted]); // the phone will be gone when the bundle is made
        foreach ((string run, string phone) in Phones)
        {
            string home = stage[$"watched/{run}/home"], sheet = stage[$"watched/{run}/sheet.txt"], capture = stage[$"watched/{run}/off.pcapng"];
            Directory.CreateDirectory(stage[$"watched/{run}"]);
            await DoAsync(["init", "--home", home, "--server", $"http://{recorder.Address}", "--sheet", sheet], isQuiet: run != "a", cancel);
            await DoAsync(["sheet", "confirm", "--home", home, "--sheet", sheet], isQuiet: true, cancel);
            foreach (string category in All) await DoAsync(["source", "add", category, stage[$"{phone}/{category}"], "--home", home], isQuiet: true, cancel);
            DateTimeOffset begun = TimeProvider.System.GetUtcNow();
            await recorder.BeginAsync(capture, cancel);
            Outcome refused = await stage.OffproofAsync(["backup", "--home", home], cancel, isQuiet: run != "a");
            failures.AddRange(RefusalFaults($"on the watched phone {run}", refused.Exit));
            await DoAsync(["run", "--once", "--no-poll", "--home", home], isQuiet: run != "a", cancel);
            await DoAsync(["poll", "--home", home], isQuiet: run != "a", cancel);
            await recorder.EndAsync(cancel);
            if (run == "a") wire = LedgerCheck.Of(capture, Path.Combine(home, "ledger.ndjson"), stage["phone/persona.json"], begun, cancel);
        }
        audit = await AuditAsync(wire!, cancel);
        failures.AddRange(LineFaults(wire!.UnmatchedLines));
        comparison = await CompareAsync("off", cancel);
        stage.Say($"  The audit: {audit.Verdict}. Of {Text(audit.Coverage.Total)} bytes {Text(audit.Coverage.Decoded)} were read, {Text(audit.Coverage.Structural)} are frames and headers, {Text(audit.Coverage.Opaque + audit.Coverage.Missing)} nobody could read; at most {Text(audit.AtMost)} bytes can have left unseen.");
        stage.Say($"  The device's ledger against the recording: {Text(audit.Matched)} of {Text(audit.Requests)} requests, {Text(audit.UnmatchedBytes)} bytes without a line.");
        stage.Say($"  The comparison: {comparison.Verdict}. {Text(comparison.Compared)} places, {Text(comparison.Unexplained)} that follow the owner.");

        Scene("The same checks, and a neighbouring service that sends what a lab found in 2014: is it caught?");
        await BetrayAsync(recorder, cancel);
        saboteur = await CatchAsync(cancel);
        stage.Say(saboteur.CaughtBy.Count == 0 ? "  It was not caught." : $"  Caught by {string.Join(" and ", saboteur.CaughtBy)}: {string.Join(", ", saboteur.Found)} to {saboteur.Receiver}, in {string.Join(" > ", saboteur.Chain)}.");
        failures.AddRange(Faults(audit, comparison, saboteur));
    }

    /// <summary>What is wrong with what was seen from outside; nothing where it held.</summary>
    internal static IEnumerable<string> Faults(DemoAudit seen, DemoComparison compared, DemoSaboteur caught)
    {
        if (seen.Verdict != "CLEAN" || seen.Coverage.Total == 0) yield return $"the audit of a phone with everything off says {seen.Verdict} of {Text(seen.Coverage.Total)} bytes";
        if (seen.Requests == 0 || seen.Matched != seen.Requests || seen.UnmatchedBytes != 0) yield return $"the ledger and the recording do not fit: {Text(seen.Matched)} of {Text(seen.Requests)} requests, {Text(seen.UnmatchedBytes)} bytes without a line";
        if (compared.Verdict != "CLEAN" || compared.Compared == 0) yield return $"the comparison of two owners says {compared.Verdict} of {Text(compared.Compared)} places";
        if (!caught.CaughtBy.Contains("decoding", StringComparer.Ordinal) || !caught.CaughtBy.Contains("comparison", StringComparer.Ordinal)) yield return "a program that betrays its owner was not caught by the same checks";
    }

    /// <summary>Lines of the ledger that are not what was recorded, also where all bytes have their line.</summary>
    internal static IEnumerable<string> LineFaults(IEnumerable<LineReport> lines) => lines.Select(static line => $"line {Text(line.Line)} of the device's ledger is not what was recorded: {line.Problem}");

    private async Task<DemoAudit> AuditAsync(WireReport wire, CancellationToken cancel)
    {
        JsonElement seen = await AskAsync(["audit", stage["watched/a/off.pcapng"], "--persona", stage["phone/persona.json"], "--phone", Recorder.Phone], "off-audit.json", cancel);
        JsonElement bytes = seen.GetProperty("bytes");
        long Count(string kind) => bytes.GetProperty(kind).GetInt64();
        return new DemoAudit(seen.GetProperty("verdict").GetString() ?? "", new DemoCoverage(Count("total"), Count("decoded"), Count("structural"), Count("opaque"), Count("missing")), seen.GetProperty("budget").GetProperty("most").GetInt64(), wire.Requests, wire.Matched, wire.UnmatchedBytes);
    }

    private async Task<DemoComparison> CompareAsync(string capture, CancellationToken cancel)
    {
        JsonElement seen = await AskAsync(["compare", stage[$"watched/a/{capture}.pcapng"], stage[$"watched/b/{capture}.pcapng"], "--control", stage[$"watched/control/{capture}.pcapng"], "--persona", stage["phone/persona.json"], "--persona", stage["other/persona.json"], "--phone", Recorder.Phone], $"{capture}-comparison.json", cancel);
        int unexplained = seen.GetProperty("classes").EnumerateArray().Where(static one => one.GetProperty("class").GetString() == "unexplained").Sum(static one => one.GetProperty("differences").GetInt32());
        return new DemoComparison(seen.GetProperty("verdict").GetString() ?? "", seen.GetProperty("compared").GetInt32(), unexplained, Math.Round(seen.GetProperty("power").GetProperty("bits").GetDouble()));
    }

    private async Task<DemoSaboteur> CatchAsync(CancellationToken cancel)
    {
        JsonElement seen = await AskAsync(["audit", stage["watched/a/neighbour.pcapng"], "--persona", stage["phone/persona.json"], "--phone", Recorder.Phone], "neighbour-audit.json", cancel);
        DemoComparison compared = await CompareAsync("neighbour", cancel);
        JsonElement[] findings = seen.GetProperty("verdict").GetString() == "LEAK" ? [.. seen.GetProperty("findings").EnumerateArray()] : [];
        string[] by = [.. findings.Length > 0 ? (string[])["decoding"] : [], .. compared is { Verdict: "LEAK", Unexplained: > 0 } ? (string[])["comparison"] : []];
        string[] chain = findings.Length == 0 ? [] : [.. findings.Select(static finding => finding.GetProperty("chain").EnumerateArray().Select(static step => step.GetString() ?? "").ToArray()).MaxBy(static steps => steps.Length)!];
        string receiver = seen.GetProperty("flows").EnumerateArray().Select(static flow => flow.GetProperty("server").GetString() ?? "").FirstOrDefault() ?? "";
        return new DemoSaboteur(Neighbour, by, [.. findings.Select(static finding => finding.GetProperty("kind").GetString() ?? "").Distinct(StringComparer.Ordinal)], chain, receiver);
    }

    /// <summary>Compressed, in base64, in a form: the phone's number, its IMEI, and a contact's number.</summary>
    private async Task BetrayAsync(Recorder recorder, CancellationToken cancel)
    {
        foreach ((string run, string phone) in Phones)
        {
            using JsonDocument persona = JsonDocument.Parse(await File.ReadAllBytesAsync(stage[$"{phone}/persona.json"], cancel));
            JsonElement identifiers = persona.RootElement.GetProperty("identifiers");
            string? contact = persona.RootElement.GetProperty("contacts").EnumerateArray().SelectMany(static one => one.GetProperty("phones").EnumerateArray()).Select(static number => number.GetProperty("value").GetString()).FirstOrDefault();
            using MemoryStream packed = new();
            await using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true))
                await gzip.WriteAsync(Encoding.UTF8.GetBytes($$"""{"imei":"{{identifiers.GetProperty("imei").GetString()}}","number":"{{identifiers.GetProperty("phone").GetString()}}","contact":"{{contact}}"}"""), cancel);
            await recorder.BeginAsync(stage[$"watched/{run}/neighbour.pcapng"], cancel);
            using (HttpClient neighbour = new())
            {
                using FormUrlEncodedContent form = new([new("data", Convert.ToBase64String(packed.ToArray()))]);
                using HttpResponseMessage answer = await neighbour.PostAsync(new Uri($"http://{recorder.Address}/register"), form, cancel);
            }
            await recorder.EndAsync(cancel);
        }
    }

    // Their exit codes are verdicts: what they print is looked at, and kept for the bundle.
    private async Task<JsonElement> AskAsync(string[] arguments, string report, CancellationToken cancel)
    {
        Outcome outcome = await stage.OffproofAsync(arguments, cancel);
        await File.WriteAllTextAsync(stage[$"watched/{report}"], outcome.Out, cancel);
        if (!outcome.Out.StartsWith('{')) throw new StepFailedException($"offproof {arguments[0]} ended with {Text(outcome.Exit)}: {outcome.Error.Trim()}");
        using JsonDocument document = JsonDocument.Parse(outcome.Out);
        return document.RootElement.Clone();
    }
}
