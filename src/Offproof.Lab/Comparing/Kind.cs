using System.Globalization;
using System.Text;

namespace Offproof.Lab;

/// <summary>What a value is written with, from digits to any byte: a value of a lower kind could be one of a higher.</summary>
internal enum Kind
{
    Digits,
    Hex,
    Token,
    Text,
    Bytes,
}

internal static class Kinds
{
    internal static Kind Of(ReadOnlySpan<byte> value)
    {
        Kind kind = Kind.Digits;
        foreach (byte b in value)
        {
            Kind least = b switch
            {
                >= (byte)'0' and <= (byte)'9' => Kind.Digits,
                (>= (byte)'a' and <= (byte)'f') or (>= (byte)'A' and <= (byte)'F') => Kind.Hex,
                (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (byte)'-' or (byte)'_' or (byte)'+' or (byte)'/' or (byte)'=' or (byte)'.' or (byte)'~' or (byte)'%' => Kind.Token,
                >= 0x20 and < 0x7f => Kind.Text,
                _ => Kind.Bytes,
            };
            if (least > kind) kind = least;
        }
        return kind;
    }

    /// <summary>How many different units there are, where the unit is a character, or of bytes a byte.</summary>
    internal static int Alphabet(Kind kind) => kind switch { Kind.Digits => 10, Kind.Hex => 16, Kind.Token => 64, Kind.Text => 64, _ => 256 };
}

/// <summary>Moments as programs write them.</summary>
internal static class Moments
{
    private static readonly string[] Forms = ["r", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd"];

    /// <param name="nanoseconds">Since 1970.</param>
    /// <param name="step">The smallest difference that the form can write, in nanoseconds.</param>
    internal static bool TryRead(ReadOnlySpan<byte> value, out double nanoseconds, out double step)
    {
        (nanoseconds, step) = (0, 1);
        if (value.Length is < 10 or > 40) return false;
        string text = Encoding.Latin1.GetString(value).Trim(' ', '"');
        if (text.Length is 10 or 13 or 16 or 19 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            step = text.Length switch { 10 => 1e9, 13 => 1e6, 16 => 1e3, _ => 1 };
            nanoseconds = number * step;
            return true;
        }
        for (int i = 0; i < Forms.Length; i++)
        {
            if (!DateTimeOffset.TryParseExact(text, Forms[i], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)) continue;
            step = i == 2 ? Math.Pow(10, 9 - Math.Min(7, Fraction(text))) : i == 4 ? 86_400e9 : 1e9;
            nanoseconds = (moment - DateTimeOffset.UnixEpoch).TotalMilliseconds * 1e6;
            return true;
        }
        return false;
    }

    private static int Fraction(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal), digits = 0;
        while (point >= 0 && point + 1 + digits < text.Length && char.IsAsciiDigit(text[point + 1 + digits])) digits++;
        return digits;
    }
}
