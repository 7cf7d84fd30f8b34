namespace Offproof.Auditor.Tests.Verdicts;

public sealed class TimelineTests
{
    const long Day = 1_407_628_800_000_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(86_400_000)]
    [InlineData(3_000_000_000_000)]
    public void All_bytes_are_in_some_span_however_long_it_lasts(long milliseconds)
    {
        Timeline timeline = new();
        for (int i = 0; i < 1000; i++) timeline.Add(Day + (milliseconds * 1_000_000 / 1000 * i), i);
        TimelineReport report = timeline.Report()!;
        Assert.Equal(999 * 1000 / 2, report.Bytes.Sum());
        Assert.InRange(report.Bytes.Count, 1, 120);
        Assert.True(report.Seconds * report.Bytes.Count >= milliseconds / 1000.0 * 0.999);
        Assert.StartsWith("2014-08-10T00:00:00", report.From, StringComparison.Ordinal);
    }

    [Fact]
    public void What_comes_before_the_first_counts_with_it()
    {
        Timeline timeline = new();
        timeline.Add(Day, 1);
        timeline.Add(Day - 5_000_000_000, 2);
        timeline.Add(long.MaxValue, 4);
        timeline.Add(long.MinValue, 8);
        Assert.Equal(15, timeline.Report()!.Bytes.Sum());
    }

    [Fact]
    public void Without_packets_there_is_none() => Assert.Null(new Timeline().Report());
}
