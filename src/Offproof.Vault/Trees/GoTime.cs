using System.Globalization;

namespace Offproof.Vault;

/// <summary>RFC 3339 with up to nine fractional digits, trailing zeros trimmed, always UTC when written (vault.md §5.3). Kept to 100 ns ticks.</summary>
static class GoTime
{
    internal static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>False for text that is no time; digits beyond the seventh are dropped. Offsets of any sort are accepted.</summary>
    internal static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is null || text.Length > 64) return false;
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0)
        {
            int end = dot + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (end - dot > 8) text = string.Concat(text.AsSpan(0, dot + 8), text.AsSpan(end));
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}
