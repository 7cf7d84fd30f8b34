namespace Offproof.Channel;

/// <summary>All occasions that Offproof knows, and when they are (occasions.md). Computed here; nobody is asked.</summary>
public static class Occasions
{
    /// <summary>The first year that has days.</summary>
    public const int FirstYear = 2020;

    /// <summary>The last year that has days.</summary>
    public const int LastYear = 2100;

    private static readonly Dictionary<string, Occasion> Named = OccasionTable.Read();

    /// <summary>Every occasion, sorted by name.</summary>
    public static IReadOnlyList<Occasion> All { get; } = [.. Named.Values.OrderBy(static o => o.Name, StringComparer.Ordinal)];

    /// <summary>The occasion of a word, or null.</summary>
    public static Occasion? Find(string name) => Named.GetValueOrDefault(name);

    /// <summary>What is kept in a region in a span of days, both ends included, sorted by day and name. A span that ends before it begins has none.</summary>
    /// <param name="first">The first day</param>
    /// <param name="last">The last day</param>
    /// <param name="region">ISO 3166-1 alpha-2, any case; null for every occasion's general day</param>
    public static IReadOnlyList<OccasionDay> Between(DateOnly first, DateOnly last, string? region)
    {
        List<OccasionDay> days = [];
        for (int year = Math.Max(first.Year, FirstYear); year <= Math.Min(last.Year, LastYear); year++)
            foreach (Occasion occasion in All) days.AddRange(occasion.DaysIn(year, region).Where(day => day.Day >= first && day.Day <= last));
        return [.. days.OrderBy(static day => day.Day).ThenBy(static day => day.Occasion.Name, StringComparer.Ordinal)];
    }
}
