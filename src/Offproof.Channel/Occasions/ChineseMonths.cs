using System.Collections.Concurrent;

namespace Offproof.Channel;

/// <summary>The lunisolar calendar of China by GB/T 33661-2017, at a meridian of choice: Korea and Japan use theirs, Viet Nam its own (occasions.md §2.4).</summary>
/// <param name="HoursEast">The civil clock that says on which day the new moon is</param>
internal sealed record ChineseMonths(double HoursEast)
{
    private static readonly ConcurrentDictionary<double, ChineseMonths> Meridians = new();

    internal static ChineseMonths Of(string? region) => Meridians.GetOrAdd(region is "JP" or "KR" or "KP" ? 9 : region is "VN" ? 7 : 8, static hours => new(hours));

    private readonly ConcurrentDictionary<int, (DateOnly First, int Month, bool Leap)[]> _years = new();

    /// <summary>Where a day of a lunar month falls in a Gregorian year: once, seldom twice, seldom never. Festivals are not kept in leap months.</summary>
    internal IEnumerable<DateOnly> Days(int year, int month, int day) =>
        Between(year).Concat(Between(year + 1)).Where(m => m.Month == month && !m.Leap).Select(m => m.First.AddDays(day - 1)).Where(d => d.Year == year);

    /// <summary>The full moon of a month, as an instant; of the year that begins in a Gregorian year.</summary>
    internal double FullMoon(int year, int month)
    {
        DateOnly first = Between(year).First(m => m.Month == month && !m.Leap).First;
        return Sky.When(Sky.Elongation, 180, Sky.Noon(first) + 14.3, Sky.MoonPerDay);
    }

    /// <summary>The months from the one that holds the winter solstice of the year before (month 11) up to the one that holds this year's.</summary>
    internal (DateOnly First, int Month, bool Leap)[] Between(int year) => _years.GetOrAdd(year, Compute);

    private (DateOnly First, int Month, bool Leap)[] Compute(int year)
    {
        int first = Eleventh(year - 1), next = Eleventh(year), count = next - first;
        var months = new (DateOnly First, int Month, bool Leap)[count];
        bool leapSeen = count == 12;
        int number = 10;
        for (int i = 0; i < count; i++)
        {
            // With thirteen months the first without a middle term repeats the number before it.
            bool leap = !leapSeen && Term(FirstDay(first + i)) == Term(FirstDay(first + i + 1));
            if (leap) leapSeen = true;
            else number++;
            months[i] = (FirstDay(first + i), number > 12 ? number - 12 : number, leap);
        }
        return months;
    }

    // The new moon's number of the month that holds the solstice.
    private int Eleventh(int year)
    {
        DateOnly solstice = Sky.Day(Sky.SunAt(year, 270), HoursEast);
        int moon = Sky.MeanLunationAt(Sky.Noon(solstice)) + 1;
        while (FirstDay(moon) > solstice) moon--;
        return moon;
    }

    private DateOnly FirstDay(int moon) => Sky.Day(Sky.NewMoon(moon), HoursEast);

    // The last middle term (multiple of 30°) before a day begins.
    private int Term(DateOnly day) => (int)(Sky.SunLongitude(Sky.Midnight(day, HoursEast)) / 30);
}
