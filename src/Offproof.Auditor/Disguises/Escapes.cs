using System.Text;

namespace Offproof.Auditor;

/// <summary>Undoes what stands in for single characters: % (RFC 3986, and %u of old scripts), \ (JSON, C, Java), &amp; (HTML 4 and XML), = (RFC 2045 §6.7).</summary>
internal static class Escapes
{
    private const int LongestName = 8;

    private static readonly System.Buffers.SearchValues<byte> LettersAndDigits = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"u8);

    /// <summary>Whether anything changed. A % that begins no escape stands for itself.</summary>
    internal static bool Percent(ReadOnlySpan<byte> text, Output output, bool plus)
    {
        bool changed = false;
        while (true)
        {
            int at = plus ? text.IndexOfAny((byte)'%', (byte)'+') : text.IndexOf((byte)'%');
            if (at < 0) break;
            output.Add(text[..at]);
            text = text[at..];
            if (text[0] == '+')
            {
                output.Add((byte)' ');
                text = text[1..];
                changed = true;
            }
            else if (text.Length >= 3 && Byte(text[1..]) is var value and >= 0)
            {
                output.Add((byte)value);
                text = text[3..];
                changed = true;
            }
            else if (text.Length >= 6 && (text[1] | 0x20) == 'u' && Unit(text[2..]) is var unit and >= 0)
            {
                text = text[6..];
                if (char.IsHighSurrogate((char)unit) && text.Length >= 6 && text[0] == '%' && (text[1] | 0x20) == 'u' && Unit(text[2..]) is var low and >= 0 && char.IsLowSurrogate((char)low))
                {
                    unit = char.ConvertToUtf32((char)unit, (char)low);
                    text = text[6..];
                }
                Add(output, unit);
                changed = true;
            }
            else
            {
                output.Add((byte)'%');
                text = text[1..];
            }
        }
        output.Add(text);
        return changed;
    }

    /// <summary>\uXXXX with surrogates, \u{X}, \UXXXXXXXX, \xXX, octal, and the letters of JSON and C; another character after \ stands for itself.</summary>
    internal static bool Backslash(ReadOnlySpan<byte> text, Output output)
    {
        bool changed = false;
        while (text.IndexOf((byte)'\\') is var at and >= 0)
        {
            output.Add(text[..at]);
            text = text[at..];
            if (text.Length == 1) break;
            changed = true;
            int used = 2;
            switch (text[1])
            {
                case (byte)'u' when text.Length >= 6 && Unit(text[2..]) is var unit and >= 0:
                    used = 6;
                    if (char.IsHighSurrogate((char)unit) && text.Length >= 12 && text[6] == '\\' && text[7] == 'u' && Unit(text[8..]) is var low and >= 0 && char.IsLowSurrogate((char)low))
                    {
                        unit = char.ConvertToUtf32((char)unit, (char)low);
                        used = 12;
                    }
                    Add(output, unit);
                    break;
                case (byte)'u' when text.Length >= 5 && text[2] == '{' && text[..Math.Min(12, text.Length)].IndexOf((byte)'}') is var close and > 3
                        && Number(text[3..close], 16) is var rune and >= 0 and <= 0x10FFFF:
                    used = close + 1;
                    Add(output, rune);
                    break;
                case (byte)'U' when text.Length >= 10 && Number(text[2..10], 16) is var rune and >= 0 and <= 0x10FFFF:
                    used = 10;
                    Add(output, rune);
                    break;
                case (byte)'x' when text.Length >= 4 && Byte(text[2..]) is var value and >= 0:
                    used = 4;
                    output.Add((byte)value);
                    break;
                case >= (byte)'0' and <= (byte)'7':
                    while (used < 4 && used < text.Length && text[used] is >= (byte)'0' and <= (byte)'7') used++;
                    output.Add((byte)(Number(text[1..used], 8) & 255));
                    break;
                default:
                    output.Add(text[1] switch { (byte)'n' => (byte)'\n', (byte)'r' => (byte)'\r', (byte)'t' => (byte)'\t', (byte)'b' => (byte)'\b', (byte)'f' => (byte)'\f', var other => other });
                    break;
            }
            text = text[used..];
        }
        output.Add(text);
        return changed;
    }

    /// <summary>&amp;#N; &amp;#xN; and the names that HTML 4 has for characters, also without the semicolon.</summary>
    internal static bool Entity(ReadOnlySpan<byte> text, Output output)
    {
        bool changed = false;
        while (text.IndexOf((byte)'&') is var at and >= 0)
        {
            output.Add(text[..at]);
            text = text[at..];
            int used = Entity(text, out int rune);
            if (used == 0)
            {
                output.Add((byte)'&');
                text = text[1..];
                continue;
            }
            Add(output, rune);
            text = text[used..];
            changed = true;
        }
        output.Add(text);
        return changed;
    }

