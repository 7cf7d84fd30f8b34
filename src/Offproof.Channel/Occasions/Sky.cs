using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Offproof.Channel;

/// <summary>Where Sun and Moon stand (occasions.md §3). An instant is a count of days of Universal Time since 2000-01-01 12:00; angles are degrees.</summary>
internal static class Sky
{
    internal const double MeanLunation = 29.530588861, SunPerDay = 360 / 365.2422, MoonPerDay = 360 / MeanLunation, SidePerDay = 360 / 27.321582;

    // 1 January 2000, the day number of the instant 0.
    private const int Epoch = 730119;

    // Every lunar calendar asks for the same few: about a thousand in all the years that have days.
    private static readonly ConcurrentDictionary<int, double> NewMoons = new();

    internal static double Noon(DateOnly day) => day.DayNumber - Epoch;

    internal static double Midnight(DateOnly day, double hoursEast) => day.DayNumber - Epoch - 0.5 - (hoursEast / 24);

    /// <summary>The civil day of an instant, where the clock is that many hours before Universal Time.</summary>
    internal static DateOnly Day(double instant, double hoursEast) => DateOnly.FromDayNumber((int)Math.Floor(instant + 0.5 + (hoursEast / 24)) + Epoch);

    // Observed until 2026; then a guess at the slow braking of the Earth (occasions.md §3).
    internal static double DeltaT(double instant) => 69.2 + (0.3 * Math.Max(0, (instant / 365.25) - 27));

    private static double Centuries(double instant) => (instant + (DeltaT(instant) / 86400)) / 36525;

    /// <summary>The Sun's apparent longitude, equinox of date.</summary>
    internal static double SunLongitude(double instant) => Turn(SunMean(instant) + Nutation(instant));

    // Apparent but for nutation, which a sidereal longitude does not have.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // the first question is asked of cold code
    private static double SunMean(double instant)
    {
        double t = Centuries(instant), millennia = t / 10, radians = 0;
        foreach ((int power, double amplitude, double phase, double frequency) in SkySeries.EarthLongitude)
            radians += amplitude * Math.Cos(phase + (frequency * millennia)) * Math.Pow(millennia, power);
        double distance = 1.00014 - (0.01671 * Cos(357.52911 + (35999.05029 * t))) - (0.00014 * Cos(2 * (357.52911 + (35999.05029 * t))));
        return (radians * 180 / Math.PI) + 180 - ((0.09033 + (20.4898 / distance)) / 3600);
    }

    /// <summary>The Moon's apparent longitude and its latitude, from the Earth's centre, equinox of date, and its horizontal parallax.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static (double Longitude, double Latitude, double Parallax) Moon(double instant)
    {
        double t = Centuries(instant), t2 = t * t, t3 = t2 * t, t4 = t3 * t;
        double mean = 218.3164477 + (481267.88123421 * t) - (0.0015786 * t2) + (t3 / 538841) - (t4 / 65194000);
        double d = 297.8501921 + (445267.1114034 * t) - (0.0018819 * t2) + (t3 / 545868) - (t4 / 113065000);
        double m = 357.5291092 + (35999.0502909 * t) - (0.0001536 * t2) + (t3 / 24490000);
        double anomaly = 134.9633964 + (477198.8675055 * t) + (0.0087414 * t2) + (t3 / 69699) - (t4 / 14712000);
        double f = 93.272095 + (483202.0175233 * t) - (0.0036539 * t2) - (t3 / 3526000) + (t4 / 863310000);
        double e = 1 - (0.002516 * t) - (0.0000074 * t2);
        double a1 = 119.75 + (131.849 * t), a2 = 53.09 + (479264.29 * t), a3 = 313.45 + (481266.484 * t);
        double longitude = (3958 * Sin(a1)) + (1962 * Sin(mean - f)) + (318 * Sin(a2)), distance = 0;
        double latitude = (-2235 * Sin(mean)) + (382 * Sin(a3)) + (175 * Sin(a1 - f)) + (175 * Sin(a1 + f)) + (127 * Sin(mean - anomaly)) - (115 * Sin(mean + anomaly));
        foreach ((sbyte nd, sbyte nm, sbyte na, sbyte nf, int sine, int cosine) in SkySeries.MoonLongitude)
        {
            double angle = (nd * d) + (nm * m) + (na * anomaly) + (nf * f), weight = Weight(nm, e);
            longitude += sine * weight * Sin(angle);
            distance += cosine * weight * Cos(angle);
        }
        foreach ((sbyte nd, sbyte nm, sbyte na, sbyte nf, int sine) in SkySeries.MoonLatitude)
            latitude += sine * Weight(nm, e) * Sin((nd * d) + (nm * m) + (na * anomaly) + (nf * f));
        return (Turn(mean + (longitude / 1e6) + Nutation(instant)), latitude / 1e6, Math.Asin(6378.14 / (385000.56 + (distance / 1000))) * 180 / Math.PI);
    }

