namespace Offproof.Channel;

/// <summary>Easter Sunday, and the calendar that half of its keepers use (occasions.md §2.3).</summary>
internal static class Easter
{
    /// <summary>By the Gregorian tables of 1582: golden number, the century's corrections of Sun and Moon, epact, next Sunday.</summary>
    internal static DateOnly Western(int year)
    {
        int century = year / 100, golden = year % 19;
        int leapsDropped = century - (century / 4), moonMoved = ((8 * century) + 13) / 25;
        int epact = ((19 * golden) + leapsDropped - moonMoved + 15) % 30;
        if (epact == 29 || (epact == 28 && golden > 10)) epact--;
        return NextSunday(new DateOnly(year, 3, 21).AddDays(epact));
    }

    /// <summary>By the Julian tables. The Julian date is named on the Gregorian calendar, which is 13 days ahead until 2100-02-28, and 14 from then on.</summary>
    internal static DateOnly Orthodox(int year)
    {
        int fullMoon = ((19 * (year % 19)) + 15) % 30;
        return NextSunday(Julian(year, 3, 21).AddDays(fullMoon));
    }

    /// <summary>The Gregorian day of a Julian date; 29 February is not asked for.</summary>
    internal static DateOnly Julian(int year, int month, int day)
    {
        int leapsSeen = month > 2 ? year : year - 1;
        return new DateOnly(year, month, day).AddDays((leapsSeen / 100) - (leapsSeen / 400) - 2);
    }

    private static DateOnly NextSunday(DateOnly fullMoon) => fullMoon.AddDays(7 - (int)fullMoon.DayOfWeek);
}
