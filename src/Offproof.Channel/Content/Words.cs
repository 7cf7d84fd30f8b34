using System.Buffers;
using System.Globalization;
using System.Text;

namespace Offproof.Channel;

/// <summary>What names and texts of the bundles are made of (channel.md §4, §5). They reach terminals, paths and other programs.</summary>
internal static class Words
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");
    private static readonly SearchValues<char> WordCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    internal static bool IsName(string text, int most) => text.Length > 0 && text.Length <= most && !text.AsSpan().ContainsAnyExcept(NameCharacters);

    internal static bool IsWord(string text, int most) => text.Length > 0 && text.Length <= most && !text.AsSpan().ContainsAnyExcept(WordCharacters);

    internal static bool IsSha256(string text) => text.Length == 64 && !text.AsSpan().ContainsAnyExceptInRange('0', 'f') && text.All(char.IsAsciiHexDigitLower);

    // RFC 5646 §2.1, as far as a form goes: subtags of 1 to 8 letters and digits, the first of letters.
    internal static bool IsLanguage(string text)
    {
        string[] parts = text.Split('-');
        return text.Length <= 35 && parts[0].Length >= 2 && parts[0].All(char.IsAsciiLetter) && parts.All(static part => part.Length is >= 1 and <= 8 && part.All(char.IsAsciiLetterOrDigit));
    }

    /// <summary>What is wrong with a text for people; characters are Unicode's, not UTF-16's.</summary>
    internal static string? Complaint(string text, int most)
    {
        int count = 0;
        for (ReadOnlySpan<char> rest = text; rest.Length > 0; count++)
        {
            if (Rune.DecodeFromUtf16(rest, out Rune rune, out int used) != OperationStatus.Done) return "holds half a character";
            if (rune.Value != '\n' && Rune.IsControl(rune)) return "holds a control character";
            rest = rest[used..];
        }
        return count == 0 ? "is empty" : count > most ? string.Create(CultureInfo.InvariantCulture, $"has {count} characters, and {most} is the most") : null;
    }
}
