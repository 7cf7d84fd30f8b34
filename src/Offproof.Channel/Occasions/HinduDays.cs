namespace Offproof.Channel;

/// <summary>On which day a tithi is kept: each festival asks for it at another time of day (occasions.md §2.7).</summary>
/// <param name="Here">Where the Sun rises and sets</param>
internal sealed record HinduDays(Place Here)
{
    private const double Hour = 1.0 / 24, ShravanaBegins = 280, Nakshatra = 40.0 / 3;

    // Who reckons by the own sky; everybody else by Ujjain's, the meridian of the old tables.
    private static readonly HinduDays Ujjain = new(new Place(23.18, 75.77, 5.5));

    private static readonly Dictionary<string, HinduDays> Elsewhere = new(StringComparer.Ordinal)
    {
        ["FJ"] = new(new Place(-18.14, 178.44, 12)), // Suva
        ["GY"] = new(new Place(6.80, -58.16, -4)), // Georgetown
        ["LK"] = new(new Place(6.93, 79.86, 5.5)), // Colombo
        ["MY"] = new(new Place(3.14, 101.69, 8)), // Kuala Lumpur
        ["SG"] = new(new Place(1.35, 103.82, 8)),
        ["SR"] = new(new Place(5.85, -55.20, -3)), // Paramaribo
        ["TT"] = new(new Place(10.65, -61.50, -4)), // Port of Spain
    };

    internal static HinduDays Of(string? region) => region is not null && Elsewhere.TryGetValue(region, out HinduDays? days) ? days : Ujjain;

    /// <param name="year">The Gregorian year</param>
    /// <param name="month">0 is Chaitra</param>
    /// <param name="tithi">1 to 30</param>
    /// <param name="at">The time of day, as the table names it</param>
    internal DateOnly Day(int year, int month, int tithi, string at)
    {
        (double begins, double ends) = HinduMonths.Tithi(HinduMonths.Moon(year, month), tithi);
        List<DateOnly> days = [];
        for (DateOnly day = Sky.Day(begins, Here.HoursEast).AddDays(-1); Here.Sunrise(day) < ends; day = day.AddDays(1)) days.Add(day);

        return at switch
        {
            "dawn" => days.Cast<DateOnly?>().FirstOrDefault(day => Prevails(Here.Sunrise(day!.Value) - (1.6 * Hour))) ?? AtSunrise(),
            "sunrise" => AtSunrise(),
            "forenoon" => Lasting(0.2) ?? Beginning(),
            "noon" => Longest(day => Part(day, 2, 3)) ?? AtSunrise(),
            "afternoon" => Longest(day => Part(day, 3, 4)) ?? AtSunrise(),
            "victory" => Shravana(Lasting(0.2)) ?? Longest(day => Part(day, 3, 4)) ?? AtSunrise(),
            "dusk" => Longest(Dusk) ?? AtSunrise(),
            "moonrise" => days.Cast<DateOnly?>().FirstOrDefault(day => Prevails(Here.Moonrise(Here.Sunset(day!.Value)))) ?? AtSunrise(),
            "midnight" => Longest(day => (Here.Sunset(day), Here.Sunrise(day.AddDays(1))) is var (from, until) ? (((from + until) / 2) - (0.4 * Hour), ((from + until) / 2) + (0.4 * Hour)) : default) ?? AtSunrise(),
            // The fire is lit at dusk of the full moon, but not in its first half if it lasts through seven eighths of the next day; the colours are the day after the fire.
            "fire" => (Lasting(0.875) ?? Longest(Dusk) ?? AtSunrise()).AddDays(1),
            _ => throw new ArgumentException($"no time of day is called {at}", nameof(at)),
        };

        bool Prevails(double instant) => begins <= instant && instant < ends;

        DateOnly Beginning() => days.Last(day => Here.Sunrise(day) <= begins);

        // A tithi that no sunrise sees is kept on the day in which it begins.
        DateOnly AtSunrise() => days.Cast<DateOnly?>().FirstOrDefault(day => Prevails(Here.Sunrise(day!.Value))) ?? Beginning();

        // The last day on which it prevails when a part of the daylight has gone.
        DateOnly? Lasting(double part) => days.Cast<DateOnly?>().LastOrDefault(day => Prevails(Here.Sunrise(day!.Value) + (part * (Here.Sunset(day.Value) - Here.Sunrise(day.Value)))));

        // Dussehra goes to a second day that has the tithi only in the forenoon, if of both afternoons only its own has the Moon in Shravana.
        DateOnly? Shravana(DateOnly? day) => day is { } second && InShravana(Part(second, 3, 4).From) && !InShravana(Part(second.AddDays(-1), 3, 4).From) ? second : null;

        // The day that has most of it; the first of two that have as much.
        DateOnly? Longest(Func<DateOnly, (double From, double Until)> window)
        {
            DateOnly? best = null;
            double most = 0;
            foreach (DateOnly day in days)
            {
                (double from, double until) = window(day);
                double shared = Math.Min(until, ends) - Math.Max(from, begins);
                if (shared <= most + 1e-9) continue;
                (best, most) = (day, shared);
            }
            return best;
        }
    }

