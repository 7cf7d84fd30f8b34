namespace Offproof.Device.Tests;

/// <summary>The real clock, as far ahead or behind as the model puts it; what is waited for is real, and short waits come twenty times sooner.</summary>
internal sealed class ModelTime : TimeProvider
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    internal TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero && dueTime <= Short && period == Timeout.InfiniteTimeSpan ? dueTime / 20 : dueTime, period);
}
