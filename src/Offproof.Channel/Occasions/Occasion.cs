namespace Offproof.Channel;

/// <summary>A word of the collection's <c>occasion</c> (channel.md §4), and when it is (occasions.md).</summary>
public sealed class Occasion
{
    private readonly DayRule? _general;
    private readonly Dictionary<string, DayRule> _regions;
    private readonly DayRule? _elsewhere;
    private readonly HashSet<string> _without;

    internal Occasion(string name, DayRule? general, Dictionary<string, DayRule> regions, DayRule? elsewhere, HashSet<string> without) =>
        (Name, _general, _regions, _elsewhere, _without) = (name, general, regions, elsewhere, without);

    /// <summary>The word.</summary>
    public string Name { get; }

    /// <summary>The regions that the table names for it, and whether it is kept where the table names none.</summary>
    internal IEnumerable<string> Regions => _regions.Keys;

    internal bool IsKeptElsewhere => _elsewhere is not null;

    /// <summary>Whether it has a day in the year: a birthday has none.</summary>
    public bool HasDay => _general is not null;

    /// <summary>Whether it is commonly marked in a region (ISO 3166-1 alpha-2, any case). Of a region that is not in the table: what holds nearly everywhere.</summary>
    public bool IsKeptIn(string region) => RuleIn(region) is not null;

    /// <summary>Its first day in a Gregorian year; null where there is none: it has no day, is not kept in that region, or does not fall in that year.</summary>
    /// <param name="year">Any; there are days from 2020 to 2100</param>
    /// <param name="region">ISO 3166-1 alpha-2, any case; null for the general day</param>
    public OccasionDay? In(int year, string? region) => DaysIn(year, region) is [OccasionDay first, ..] ? first : null;

    /// <summary>All its days in a Gregorian year, in order: Islamic days may come twice, Advent has four Sundays.</summary>
    /// <param name="year">Any; there are days from 2020 to 2100</param>
    /// <param name="region">ISO 3166-1 alpha-2, any case; null for the general day</param>
    public IReadOnlyList<OccasionDay> DaysIn(int year, string? region)
    {
        if (year is < Occasions.FirstYear or > Occasions.LastYear || (region is null ? _general : RuleIn(region)) is not { } rule) return [];
        return [.. rule.Days(year, region?.ToUpperInvariant()).Select(day => new OccasionDay(this, day, rule.IsApproximate))];
    }

    /// <summary>Its days in a span, both ends included, in order. Asked for by name, it is told wherever it is kept: where it is not kept in the region, its general days.</summary>
    /// <param name="first">The first day</param>
    /// <param name="last">The last day</param>
    /// <param name="region">ISO 3166-1 alpha-2, any case; null for the general days</param>
    public IEnumerable<OccasionDay> Between(DateOnly first, DateOnly last, string? region)
    {
        string? where = region is not null && IsKeptIn(region) ? region : null;
        return Enumerable.Range(first.Year, last.Year - first.Year + 1).SelectMany(year => DaysIn(year, where)).Where(day => day.Day >= first && day.Day <= last);
    }

    private DayRule? RuleIn(string region)
    {
        string upper = region.ToUpperInvariant();
        return _regions.TryGetValue(upper, out DayRule? rule) ? rule : _without.Contains(upper) ? null : _elsewhere;
    }
}
