using System.Globalization;
using System.Text;

namespace Offproof.Channel.Tests;

/// <summary>docs/occasions-days.md is what the program says. OFFPROOF_WRITE_VECTORS=1 writes it anew.</summary>
public sealed class DaysPageTests
{
    static readonly DateOnly First = new(2026, 11, 1), Last = new(2028, 11, 30);

    static string Page => Path.Combine(OccasionVectorTests.Root, "docs", "occasions-days.md");

    [Fact]
    public void The_page_of_days_is_what_the_program_says()
    {
        string made = Made();
        if (Environment.GetEnvironmentVariable("OFFPROOF_WRITE_VECTORS") is "1") File.WriteAllText(Page, made);
        Assert.Equal(made, File.ReadAllText(Page));
    }

    static string Made()
    {
        // Every day of an occasion, with the regions that have it then; "" stands for those that the table does not name.
        SortedDictionary<(DateOnly Day, string Name), (List<string> Regions, bool Approximate)> days = [];
        foreach (Occasion occasion in Occasions.All.Where(occasion => occasion.HasDay))
            foreach (string region in occasion.Regions.Concat(occasion.IsKeptElsewhere ? ["ZZ"] : Array.Empty<string>()).Order(StringComparer.Ordinal))
                for (int year = First.Year; year <= Last.Year; year++)
                    foreach (OccasionDay day in occasion.DaysIn(year, region).Where(day => day.Day >= First && day.Day <= Last))
                    {
                        if (!days.TryGetValue((day.Day, occasion.Name), out var at)) days[(day.Day, occasion.Name)] = at = ([], day.IsApproximate);
                        at.Regions.Add(region is "ZZ" ? "elsewhere" : region);
                    }
        StringBuilder page = new();
        page.Append("""
            # Days from November 2026 to November 2028

            Made by the program and checked by a test; [occasions.md](occasions.md) says by which rules. ~: approximate, to be announced. *elsewhere*: every region that the occasion's other days do not name, but for those where it is not kept.

            """);
        string month = "";
        foreach (((DateOnly day, string name), (List<string> regions, bool approximate)) in days)
        {
            string heading = day.ToString("MMMM yyyy", CultureInfo.InvariantCulture);
            if (heading != month) page.Append(CultureInfo.InvariantCulture, $"\n## {month = heading}\n\n| day | occasion | where |\n|---|---|---|\n");
            string where = regions.Contains("elsewhere") ? regions.Count == 1 ? "*elsewhere*" : $"{string.Join(' ', regions.Where(region => region is not "elsewhere"))} and *elsewhere*" : string.Join(' ', regions);
            page.Append(CultureInfo.InvariantCulture, $"| {day:ddd d} | {name}{(approximate ? " ~" : "")} | {where} |\n");
        }
        return page.ToString();
    }
}
