using Offproof.Channel;

namespace Offproof.Cli.Tests;

/// <summary>What `monitor` says of the log since it was looked at last.</summary>
public sealed class MonitorSinceTests
{
    [Theory]
    [InlineData(3, 3, "", "nothing new since"), InlineData(5, 3, "", "2 more than"), InlineData(5, 3, "unlogged", "2 more than"), InlineData(2, 3, "rollback", "1 fewer than"), InlineData(3, 3, "split-view", "not how the log went on"), InlineData(5, 3, "split-view", "not how the log went on")]
    public void A_log_that_did_not_go_on_is_not_nothing_new(long size, long held, string problem, string words)
    {
        MonitorReport report = new("log.example.org/a", size, null, held, [], "", [], problem.Length > 0 ? [new LogProblem(problem, "")] : []);
        Assert.StartsWith(words, MonitorVerb.Since(report, size, held), StringComparison.Ordinal);
    }
}