    private static bool InShravana(double instant) => Sky.SiderealMoon(instant) is >= ShravanaBegins and < ShravanaBegins + Nakshatra;

    // A fifth of the daylight, counted from sunrise.
    private (double From, double Until) Part(DateOnly day, int from, int until)
    {
        double sunrise = Here.Sunrise(day), fifth = (Here.Sunset(day) - sunrise) / 5;
        return (sunrise + (from * fifth), sunrise + (until * fifth));
    }

    private (double From, double Until) Dusk(DateOnly day) => (Here.Sunset(day), Here.Sunset(day) + (2.4 * Hour));

    /// <summary>The Sun's entry into a sign: that day if it is before sunset, else the next.</summary>
    internal DateOnly Entry(int year, double longitude)
    {
        double entry = HinduMonths.Entry(year, longitude);
        DateOnly day = Sky.Day(entry, Here.HoursEast);
        return entry < Here.Sunset(day) ? day : day.AddDays(1);
    }

    /// <summary>Pongal: the Tamil almanacs of the Vakya school keep the sidereal year of the Surya Siddhanta, 365.258756 days, which came to Makara at noon in India on 14 January 2025.</summary>
    internal static DateOnly Pongal(int year)
    {
        double entry = Sky.Noon(new DateOnly(2025, 1, 14)) - (5.4 / 24) + ((year - 2025) * 365.258756);
        DateOnly day = Sky.Day(entry, Ujjain.Here.HoursEast);
        return entry < Ujjain.Here.Sunset(day) ? day : day.AddDays(1);
    }

    /// <summary>Onam: the last day of Chingam (the Sun in Simha) at whose sunrise the Moon is in Shravana.</summary>
    internal DateOnly Onam(int year)
    {
        DateOnly last = MalayalamFirst(year, 150).AddDays(-1), first = MalayalamFirst(year, 120);
        for (DateOnly day = last; day >= first; day = day.AddDays(-1))
            if (InShravana(Here.Sunrise(day))) return day;
        // No sunrise saw it: the day in which it begins.
        double entered = Sky.When(Sky.SiderealMoon, ShravanaBegins, Sky.Noon(last) - 13, Sky.SidePerDay);
        return Sky.Day(entered, Here.HoursEast);
    }

    // Kerala's months begin on the day of the entry if it is before three fifths of the daylight have gone.
    private DateOnly MalayalamFirst(int year, double longitude)
    {
        double entry = HinduMonths.Entry(year, longitude);
        DateOnly day = Sky.Day(entry, Here.HoursEast);
        return entry < Part(day, 3, 3).From ? day : day.AddDays(1);
    }
}
