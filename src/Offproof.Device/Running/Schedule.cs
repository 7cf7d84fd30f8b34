namespace Offproof.Device;

/// <summary>When a category is due, and when silence about it becomes an alarm (run.md §1.1, §1.4, §1.5). Plain arithmetic: the clock is the caller's.</summary>
/// <param name="every">From one good backup to the next</param>
/// <param name="chance">A number from 0 to below 1, a new one at each call</param>
internal sealed class Schedule(TimeSpan every, Func<double> chance)
{
    internal static readonly TimeSpan Overdue = TimeSpan.FromDays(7);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);

    /// <summary>When the next backup begins.</summary>
    /// <param name="state">What `run` remembers; null where it has seen nothing yet</param>
    /// <param name="lastGood">When the last backup ended well, whoever started it; null where there was none</param>
    /// <param name="now">By this clock</param>
    internal DateTimeOffset Due(RunState? state, DateTimeOffset? lastGood, DateTimeOffset now)
    {
        DateTimeOffset due = Waits(state, lastGood)?.Next ?? now;
        // A clock that was wrong, when this was written or now: waiting a year for it would be no backup at all.
        return due - now > every * 1.1 ? now : due;
    }

    /// <summary>What a category waits for. A backup that somebody else started after ours is as good as ours.</summary>
    /// <returns>Null where there has been no backup, and none was tried.</returns>
    internal RunState? Waits(RunState? state, DateTimeOffset? lastGood) =>
        state is not null && (lastGood is null || lastGood <= state.LastAttempt) ? state
        : lastGood is { } good ? new RunState(RunState.CurrentSchema, good, 0, null, null, good + every)
        : null;

    internal RunState AfterSuccess(DateTimeOffset now) => new(RunState.CurrentSchema, now, 0, null, null, now + Around(every));

    internal RunState AfterFailure(RunState? before, string why, DateTimeOffset now)
    {
        int failures = (before?.Failures ?? 0) + 1;
        TimeSpan wait = failures > 20 ? every : FirstRetry * Math.Pow(2, failures - 1);
        return new RunState(RunState.CurrentSchema, now, failures, before is { Failures: > 0 } ? before.FailingSince : now, why, now + Around(wait < every ? wait : every));
    }

    /// <summary>Whether this long without a good backup is an alarm.</summary>
    /// <param name="since">The last good backup, or else the turning on</param>
    /// <param name="now">By this clock</param>
    internal static bool IsOverdue(DateTimeOffset since, DateTimeOffset now) => now - since >= Overdue;

    private TimeSpan Around(TimeSpan wait) => wait * (0.9 + (0.2 * chance()));
}
