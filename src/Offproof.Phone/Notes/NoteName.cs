using System.Security.Cryptography;
using System.Text;

namespace Offproof.Phone;

/// <summary>Names of files in the tree (notes.md §1).</summary>
static class NoteName
{
    const int MostSlug = 64;

    /// <summary>NAME of a note: something to read, and the beginning of a hash that stays while the note does.</summary>
    internal static string Of(string title, string key) => Slug(title) + "-" + Hex(Encoding.UTF8.GetBytes(key))[..16];

    /// <summary>NAME of one of several different notes that would have the same.</summary>
    internal static string OfVersion(string name, string hash) => name + "-" + hash[..32];

    /// <summary>The folder that a name is in.</summary>
    internal static string Folder(string name) => Hex(Encoding.UTF8.GetBytes(name))[..2];

    // By code points alone: classes of characters grow with every edition of Unicode, and a name may not.
    static string Slug(string title)
    {
        StringBuilder slug = new();
        int bytes = 0;
        foreach (Rune rune in title.EnumerateRunes())
        {
            bool kept = rune.Value switch
            {
                < 0x80 => char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value == '_',
                <= 0xA0 or (>= 0x2000 and <= 0x206F) or 0x3000 or (>= 0xE000 and <= 0xF8FF) or 0xFEFF or (>= 0xFFF0 and <= 0xFFFF) or >= 0xE0000 => false,
                _ => true,
            };
            if (!kept && (slug.Length == 0 || slug[^1] == '-')) continue;
            bytes += kept ? rune.Utf8SequenceLength : 1;
            if (bytes > MostSlug) break;
            slug.Append(kept ? rune.ToString() : "-");
        }
        string text = slug.ToString().TrimEnd('-');
        return text.Length == 0 ? "note" : text;
    }

    /// <summary>The ending of an attachment's name in the tree: that of its own name, where it is short and plain.</summary>
    internal static string Ending(string name)
    {
        int dot = name.LastIndexOf('.');
        string ending = dot < 0 ? "" : name[(dot + 1)..];
        return ending.Length is >= 1 and <= 10 && ending.All(char.IsAsciiLetterOrDigit) ? ending.ToLowerInvariant() : "bin";
    }

    static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
