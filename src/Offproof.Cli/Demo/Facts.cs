using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Cli;

/// <summary>What can be said of one contact, message or note, in one form for what was planted and for what came back.</summary>
/// <param name="Key">What makes it this one; used only to tell "different" from "missing"</param>
/// <param name="Text">All of it, one fact a line</param>
internal sealed record Facts(string Key, string Text)
{
    /// <summary>Compares as bags: two that are the same must come back twice.</summary>
    internal static DemoRestored Compare(string category, IReadOnlyList<Facts> planted, IReadOnlyList<Facts> restored)
    {
        List<Facts> unmatched = Without(planted, restored, static f => f.Text);
        List<Facts> left = Without(restored, planted, static f => f.Text);
        int missing = Without(unmatched, left, static f => f.Key).Count;
        int extra = Without(left, unmatched, static f => f.Key).Count;
        return new DemoRestored(category, planted.Count, planted.Count - unmatched.Count, unmatched.Count - missing, missing, extra);
    }

    /// <summary>The first planted entry that did not come back as it was, fact by fact where its like did; null when all did.</summary>
    internal static string? FirstDifference(IReadOnlyList<Facts> planted, IReadOnlyList<Facts> restored)
    {
        if (Without(planted, restored, static f => f.Text) is not [{ } lost, ..]) return null;
        Facts? like = Without(restored, planted, static f => f.Text).Find(f => f.Key == lost.Key);
        string[] was = lost.Text.Split('\n'), came = like?.Text.Split('\n') ?? [];
        return $"{lost.Key}: planted {string.Join(" | ", was.Except(came, StringComparer.Ordinal))}; restored {(like is null ? "nothing" : string.Join(" | ", came.Except(was, StringComparer.Ordinal)))}";
    }

    private static List<Facts> Without(IReadOnlyList<Facts> these, IReadOnlyList<Facts> those, Func<Facts, string> by)
    {
        Dictionary<string, int> known = new(StringComparer.Ordinal);
        foreach (Facts facts in those) known[by(facts)] = known.GetValueOrDefault(by(facts)) + 1;
        List<Facts> left = [];
        foreach (Facts facts in these)
        {
            int count = known.GetValueOrDefault(by(facts));
            if (count == 0) left.Add(facts);
            else known[by(facts)] = count - 1;
        }
        return left;
    }
}

/// <summary>Collects the facts of one entry: lines of <c>name: value</c>, absent values left out, in the order of the names.</summary>
internal sealed class FactSheet
{
    private readonly List<string> lines = [];

    internal void Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) lines.Add($"{name}: {value.Replace("\n", "\\n", StringComparison.Ordinal)}");
    }

    internal void Add(string name, long value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

    internal Facts As(string key)
    {
        lines.Sort(StringComparer.Ordinal);
        return new Facts(key, string.Join('\n', lines));
    }

    internal static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    internal static string Hash(string text) => Hash(Encoding.UTF8.GetBytes(text));
}
