using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Offproof.Auditor;

/// <summary>The forms of a position: pairs, since a coordinate alone is too short (audit.md §4.4).</summary>
internal static class Places
{
    internal static void Add(FormList forms, Canary canary, Persona.Position place)
    {
        decimal lat = place.Latitude, lon = place.Longitude;
        double bits = Bits(6);
        Pair("decimal", Text(lat), Text(lon));
        Pair("minutes", Minutes(lat), Minutes(lon));
        foreach (int power in (int[])[7, 6, 5])
        {
            Integers($"e{power}", Scaled(lat, power), Scaled(lon, power));
            if (power == 5) Integers("e5", Rounded(lat), Rounded(lon));
            else Integers($"e{power}-zigzag", Zigzag(lat, power), Zigzag(lon, power));
        }
        forms.Add(canary, "geohash", Geohash(lat, lon), Form.ShortestBytes * 5 - 2);
        foreach ((string lat60, string lon60) in Sexagesimal(lat).Zip(Sexagesimal(lon)))
            forms.Add(canary, "degrees-minutes-seconds", Encoding.UTF8.GetBytes(lat60), Bits(4), Encoding.UTF8.GetBytes(lon60));
        foreach (bool little in (bool[])[true, false])
        {
            string end = little ? "-le" : "-be";
            forms.Add(canary, "double" + end, Double(lat, little), bits, Double(lon, little));
            Binary("float" + end, Float(lat, little), Float(lon, little), Bits(5) + Entropy.Pair);
            Binary("int32-e7" + end, Int32(lat, little), Int32(lon, little), bits + Entropy.Pair);
            Rational("exif" + end, Exif(lat, little), Exif(lon, little));
        }

        void Integers(string name, string a, string b)
        {
            // Near the equator and the first meridian, so few digits are ordinary.
            if (Math.Min(a.Length, b.Length) >= Form.ShortestBytes - 1) forms.AddPair(canary, name, a, b, name is "e5" ? Bits(5) : bits);
        }

        void Pair(string name, string a, string b) => forms.Add(canary, name, Encoding.ASCII.GetBytes(a), bits, Encoding.ASCII.GetBytes(b));

        // Both halves in a row are long enough to stand alone, in either sequence.
        void Binary(string name, byte[] a, byte[] b, double both)
        {
            forms.Add(canary, name, [.. a, .. b], both - 1);
            forms.Add(canary, name, [.. b, .. a], both - 1);
        }

        void Rational(string name, byte[] a, byte[] b) => forms.Add(canary, name, a, bits, b);
    }

    /// <summary>A pair of decimals with so many places after the point.</summary>
    internal static double Bits(int places) => Math.Log2(180.0 * 360.0) + 2 * places * Entropy.Digit - Entropy.Pair;

    static string Text(decimal degrees) => degrees.ToString("0.000000", CultureInfo.InvariantCulture);

    // NMEA 0183: degrees and minutes in one number.
    static string Minutes(decimal degrees)
    {
        decimal positive = Math.Abs(degrees), whole = Math.Truncate(positive);
        return (whole * 100 + Math.Round((positive - whole) * 60, 6)).ToString("0000.000000", CultureInfo.InvariantCulture);
    }

    // As maps, cameras and exiftool write it, up to the seconds' first decimal, cut off.
    static IEnumerable<string> Sexagesimal(decimal degrees)
    {
        decimal positive = Math.Abs(degrees), minutes = (positive - Math.Truncate(positive)) * 60, seconds = Math.Truncate((minutes - Math.Truncate(minutes)) * 600) / 10;
        (int d, int m) = ((int)positive, (int)minutes);
        yield return string.Create(CultureInfo.InvariantCulture, $"{d}°{m}'{seconds:0.0}");
        yield return string.Create(CultureInfo.InvariantCulture, $"{d}°{m:00}'{seconds:00.0}");
        yield return string.Create(CultureInfo.InvariantCulture, $"{d}° {m}' {seconds:0.0}");
        yield return string.Create(CultureInfo.InvariantCulture, $"{d}°{m}′{seconds:0.0}");
        yield return string.Create(CultureInfo.InvariantCulture, $"{d} deg {m}' {seconds:0.0}");
    }

    static long Whole(decimal degrees, int power) => (long)(degrees * power switch { 7 => 10_000_000m, 6 => 1_000_000m, _ => 100_000m });

    static string Scaled(decimal degrees, int power) => Math.Abs(Whole(degrees, power)).ToString(CultureInfo.InvariantCulture);

    static string Rounded(decimal degrees) => Math.Abs(Math.Round(degrees * 100_000m)).ToString("0", CultureInfo.InvariantCulture);

    // As protobuf's sint32 and sint64 have it, read as an unsigned number.
    static string Zigzag(decimal degrees, int power)
    {
        long value = Whole(degrees, power);
        return ((value << 1) ^ (value >> 63)).ToString(CultureInfo.InvariantCulture);
    }

    // Bits of longitude and latitude by turns, five to a letter: eight letters are a cell of 38 by 19 metres, with which all longer ones begin.
    static string Geohash(decimal latitude, decimal longitude)
    {
        (decimal low, decimal high)[] sides = [(-180, 180), (-90, 90)];
        decimal[] values = [longitude, latitude];
        Span<char> hash = stackalloc char[Form.ShortestBytes];
        for (int letter = 0, turn = 0; letter < hash.Length; letter++)
        {
            int bits = 0;
            for (int i = 0; i < 5; i++, turn ^= 1)
            {
                decimal middle = (sides[turn].low + sides[turn].high) / 2;
                bool isUpper = values[turn] >= middle;
                bits = bits << 1 | (isUpper ? 1 : 0);
                sides[turn] = isUpper ? (middle, sides[turn].high) : (sides[turn].low, middle);
            }
            hash[letter] = "0123456789bcdefghjkmnpqrstuvwxyz"[bits];
        }
        return new string(hash);
    }

    static byte[] Double(decimal degrees, bool little) => Ends(BitConverter.GetBytes((double)degrees), little);

    static byte[] Float(decimal degrees, bool little) => Ends(BitConverter.GetBytes((float)degrees), little);

    static byte[] Int32(decimal degrees, bool little) => Ends(BitConverter.GetBytes((int)(degrees * 10_000_000m)), little);

    static byte[] Ends(byte[] native, bool little)
    {
        if (BitConverter.IsLittleEndian != little) native.AsSpan().Reverse();
        return native;
    }

    // EXIF 2.32, GPSLatitude: degrees, minutes and seconds as rationals; persona.md §2.4 has seconds / 10,000.
    static byte[] Exif(decimal degrees, bool little)
    {
        decimal rest = Math.Abs(degrees);
        uint whole = (uint)rest;
        rest = (rest - whole) * 60;
        uint minutes = (uint)rest;
        uint seconds = (uint)Math.Round((rest - minutes) * 60 * 10_000);
        byte[] bytes = new byte[24];
        uint[] values = [whole, 1, minutes, 1, seconds, 10_000];
        for (int i = 0; i < values.Length; i++)
        {
            if (little) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), values[i]);
            else BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * i), values[i]);
        }
        return bytes;
    }
}
