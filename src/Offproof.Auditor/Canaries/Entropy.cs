using System.Globalization;
using System.Text;

namespace Offproof.Auditor;

/// <summary>How unlikely the parts of a form are by accident (audit.md §5.4): estimated low.</summary>
internal static class Entropy
{
    internal const double Digit = 3.3219280948873623, KnownDigit = 1.5, HexDigit = 4, CanaryLetter = 3, Letter = 1.75, Ideograph = 4, Sign = 0.5;

    /// <summary>Both halves of a pair may stand in as many places.</summary>
    internal static readonly double Pair = Math.Log2(2 * Form.Reach);

    /// <summary>Natural text, names, addresses.</summary>
    internal static double OfText(ReadOnlySpan<char> text)
    {
        double bits = 0;
        Rune last = default;
        int same = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            same = rune == last ? same + 1 : 0;
            last = rune;
            // "aaaaaaaa" says no more than "aaa".
            if (same < 3) bits += Of(rune);
        }
        return Math.Min(bits, Form.MostBits);
    }

    /// <summary>The same of UTF-8; what is not UTF-8 counts nothing.</summary>
    internal static double OfText(ReadOnlySpan<byte> utf8) => OfText(Encoding.UTF8.GetString(utf8));

    /// <summary>Serial numbers and other words of letters and digits that follow no language.</summary>
    internal static double OfCode(ReadOnlySpan<char> code)
    {
        double bits = 0;
        bool first = true;
        foreach (char c in code)
        {
            // The letters at the beginning are the maker's, the same on every device.
            if (char.IsAsciiDigit(c)) (bits, first) = (bits + Digit, false);
            else if (char.IsAsciiLetter(c)) bits += first ? Sign : 3;
            else bits += Sign;
        }
        return Math.Min(bits, Form.MostBits);
    }

    /// <summary>UTF-8, whole characters or not.</summary>
    internal static bool HasKana(ReadOnlySpan<byte> utf8)
    {
        foreach (Rune rune in Encoding.UTF8.GetString(utf8).EnumerateRunes())
            if (IsKana(rune)) return true;
        return false;
    }

    static bool IsKana(Rune rune) => rune.Value is >= 0x3040 and <= 0x30FF or >= 0x31F0 and <= 0x31FF or >= 0xFF66 and <= 0xFF9F;

    static double Of(Rune rune)
    {
        if (Rune.IsDigit(rune)) return Digit;
        int value = rune.Value;
        if (IsKana(rune)) return Letter; // most of them are endings
        if (value is >= 0x2E80 and <= 0x9FFF or >= 0xAC00 and <= 0xD7AF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x3FFFF) return Ideograph;
        UnicodeCategory category = Rune.GetUnicodeCategory(rune);
        return category <= UnicodeCategory.NonSpacingMark ? Letter : category == UnicodeCategory.OtherSymbol ? 3 : Sign;
    }
}
