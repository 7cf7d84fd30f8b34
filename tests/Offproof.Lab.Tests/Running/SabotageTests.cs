namespace Offproof.Lab.Tests;

/// <summary>docs/sabotage.md: what a clean verdict is worth. A dozen programs of which each check has to catch some; all of them with OFFPROOF_SOAK=1, a quarter of an hour.</summary>
public sealed class SabotageTests
{
    static readonly string[] Dozen = ["user-agent-imei", "gzip-base64-json", "header-order", "padding", "ledger-no-line", "ledger-other-name", "icmp", "fresh-key", "etag-echo", "read-only", "unix-socket", "upload-while-off"];

    [Fact] // README: "what a clean verdict is worth"
    public async Task A_dozen_saboteurs_are_caught_by_what_caught_them_before_and_the_honest_program_passes()
    {
        SabotageReport report = await RunAsync(Dozen);
        Assert.Equal(Dozen.Length, report.Caught);
        Assert.All(Enum.GetNames<Check>(), check => Assert.Contains(report.Saboteurs, one => one.CaughtBy.Contains(check.ToLowerInvariant(), StringComparer.Ordinal)));
    }

    [Fact]
    public async Task All_saboteurs_are_caught_by_what_caught_them_before()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("OFFPROOF_SOAK") == "1", "a quarter of an hour: OFFPROOF_SOAK=1");
        await RunAsync([]);
    }

    [Fact]
    public void There_are_more_than_forty_by_more_than_a_dozen_mechanisms_and_each_has_its_row()
    {
        Assert.True(Saboteur.All.Count >= 40);
        Assert.True(Saboteur.All.Select(static one => one.Mechanism).Distinct(StringComparer.Ordinal).Count() >= 12);
        Assert.Equal(Saboteur.All.Select(static one => one.Name).Order(StringComparer.Ordinal), Expected.All.Keys.Order(StringComparer.Ordinal));
        // What nothing is expected to catch says why, and what would.
        Assert.All(Expected.All, static row => Assert.True(row.Value.Caught.Count > 0 || row.Value is { Reason.Length: > 0, Remedy.Length: > 0 }, row.Key));
    }

    [Fact] // sabotage.md §3 and §4, README: no table says another thing than what is expected of each run
    public void The_documents_tables_and_figures_are_those_that_are_expected()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "sabotage.md"));
        Check[] checks = Enum.GetValues<Check>();
        string[][] table = Rows(page, "<!-- table -->", "<!-- end -->");
        Assert.Equal(Saboteur.All.Select(static one => (one.Name, one.Mechanism)).Order(), table.Select(static row => (row[0].Trim('`'), row[1])).Order());
        foreach (string[] row in table)
        {
            Expected expected = Expected.All[row[0].Trim('`')];
            foreach (Check check in checks)
                if (!expected.Sometimes.Contains(check)) Assert.True(row[2 + (int)check] == (expected.Caught.Contains(check) ? "caught" : ""), $"{row[0]} {check}: '{row[2 + (int)check]}'");
        }
        int caught = table.Count(IsCaught), mechanisms = Saboteur.All.Select(static one => one.Mechanism).Distinct(StringComparer.Ordinal).Count();
        string by = string.Join(", ", checks.Select(check => $"{table.Count(row => row[2 + (int)check] == "caught")} by {(check is Check.Decoding or Check.Comparison ? "" : "the ")}{check.ToString().ToLowerInvariant()}"));
        Assert.Contains($"Of {table.Length} programs by {mechanisms} mechanisms {caught} are caught: {by}.", page, StringComparison.Ordinal);

        string[] missed = [.. table.Where(static row => !IsCaught(row)).Select(static row => row[0].Trim('`'))];
        Assert.Equal(missed.Select(static name => (name, Expected.All[name].Reason, Expected.All[name].Remedy)), Rows(page, "<!-- misses -->", "<!-- end of misses -->").Select(static row => (row[0].Trim('`'), row[1], row[2])));

        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        Assert.Contains($"[{table.Length} programs that betray their owner]", readme, StringComparison.Ordinal);
        Assert.Contains($" {table.Length} saboteurs,", readme, StringComparison.Ordinal);
    }

    static bool IsCaught(string[] row) => row.AsSpan(2, 5).Contains("caught");

    // Behind the table's head and its rule.
    static string[][] Rows(string page, string from, string to)
    {
        int begin = page.IndexOf(from, StringComparison.Ordinal) + from.Length;
        return [.. page[begin..page.IndexOf(to, begin, StringComparison.Ordinal)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).Select(static line => line.Trim('|').Split('|').Select(static cell => cell.Trim()).ToArray())];
    }

    static async Task<SabotageReport> RunAsync(string[] names)
    {
        Assert.True(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "the lab's tests need Linux and root");
        string scenario = Path.GetTempFileName();
        await File.WriteAllTextAsync(scenario, "run true\n");
        await Lab.AskAsync(new LabRequest(scenario, null, null, null, static _ => { })); // skips where the kernel gives no namespaces
        File.Delete(scenario);
        List<string> said = [];
        SabotageReport report = await Sabotage.RunAsync(new SabotageRequest(Lab.Program, names, null, line => { lock (said) said.Add(line); }), TestContext.Current.CancellationToken);
        Assert.True(report.Ok, string.Join('\n', [.. report.Reasons, "", .. said]));
        Assert.Empty(report.Honest.CaughtBy);
        return report;
    }
}
