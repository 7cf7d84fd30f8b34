using System.Globalization;

namespace Offproof.Channel;

/// <summary>When the months of the Hijra begin, by who says so (occasions.md §2.6). What is announced may be another day: each is approximate.</summary>
internal sealed class IslamicMonths
{
    private static readonly UmAlQuraCalendar Table = new();

    /// <summary>Saudi Arabia's civil calendar: .NET's table as long as it lasts (to 1500, 2077), then the rule that it was made by.</summary>
    internal static readonly IslamicMonths UmmAlQura = new(new(21.42, 39.83, 3), Rule.MoonSetsAfterSun);

    // The Moon 3° high and 6.4° from the Sun, as the ministers of religion agreed in 2021; Indonesia looks from its westernmost island, here Malaysia from its capital.
    private static readonly IslamicMonths Indonesia = new(new(5.9, 95.2, 7), Rule.HighAndFar), Malaysia = new(new(3.14, 101.69, 8), Rule.HighAndFar);

    // Where the crescent has to be seen in the country itself: easily, with some luck, or with an instrument.
    private static readonly IslamicMonths India = new(new(22.57, 78.96, 5.5), Rule.Easily), Bangladesh = new(new(23.81, 90.41, 6), Rule.Easily), SriLanka = new(new(6.93, 79.86, 5.5), Rule.Easily), Mauritius = new(new(-20.16, 57.50, 4), Rule.WithLuck),
        Morocco = new(new(31.63, -8.01, 1), Rule.WithLuck), Pakistan = new(new(24.86, 67.01, 5), Rule.WithLuck), Iran = new(new(29.59, 52.58, 3.5), Rule.ByTelescope), Oman = new(new(23.59, 58.41, 4), Rule.ByTelescope);

    private readonly Place _from;
    private readonly Rule _rule;

    private IslamicMonths(Place from, Rule rule) => (_from, _rule) = (from, rule);

    private enum Rule
    {
        MoonSetsAfterSun,
        HighAndFar,
        Easily,
        WithLuck,
        ByTelescope,
    }

    internal static IslamicMonths Of(string? region) => region switch
    {
        "ID" => Indonesia,
        "BN" or "MY" or "SG" => Malaysia,
        "IN" or "NP" => India,
        "PK" => Pakistan,
        "BD" => Bangladesh,
        "LK" => SriLanka,
        "MU" => Mauritius,
        "IR" => Iran,
        "OM" => Oman,
        "MA" => Morocco,
        _ => UmmAlQura,
    };

    /// <summary>Where a day of a month falls in a Gregorian year: once, or twice, 354 or 355 days apart; in few years never.</summary>
    internal IEnumerable<DateOnly> Days(int year, int month, int day)
    {
        int first = (int)((year - 622) * 1.030684) - 1;
        for (int hijra = first; hijra <= first + 4; hijra++)
        {
            DateOnly on = FirstDay(hijra, month).AddDays(day - 1);
            if (on.Year == year) yield return on;
        }
    }

    internal DateOnly FirstDay(int year, int month)
    {
        // The table's last year ends with its last day.
        if (_rule == Rule.MoonSetsAfterSun && year <= Table.GetYear(Table.MaxSupportedDateTime)) return DateOnly.FromDateTime(new DateTime(year, month, 1, Table));
        return Computed(year, month);
    }

    /// <summary>The day after the first evening, from the new moon's on, on which the rule is fulfilled.</summary>
    internal DateOnly Computed(int year, int month)
    {
        // The new moon of number 0, of 6 January 2000, began Shawwal 1420.
        double newMoon = Sky.NewMoon((((year - 1420) * 12) + month) - 10);
        DateOnly evening = Sky.Day(newMoon, _from.HoursEast);
        while (!Begins(evening, newMoon)) evening = evening.AddDays(1);
        return evening.AddDays(1);
    }

    private bool Begins(DateOnly evening, double newMoon)
    {
        double sunset = _from.Sunset(evening);
        if (sunset < newMoon) return false;
        (double altitude, double elongation) = _from.Moon(sunset);
        return _rule switch
        {
            // The Moon's upper limb is above the horizon, by mean refraction.
            Rule.MoonSetsAfterSun => altitude + 0.8333 > 0,
            Rule.HighAndFar => altitude + Refraction(altitude) >= 3 && elongation >= 6.4,
            Rule.Easily => IsSeen(sunset, 0.216),
            Rule.WithLuck => IsSeen(sunset, -0.014),
            _ => IsSeen(sunset, -0.16),
        };
    }

    // Degrees, for a true altitude; Th. Saemundsson, Sky and Telescope 72 (1986), 70.
    private static double Refraction(double altitude) => 1.02 / 60 / Math.Tan((altitude + (10.3 / (altitude + 5.11))) * Math.PI / 180);

    // B. D. Yallop, "A Method for Predicting the First Sighting of the New Crescent Moon" (NAO Technical Note 69, 1997): q at the best time, 4/9 of the way from sunset to moonset.
    // Class A, above 0.216: easily visible; B, above -0.014: under perfect conditions; C, above -0.16: an instrument may have to find it first.
    private bool IsSeen(double sunset, double least)
    {
        double best = sunset;
        for (int i = 0; i < 2; i++)
        {
            (double high, double low, _) = _from.Altitudes(best);
            best = sunset + (Math.Clamp((high - low) / Sky.Cos(_from.Latitude) / 360, 0, 0.1) * 4 / 9);
        }
        (double moon, double sun, double parallax) = _from.Altitudes(best);
        double elongation = _from.Moon(best).Elongation, arcOfVision = moon - sun;
        double semidiameter = 0.27245 * parallax * 60 * (1 + (Sky.Sin(Math.Max(moon, 0)) * Sky.Sin(parallax)));
        double width = semidiameter * (1 - Sky.Cos(elongation));
        double q = (arcOfVision - (11.8371 - (6.3226 * width) + (0.7319 * width * width) - (0.1018 * width * width * width))) / 10;
        return q > least && moon - (parallax * Sky.Cos(moon)) > 0;
    }
}
