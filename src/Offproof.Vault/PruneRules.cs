using System.Globalization;

namespace Offproof.Vault;

/// <summary>Which snapshots stay (vault.md §11.2, §11.3). They are judged by when the storage received them.</summary>
public sealed record PruneRules
{
    /// <summary>The longest <see cref="KeepWithin"/>.</summary>
    public const int MostDays = 36_500;

    static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    /// <summary>All snapshots that came within this time stay, and nothing else that came within it is removed either; 0 to <see cref="MostDays"/> days.</summary>
    public TimeSpan KeepWithin { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The last so many of each host and its paths stay, at least 1.</summary>
    public int KeepLast { get; init; } = 10;

    /// <exception cref="ArgumentException">Out of range.</exception>
    internal static void Demand(PruneRules rules)
    {
        if (rules.KeepWithin < TimeSpan.Zero || rules.KeepWithin > TimeSpan.FromDays(MostDays) || rules.KeepLast < 1) throw new ArgumentException("a prune keeps the last snapshot at least, and looks back 0 to 36500 days", nameof(rules));
    }

    /// <summary>Of each snapshot why it stays, or null: it goes.</summary>
    /// <param name="snapshots">With the times at which they were received.</param>
    /// <param name="now">The time against which they are judged.</param>
    internal IEnumerable<(Snapshot Snapshot, string? Stays)> Judge(IEnumerable<Snapshot> snapshots, DateTimeOffset now)
    {
        DateTimeOffset before = now - KeepWithin;
        foreach (IGrouping<string, Snapshot> group in snapshots.GroupBy(static s => string.Join('\0', [s.HostName, .. s.Paths]), StringComparer.Ordinal))
        {
            // cli.md §4.3: what a restore takes, by the snapshots' own times; one from the future only where all are.
            Snapshot taken = (group.Any(s => s.Time <= now + Ahead) ? group.Where(s => s.Time <= now + Ahead) : group).MaxBy(static s => s.Time)!;
            HashSet<(int, int)> months = [];
            int place = 0;
            foreach (Snapshot snapshot in group.OrderByDescending(static s => s.Received).ThenByDescending(static s => s.Time).ThenBy(static s => s.Id, StringComparer.Ordinal))
            {
                DateTimeOffset received = snapshot.Received!.Value.ToUniversalTime();
                bool old = received < before, newestOfMonth = old && months.Add((received.Year, received.Month));
                yield return (snapshot, Reason(old, place++ < KeepLast, snapshot == taken, newestOfMonth ? received : null));
            }
        }
    }

    string? Reason(bool old, bool last, bool taken, DateTimeOffset? newestOf) => (old, last, taken, newestOf) switch
    {
        (false, _, _, _) => string.Create(CultureInfo.InvariantCulture, $"received within {KeepWithin.TotalDays:0} days"),
        (_, true, _, _) => KeepLast == 1 ? "the last one" : string.Create(CultureInfo.InvariantCulture, $"one of the last {KeepLast}"),
        (_, _, true, _) => "the newest by its own time",
        (_, _, _, { } month) => string.Create(CultureInfo.InvariantCulture, $"the newest of {month:yyyy-MM}"),
        _ => null,
    };
}
