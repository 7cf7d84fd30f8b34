namespace Offproof.Evidence;

/// <summary>
/// What of a receiver's name is published (evidence.md §6.2). Whoever sent the traffic chose the name, and a value can stand in it in forms that nobody here tries: so only the part is carried over that somebody
/// registered, and that not where it may be the value itself.
/// </summary>
/// <param name="isInNames">A finding of the report is in a name.</param>
/// <param name="isDisguised">One is, in a disguise.</param>
sealed class ReceiverName(ValueSearch search, bool isInNames, bool isDisguised)
{
    internal const string LeftOut = "(left out)";

    const int MostLetters = 30, MostDisguised = 12, MostDigits = 5, HexRun = 8;

    // Under which names are registered in many countries: co.uk, com.cn.
    static readonly string[] Registries = ["ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"];

    /// <summary>Null where there is none.</summary>
    internal string? Shown(string? name)
    {
        if (string.IsNullOrEmpty(name)) return null;
        // Capitals could tell something too.
        string[] labels = name.TrimEnd('.').ToLowerInvariant().Split('.');
        if (name.Length > 253 || labels.Length < 2 || !IsTop(labels[^1])) return LeftOut;
        int kept = labels.Length > 2 && labels[^1].Length == 2 && Registries.Contains(labels[^2], StringComparer.Ordinal) ? 3 : 2;
        return IsShown(labels[^kept]) ? $"{(labels.Length > kept ? "*." : "")}{string.Join('.', labels[^kept..])}" : LeftOut;
    }

    static bool IsTop(string label) => label.Length is >= 2 and <= 18 && (label.All(char.IsAsciiLetterLower) || label.StartsWith("xn--", StringComparison.Ordinal)) && label.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    bool IsShown(string label)
    {
        if (label.Length == 0 || label.Length > (isDisguised ? MostDisguised : MostLetters) || label.Any(static c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')) return false;
        if (label.Count(char.IsAsciiDigit) > (isInNames ? 0 : MostDigits)) return false;
        int run = 0;
        foreach (char c in label)
        {
            run = char.IsAsciiHexDigitLower(c) ? run + 1 : 0;
            if (run == HexRun) return false;
        }
        return !search.IsInLabel(label);
    }
}
