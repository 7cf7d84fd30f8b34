using System.Text;

namespace Offproof.Auditor;

/// <summary>The same few values of fields come again and again: one string for each.</summary>
internal static class Interned
{
    private const int Longest = 256;

    private static readonly string?[] s_strings = new string?[1024];

    /// <summary>Latin-1 as a string.</summary>
    internal static string Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return "";
        if (bytes.Length > Longest) return Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 8 << 10)]);
        uint hash = 2166136261;
        foreach (byte one in bytes) hash = unchecked((hash ^ one) * 16777619);
        // Two threads may each make the string; either will do.
        ref string? place = ref s_strings[(hash ^ (hash >> 16)) & 1023];
        string? known = place;
        if (known is not null && IsIt(known, bytes)) return known;
        string made = Encoding.Latin1.GetString(bytes);
        place = made;
        return made;
    }

    private static bool IsIt(string text, ReadOnlySpan<byte> bytes)
    {
        if (text.Length != bytes.Length) return false;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (text[i] != bytes[i]) return false;
        }
        return true;
    }
}
