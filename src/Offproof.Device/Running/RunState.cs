using System.Globalization;

namespace Offproof.Device;

/// <summary><c>vaults/CATEGORY/run.json</c>: what `run` remembers of a category (run.md §1). It goes with the folder when the category is turned off.</summary>
/// <param name="Schema">offproof/v1/run-state</param>
/// <param name="LastAttempt">When the last backup that `run` started had ended, however</param>
/// <param name="Failures">How many have failed since the last that did not</param>
/// <param name="FailingSince">When the first of these ended</param>
/// <param name="Why">What the last of these said</param>
/// <param name="Next">When it is tried next</param>
internal sealed record RunState(string Schema, DateTimeOffset LastAttempt, int Failures, DateTimeOffset? FailingSince, string? Why, DateTimeOffset Next)
{
    internal const string CurrentSchema = "offproof/v1/run-state";

    /// <summary>The same when it is due: the backup runs, or is about to.</summary>
    internal string WordsAt(DateTimeOffset now) => now < Next ? Words : Failures == 0 ? "being backed up" : $"{Why} since {Say(FailingSince ?? LastAttempt)}; being tried again";

    /// <summary>What is waited for, in words.</summary>
    internal string Words => Failures == 0
        ? $"nothing to do until {Say(Next)}"
        : $"{Why} since {Say(FailingSince ?? LastAttempt)}; next try {Say(Next)}";

    private static string Say(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
