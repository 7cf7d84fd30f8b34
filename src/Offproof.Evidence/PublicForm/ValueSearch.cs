using System.Globalization;
using System.Text;

namespace Offproof.Evidence;

/// <summary>
/// Looks for the persona's values in what is about to be published: as they are, without separators, the end of a telephone number, the local part of an e-mail address; each of them also backwards, in hex, base32 and
/// base64 at every alignment; in either case (evidence.md §6.2). It is the last net, and knows far fewer forms than the auditor.
/// </summary>
sealed class ValueSearch
{
    const int Shortest = 7; // letters and digits: less is met by chance
    const int Longest = 32; // of a value, so much of its beginning
    const int NationalDigits = 9;
    const int Piece = 8; // of a value in a host name, where another part of it may be elsewhere
    const string Base32 = "abcdefghijklmnopqrstuvwxyz234567", Base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    static readonly string[] NameMembers = ["additional", "carrier", "displayName", "family", "given", "nickname", "organization"];

    readonly Dictionary<string, string> needles = new(StringComparer.Ordinal);
    readonly HashSet<string> starts = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> coordinates = new(StringComparer.Ordinal);
    readonly HashSet<string> pieces = new(StringComparer.Ordinal);
    readonly int[] lengths;

    internal ValueSearch(IReadOnlyList<(string Id, string Value)> values)
    {
        foreach (var (id, value) in values)
        {
            string member = id[(id.LastIndexOf('.') + 1)..];
            if (NameMembers.Contains(member, StringComparer.Ordinal)) Name(id, value);
            if (member is "lat" or "lon" && value.IndexOf('.', StringComparison.Ordinal) is > 0 and var point && value.Length >= point + 4) coordinates.TryAdd(value.TrimStart('-')[..(value.TrimStart('-').IndexOf('.', StringComparison.Ordinal) + 4)], id);
            if (!PersonaValues.IsTelling(id, value)) continue;
            Pieces(value);
            Forms(id, value);
            if (value is ['+', ..] && value[1..].All(char.IsAsciiDigit) && value.Length > NationalDigits + 1) Forms(id, value[^NationalDigits..]);
            if (value.IndexOf('@', StringComparison.Ordinal) is > 0 and var at)
            {
                Forms(id, value[..at]);
                foreach (string part in value[..at].Split('.', '-', '_', '+')) Name(id, part);
            }
        }
        lengths = [.. needles.Keys.Select(static needle => needle.Length).Distinct().Order()];
    }

    /// <summary>The id of a value that a file tells; null where none is found. Lines and quotation marks part what belongs to different values.</summary>
    internal string? InFile(string text) => Find(Reduced(text, isJoined: false));

    /// <summary>The same of what a person wrote, in which a number may be told in any spacing, and names and coordinates tell something by themselves.</summary>
    internal string? InWords(string text)
    {
        if (Find(Reduced(text, isJoined: true)) is { } found) return found;
        string words = Words(text), points = text.Replace(',', '.');
        foreach (var (name, id) in names) if (words.Contains(name, StringComparison.Ordinal)) return id;
        foreach (var (coordinate, id) in coordinates)
            for (int from = 0; points.IndexOf(coordinate, from, StringComparison.Ordinal) is >= 0 and var at; from = at + 1)
                if (at == 0 || !char.IsAsciiDigit(points[at - 1])) return id;
        return null;
    }

    /// <summary>Whether a label of a host name tells a value: names may be written together in it, and a part of an identifier is one.</summary>
    internal bool IsInLabel(string label)
    {
        if (InWords(label) is not null || names.Keys.Any(name => name.Length >= 7 && label.Contains(name.Trim(' '), StringComparison.OrdinalIgnoreCase))) return true;
        string plain = Reduced(label, isJoined: true);
        for (int at = 0; at + Piece <= plain.Length; at++)
            if (pieces.Contains(plain.Substring(at, Piece))) return true;
        return false;
    }

    // Of identifiers; of texts and addresses words stand in many names.
    void Pieces(string value)
    {
        if (value.Any(static c => char.IsWhiteSpace(c) || c == '/')) return;
        string plain = Reduced(value.Split('@')[0], isJoined: true);
        for (int at = 0; at + Piece <= plain.Length; at++) pieces.Add(plain.Substring(at, Piece));
    }

    string? Find(string text)
    {
        if (lengths.Length == 0) return null;
        var beginnings = starts.GetAlternateLookup<ReadOnlySpan<char>>();
        var wholes = needles.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int at = 0; at + Shortest <= text.Length; at++)
        {
            if (!beginnings.Contains(text.AsSpan(at, Shortest))) continue;
            foreach (int length in lengths)
                if (at + length <= text.Length && wholes.TryGetValue(text.AsSpan(at, length), out string? id)) return id;
        }
        return null;
    }

    void Name(string id, string value)
    {
        if (Words(value) is { Length: >= 5 } words && words.Any(char.IsLetter)) names.TryAdd(words, id); // a blank at both ends
    }

    void Forms(string id, string value)
    {
        string[] cores = [value, Kept(value)];
        foreach (string core in cores.Distinct(StringComparer.Ordinal))
        {
            string plain = Reduced(core, isJoined: true);
            if (plain.Length < Shortest) continue;
            Add(plain);
            char[] backwards = plain.ToCharArray();
            Array.Reverse(backwards);
            Add(new string(backwards));
            byte[] bytes = Encoding.UTF8.GetBytes(core);
            bytes = bytes[..Math.Min(bytes.Length, Longest)];
            Add(Convert.ToHexStringLower(bytes));
            for (int shift = 0; shift < 5; shift++) Add(Digits(bytes, shift, 5, Base32));
            for (int shift = 0; shift < 3; shift++) Add(Reduced(Digits(bytes, shift, 6, Base64), isJoined: true));
        }

        void Add(string needle)
        {
            if (needle.Length < Shortest) return;
            needle = needle[..Math.Min(needle.Length, Longest)];
            if (needles.TryAdd(needle, id)) starts.Add(needle[..Shortest]);
        }
    }

    /// <summary>The digits, of so many bits each, that depend on these bytes alone, where others stand before them and behind.</summary>
    static string Digits(byte[] bytes, int before, int bits, string alphabet)
    {
        StringBuilder text = new();
        for (int digit = (8 * before + bits - 1) / bits; (digit + 1) * bits <= 8 * (before + bytes.Length); digit++)
        {
            int value = 0;
            for (int bit = digit * bits - 8 * before; bit < (digit + 1) * bits - 8 * before; bit++) value = value << 1 | bytes[bit / 8] >> (7 - bit % 8) & 1;
            text.Append(alphabet[value]);
        }
        return text.ToString();
    }

    static string Kept(string value) => string.Concat(value.Where(char.IsLetterOrDigit));

    static string Reduced(string text, bool isJoined)
    {
        StringBuilder kept = new(text.Length);
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c)) kept.Append(char.ToLowerInvariant(Digit(c)));
            else if (!isJoined && c is '\n' or '"' or ',') kept.Append('\n');
        }
        return kept.ToString();
    }

    // Digits of other scripts are digits.
    static char Digit(char c) => !char.IsAsciiDigit(c) && char.IsDigit(c) ? (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(c)) : c;

    /// <summary>Lower case, one blank before and behind each word.</summary>
    static string Words(string text)
    {
        StringBuilder words = new(" ");
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c)) words.Append(char.ToLowerInvariant(Digit(c)));
            else if (words[^1] != ' ') words.Append(' ');
        }
        if (words[^1] != ' ') words.Append(' ');
        return words.ToString();
    }
}
