using System.Globalization;

namespace Offproof.Auditor;

/// <summary>How often a form would be met though nobody sent it (audit.md §5.4).</summary>
internal static class Chance
{
    /// <summary>The expected number of coincidences in so many searched bytes, those of decoded layers included: n x 2^-bits.</summary>
    internal static double Expected(double bits, long searchedBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(searchedBytes);
        return searchedBytes * Math.Pow(2, -bits);
    }

    /// <summary>For a report: "less than 1 in 1,000,000", "1 in 3,400", "2.5 are to be expected".</summary>
    internal static string Words(double expected) => expected switch
    {
        < 1e-6 => "less than 1 in 1,000,000",
        < 0.5 => string.Create(CultureInfo.InvariantCulture, $"1 in {Rounded(1 / expected):#,0}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{expected:0.#} are to be expected"),
    };

    // Two digits: the estimate is no better.
    static double Rounded(double value)
    {
        double scale = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(value)) - 1));
        return Math.Floor(value / scale) * scale;
    }
}

/// <summary>Several forms of one canary that stand in one place.</summary>
internal static class Overlap
{
    /// <summary>Drops, of the hits from <paramref name="first"/> on, those whose range lies in that of another hit of the same canary with as many bits: fragments of a text that is there whole.</summary>
    internal static void Drop(List<Hit> hits, int first)
    {
        if (hits.Count - first < 2) return;
        Hit[] sorted = [.. hits.Skip(first).OrderBy(h => h.Form.Canary.Id, StringComparer.Ordinal).ThenBy(h => h.Offset).ThenByDescending(h => h.Length).ThenByDescending(h => h.Bits)];
        hits.RemoveRange(first, hits.Count - first);
        // Sorted so, what covers a hit stands before it; the one that reaches furthest is enough to ask.
        Hit? cover = null;
        foreach (Hit hit in sorted)
        {
            if (cover is { } c && c.Form.Canary.Id == hit.Form.Canary.Id && hit.Offset + hit.Length <= c.Offset + c.Length && hit.Bits <= c.Bits) continue;
            hits.Add(hit);
            if (cover is not { } d || d.Form.Canary.Id != hit.Form.Canary.Id || hit.Offset + hit.Length >= d.Offset + d.Length) cover = hit;
        }
    }
}
