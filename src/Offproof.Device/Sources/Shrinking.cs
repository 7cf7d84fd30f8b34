namespace Offproof.Device;

/// <summary>A source that holds less than half of what it held (phone.md §2.3). What earlier snapshots hold stays.</summary>
/// <param name="Source">The source's path</param>
/// <param name="Before">Entries that there were</param>
/// <param name="Now">Entries that there are</param>
/// <param name="Since">When it was first seen</param>
public sealed record Alarm(string Source, long Before, long Now, DateTimeOffset Since);

/// <summary>Compares what a backup kept with what the one before kept, source by source.</summary>
internal static class Shrinking
{
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    /// <summary>The counts to remember; those of sources that shrank say so, until the source has recovered or 30 days are over.</summary>
    internal static IReadOnlyList<SourceCount> Compare(
        IReadOnlyList<SourceCount> before, IReadOnlyList<Source> sources, IReadOnlyList<long> kept, DateTimeOffset now)
    {
        List<SourceCount> counts = [];
        for (int i = 0; i < sources.Count; i++)
        {
            SourceCount? last = before.FirstOrDefault(c => c.Name == sources[i].Name);
            bool raised = IsRaised(last, now);
            long had = raised ? last!.Before!.Value : last?.Kept ?? 0;
            counts.Add(kept[i] < had - kept[i]
                ? new SourceCount(sources[i].Name, kept[i], had, raised ? last!.Since : now)
                : new SourceCount(sources[i].Name, kept[i]));
        }
        return counts;
    }

    internal static IReadOnlyList<Alarm> Alarms(IReadOnlyList<SourceCount>? counts, IReadOnlyList<Source> sources, DateTimeOffset now) =>
        [.. from count in counts ?? []
            where IsRaised(count, now)
            select new Alarm(sources.FirstOrDefault(s => s.Name == count.Name)?.Path ?? count.Name, count.Before!.Value, count.Kept, count.Since!.Value)];

    private static bool IsRaised(SourceCount? count, DateTimeOffset now) => count is { Before: not null, Since: { } since } && now - since < Remembered;
}
