using Microsoft.Extensions.Time.Testing;

namespace Offproof.Server.Tests;

/// <summary>A clock whose timers never ring: what is due is seen by nobody who does not look.</summary>
sealed class StillClock() : FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_767_225_600))
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
