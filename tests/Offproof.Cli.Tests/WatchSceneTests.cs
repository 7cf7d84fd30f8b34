using Offproof.Lab;

namespace Offproof.Cli.Tests;

/// <summary>What the demo's scenes of watching and of evidence must find.</summary>
public sealed class WatchSceneTests
{
    private static readonly DemoAudit Seen = new("CLEAN", new DemoCoverage(1000, 900, 100, 0, 0), 100, 8, 8, 0);
    private static readonly DemoComparison Compared = new("CLEAN", 200, 0, 5000);
    private static readonly DemoSaboteur Caught = new("a neighbouring service", ["decoding", "comparison"], ["imei"], ["base64", "gzip"], "198.51.100.1:80");
    private static readonly DemoBundle Packed = new(null, "", true, true, 10, ExitCode.Forgery);

    [Fact]
    public void What_held_is_without_a_fault() => Assert.Empty(Play.Faults(Seen, Compared, Caught).Concat(Play.Faults(Packed)));

    [Fact]
    public void A_phone_that_is_not_clean_or_not_seen_is_found() => Assert.All(
        new[] { Seen with { Verdict = "LEAK" }, Seen with { Verdict = "INCONCLUSIVE" }, Seen with { Coverage = new DemoCoverage(0, 0, 0, 0, 0) }, Seen with { Matched = 7 }, Seen with { Requests = 0, Matched = 0 }, Seen with { UnmatchedBytes = 1 } },
        static seen => Assert.Single(Play.Faults(seen, Compared, Caught)));

    [Fact]
    public void A_line_that_is_not_what_was_recorded_is_found()
    {
        Assert.Equal("line 7 of the device's ledger is not what was recorded: no request on the wire is GET /x", Assert.Single(Play.LineFaults([new LineReport(7, "no request on the wire is GET /x")])));
        Assert.Empty(Play.LineFaults([]));
    }

    [Theory]
    [InlineData(ExitCode.Ok), InlineData(ExitCode.Failure), InlineData(ExitCode.Usage), InlineData(ExitCode.Unreachable)]
    public void A_backup_while_off_that_is_not_refused_is_found(int exit)
    {
        Assert.Contains("a backup of notes while off ended with", Assert.Single(Play.RefusalFaults("of notes", exit)), StringComparison.Ordinal);
        Assert.Empty(Play.RefusalFaults("of notes", ExitCode.Refused));
    }

    [Fact]
    public void Owners_that_can_be_told_apart_are_found() => Assert.All(new[] { Compared with { Verdict = "LEAK" }, Compared with { Verdict = "INCONCLUSIVE" }, Compared with { Compared = 0 } }, static compared => Assert.Single(Play.Faults(Seen, compared, Caught)));

    [Fact]
    public void A_saboteur_that_gets_past_a_check_is_found() => Assert.All(new[] { Caught with { CaughtBy = [] }, Caught with { CaughtBy = ["decoding"] }, Caught with { CaughtBy = ["comparison"] } }, static caught => Assert.Single(Play.Faults(Seen, Compared, caught)));

    [Fact]
    public void A_sealed_run_that_does_not_hold_is_found()
    {
        DemoLab held = new("held", "user", 10, 10, 0, [], [new DemoCaught("padding", ["comparison"])], true);
        Assert.Empty(Play.Faults(held));
        Assert.All(new[] { held with { Result = "void" }, held with { Matched = 9 }, held with { Requests = 0, Matched = 0 }, held with { UnmatchedBytes = 1 }, held with { Saboteurs = [] }, held with { SaboteursHeld = false }, held with { Saboteurs = [new DemoCaught("padding", [])] } }, static seen => Assert.Single(Play.Faults(seen)));
    }

    [Fact]
    public void A_bundle_that_does_not_hold_is_found() => Assert.All(new[] { Packed with { Verified = false }, Packed with { SignerKnown = false }, Packed with { Files = 0 }, Packed with { AlteredExit = 0 } }, static packed => Assert.Single(Play.Faults(packed)));
}
