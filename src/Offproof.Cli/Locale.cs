using Offproof.Channel;

namespace Offproof.Cli;

/// <summary>The language and country that the system is set to, by POSIX's variables (de_DE.UTF-8); culture data are not loaded in this program.</summary>
internal static class Locale
{
    /// <summary>A BCP 47 tag, as de-DE; en where nothing is said.</summary>
    internal static string Language => Read("LC_MESSAGES") is { } name ? Script(name) : "en";

    /// <summary>ISO 3166-1 alpha-2, as DE; null where nothing is said.</summary>
    internal static string? Region => Read("LC_TIME")?.Split('-') is [_, .., var region] && Occasions.IsRegion(region) ? region.ToUpperInvariant() : null;

    private static string? Read(string category)
    {
        // POSIX.1-2024, 8.2: the first of them that is set and not empty.
        string? name = new[] { "LC_ALL", category, "LANG" }.Select(Environment.GetEnvironmentVariable).FirstOrDefault(static value => !string.IsNullOrEmpty(value))?.Split('.', '@')[0].Replace('_', '-');
        return name is null or "C" or "POSIX" ? null : name;
    }

    // Chinese is told apart by its writing, which the country's name stands for.
    private static string Script(string name) => name is "zh-CN" or "zh-SG" or "zh" ? "zh-Hans" : name is "zh-TW" or "zh-HK" or "zh-MO" ? "zh-Hant" : name;
}
