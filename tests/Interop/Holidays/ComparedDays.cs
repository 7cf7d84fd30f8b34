using System.Globalization;
using Offproof.Channel;

namespace Offproof.Interop;

/// <summary>Our days of occasions beside those of npm date-holidays, 2020 to 2035: every other day is in vectors/occasions/disagreements.tsv with its reason (occasions-compared.md), and nothing else is.</summary>
public sealed class ComparedDays
{
    static string Here => Path.Combine(ProgramUnderTest.Root, "tests", "Interop", "Holidays");

    static string Table => Path.Combine(ProgramUnderTest.Root, "vectors", "occasions", "disagreements.tsv");

    static async Task<IReadOnlyList<string[]>> RowsAsync(string script, params string[] arguments)
    {
        string packages = await NpmPackages.FolderAsync(Here, "date-holidays");
        Ended ended = (await Processes.RunAsync("node", [Path.Combine(Here, script), packages, .. arguments])).Is(0);
        return [.. ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('\t'))];
    }

    static IEnumerable<string> Unexplained(IReadOnlyCollection<string> disagreements, IEnumerable<string> explained)
    {
        HashSet<string> known = new(explained, StringComparer.Ordinal);
        return [.. disagreements.Where(row => !known.Contains(row)), .. known.Except(disagreements, StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Every_other_day_is_explained_and_no_explanation_is_left_over()
    {
        List<string> disagreements = [];
        int equal = 0;
        HashSet<string> occasions = new(StringComparer.Ordinal), regions = new(StringComparer.Ordinal);
        foreach (string[] row in await RowsAsync("holidays.mjs", "2020", "2035"))
        {
            (string name, string region, string year, string theirs) = (row[0], row[1], row[2], row[3]);
            Occasion occasion = Occasions.Find(name) ?? throw new InvalidDataException($"no occasion is called {name}");
            string ours = string.Join(' ', occasion.DaysIn(int.Parse(year, CultureInfo.InvariantCulture), region).Select(static day => day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
            occasions.Add(name);
            regions.Add(region);
            if (ours == theirs) equal++;
            else disagreements.Add(string.Join('\t', name, region, year, ours.Length > 0 ? ours : "-", theirs));
        }
        string[] lines = await File.ReadAllLinesAsync(Table, TestContext.Current.CancellationToken);
        Dictionary<string, string> explained = lines.Where(static line => line.Length > 0 && line[0] != '#').ToDictionary(static line => line[..line.LastIndexOf('\t')], static line => line[(line.LastIndexOf('\t') + 1)..], StringComparer.Ordinal);
        Assert.Empty(Unexplained(disagreements, explained.Keys));
        // The check can fail: a row that is lost, and one that is too many.
        Assert.Single(Unexplained(disagreements, explained.Keys.Skip(1)));
        Assert.Single(Unexplained(disagreements, explained.Keys.Append("christmas\tDE\t2026\t2026-12-25\t2026-12-24")));

        // The page counts what was compared and has a row for each reason.
        string page = await File.ReadAllTextAsync(Path.Combine(ProgramUnderTest.Root, "docs", "occasions-compared.md"), TestContext.Current.CancellationToken);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"**{equal + disagreements.Count:N0} compared, {equal:N0} equal, {disagreements.Count:N0} explained**, of {occasions.Count} occasions in {regions.Count} regions"), page, StringComparison.Ordinal);
        foreach (var reason in explained.Values.GroupBy(static reason => reason, StringComparer.Ordinal))
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"| {reason.Key} | {reason.Count()} |"), page, StringComparison.Ordinal);
        Assert.Equal(explained.Values.Distinct(StringComparer.Ordinal).Count(), page.Split('\n').Count(static line => line.StartsWith("| ", StringComparison.Ordinal) && line.Split('|') is [_, _, var count, ..] && int.TryParse(count, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out _)));
    }

    [Fact] // occasions.md §3
    public async Task Sun_and_Moon_stand_where_the_whole_theories_have_them()
    {
        IReadOnlyList<string[]> rows = await RowsAsync("sky.mjs");
        Assert.Equal(1000, rows.Count);
        double sun = 0, moon = 0, between = 0;
        foreach (double[] row in rows.Select(static row => row.Select(static cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray()))
        {
            double instant = row[0] - 2451545;
            instant -= Sky.DeltaT(instant) / 86400;
            double ofSun = Math.IEEERemainder(Sky.SunLongitude(instant) - row[1], 360) * 3600, ofMoon = Math.IEEERemainder(Sky.Moon(instant).Longitude - row[2], 360) * 3600;
            (sun, moon, between) = (Math.Max(sun, Math.Abs(ofSun)), Math.Max(moon, Math.Abs(ofMoon)), Math.Max(between, Math.Abs(ofMoon - ofSun)));
        }
        string largest = string.Create(CultureInfo.InvariantCulture, $"Sun {sun:F1}\", Moon {moon:F1}\", from one to the other {between:F1}\"");
        Assert.True(sun is > 0 and < 0.9 && moon is > 0 and < 13 && between < 13, largest);
    }
}
