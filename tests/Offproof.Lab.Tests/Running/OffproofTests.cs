using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Offproof.Lab.Tests;

/// <summary>The program of this house, as anyone's: by its commands. One run, looked at from several sides.</summary>
public sealed class OffproofTests
{
    const string Begin = """
        persona --photos 2 --contacts 12 --messages 60 --notes 6
        server umask 077; offproof serve --data $WORK/server --listen http://127.0.0.1:8750 --behind-proxy https://cloud.example.org
        run umask 077; offproof invite --data server >invite
        ledger $OFFPROOF_HOME/ledger.ndjson
        run offproof init --server https://cloud.example.org --sheet sheet.txt --invite-file invite
        run offproof sheet confirm --sheet sheet.txt
        run for c in contacts messages notes photos; do offproof source add $c phone/$c; done

        """;

    [Fact] // README: "off means off"
    public async Task All_off_gives_no_finding_and_no_byte_without_a_line_and_one_on_is_matched_too()
    {
        (LabReport report, string folder) = await Lab.RunAsync(Begin + """
            section all-off
            contact add
            sms in
            note
            run offproof run --once --no-poll
            run any offproof backup
            expect nothing
            expect unopened
            section polled
            run offproof poll
            expect public
            expect unopened
            expect CLEAN
            section one-on
            run offproof on notes --yes
            run offproof backup
            expect something
            """, withProgram: true, withPersona: false);
        Assert.True(report.Result == "held", Lab.Text(report));
        Assert.Equal((0, 0), (report.Ledger!.UnmatchedLines.Count, report.Ledger.UnmatchedBytes));
        Assert.Equal(report.Ledger.Requests, report.Ledger.Matched);
        Assert.All(report.Sections, static section => Assert.Empty(section.Findings));
        Assert.True(report.Sections[^1] is { Opened: > 0, Requests: > 10 });
        Assert.Empty(report.Crossings);

        // The same run, with ledgers that lie: what is laid on the wire is the kept capture.
        string kept = Path.Combine(folder, "kept");
        byte[] truth = await File.ReadAllBytesAsync(Path.Combine(kept, "ledger.ndjson"));
        WireFile wire = WireFile.Read(await File.ReadAllBytesAsync(Path.Combine(kept, "capture.pcapng")));
        TimeSpan begun = report.Sections[0].From - DateTimeOffset.UnixEpoch;
        IReadOnlyList<Connection> connections = Wire.Of(wire.Frames.Where(frame => frame.Time >= begun)).Connections;
        Assert.Equal(0, Unmatched(connections, truth));
        int requests = report.Ledger.Requests;
        for (int i = 0; i < requests; i += 5) Assert.True(Unmatched(connections, Lie(truth, i, null)) > 0, $"request {i} was taken out");
        for (int i = 0; i < requests; i += 3)
        {
            Assert.True(Unmatched(connections, Lie(truth, i, outcome => outcome["sent"] = (long)outcome["sent"]! - 1)) > 0, $"request {i} sent one byte less");
            Assert.True(Unmatched(connections, Lie(truth, i, outcome => outcome["received"] = (long)outcome["received"]! + 1)) > 0, $"request {i} received one byte more");
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact] // README: "what follows the person even where nothing decodes"
    public async Task All_off_nothing_that_is_sent_follows_the_owner()
    {
        string folder = Directory.CreateTempSubdirectory("offproof-lab-test-").FullName, scenario = Path.Combine(folder, "scenario.txt");
        // One server, copied: of one made anew the keys, and so the lengths of what it packs, are other ones in each run (compare.md §1).
        string server = Path.Combine(folder, "server");
        await MakeServerAsync(server);
        string copied = Begin.Replace("umask 077; offproof serve", $"umask 077; cp -r '{server}' server; exec offproof serve", StringComparison.Ordinal);
        Assert.NotEqual(Begin, copied);
        await File.WriteAllTextAsync(scenario, copied + """
            section all-off, and polled
            contact add
            sms in
            run any offproof backup
            run offproof poll
            expect public
            expect unopened
            expect CLEAN
            """);
        foreach (string seed in (string[])["11", "12"])
        {
            using Process planted = Process.Start(new ProcessStartInfo(Lab.Program, ["persona", "new", Path.Combine(folder, seed), "--seed", seed, "--photos", "2", "--contacts", "12", "--messages", "60", "--notes", "6"]) { RedirectStandardOutput = true })!;
            await planted.WaitForExitAsync();
            Assert.Equal(0, planted.ExitCode);
        }
        foreach ((string run, string seed) in ((string, string)[])[("a", "11"), ("control", "11"), ("b", "12")])
        {
            LabReport report = await Lab.AskAsync(new LabRequest(scenario, Lab.Program, Persona(seed), Path.Combine(folder, run), static _ => { }));
            Assert.True(report is { Result: "held", Control.Seen: true }, Lab.Text(report));
        }
        ComparisonReport compared = Comparison.Run(new CompareRequest(Polled("a"), Polled("b"), Polled("control"), Persona("11"), Persona("12"), [Keys("a"), Keys("b"), Keys("control")]) { Phones = [Worth.Device] });
        Assert.True(compared.Verdict == "CLEAN", string.Join('\n', ComparisonText.Lines(compared)));
        Assert.True(compared.Compared > 100);
        Assert.DoesNotContain(compared.Differences, static difference => difference.Class == "unexplained");
        Directory.Delete(folder, recursive: true);

        string Persona(string seed) => Path.Combine(folder, seed, "persona.json");
        string Polled(string run) => Assert.Single(Directory.GetFiles(Path.Combine(folder, run, "sections"), "*polled.pcapng"));
        string Keys(string run) => Path.Combine(folder, run, "keys.txt");
    }

    static async Task MakeServerAsync(string folder)
    {
        using Process serve = Process.Start(new ProcessStartInfo(Lab.Program, ["serve", "--data", folder, "--listen", "http://127.0.0.1:0"]) { RedirectStandardError = true })!;
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(1));
        try
        {
            while (await serve.StandardError.ReadLineAsync(patience.Token) is { } line && !line.Contains("listening", StringComparison.Ordinal)) { }
        }
        finally
        {
            serve.Kill();
            await serve.WaitForExitAsync(CancellationToken.None);
        }
        Assert.True(File.Exists(Path.Combine(folder, "channel", "public", "roots.bin.zst")));
    }

