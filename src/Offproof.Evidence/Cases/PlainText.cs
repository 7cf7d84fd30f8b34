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
        return string.IsNullOrWhiteSpace(text) ? "it is empty" : null;
    }

    /// <summary>One line that says something, without control characters, as names and titles have to be.</summary>
    internal static bool IsLine(string text, int most) => text.Length <= most && !string.IsNullOrWhiteSpace(text) && !text.Any(static c => char.IsControl(c) || c is '\u2028' or '\u2029') && text.Trim() == text;

    /// <summary>What hides is written out: characters that turn the direction of writing, that take no room, that are no characters, and marks that pile up.</summary>
    internal static string Visible(string text)
    {
        StringBuilder shown = new(text.Length);
        int marks = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            marks = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
            if (marks > MostMarks || Hides(rune, category)) shown.Append(CultureInfo.InvariantCulture, $"\u27E8U+{rune.Value:X4}\u27E9");
            else shown.Append(rune);
        }
        return shown.ToString();
    }

    // U+200C and U+200D stay: without them emoji and Indic writing fall apart. The last five are letters that draw nothing.
    static bool Hides(Rune rune, UnicodeCategory category) => category switch
    {
        UnicodeCategory.Control => rune.Value is not ('\n' or '\t'),
        UnicodeCategory.Format => rune.Value is not (0x200C or 0x200D),
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse => true,
        _ => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800,
    };

    /// <summary>How long a quotation is (case.md §3): words between blanks; where writing has none, two characters are a word.</summary>
    internal static int Words(string text)
    {
        int words = 0, unspaced = 0;
        bool inWord = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isUnspaced = rune.Value is >= 0x0E00 and <= 0x0EFF or >= 0x1000 and <= 0x109F or >= 0x1780 and <= 0x17FF or >= 0x3040 and <= 0x30FF or >= 0x3400 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x3FFFF;
            bool isPart = !isUnspaced && (Rune.IsLetterOrDigit(rune) || (inWord && !Rune.IsWhiteSpace(rune)));
            if (isUnspaced) unspaced++;
            if (isPart && !inWord) words++;
            inWord = isPart;
        }
        return words + ((unspaced + 1) / 2);
    }

    /// <summary>Its paragraphs: what stands between empty lines, with its line ends as LF.</summary>
    internal static IEnumerable<string> Paragraphs(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split("\n\n").Select(static p => p.Trim('\n')).Where(static p => p.Length > 0);
}
