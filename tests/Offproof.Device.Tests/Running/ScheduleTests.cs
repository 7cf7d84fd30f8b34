using System.Globalization;

namespace Offproof.Device.Tests.Running;

/// <summary>run.md §1.1, §1.4, §1.5 as arithmetic.</summary>
public sealed class ScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 18, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Six = TimeSpan.FromHours(6);
    private readonly Schedule middle = new(Six, static () => 0.5);

    [Fact]
    public void A_category_that_was_just_turned_on_is_due_at_once() => Assert.Equal(Now, middle.Due(null, null, Now));

    [Fact]
    public void Else_it_is_due_six_hours_after_the_last_good_backup()
    {
        Assert.Equal(Now + Six, middle.Due(middle.AfterSuccess(Now), Now, Now));
        Assert.Equal(Now.AddHours(4), middle.Due(null, Now.AddHours(-2), Now));
        // Somebody typed `offproof backup` two hours after ours.
        Assert.Equal(Now.AddHours(8), middle.Due(middle.AfterSuccess(Now), Now.AddHours(2), Now.AddHours(3)));
    }

    [Fact]
    public void What_somebody_else_backed_up_is_waited_for_as_well()
    {
        Assert.Null(middle.Waits(null, null));
        Assert.Equal("nothing to do until 2026-02-01 00:00:00Z", middle.Waits(null, Now)?.Words);
        Assert.Equal("nothing to do until 2026-02-01 02:00:00Z", middle.Waits(middle.AfterSuccess(Now), Now.AddHours(2))?.Words);
        RunState failing = middle.AfterFailure(null, "server unreachable", Now);
        Assert.Same(failing, middle.Waits(failing, Now.AddHours(-1)));
    }

    [Theory]
    [InlineData(0.0, 5.4), InlineData(0.5, 6.0), InlineData(0.999999, 6.6)]
    public void Within_a_tenth_by_chance(double chance, double hours) =>
        Assert.Equal(hours, (new Schedule(Six, () => chance).AfterSuccess(Now).Next - Now).TotalHours, 4);

    [Fact]
    public void Failures_wait_one_two_four_minutes_and_at_most_a_round()
    {
        RunState? state = null;
        List<double> minutes = [];
        for (int i = 0; i < 40; i++)
        {
            state = middle.AfterFailure(state, "server unreachable", Now.AddHours(i));
            minutes.Add((state.Next - state.LastAttempt).TotalMinutes);
        }
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360], minutes[..11].Select(static m => Math.Round(m, 6)));
        Assert.All(minutes[10..], static m => Assert.Equal(360, m, 6));
        Assert.Equal((Now, 40), (state!.FailingSince, state.Failures));
        Assert.Equal(0, middle.AfterSuccess(Now).Failures);
        Assert.Equal(Now.AddDays(1), middle.AfterFailure(middle.AfterSuccess(Now), "no", Now.AddDays(1)).FailingSince);
    }

    [Fact]
    public void A_short_round_is_not_exceeded_by_its_retries() =>
        Assert.Equal(Now.AddSeconds(10), new Schedule(TimeSpan.FromSeconds(10), static () => 0.5).AfterFailure(null, "no", Now).Next);

    [Theory]
    [InlineData(365), InlineData(1)]
    public void A_time_that_a_wrong_clock_wrote_is_not_waited_for(int days)
    {
        Assert.Equal(Now, middle.Due(middle.AfterSuccess(Now.AddDays(days)), null, Now));
        Assert.Equal(Now, middle.Due(null, Now.AddDays(days), Now));
    }

    [Theory]
    [InlineData("6.23:59:59", false), InlineData("7.00:00:00", true), InlineData("-1.00:00:00", false)]
    public void Seven_days_are_an_alarm(string silence, bool alarm) =>
        Assert.Equal(alarm, Schedule.IsOverdue(Now - TimeSpan.Parse(silence, CultureInfo.InvariantCulture), Now));

    [Fact]
    public void It_says_what_it_waits_for()
    {
        Assert.Equal("nothing to do until 2026-02-01 00:00:00Z", middle.AfterSuccess(Now).Words);
        Assert.Equal("server unreachable since 2026-01-31 18:00:00Z; next try 2026-01-31 18:12:00Z",
            middle.AfterFailure(middle.AfterFailure(null, "server unreachable", Now), "server unreachable", Now.AddMinutes(10)).Words);
    }
}
