using System.Text.Json;

namespace Offproof.Cli;

internal sealed partial class Play
{
    // The steps of a phone with everything off, and a poll (lab.md §4).
    private const string Sealed = """
        persona --photos 2 --contacts 12 --messages 60 --notes 6
        server umask 077; offproof serve --data $WORK/server --listen http://127.0.0.1:8750 --behind-proxy $SERVER
        run umask 077; offproof invite --data server >invite
        ledger $OFFPROOF_HOME/ledger.ndjson
        run offproof init --server $SERVER --sheet sheet.txt --invite-file invite
        run offproof sheet confirm --sheet sheet.txt
        run for c in contacts messages notes photos; do offproof source add $c phone/$c; done
        section off
        contact add
        sms in
        sms out
        mms in
        call
        photo
        run any offproof backup
        run offproof run --once --no-poll
        expect nothing
        expect untouched
        section off, and a poll
        run offproof poll
        expect public
        expect untouched
        expect CLEAN

        """;

    private static readonly string[] Few = ["gzip-base64-json", "ledger-other-name", "unix-socket"];

    private DemoLab? lab;

    /// <summary>The same where nothing can go past the recorder: a network of its own, as root; and three programs that the recorder alone would not have caught, or not by their lie.</summary>
    private async Task SealAsync(CancellationToken cancel)
    {
        Scene("The same in a sealed network: every frame is recorded, and every byte needs its line in the ledger");
        await File.WriteAllTextAsync(stage["sealed.txt"], Sealed, cancel);
        Directory.CreateDirectory(stage["watched"]);
        JsonElement seen = await AskAsync(["lab", "run", stage["sealed.txt"], "--keep", stage["sealed"]], "sealed.json", cancel);
        JsonElement saboteurs = await AskAsync(["sabotage", "run", .. Few], "saboteurs.json", cancel);
        JsonElement ledgers = seen.GetProperty("ledger");
        lab = new DemoLab(seen.GetProperty("result").GetString() ?? "", seen.GetProperty("isolation").GetString() ?? "", ledgers.GetProperty("requests").GetInt32(), ledgers.GetProperty("matched").GetInt32(), ledgers.GetProperty("unmatchedBytes").GetInt64(),
            [.. seen.GetProperty("sections").EnumerateArray().Select(static section => new DemoSection(section.GetProperty("name").GetString() ?? "", section.GetProperty("packets").GetInt64(), section.GetProperty("verdict").GetString()))],
            [.. saboteurs.GetProperty("saboteurs").EnumerateArray().Select(static one => new DemoCaught(one.GetProperty("name").GetString() ?? "", [.. one.GetProperty("caughtBy").EnumerateArray().Select(static by => by.GetString() ?? "")]))], saboteurs.GetProperty("ok").GetBoolean());
        stage.Say($"  The lab: {lab.Result.ToUpperInvariant()}. {string.Join("; ", lab.Sections.Select(static section => $"{section.Name}: {(section.Packets == 0 ? "nothing" : section.Verdict ?? "not audited")}"))}. {Text(lab.Matched)} of {Text(lab.Requests)} requests of the ledger found on the wire, {Text(lab.UnmatchedBytes)} bytes without a line.");
        foreach (DemoCaught one in lab.Saboteurs) stage.Say($"  {one.Name}: {(one.CaughtBy.Count > 0 ? $"caught by {string.Join(", ", one.CaughtBy)}" : "NOT caught")}");
        failures.AddRange(Faults(lab));
    }

    /// <summary>What is wrong with the sealed run; nothing where it held.</summary>
    internal static IEnumerable<string> Faults(DemoLab seen)
    {
        if (seen.Result != "held" || seen.Requests == 0 || seen.Matched != seen.Requests || seen.UnmatchedBytes != 0) yield return $"the sealed run is {seen.Result}: {Text(seen.Matched)} of {Text(seen.Requests)} requests, {Text(seen.UnmatchedBytes)} bytes without a line";
        if (!seen.SaboteursHeld || seen.Saboteurs.Count == 0 || seen.Saboteurs.Any(static one => one.CaughtBy.Count == 0)) yield return "a program that betrays its owner was not caught in the lab";
    }
}
