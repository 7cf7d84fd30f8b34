using System.Text;

namespace Offproof.Interop;

/// <summary>
/// What a folder holds, as `find` and `sha256sum` see it: neither our walker nor restic's takes part. Names are bytes, kept as Latin-1.
/// </summary>
static class Tree
{
    /// <param name="Type">f, d, l, or what else `find` calls it.</param>
    /// <param name="Mode">Octal.</param>
    /// <param name="Time">Seconds since 1970 with nine digits of fraction.</param>
    /// <param name="Link">Where a link points.</param>
    /// <param name="Content">Size and SHA-256 of a file.</param>
    internal sealed record Entry(string Type, string Mode, string Time, string Link, string Content);

    /// <summary>How exact a comparison is: what a format or a program does not keep is said where it is left out.</summary>
    /// <param name="Fraction">Digits of a second. Our engine keeps 7 (vault.md §5.3), restic 9.</param>
    /// <param name="SpecialModes">Set-user, set-group and sticky: restic restores them, our engine does not (vault.md §9.5).</param>
    internal sealed record Exactness(int Fraction, bool SpecialModes)
    {
        internal static Exactness ByRestic { get; } = new(9, true);
        internal static Exactness OfOurBackup { get; } = new(7, true);
        internal static Exactness OfOurRestore { get; } = new(7, false);
    }

    internal static async Task<SortedDictionary<string, Entry>> ReadAsync(string folder)
    {
        // find -printf %T@ writes ten digits, the last always 0.
        byte[] listed = (await Processes.ShellAsync(folder, """find . -printf '%y\t%m\t%T@\t%s\t%p\0%l\0'; printf '\0'; find . -type f -print0 | xargs -0 -r sha256sum -z --""")).Is(0).Bytes;
        string[] parts = Encoding.Latin1.GetString(listed).Split('\0');
        SortedDictionary<string, Entry> tree = new(StringComparer.Ordinal);
        int at = 0;
        for (; parts[at].Length > 0; at += 2)
        {
            string[] fields = parts[at].Split('\t', 5);
            tree.Add(fields[4], new Entry(fields[0], fields[1], fields[2][..^1], parts[at + 1], fields[0] is "f" ? fields[3] : ""));
        }
        for (at++; parts[at].Length > 0; at++)
        {
            string name = parts[at][66..];
            tree[name] = tree[name] with { Content = $"{tree[name].Content} bytes, {parts[at][..64]}" };
        }
        return tree;
    }

    /// <summary>Every difference, one a line; no line when the two are the same.</summary>
    internal static IReadOnlyList<string> Differences(SortedDictionary<string, Entry> expected, SortedDictionary<string, Entry> actual, Exactness exactness)
    {
        List<string> found = [];
        foreach ((string name, Entry entry) in expected)
        {
            if (!actual.TryGetValue(name, out Entry? other)) found.Add($"{name} is missing");
            else if (Rounded(entry, exactness) != Rounded(other, exactness)) found.Add($"{name} is {Rounded(other, exactness)} instead of {Rounded(entry, exactness)}");
        }
        found.AddRange(actual.Keys.Where(name => !expected.ContainsKey(name)).Select(name => $"{name} is extra"));
        return found;
    }

    static Entry Rounded(Entry entry, Exactness exactness) => entry with
    {
        Time = entry.Time[..^(9 - exactness.Fraction)],
        Mode = exactness.SpecialModes || entry.Mode.Length < 4 ? entry.Mode.TrimStart('0') : entry.Mode[^3..].TrimStart('0'),
    };

    /// <param name="expected">What was read earlier, or elsewhere.</param>
    /// <param name="actual">A folder.</param>
    /// <param name="exactness">What is compared.</param>
    /// <param name="of">Takes out of what the folder holds what shall not count.</param>
    internal static async Task AssertSameAsync(SortedDictionary<string, Entry> expected, string actual, Exactness exactness, Func<SortedDictionary<string, Entry>, SortedDictionary<string, Entry>>? of = null)
    {
        SortedDictionary<string, Entry> tree = await ReadAsync(actual);
        IReadOnlyList<string> differences = Differences(expected, of is null ? tree : of(tree), exactness);
        Assert.True(differences.Count == 0, $"{differences.Count} differences in {actual}:\n{string.Join('\n', differences.Take(30))}");
    }
}
