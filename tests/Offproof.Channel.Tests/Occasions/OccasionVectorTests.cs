using System.Globalization;

namespace Offproof.Channel.Tests;

/// <summary>vectors/occasions/days.tsv: days that governments, observatories and calendars have named (occasions.md §4).</summary>
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

    public static IEnumerable<TheoryDataRow<string, string, string>> Rows() => File.ReadLines(Path.Combine(Root, "vectors", "occasions", "days.tsv")).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t'))
        .Select(cells => new TheoryDataRow<string, string, string>(cells[0], cells[1], cells[2]));

    [Theory, MemberData(nameof(Rows))]
    public void An_occasion_is_on_the_days_that_are_known(string name, string region, string days)
    {
        Occasion occasion = Occasions.Find(name)!;
        List<DateOnly> known = [.. days.Split(' ').Select(day => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture))];
        IEnumerable<DateOnly> ours = known.Select(day => day.Year).Distinct().SelectMany(year => occasion.DaysIn(year, region is "-" ? null : region)).Select(day => day.Day);
        Assert.Equal(Text(known), Text(ours));
    }

    static string Text(IEnumerable<DateOnly> days) => string.Join(' ', days.Select(day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
}
