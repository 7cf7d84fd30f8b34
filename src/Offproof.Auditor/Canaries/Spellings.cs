using System.Globalization;
using System.Text;

namespace Offproof.Auditor;

/// <summary>
/// The other ways in which a name is written (audit.md §4.3): marks apart from their letters (Unicode's form NFD), letters without them, wide letters, another apostrophe. The program knows no
/// tables of Unicode (it runs without ICU), so the usual letters are listed here.
/// </summary>
internal static class Spellings
{
    private static readonly System.Buffers.SearchValues<char> AnyApostrophe = System.Buffers.SearchValues.Create(Apostrophes);

    private const string Apostrophes = "'\u2019\u2018\u02bc`\u00b4";

    // Base letters, their compositions in the same order, and the mark that makes one of the other.
    private static readonly (string Bases, string Composed, char Mark)[] Marks =
    [
        ("AEIOUNaeioun", "ÀÈÌÒÙǸàèìòùǹ", '\u0300'),
        ("AEIOUYCLNRSZaeiouyclnrszΑΕΗΙΟΥΩαεηιουω", "ÁÉÍÓÚÝĆĹŃŔŚŹáéíóúýćĺńŕśźΆΈΉΊΌΎΏάέήίόύώ", '\u0301'),
        ("AEIOUCGHJSWYaeioucghjswy", "ÂÊÎÔÛĈĜĤĴŜŴŶâêîôûĉĝĥĵŝŵŷ", '\u0302'),
        ("ANOIUanoiu", "ÃÑÕĨŨãñõĩũ", '\u0303'),
        ("AEIOUaeiou", "ĀĒĪŌŪāēīōū", '\u0304'),
        ("AEGIOUaegiouИи", "ĂĔĞĬŎŬăĕğĭŏŭЙй", '\u0306'),
        ("CEGIZcegz", "ĊĖĠİŻċėġż", '\u0307'),
        ("AEIOUYaeiouyЕеІі", "ÄËÏÖÜŸäëïöüÿЁёЇї", '\u0308'),
        ("AUau", "ÅŮåů", '\u030a'),
        ("OUou", "ŐŰőű", '\u030b'),
        ("CDENRSTZcdenrstz", "ČĎĚŇŘŠŤŽčďěňřšťž", '\u030c'),
        ("STst", "ȘȚșț", '\u0326'),
        ("CGKLNRSTcgklnrst", "ÇĢĶĻŅŖŞŢçģķļņŗşţ", '\u0327'),
        ("AEIUaeiu", "ĄĘĮŲąęįų", '\u0328'),
    ];

    private static readonly Dictionary<char, string> Plain = new()
    {
        ['ß'] = "ss", ['Ø'] = "O", ['ø'] = "o", ['Ł'] = "L", ['ł'] = "l", ['Đ'] = "D", ['đ'] = "d", ['Æ'] = "Ae", ['æ'] = "ae", ['Œ'] = "Oe", ['œ'] = "oe", ['ı'] = "i", ['Ð'] = "D", ['ð'] = "d", ['Þ'] = "Th", ['þ'] = "th",
    };

    private static readonly Dictionary<char, string> Apart = Marks.SelectMany(static row => row.Bases.Zip(row.Composed, (letter, composed) => (composed, $"{letter}{row.Mark}"))).ToDictionary(static pair => pair.composed, static pair => pair.Item2);

    /// <summary>Each once, and none that is the name itself.</summary>
    internal static IEnumerable<string> Of(string name)
    {
        HashSet<string> told = new(StringComparer.Ordinal) { name };
        foreach (string apostrophes in WithApostrophes(name))
        {
            if (told.Add(apostrophes)) yield return apostrophes;
            string apart = string.Concat(apostrophes.Select(static c => Decompose(c)));
            if (told.Add(apart)) yield return apart;
            string plain = string.Concat(apart.Where(static c => c is < '\u0300' or > '\u036f').Select(static c => Plain.TryGetValue(c, out string? letters) ? letters : c.ToString()));
            if (told.Add(plain)) yield return plain;
        }
        if (Ascii.IsValid(name)) yield return string.Concat(name.Select(static c => c == ' ' ? '\u3000' : c is > ' ' and < '\u007f' ? (char)(c + 0xfee0) : c));
    }

    /// <summary>In capitals and in small letters, where the search, which knows the case of ASCII alone, would not find them.</summary>
    internal static IEnumerable<string> InOtherCase(string text)
    {
        if (!text.Any(static c => c is > '\u007f' and < '\uff00' && char.IsLetter(c))) yield break;
        string upper = Upper(text);
        if (upper != text) yield return upper;
        string lower = text.ToLowerInvariant();
        if (lower != text) yield return lower;
    }

    /// <summary>A domain name as DNS has it (RFC 3492); null where it is none.</summary>
    internal static string? InAscii(string domain)
    {
        try
        {
            return new IdnMapping().GetAscii(domain.ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    internal static string Upper(string text) => text.Replace("ß", "SS", StringComparison.Ordinal).ToUpperInvariant();

    private static IEnumerable<string> WithApostrophes(string name)
    {
        yield return name;
        if (name.AsSpan().IndexOfAny(AnyApostrophe) < 0) yield break;
        foreach (char apostrophe in Apostrophes) yield return string.Concat(name.Select(c => Apostrophes.Contains(c, StringComparison.Ordinal) ? apostrophe : c));
        yield return string.Concat(name.Where(static c => !Apostrophes.Contains(c, StringComparison.Ordinal)));
    }

    private static string Decompose(char c)
    {
        if (c < 0x80) return c.ToString();
        if (Apart.TryGetValue(c, out string? apart)) return apart;
        // Unicode §3.12: syllables of Hangul.
        if (c is >= '\uac00' and <= '\ud7a3')
        {
            int index = c - 0xac00, last = index % 28;
            return $"{(char)(0x1100 + index / 588)}{(char)(0x1161 + index % 588 / 28)}{(last > 0 ? ((char)(0x11a7 + last)).ToString() : "")}";
        }
        // Voiced kana stand behind those that are not.
        char hiragana = c is >= '\u30a1' and <= '\u30f6' ? (char)(c - 0x60) : c;
        if ("がぎぐげござじずぜぞだぢづでどばびぶべぼ".Contains(hiragana, StringComparison.Ordinal)) return $"{(char)(c - 1)}\u3099";
        return "ぱぴぷぺぽ".Contains(hiragana, StringComparison.Ordinal) ? $"{(char)(c - 2)}\u309a" : c.ToString();
    }
}
