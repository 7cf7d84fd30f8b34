using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What `run` has to say.</summary>
public enum RunEventKind
{
    /// <summary>A backup begins.</summary>
    Started,

    /// <summary>It ended well.</summary>
    Done,

    /// <summary>It did not; it is tried again.</summary>
    Failed,

    /// <summary>It ended because the category is not on any more.</summary>
    Stopped,

    /// <summary>What a category waits for, when that changes.</summary>
    Waiting,

    /// <summary>Everything is off: there is nothing to do.</summary>
    Off,

    /// <summary>Seven days without a good backup.</summary>
    Alarm,

    /// <summary>The public channel was polled.</summary>
    Polled,

    /// <summary>It was refused, or did not answer.</summary>
    NotPolled,
}

/// <summary>One thing that `run` has to say.</summary>
/// <param name="Kind">What happened</param>
/// <param name="Time">When</param>
/// <param name="Category">To which category; null where it is about none</param>
public sealed record RunEvent(RunEventKind Kind, DateTimeOffset Time, Category? Category = null)
{
    /// <summary>The new snapshot.</summary>
    public string? Snapshot { get; init; }

    /// <summary>The exit code of a backup that ended.</summary>
    public int? Exit { get; init; }

    /// <summary>What failed, or is waited for, in words.</summary>
    public string? Why { get; init; }

    /// <summary>Since when it fails, or since when there was no good backup.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When it goes on.</summary>
    public DateTimeOffset? Next { get; init; }
}

/// <summary>How a backup in a process of its own ended.</summary>
/// <param name="Exit">Its exit code (cli.md §3)</param>
/// <param name="Snapshot">The snapshot that it added; null where there is none, and then it failed</param>
/// <param name="Why">What it said where it failed</param>
public sealed record WorkerEnd(int Exit, string? Snapshot, string Why);
