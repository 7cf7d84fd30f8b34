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

    /// <summary>This coordinate within reach of a range that holds <paramref name="other"/>, after it or before it: widens the range. Behind a coordinate of another place nearby it is no longer of the same.</summary>
    internal bool Find(ReadOnlySpan<byte> bytes, DecimalPlace other, ref int start, ref int end, ref int places)
    {
        for (int point = end, to = Math.Min(bytes.Length, end + Form.Reach); point < to && bytes[point..to].IndexOfAny((byte)'.', (byte)',') is var next and >= 0; point++)
        {
            point += next;
            if (!TryRead(bytes, point, out _, out int past, out int found, out long value)) continue;
            if (IsWrittenAs(value, found) && !IsOfTwo(bytes[end..point]))
            {
                (end, places) = (past, Math.Min(places, found));
                return true;
            }
            if (IsAnother(other, value, found)) break;
        }
        int from = Math.Max(0, start - Form.Reach);
        for (int point = start; bytes[from..point].LastIndexOfAny((byte)'.', (byte)',') is var next and >= 0;)
        {
            point = from + next;
            if (!TryRead(bytes, point, out int first, out _, out int found, out long value)) continue;
            if (IsWrittenAs(value, found) && !IsOfTwo(bytes[point..start]))
            {
                (start, places) = (first, Math.Min(places, found));
                return true;
            }
            if (IsAnother(other, value, found)) return false;
        }
        return false;
    }

    // In the same degree as one of the two or beside it, and neither of them.
    bool IsAnother(DecimalPlace other, long value, int places) =>
        !other.IsWrittenAs(value, places) && (IsBeside(value, places) || other.IsBeside(value, places));

    // One object, or one list, ends and the next begins.
    static bool IsOfTwo(ReadOnlySpan<byte> between)
    {
        for (int from = 0; between[from..].IndexOfAny((byte)'}', (byte)']') is var end and >= 0;)
        {
            from += end + 1;
            ReadOnlySpan<byte> rest = between[from..].TrimStart(" \t\r\n"u8);
            if (rest is [(byte)',', ..] && rest[1..].TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..]) return true;
        }
        return false;
    }

    bool IsBeside(long value, int places) => Math.Abs(value * Powers[MostPlaces - places] - Millionths) < 1_000_000;
}
