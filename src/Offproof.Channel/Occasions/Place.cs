namespace Offproof.Channel;

/// <summary>A place at sea level, and what its horizon does.</summary>
/// <param name="Latitude">Degrees north</param>
/// <param name="Longitude">Degrees east</param>
/// <param name="HoursEast">Its clock's hours before Universal Time</param>
internal sealed record Place(double Latitude, double Longitude, double HoursEast)
{
    // The Sun's upper limb under mean refraction.
    private const double SunOnHorizon = -0.8333;

    internal double Sunrise(DateOnly day) => Sun(day, -1);

    internal double Sunset(DateOnly day) => Sun(day, 1);

    private double Sun(DateOnly day, int side)
    {
        double instant = Sky.Noon(day) - (Longitude / 360) + (side * 0.25);
        for (int i = 0; i < 4; i++)
        {
            (double right, double declination) = Equator(Sky.SunLongitude(instant), 0, instant);
            double cosine = (Sky.Sin(SunOnHorizon) - (Sky.Sin(Latitude) * Sky.Sin(declination))) / (Sky.Cos(Latitude) * Sky.Cos(declination));
            instant += Math.IEEERemainder((side * Math.Acos(Math.Clamp(cosine, -1, 1)) * 180 / Math.PI) - HourAngle(instant, right), 360) / 360.9856;
        }
        return instant;
    }

    /// <summary>The altitude of the Moon's centre as seen from here, without refraction, and its true distance from the Sun, seen from the Earth's centre.</summary>
    internal (double Altitude, double Elongation) Moon(double instant)
    {
        (double longitude, double latitude, double parallax) = Sky.Moon(instant);
        double altitude = Altitude(longitude, latitude, instant);
        double elongation = Math.Acos(Sky.Cos(latitude) * Sky.Cos(longitude - Sky.SunLongitude(instant))) * 180 / Math.PI;
        return (altitude - (parallax * Sky.Cos(altitude)), elongation);
    }

    /// <summary>The altitude of the Moon's centre as from the Earth's centre, and of the Sun's.</summary>
    internal (double Moon, double Sun, double Parallax) Altitudes(double instant)
    {
        (double longitude, double latitude, double parallax) = Sky.Moon(instant);
        return (Altitude(longitude, latitude, instant), Altitude(Sky.SunLongitude(instant), 0, instant), parallax);
    }

    /// <summary>The first moonrise after an instant (upper limb, mean refraction); at these latitudes there is one within 26 hours.</summary>
    internal double Moonrise(double after)
    {
        double step = 1.0 / 24, from = after;
        while (!(Above(from) < 0 && Above(from + step) >= 0)) from += step;
        double until = from + step;
        for (int i = 0; i < 12; i++)
        {
            double middle = (from + until) / 2;
            if (Above(middle) < 0) from = middle;
            else until = middle;
        }
        return until;
    }

    private double Above(double instant)
    {
        (double moon, _, double parallax) = Altitudes(instant);
        return moon - (0.7275 * parallax) + 0.5667;
    }

    private double Altitude(double longitude, double latitude, double instant)
    {
        (double right, double declination) = Equator(longitude, latitude, instant);
        return Math.Asin((Sky.Sin(Latitude) * Sky.Sin(declination)) + (Sky.Cos(Latitude) * Sky.Cos(declination) * Sky.Cos(HourAngle(instant, right)))) * 180 / Math.PI;
    }

    private static (double Right, double Declination) Equator(double longitude, double latitude, double instant)
    {
        double tilt = Sky.Obliquity(instant);
        double y = (Sky.Sin(longitude) * Sky.Cos(tilt)) - (Math.Tan(latitude * Math.PI / 180) * Sky.Sin(tilt));
        double sine = (Sky.Sin(latitude) * Sky.Cos(tilt)) + (Sky.Cos(latitude) * Sky.Sin(tilt) * Sky.Sin(longitude));
        return (Math.Atan2(y, Sky.Cos(longitude)) * 180 / Math.PI, Math.Asin(sine) * 180 / Math.PI);
    }

    private double HourAngle(double instant, double right) => Math.IEEERemainder(280.46061837 + (360.98564736629 * instant) + Longitude - right, 360);
}
