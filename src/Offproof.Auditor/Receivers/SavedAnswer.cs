using System.Globalization;

namespace Offproof.Auditor;

/// <summary>The names under which answers are kept (receivers.md §5).</summary>
internal static class SavedAnswer
{
    internal static string Name(DateTimeOffset time, string host, Address address) =>
        string.Create(CultureInfo.InvariantCulture, $"rdap_{time.ToUniversalTime():yyyyMMdd'T'HHmmss'Z'}_{Plain(host)}_{Plain(address.ToString())}.json");

    /// <summary>The day in such a name; null in any other.</summary>
    internal static string? DayOf(string name) => name.StartsWith("rdap_", StringComparison.Ordinal) && name.Length > 13 ? SourceFile.DayOf(name[5..13]) : null;

    // A host's name comes from a server; an address has colons, which Windows does not want.
    private static string Plain(string text) => string.Create(Math.Min(text.Length, 80), text, static (plain, from) =>
    {
        for (int at = 0; at < plain.Length; at++) plain[at] = char.IsAsciiLetterOrDigit(from[at]) || (from[at] is '.' or '-' && at > 0) ? from[at] : '-';
    });
}