    // Terms that hold the Sun's anomaly shrink with the eccentricity of the Earth's orbit.
    private static double Weight(sbyte m, double e) => m is 0 ? 1 : m is 1 or -1 ? e : e * e;

    private static double Nutation(double instant)
    {
        double t = Centuries(instant), node = 125.04452 - (1934.136261 * t), sun = 280.4665 + (36000.7698 * t), moon = 218.3165 + (481267.8813 * t);
        return ((-17.20 * Sin(node)) - (1.32 * Sin(2 * sun)) - (0.23 * Sin(2 * moon)) + (0.21 * Sin(2 * node))) / 3600;
    }

    internal static double Obliquity(double instant)
    {
        double t = Centuries(instant);
        return 23.4392911 - (0.0130042 * t) + (9.20 / 3600 * Cos(125.04452 - (1934.136261 * t)));
    }

    /// <summary>How far the Moon's longitude is before the Sun's: 0 at new moon.</summary>
    internal static double Elongation(double instant) => Turn(Moon(instant).Longitude - SunLongitude(instant));

    // Lahiri's: 23°51'25.5" at J2000, then the general precession.
    private static double Ayanamsa(double instant)
    {
        double t = Centuries(instant);
        return 23.85709 + (((5029.0966 * t) + (1.1161 * t * t)) / 3600);
    }

    internal static double SiderealSun(double instant) => Turn(SunMean(instant) - Ayanamsa(instant));

    internal static double SiderealMoon(double instant) => Turn(Moon(instant).Longitude - Nutation(instant) - Ayanamsa(instant));

    /// <summary>The new moon of a number: 0 is that of 6 January 2000.</summary>
    internal static double NewMoon(int number) => NewMoons.GetOrAdd(number, static number => When(Elongation, 0, 5.0969 + (MeanLunation * number), MoonPerDay));

    /// <summary>The number of the last new moon, in the mean, at or before an instant.</summary>
    internal static int MeanLunationAt(double instant) => (int)Math.Floor((instant - 5.0969) / MeanLunation);

    /// <summary>When in a year, from one vernal equinox to about the next, the Sun's longitude is so much.</summary>
    internal static double SunAt(int year, double longitude) => When(SunLongitude, longitude, Noon(new DateOnly(year, 3, 20)) + (longitude / SunPerDay), SunPerDay);

    /// <summary>When an angle that grows about evenly has a value: near a guess, which has to be less than half a turn away.</summary>
    internal static double When(Func<double, double> angle, double value, double guess, double perDay)
    {
        for (int i = 0; i < 12; i++)
        {
            double missing = Math.IEEERemainder(value - angle(guess), 360);
            guess += missing / perDay;
            if (Math.Abs(missing) < 1e-5) break;
        }
        return guess;
    }

    internal static double Turn(double degrees) => degrees - (360 * Math.Floor(degrees / 360));

    internal static double Sin(double degrees) => Math.Sin(degrees * Math.PI / 180);

    internal static double Cos(double degrees) => Math.Cos(degrees * Math.PI / 180);
}
