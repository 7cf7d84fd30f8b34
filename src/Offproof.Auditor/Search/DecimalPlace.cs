namespace Offproof.Auditor;

/// <summary>A coordinate written as a decimal, without its sign, in millionths: matched by number, so that any three or more places, cut off or rounded, are met (audit.md §4.4).</summary>
internal readonly record struct DecimalPlace(long Millionths)
{
    internal const int FewestPlaces = 3, MostPlaces = 6, MostWhole = 5;

    static ReadOnlySpan<int> Powers => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

    /// <summary>Is this how a form writes a coordinate: digits, a point, six digits?</summary>
    internal static bool IsDecimal(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("-"u8)) text = text[1..];
        int point = text.IndexOf((byte)'.');
        return point is >= 1 and <= MostWhole && text.Length == point + 1 + MostPlaces && text.IndexOfAnyExceptInRange((byte)'.', (byte)'9') < 0 && !text.Contains((byte)'/');
    }

    internal static DecimalPlace Of(ReadOnlySpan<byte> form)
    {
        long value = 0;
        foreach (byte b in form)
            if (char.IsAsciiDigit((char)b)) value = value * 10 + b - '0';
        return new(value);
    }

    /// <summary>The two beginnings, up to the third place, that its writings have.</summary>
    internal (int Cut, int Rounded) Keys => ((int)(Millionths / 1000), (int)((Millionths + 500) / 1000));

    /// <summary>The decimal whose point is at <paramref name="point"/>.</summary>
    /// <param name="places">How many digits follow the point, at most 6.</param>
    /// <param name="value">The digits as a number, with that many places.</param>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, int point, out int start, out int end, out int places, out long value)
    {
        (start, end, places, value) = (point, point + 1, 0, 0);
        while (start > 0 && point - start <= MostWhole && char.IsAsciiDigit((char)bytes[start - 1])) start--;
        if (start == point || point - start > MostWhole) return false;
        for (int i = start; i < point; i++) value = value * 10 + bytes[i] - '0';
        for (; end < bytes.Length && char.IsAsciiDigit((char)bytes[end]); end++)
        {
            if (places == MostPlaces) continue;
            value = value * 10 + bytes[end] - '0';
            places++;
        }
        return places >= FewestPlaces;
    }

    internal static int Key(long value, int places) => (int)(value / Powers[places - FewestPlaces]);

    internal bool IsWrittenAs(long value, int places)
    {
        int scale = Powers[MostPlaces - places];
        // More places than six are read as six, cut off: what was rounded to six may have been one less.
        return value == Millionths / scale || value == (Millionths + scale / 2) / scale || (places == MostPlaces && (value == Millionths - 1 || value == OfSingle));
    }

    // Kept in 32 bits and written with all the digits of 64, as many programs do.
    long OfSingle => (long)((double)(float)(Millionths / 1e6) * 1e6);

    /// <summary>This coordinate within reach of a range, nearest after it or before it: widens the range.</summary>
    internal bool Find(ReadOnlySpan<byte> bytes, ref int start, ref int end, ref int places)
    {
        int from = Math.Max(0, start - Form.Reach), to = Math.Min(bytes.Length, end + Form.Reach);
        for (int point = from; point < to; point++)
        {
            int next = bytes[point..to].IndexOfAny((byte)'.', (byte)',');
            if (next < 0) return false;
            point += next;
            if ((point >= start && point < end) || !TryRead(bytes, point, out int first, out int past, out int found, out long value) || !IsWrittenAs(value, found)) continue;
            (start, end, places) = (Math.Min(start, first), Math.Max(end, past), Math.Min(places, found));
            return true;
        }
        return false;
    }
}
