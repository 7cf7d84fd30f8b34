using System.Collections.Concurrent;

namespace Offproof.Channel;

/// <summary>The lunar months and tithis of the Hindu calendar, and the Sun's entries into signs (occasions.md §2.7): true places, Lahiri's ayanamsa.</summary>
internal static class HinduMonths
{
    internal static readonly string[] Names =
        ["chaitra", "vaishakha", "jyeshtha", "ashadha", "shravana", "bhadrapada", "ashvina", "kartika", "margashirsha", "pausha", "magha", "phalguna"];

    private static readonly ConcurrentDictionary<(int Year, int Month), int> Months = new();

    /// <summary>The number of the new moon with which a month (0 is Chaitra) begins, counted from new moon to new moon; of two of a name the second, which is no adhika month.</summary>
    /// <param name="year">The Gregorian year in which the month begins</param>
    /// <param name="month">0 to 10: Pausha and Magha begin in December or January, and no festival here needs Pausha</param>
    internal static int Moon(int year, int month) => Months.GetOrAdd((year, month), static key =>
    {
        // Chaitra begins between 13 March and 13 April or so; the month's Sun stands in the sign before the one that it enters.
        double guess = Sky.Noon(new DateOnly(key.Year, 3, 1)) + (key.Month % 12 * 30.4);
        int sign = (key.Month + 11) % 12;
        if (key.Month >= 10) guess -= 365.25; // Magha and Phalguna of the calendar year
        int moon = Sky.MeanLunationAt(guess) - 2;
        while (Sign(moon) != sign || Sign(moon + 1) == sign) moon++;
        return moon;
    });

    private static int Sign(int moon) => (int)(Sky.SiderealSun(Sky.NewMoon(moon)) / 30);

    /// <summary>When a tithi of a month begins and ends; 1 to 15 wax, 15 is the full moon, 30 the new moon.</summary>
    internal static (double Begins, double Ends) Tithi(int moon, int tithi) => (At(moon, tithi - 1), At(moon, tithi));

    private static double At(int moon, int tithi)
    {
        double newMoon = Sky.NewMoon(moon);
        return Sky.When(Sky.Elongation, tithi * 12 % 360, newMoon + (tithi * Sky.MeanLunation / 30), Sky.MoonPerDay);
    }

    /// <summary>When the Sun enters a sign: 270° is Makara, in January.</summary>
    internal static double Entry(int year, double longitude)
    {
        // The sidereal year begins in the middle of April; Makara is entered in its tenth month.
        double guess = Sky.Noon(new DateOnly(year, 4, 14)) + ((longitude >= 270 ? longitude - 360 : longitude) / Sky.SunPerDay);
        return Sky.When(Sky.SiderealSun, longitude, guess, Sky.SunPerDay);
    }
}
