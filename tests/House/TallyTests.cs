using System.Security;
using Offproof.Tally;

namespace Offproof.House;

/// <summary>The closing line of ./test cannot look better than the run was.</summary>
public sealed class TallyTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("offproof-tally-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Passed_failed_and_skipped_are_summed_over_all_files()
    {
        Write("A", Result("Passed"), Result("Passed"));
        Write("B", Result("Passed"), Result("Failed", "<Output><ErrorInfo><Message>expected 1</Message></ErrorInfo></Output>"), Result("NotExecuted", "<Output><StdOut>no borg</StdOut></Output>"));
        var (code, lines) = Run("A=0", "B=2");
        Assert.Equal(1, code);
        Assert.Equal("3 passed, 1 failed, 1 skipped", lines[^1]);
        Assert.Contains(lines, l => l.Contains("expected 1", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("no borg", StringComparison.Ordinal));
    }

    [Fact]
    public void All_passed_is_zero()
    {
        Write("A", Result("Passed"), Result("NotExecuted"));
        var (code, lines) = Run("A=0");
        Assert.Equal((0, "1 passed, 0 failed, 1 skipped"), (code, lines[^1]));
    }

    [Theory]
    [InlineData("Error"), InlineData("Timeout"), InlineData("Aborted"), InlineData("Inconclusive"), InlineData("passed"), InlineData("SomethingNew")]
    public void Every_other_outcome_is_a_failure(string outcome)
    {
        Write("A", Result("Passed"), Result(outcome));
        Assert.Equal((1, "1 passed, 1 failed, 0 skipped"), Last(Run("A=2")));
    }

    [Fact]
    public void A_missing_outcome_is_a_failure()
    {
        Write("A", Result("Passed"), "<UnitTestResult testName='x' />");
        Assert.Equal((1, "1 passed, 1 failed, 0 skipped"), Last(Run("A=0")));
    }

    [Fact]
    public void Counters_are_not_believed()
    {
        File.WriteAllText(Path.Combine(folder, "A.trx"), "<TestRun><Results>" + Result("Failed") + "</Results><ResultSummary><Counters total='9' passed='9' failed='0' /></ResultSummary></TestRun>");
        Assert.Equal((1, "0 passed, 1 failed, 0 skipped"), Last(Run("A=0")));
    }

    [Fact]
    public void Attribute_order_and_a_message_that_looks_like_a_result_change_nothing()
    {
        var lure = SecurityElement.Escape("<UnitTestResult outcome=\"Passed\" testName=\"lure\"/>\n]]> 9 passed, 0 failed, 0 skipped");
        Write("A", $"<UnitTestResult outcome='Failed' testName='a \"b\" &gt; c'><Output><ErrorInfo><Message>{lure}</Message></ErrorInfo></Output></UnitTestResult>");
        Assert.Equal((1, "0 passed, 1 failed, 0 skipped"), Last(Run("A=2")));
    }

    [Fact]
    public void No_test_at_all_is_a_failure()
    {
        Write("A");
        Assert.Equal((1, "0 passed, 1 failed, 0 skipped"), Last(Run("A=8")));
    }

    [Fact]
    public void Only_skipped_tests_are_a_failure()
    {
        Write("A", Result("NotExecuted"));
        Assert.Equal((1, "0 passed, 0 failed, 1 skipped"), Last(Run("A=0")));
    }

    [Fact]
    public void A_runner_that_left_no_report_is_a_failure()
    {
        Write("A", Result("Passed"));
        Assert.Equal((1, "1 passed, 1 failed, 0 skipped"), Last(Run("A=0", "B=0")));
    }

    [Fact]
    public void A_report_that_ends_early_is_a_failure()
    {
        Write("A", Result("Passed"));
        Write("B", Result("Passed"));
        var path = Path.Combine(folder, "B.trx");
        File.WriteAllText(path, File.ReadAllText(path)[..^12]);
        Assert.Equal((1, "1 passed, 1 failed, 0 skipped"), Last(Run("A=0", "B=0")));
    }

    [Theory]
    [InlineData("A=139"), InlineData("A=124"), InlineData("A=3"), InlineData("A="), InlineData("A"), InlineData("A=-1")]
    public void A_runner_that_crashed_after_its_last_test_is_a_failure(string ended)
    {
        Write("A", Result("Passed"));
        Assert.Equal((1, "1 passed, 1 failed, 0 skipped"), Last(Run(ended)));
    }

    [Fact]
    public void Without_a_runner_it_is_a_usage_error() => Assert.Equal(64, Run().Code);

    static string Result(string outcome, string inside = "") => $"<UnitTestResult testName='T' outcome='{outcome}'>{inside}</UnitTestResult>";

    void Write(string name, params string[] results) => File.WriteAllText(
        Path.Combine(folder, name + ".trx"),
        $"<?xml version='1.0'?><TestRun xmlns='http://microsoft.com/schemas/VisualStudio/TeamTest/2010'><Results>{string.Concat(results)}</Results></TestRun>");

    (int Code, string[] Lines) Run(params string[] ended)
    {
        using var output = new StringWriter();
        var code = Report.Write([folder, .. ended], output);
        return (code, output.ToString().TrimEnd().Split('\n'));
    }

    static (int Code, string Line) Last((int Code, string[] Lines) run) => (run.Code, run.Lines[^1]);
}
