using System.Globalization;
using System.Text;

namespace Offproof.Phone;

/// <summary>Names of exported files (notes.md §4.2). What they are made of comes from a tree that anybody may have written.</summary>
static class ExportName
{
    const int MostBytes = 120;

    /// <summary>A file's own path in parts, as this system can hold them; null where it would lead elsewhere or is none.</summary>
    internal static string[]? Parts(string path)
    {
        string[] parts = path.Split('/');
        for (int index = 0; index < parts.Length; index++)
        {
            if (parts[index] is "" or "." or ".." || parts[index].Contains('\0', StringComparison.Ordinal)) return null;
            if (OperatingSystem.IsWindows()) parts[index] = Portable(parts[index]);
        }
        return parts;
    }

    /// <summary>True for the name of one folder.</summary>
    internal static bool IsFolder(string name) => name is not ("" or "." or "..") && !name.Any(c => c is '/' or < ' ' or (>= '\u007F' and <= '\u009F'));

    /// <summary>A name that a person likes and every system can hold; empty where nothing is left of the title.</summary>
    internal static string OfTitle(string title)
    {
        StringBuilder name = new();
        int bytes = 0;
        foreach (Rune rune in title.EnumerateRunes())
        {
            bool kept = rune.Value is >= ' ' and not (>= 0x7F and <= 0x9F) and not (0x2028 or 0x2029 or 0xFEFF) && !"/\\:*?\"<>|".Contains((char)Math.Min(rune.Value, 0xFFFF), StringComparison.Ordinal);
            bytes += kept ? rune.Utf8SequenceLength : 1;
            if (bytes > MostBytes) break;
            name.Append(kept ? rune.ToString() : rune.Value is '\n' or '\t' or '\r' ? " " : "-");
        }
        string text = name.ToString().Trim().TrimStart('.').TrimEnd('.', ' ');
        return IsDevice(text) ? text + "_" : text;
    }

    /// <summary>The same name for the second, third... of that name.</summary>
    internal static string Numbered(string name, int number)
    {
        int dot = name.LastIndexOf('.') is var found && found > name.LastIndexOf('/') + 1 ? found : name.Length;
        return name.Insert(dot, string.Create(CultureInfo.InvariantCulture, $" ({number})"));
    }

    static string Portable(string part)
    {
        string text = string.Concat(part.Select(c => c < ' ' || "\\:*?\"<>|".Contains(c, StringComparison.Ordinal) ? '_' : c));
        if (text[^1] is '.' or ' ') text = text[..^1] + "_";
        return IsDevice(text) ? "_" + text : text;
    }

    static bool IsDevice(string name)
    {
        string stem = name.Split('.')[0].TrimEnd().ToUpperInvariant();
        return stem is "CON" or "PRN" or "AUX" or "NUL" || (stem.Length == 4 && stem[..3] is "COM" or "LPT" && char.IsAsciiDigit(stem[3]));
    }
}
