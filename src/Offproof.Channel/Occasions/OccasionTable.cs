namespace Offproof.Channel;

/// <summary>Reads occasions.txt, which is part of the program: which occasion is when and where (occasions.md §1).</summary>
internal static class OccasionTable
{
    internal static Dictionary<string, Occasion> Read()
    {
        using Stream stream = typeof(OccasionTable).Assembly.GetManifestResourceStream("occasions.txt") ?? throw new InvalidOperationException("occasions.txt is not part of the program");
        using StreamReader reader = new(stream);
        return Parse(reader.ReadToEnd());
    }

    /// <summary>The occasions of a table, by name.</summary>
    internal static Dictionary<string, Occasion> Parse(string text)
    {
        Dictionary<string, string[]> groups = new(StringComparer.Ordinal);
        Dictionary<string, string> follows = new(StringComparer.Ordinal);
        List<(string Name, string Rule, string[] Regions, string Years)> lines = [];
        foreach (string line in text.Split('\n').Select(static line => line.Split('#')[0].Trim()).Where(static line => line.Length > 0))
        {
            string[] cells = [.. line.Split('|').Select(static cell => cell.Trim())];
            if (cells is [['=', .. var whole], var parts])
                foreach (string part in Expand(parts, groups)) follows[part] = whole;
            else if (cells is [['@', ..] group, var members]) groups[group] = Expand(members, groups);
            else if (cells.Length is 3 or 4) lines.Add((cells[0], cells[1], Expand(cells[2], groups), cells.Length == 4 ? cells[3] : ""));
            else throw new InvalidDataException($"no line of a table of occasions: {line}");
        }
        return lines.GroupBy(static line => line.Name, StringComparer.Ordinal).ToDictionary(static group => group.Key, group => One(group.Key, [.. group], follows), StringComparer.Ordinal);
    }

    private static string[] Expand(string regions, Dictionary<string, string[]> groups) =>
        [.. regions.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(region => region switch
        {
            ['@', ..] => groups[region],
            ['-', '@', ..] => groups[region[1..]].Select(static member => "-" + member),
            _ => [region],
        })];

    // The first line of an occasion has its general day. A - takes a region out of what its line has named so far, or else out of *.
    private static Occasion One(string name, List<(string Name, string Rule, string[] Regions, string Years)> lines, Dictionary<string, string> follows)
    {
        if (lines[0].Rule is "-") return new(name, null, [], null, []);
        Dictionary<string, DayRule> regions = new(StringComparer.Ordinal);
        HashSet<string> without = new(StringComparer.Ordinal);
        DayRule? general = null, elsewhere = null;
        foreach ((_, string text, string[] named, string years) in lines)
        {
            DayRule rule = DayRule.Parse(text, years);
            general ??= rule;
            HashSet<string> here = new(StringComparer.Ordinal);
            foreach (string region in named)
            {
                if (region is ['-', .. var left])
                {
                    if (!here.Remove(left)) without.Add(left);
                }
                else if (region is "*") elsewhere = rule;
                else here.Add(region);
            }
            foreach (string region in here)
                if (!regions.TryAdd(region, rule)) throw new InvalidDataException($"{name}: {region} has two lines");
        }
        // A territory that no line names keeps what its country keeps.
        foreach ((string part, string whole) in follows)
        {
            if (regions.ContainsKey(part)) continue;
            if (regions.TryGetValue(whole, out DayRule? rule)) regions[part] = rule;
            else if (without.Contains(whole)) without.Add(part);
        }
        return new(name, general, regions, elsewhere, without);
    }
}
