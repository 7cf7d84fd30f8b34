using System.Globalization;
using System.Text;

namespace Offproof.Evidence;

/// <summary>Texts of strangers (case.md §5): what is none is refused, what cannot be seen is shown, and nothing in them means anything but itself.</summary>
static class PlainText
{
    /// <summary>More combining marks in a row than any writing needs: they would climb over the lines around them.</summary>
    const int MostMarks = 8;

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What is against publishing these bytes as text, or null.</summary>
    internal static string? Objection(ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        try
        {
            text = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return "it is not UTF-8";
        }
        foreach (char c in text)
        {
            if (char.IsControl(c) && c is not ('\n' or '\r' or '\t')) return string.Create(CultureInfo.InvariantCulture, $"it holds the control character U+{(int)c:X4}");
        }
        return IsEmpty(text) ? "it is empty" : null;
    }

    /// <summary>One line that says something, without control characters, as names and titles have to be.</summary>
    internal static bool IsLine(string text, int most) => text.Length <= most && !string.IsNullOrWhiteSpace(text) && !text.Any(static c => char.IsControl(c) || c is '\u2028' or '\u2029') && text.Trim() == text;

    /// <summary>Nothing of it can be seen.</summary>
    internal static bool IsEmpty(string text) => text.EnumerateRunes().All(static rune =>
        Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format || Hides(rune, Rune.GetUnicodeCategory(rune)));

    /// <summary>What hides is written out: characters that turn the direction of writing, that take no room, that are no characters, odd blanks, and marks that pile up.</summary>
    internal static string Visible(string text)
    {
        StringBuilder shown = new(text.Length);
        int marks = 0;
        Rune[] runes = [.. text.EnumerateRunes()];
        for (int i = 0; i < runes.Length; i++)
        {
            Rune rune = runes[i];
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            marks = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
            if (marks > MostMarks || (Hides(rune, category) && !IsNeeded(runes, i))) shown.Append(CultureInfo.InvariantCulture, $"\u27E8U+{rune.Value:X4}\u27E9");
            else shown.Append(rune);
        }
        return shown.ToString();
    }

    /// <summary>Something in it cannot be seen as what it is.</summary>
    internal static bool Hides(string text) => Visible(text) != text;

    // Blanks: one that does not break, as French writes before a colon, and the wide one of Chinese look like what they are. What is not assigned has no shape either.
    static bool Hides(Rune rune, UnicodeCategory category) => category switch
    {
        UnicodeCategory.Control => rune.Value is not ('\n' or '\t'),
        UnicodeCategory.SpaceSeparator => rune.Value is not (' ' or 0xA0 or 0x202F or 0x3000),
        UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => true,
        _ => IsUnseen(rune.Value),
    };

    // Letters, marks and signs that draw nothing: fillers, joiners of graphemes, variation selectors, inherent vowels, the object that is not there.
    static bool IsUnseen(int value) => value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or 0xFFFC or 0x16FE4 or 0x1D159
        or (>= 0x1DA9B and <= 0x1DAAF) or (>= 0xE0100 and <= 0xE01EF);

    /// <summary>Where writing needs what is not seen (case.md §5): joiners after a letter of scripts that join, or between emoji; the selectors of emoji after a sign. Once each: a row of them would be a hidden text.</summary>
    static bool IsNeeded(Rune[] runes, int i)
    {
        if (i == 0) return false;
        Rune before = runes[i - 1];
        bool joins = (before.Value is (>= 0x0600 and <= 0x0DFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x18AF) or (>= 0xA840 and <= 0xABFF)) && !IsUnseen(before.Value)
            && (Rune.IsLetter(before) || Rune.GetUnicodeCategory(before) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);
        return runes[i].Value switch
        {
            0x200C => joins,
            0x200D => joins || (i + 1 < runes.Length && IsSign(runes[i + 1]) && (IsSign(before) || (before.Value == 0xFE0F && i > 1 && IsSign(runes[i - 2])))),
            0xFE0E or 0xFE0F => IsSign(before) && before.Value is not (>= 0x1F3FB and <= 0x1F3FF),
            _ => false,
        };
    }

    // Skin tones are modifiers, and end an emoji that may be joined.
    static bool IsSign(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol or UnicodeCategory.MathSymbol or UnicodeCategory.ModifierSymbol
        && !IsUnseen(rune.Value) && rune.Value > 0xFF;

    /// <summary>The longest run of letters that is one word; a longer one is as many words as it holds of these.</summary>
    const int MostLetters = 30;

    /// <summary>How long a quotation is (case.md §3): runs of letters, and of digits, whatever stands between them; where writing has no blanks, two characters are a word.</summary>
    internal static int Words(string text)
    {
        int words = 0, unspaced = 0, run = 0;
        bool wasDigit = false;
        Rune[] runes = [.. text.EnumerateRunes()];
        for (int i = 0; i < runes.Length; i++)
        {
            Rune rune = runes[i];
            if (rune.Value is >= 0x0E00 and <= 0x0EFF or >= 0x1000 and <= 0x109F or >= 0x1780 and <= 0x17FF or >= 0x3040 and <= 0x30FF or >= 0x3400 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x3FFFF)
            {
                unspaced++;
                run = 0;
                continue;
            }
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark || (run > 0 && IsApostrophe(runes, i))) continue;
            bool isDigit = category is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
            // Letters in circles are signs, and are read as letters.
            if (!isDigit && !Rune.IsLetter(rune) && category != UnicodeCategory.OtherSymbol)
            {
                run = 0;
                continue;
            }
            if (run == 0 || isDigit != wasDigit || run % MostLetters == 0)
            {
                words++;
                if (isDigit != wasDigit) run = 0;
            }
            run++;
            wasDigit = isDigit;
        }
        return words + ((unspaced + 1) / 2);
    }

    // "don't", "we'll", "maker's": at most two letters follow. More would be a way to join words.
    static bool IsApostrophe(Rune[] runes, int i)
    {
        if (runes[i].Value is not ('\'' or 0x2019)) return false;
        int letters = runes.Skip(i + 1).TakeWhile(Rune.IsLetter).Take(3).Count();
        return letters is 1 or 2;
    }

    /// <summary>Its paragraphs: what stands between empty lines, with its line ends as LF.</summary>
    internal static IEnumerable<string> Paragraphs(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split("\n\n").Select(static p => p.Trim('\n')).Where(static p => p.Length > 0);
}