    /// <summary>=XX, and line breaks that are none.</summary>
    internal static bool QuotedPrintable(ReadOnlySpan<byte> text, Output output)
    {
        bool changed = false;
        while (text.IndexOf((byte)'=') is var at and >= 0)
        {
            output.Add(text[..at]);
            text = text[at..];
            int used = SoftBreak(text);
            if (used == 0 && text.Length >= 3 && Byte(text[1..]) is var value and >= 0)
            {
                output.Add((byte)value);
                used = 3;
            }
            changed |= used > 0;
            if (used == 0)
            {
                output.Add((byte)'=');
                used = 1;
            }
            text = text[used..];
        }
        output.Add(text);
        return changed;
    }

    /// <summary>The length of a soft line break at the beginning of a text; 0 where there is none.</summary>
    internal static int SoftBreak(ReadOnlySpan<byte> text) =>
        text.StartsWith("=\r\n"u8) ? 3 : text.StartsWith("=\n"u8) ? 2 : 0;

    /// <summary>The length of the entity that a text begins with; 0 where there is none.</summary>
    internal static int Entity(ReadOnlySpan<byte> text, out int rune)
    {
        rune = 0;
        if (text.Length < 4 || text[0] != '&') return 0;
        if (text[1] == '#')
        {
            bool hex = (text[2] | 0x20) == 'x';
            int from = hex ? 3 : 2;
            int to = from;
            while (to < text.Length && to - from < 7 && (hex ? char.IsAsciiHexDigit((char)text[to]) : char.IsAsciiDigit((char)text[to]))) to++;
            rune = Number(text[from..to], hex ? 16 : 10);
            if (rune is < 0 or > 0x10FFFF) return 0;
            return to < text.Length && text[to] == ';' ? to + 1 : to;
        }
        int end = text[..Math.Min(text.Length, LongestName + 2)].IndexOf((byte)';');
        if (end < 0) return 0;
        rune = text[1..end] switch
        {
            var name when name.SequenceEqual("amp"u8) => '&',
            var name when name.SequenceEqual("lt"u8) => '<',
            var name when name.SequenceEqual("gt"u8) => '>',
            var name when name.SequenceEqual("quot"u8) => '"',
            var name when name.SequenceEqual("apos"u8) => '\'',
            var name when name.SequenceEqual("nbsp"u8) => 0xA0,
            var name when name.SequenceEqual("commat"u8) => '@',
            var name when name.SequenceEqual("plus"u8) => '+',
            var name when name.SequenceEqual("period"u8) => '.',
            var name when name.SequenceEqual("num"u8) => '#',
            var name when name.SequenceEqual("equals"u8) => '=',
            var name when name.SequenceEqual("lowbar"u8) => '_',
            var name when name.SequenceEqual("comma"u8) => ',',
            var name when name.SequenceEqual("colon"u8) => ':',
            var name when name.SequenceEqual("semi"u8) => ';',
            var name when name.SequenceEqual("sol"u8) => '/',
            var name when name.SequenceEqual("lpar"u8) => '(',
            var name when name.SequenceEqual("rpar"u8) => ')',
            var name => Letter(name),
        };
        return rune < 0 ? 0 : end + 1;
    }

    // HTML 4's names of letters and signs, of which thetasym is the longest.
    private static int Letter(ReadOnlySpan<byte> name)
    {
        if (name.ContainsAnyExcept(LettersAndDigits)) return -1;
        return System.Net.WebUtility.HtmlDecode($"&{Encoding.ASCII.GetString(name)};") is [var letter] ? letter : -1;
    }

    /// <summary>Two hexadecimal digits at the beginning of a text; -1 where they are not.</summary>
    internal static int Byte(ReadOnlySpan<byte> text) => text.Length < 2 ? -1 : Number(text[..2], 16);

    private static int Unit(ReadOnlySpan<byte> text) => text.Length < 4 ? -1 : Number(text[..4], 16);

    // -1 for no digits, for another character, and beyond what any escape means.
    private static int Number(ReadOnlySpan<byte> text, int radix)
    {
        int value = text.IsEmpty ? -1 : 0;
        foreach (byte character in text)
        {
            int digit = BaseN.Hex[character];
            if (digit >= radix || value > 0x1FFFFF) return -1;
            value = (value * radix) + digit;
        }
        return value;
    }

    // A lone surrogate is no character: it is shown as U+FFFD.
    private static void Add(Output output, int rune)
    {
        Rune whole = Rune.IsValid(rune) ? new Rune(rune) : Rune.ReplacementChar;
        output.Count += whole.EncodeToUtf8(output.Room(4));
    }
}
