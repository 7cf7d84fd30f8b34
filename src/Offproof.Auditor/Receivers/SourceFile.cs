using System.Globalization;

namespace Offproof.Auditor;

/// <summary>A file of the folder while it is read: what it is and what is wrong with it.</summary>
internal sealed class SourceFile(string path)
{
    internal const int MostProblems = 8;

    private readonly List<string> _problems = [];

    internal string Path { get; } = path;

    internal string Name { get; } = System.IO.Path.GetFileName(path);

    internal string Kind { get; set; } = "unknown";

    internal string? Publisher { get; set; }

    internal string? Date { get; set; }

    internal string? Serial { get; set; }

    internal long Entries { get; set; }

    internal string Sha256 { get; set; } = "";

    internal long Bytes { get; set; }

    internal bool IsDamaged { get; private set; }

    internal void Lacks(string problem)
    {
        if (_problems.Count < MostProblems) _problems.Add(problem);
    }

    internal void Damaged(string problem)
    {
        IsDamaged = true;
        Lacks(problem);
    }

    internal ClaimReport Claim(string layer, string value, string what, AddressRange range, string? name = null, string? since = null) => new(layer, value, what, name, range.ToString(), since, Date, Name, Kind);

    internal SourceReport Report() => new(Name, Kind, Publisher, Date, Serial, Entries, Bytes, Sha256, _problems, IsDamaged);

    /// <summary>What is not printable is a blank, what is too long is cut: a registry's text reaches a terminal. Null where nothing is left.</summary>
    internal static string? Clean(string? text, int most = 200)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        text = text.Trim();
        Span<char> clean = stackalloc char[Math.Min(text.Length, most)];
        for (int at = 0; at < clean.Length; at++) clean[at] = char.IsControl(text[at]) || char.GetUnicodeCategory(text[at]) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? ' ' : text[at];
        if (char.IsHighSurrogate(clean[^1])) clean[^1] = '?';
        string words = clean.Trim().ToString();
        return words.Length > 0 ? words : null;
    }

    /// <summary>The day in a file's name: 20260801, 2026-08-01; of 2026-08 its first.</summary>
    internal static string? DayOf(string name)
    {
        for (int at = 0; at + 7 <= name.Length; at++)
        {
            if ((at > 0 && char.IsAsciiDigit(name[at - 1])) || !TryNumber(name, at, 4, out int year) || year is < 1990 or > 2199) continue;
            bool hasDash = name[at + 4] is '-' or '_';
            int month = at + (hasDash ? 5 : 4);
            if (!TryNumber(name, month, 2, out int month2) || month2 is < 1 or > 12) continue;
            int day = month + 2;
            if (hasDash && day < name.Length && name[day] is '-' or '_') day++;
            if ((hasDash == (day > month + 2) || !hasDash) && TryNumber(name, day, 2, out int day2) && (day + 2 == name.Length || !char.IsAsciiDigit(name[day + 2])) && Digits.Day(year, month2, day2) is { } known) return known;
            if (hasDash && (month + 2 == name.Length || !char.IsAsciiDigit(name[month + 2]))) return Digits.Day(year, month2, 1);
        }
        return null;
    }

    private static bool TryNumber(string name, int at, int length, out int number)
    {
        number = 0;
        return at + length <= name.Length && int.TryParse(name.AsSpan(at, length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
