using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Offproof.Channel;

/// <summary>
/// Text without what people leave out when they type (greetings.md §1). The platform's own normalisation wants culture data, which this program does not bring; the table was made from
/// the Unicode Character Database by tools/fold-table.
/// </summary>
internal static class TextFold
{
    private static readonly Lazy<FrozenDictionary<char, string>> Table = new(ReadTable);

    /// <summary>Words apart by one space, none at the ends.</summary>
    internal static string Fold(string text)
    {
        FrozenDictionary<char, string> table = Table.Value;
        StringBuilder folded = new(text.Length);
        bool gap = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            Rune lower = Rune.ToLowerInvariant(rune);
            if (lower.IsBmp && table.TryGetValue((char)lower.Value, out string? letters))
            {
                Part(folded, ref gap);
                foreach (char letter in letters) Append(folded, letter);
            }
            else if (lower.IsAscii && Rune.IsLetterOrDigit(lower))
            {
                Part(folded, ref gap);
                folded.Append((char)lower.Value);
            }
            else if (lower.IsBmp && IsLeftOut((char)lower.Value))
            {
                continue;
            }
            else if (IsOfWords(Rune.GetUnicodeCategory(lower)))
            {
                Part(folded, ref gap);
                if (lower.IsBmp) Append(folded, (char)lower.Value);
                else folded.Append(lower.ToString());
            }
            else
            {
                gap = true;
            }
        }
        return folded.ToString();
    }

    private static void Part(StringBuilder folded, ref bool gap)
    {
        if (gap && folded.Length > 0) folded.Append(' ');
        gap = false;
    }

    private static void Append(StringBuilder folded, char letter)
    {
        if (letter is >= 'ァ' and <= 'ヶ') letter = (char)(letter - 0x60); // Katakana stands 0x60 behind Hiragana
        if (folded.Length > 0 && Joined(folded[^1], letter) is { } one) folded[^1] = one;
        else if (letter is not (Voiced or HalfVoiced or Breve)) folded.Append(letter);
    }

    private const char Voiced = '\u3099';
    private const char HalfVoiced = '\u309A';
    private const char Breve = '\u0306';

    // What was typed in parts: a kana with its voicing mark; Hangul by the arithmetic of the Unicode Standard §3.12.
    private static char? Joined(char last, char next) => next switch
    {
        Voiced when last is >= 'か' and <= 'と' or >= 'は' and <= 'ほ' && IsUnvoiced(last) => (char)(last + 1),
        Voiced when last == 'う' => 'ゔ',
        HalfVoiced when last is >= 'は' and <= 'ほ' && IsUnvoiced(last) => (char)(last + 2),
        Breve when last == 'и' => 'й',
        >= '\u1161' and <= '\u1175' when last is >= '\u1100' and <= '\u1112' => (char)(0xAC00 + ((((last - '\u1100') * 21) + (next - '\u1161')) * 28)),
        >= '\u11A8' and <= '\u11C2' when last is >= '\uAC00' and <= '\uD7A3' && (last - 0xAC00) % 28 == 0 => (char)(last + (next - '\u11A7')),
        _ => null,
    };

    // Three to a row from は on; two to a row before, where small っ shifts them by one.
    private static bool IsUnvoiced(char kana) => kana >= 'は' ? (kana - 'は') % 3 == 0 : kana >= 'つ' ? (kana - 'つ') % 2 == 0 : (kana - 'か') % 2 == 0;

    private static bool IsLeftOut(char c) => c switch
    {
        Breve or Voiced or HalfVoiced => false, // looked at with the letter before
        >= '\u0300' and <= '\u036F' or >= '\u0483' and <= '\u0487' => true,
        >= '\u0591' and <= '\u05BD' or '\u05BF' or '\u05C1' or '\u05C2' or '\u05C4' or '\u05C5' or '\u05C7' => true,
        >= '\u0610' and <= '\u061A' or '\u0640' or >= '\u064B' and <= '\u065F' or '\u0670' or >= '\u06D6' and <= '\u06DC' or >= '\u06DF' and <= '\u06E4' or '\u06E7' or '\u06E8' or >= '\u06EA' and <= '\u06ED' => true,
        '\u093C' or '\u09BC' or '\u0A3C' or '\u0ABC' or '\u0B3C' or '\u0CBC' => true,
        >= '\u1AB0' and <= '\u1AFF' or >= '\u1DC0' and <= '\u1DFF' or >= '\u20D0' and <= '\u20FF' or >= '\uFE00' and <= '\uFE0F' or >= '\uFE20' and <= '\uFE2F' => true,
        _ => char.GetUnicodeCategory(c) == UnicodeCategory.Format,
    };

    private static bool IsOfWords(UnicodeCategory category) => category is < UnicodeCategory.SpaceSeparator or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.OtherSymbol;

    private static FrozenDictionary<char, string> ReadTable()
    {
        using StreamReader lines = new(typeof(TextFold).Assembly.GetManifestResourceStream("fold.txt")!, Encoding.UTF8);
        Dictionary<char, string> table = [];
        while (lines.ReadLine() is { } line)
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            foreach (char c in line.AsSpan(tab + 1)) table.Add(c, line[..tab]);
        }
        return table.ToFrozenDictionary();
    }
}
