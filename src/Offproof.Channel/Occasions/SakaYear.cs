namespace Offproof.Channel;

/// <summary>The Balinese year of Saka, as far as its first day goes: Nyepi (occasions.md §2.8).</summary>
internal static class SakaYear
{
    private static readonly DateOnly Known = new(2020, 3, 25);

    /// <summary>The first day of a Balinese month on or after 3 March.</summary>
    internal static DateOnly First(int year)
    {
        DateOnly day = new(year, 3, 3);
        while (Months(day) == Months(day.AddDays(-1))) day = day.AddDays(1);
        return day;
    }

    // 64 lunar days in 63 days (one day in 63 holds two), 30 in a month. The 61 is where in the 63 the calendar stands: 60 to 62 give all days of Nyepi from 2005 to 2028.
    private static int Months(DateOnly day) => (int)Math.Floor(Math.Floor((((day.DayNumber - Known.DayNumber) * 64) + 61) / 63.0) / 30);
}