    static int Unmatched(IReadOnlyList<Connection> connections, byte[] ledger)
    {
        LedgerFile file = LedgerFile.Read(ledger);
        Assert.Empty(file.Problems); // a lie that the chain itself tells proves nothing here
        LedgerMatch match = LedgerMatch.Of(connections, file, static time => time);
        return match.UnmatchedLines.Count + match.Unmatched.Count;
    }

    // Request number INDEX taken out or changed, and all lines chained anew.
    static byte[] Lie(byte[] ledger, int index, Action<JsonObject>? change)
    {
        List<JsonObject> lines = [.. Encoding.UTF8.GetString(ledger).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => (JsonObject)JsonNode.Parse(line)!)];
        JsonObject request = lines.Where(static line => line.ContainsKey("method")).ElementAt(index);
        JsonObject outcome = lines.Single(line => line.ContainsKey("of") && (long)line["of"]! == (long)request["seq"]!);
        if (change is not null) change(outcome);
        else lines.RemoveAll(line => line == request || line == outcome);
        Dictionary<long, long> renumbered = [];
        StringBuilder file = new();
        string previous = new('0', 64);
        for (int i = 0; i < lines.Count; i++)
        {
            renumbered[(long)lines[i]["seq"]!] = i + 1;
            lines[i]["seq"] = i + 1;
            if (lines[i].ContainsKey("of")) lines[i]["of"] = renumbered[(long)lines[i]["of"]!];
            lines[i].Remove("prev");
            lines[i]["prev"] = previous;
            string line = lines[i].ToJsonString();
            file.Append(line).Append('\n');
            previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));
        }
        return Encoding.UTF8.GetBytes(file.ToString());
    }
}
