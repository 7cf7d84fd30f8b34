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
