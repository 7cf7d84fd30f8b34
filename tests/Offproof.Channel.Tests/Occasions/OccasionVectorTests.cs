using System.Globalization;

namespace Offproof.Channel.Tests;

/// <summary>vectors/occasions: days that governments and calendars have named (occasions.md §4).</summary>
public sealed class OccasionVectorTests
{
    internal static string Root
    {
        get
        {
            string? at = AppContext.BaseDirectory;
            while (at is not null && !File.Exists(Path.Combine(at, "Offproof.slnx"))) at = Path.GetDirectoryName(at);
            return at!;
        }
    }

    /// <summary>The cells of a vector's lines.</summary>
    internal static IEnumerable<string[]> Lines(string name) =>
        File.ReadLines(Path.Combine(Root, "vectors", "occasions", name)).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t'));

    public static IEnumerable<TheoryDataRow<string, string, string>> Days() => Lines("days.tsv").Select(cells => new TheoryDataRow<string, string, string>(cells[0], cells[1], cells[2]));

    [Theory, MemberData(nameof(Days))]
    public void An_occasion_is_on_the_days_that_are_known(string name, string region, string days) => Assert.Equal(days, Text(Ours(name, region, days)));

    [Fact] // occasions.md §2.6 has the counts
    public void Announced_days_are_a_day_off_at_most_and_are_met_more_often_than_by_umm_al_qura()
    {
        int all = 0, met = 0, table = 0;
        foreach (string[] cells in Lines("announced.tsv"))
        {
            List<DateOnly> announced = [.. cells[2].Split(' ').Select(Day)], ours = [.. Ours(cells[0], cells[1], cells[2])], saudi = [.. Ours(cells[0], "SA", cells[2])];
            Assert.Equal(announced.Count, ours.Count);
            for (int i = 0; i < announced.Count; i++)
            {
                Assert.InRange(ours[i].DayNumber - announced[i].DayNumber, -1, 1);
                all++;
                if (ours[i] == announced[i]) met++;
                if (saudi[i] == announced[i]) table++;
            }
        }
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{met} of {all} are met, Umm al-Qura meets {table}"), File.ReadAllText(Path.Combine(Root, "docs", "occasions.md")), StringComparison.Ordinal);
    }

    // All days of the years that are named.
    static IEnumerable<DateOnly> Ours(string name, string region, string days) =>
        days.Split(' ').Select(day => Day(day).Year).Distinct().SelectMany(year => Occasions.Find(name)!.DaysIn(year, region is "-" ? null : region)).Select(day => day.Day);

    static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    static string Text(IEnumerable<DateOnly> days) => string.Join(' ', days.Select(day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
}
