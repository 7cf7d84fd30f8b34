namespace Offproof.Device.Tests.Running;

/// <summary>run.md §1.8: when the public data are polled says neither when a phone is used nor when it starts.</summary>
public sealed class PollScheduleTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder folder = new();
    private readonly HomeFolder home;
    private double chance = 0.5;

    public PollScheduleTests()
    {
        home = new HomeFolder(folder["home"]);
        Directory.CreateDirectory(home.Channel);
        File.WriteAllText(Path.Combine(home.Channel, "trust.json"), "{}");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Where_no_channel_is_pinned_nothing_is_ever_due()
    {
        File.Delete(Path.Combine(home.Channel, "trust.json"));
        PollSchedule schedule = Schedule();
        for (int day = 0; day < 3; day++) Assert.False(schedule.IsDue(Now.AddDays(day)));
    }

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.5, 3)]
    [InlineData(0.99, 5.94)]
    public void The_first_one_is_drawn_within_six_hours(double drawn, double hours)
    {
        chance = drawn;
        PollSchedule schedule = Schedule();
        Assert.Equal(hours == 0, schedule.IsDue(Now));
        Assert.False(hours > 0 && schedule.IsDue(Now.AddHours(hours).AddSeconds(-2)));
        Assert.True(schedule.IsDue(Now.AddHours(hours).AddSeconds(1)));
    }

    [Fact]
    public void The_next_one_is_24_to_30_hours_later_also_for_another_process()
    {
        Assert.Equal(Now.AddHours(27), Schedule().After(isGood: true, Now));
        Assert.False(Schedule().IsDue(Now.AddHours(26.9)));
        Assert.True(Schedule().IsDue(Now.AddHours(27)));
        chance = 0.25;
        Assert.Equal(Now.AddHours(25.5), Schedule().After(isGood: true, Now));
    }

    [Fact]
    public void After_a_failure_it_is_tried_again_after_one_to_two_hours() => Assert.Equal(Now.AddHours(1.5), Schedule().After(isGood: false, Now));

    [Fact] // a phone that was off for days: its first minute would otherwise be seen
    public void One_that_was_missed_is_drawn_anew()
    {
        Schedule().After(isGood: true, Now);
        DateTimeOffset back = Now.AddDays(5);
        Assert.False(Schedule().IsDue(back));
        Assert.False(Schedule().IsDue(back.AddHours(2.9)));
        Assert.True(Schedule().IsDue(back.AddHours(3)));
    }

    [Theory]
    [InlineData("2099-01-01T00:00:00Z")] // by a clock that was wrong
    [InlineData("soon")]
    [InlineData("")]
    public void What_cannot_be_meant_is_drawn_anew(string next)
    {
        File.WriteAllText(Path.Combine(home.Channel, "next-poll"), next);
        Assert.False(Schedule().IsDue(Now));
        Assert.True(Schedule().IsDue(Now.AddHours(3)));
    }

    private PollSchedule Schedule() => new(home, () => chance);
}
