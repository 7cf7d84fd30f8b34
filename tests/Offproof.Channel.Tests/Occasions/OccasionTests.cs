using System.Globalization;

namespace Offproof.Channel.Tests;

/// <summary>What holds of every year from 2020 to 2100 (occasions.md).</summary>
public sealed class OccasionTests
{
    static readonly string[] Islamic = ["eid-al-adha", "eid-al-fitr", "islamic-new-year", "mawlid", "ramadan"];
    static readonly string[] SomeRegions = ["AU", "BR", "CN", "DE", "EG", "ET", "FR", "GB", "GR", "ID", "IL", "IN", "IR", "JP", "KR", "LK", "MA", "MX", "MY", "NG", "PK", "RU", "SA", "SG", "SR", "TR", "TT", "UA", "US", "VN"];

    static IEnumerable<int> Years => Enumerable.Range(Occasions.FirstYear, Occasions.LastYear - Occasions.FirstYear + 1);

    public static TheoryData<string> WithDay => [.. Occasions.All.Where(occasion => occasion.HasDay).Select(occasion => occasion.Name)];

    [Fact]
    public void Every_word_of_the_starter_collection_is_an_occasion()
    {
        HashSet<string> words = [.. Directory.EnumerateFiles(Path.Combine(OccasionVectorTests.Root, "greetings"), "*.jsonl").SelectMany(GreetingFiles.Read).Select(greeting => greeting.Occasion).OfType<string>()];
        Assert.DoesNotContain(words, word => Occasions.Find(word) is null);
        Assert.True(words.Count(word => Occasions.Find(word)!.HasDay) >= 65);
        Assert.Null(Occasions.Find("no-such-day"));
    }

    [Theory, MemberData(nameof(WithDay))]
    public void An_occasion_with_a_day_has_one_every_year(string name)
    {
        Occasion occasion = Occasions.Find(name)!;
        foreach (string? region in SomeRegions.Where(occasion.IsKeptIn).Append(null))
        {
            List<DateOnly> days = [.. Years.SelectMany(year => occasion.DaysIn(year, region)).Select(day => day.Day)];
            Assert.Equal(days.Order(), days);
            Assert.Equal(days.Distinct(), days);
            if (region is "RU" or "UA" && days[0].Year != 2020 || region is "UA" && days[^1].Year != 2100) continue; // since or until a year
            if (Islamic.Contains(name) || region is "IR" && name is "mothers-day" or "fathers-day")
                Assert.All(days.Zip(days.Skip(1)), pair => Assert.InRange(pair.Second.DayNumber - pair.First.DayNumber, region is null or "SA" ? 354 : 353, region is null or "SA" ? 355 : 356));
            else if (name is "laba") // falls about New Year
                Assert.All(days.Zip(days.Skip(1)), pair => Assert.InRange(pair.Second.DayNumber - pair.First.DayNumber, 353, 385));
            else
                Assert.Equal(Years.SelectMany(year => Enumerable.Repeat(year, name is "advent" ? 4 : 1)), days.Select(day => day.Year));
        }
    }

    [Theory]
    [InlineData("spring-festival", "CN", "01-21", "02-21"), InlineData("spring-festival", "VN", "01-21", "02-21"), InlineData("spring-festival", "KR", "01-21", "02-21")]
    [InlineData("mid-autumn", "CN", "09-07", "10-08"), InlineData("dragon-boat", "CN", "05-27", "06-26"), InlineData("qingming", "CN", "04-04", "04-05")]
    [InlineData("winter-solstice", "CN", "12-21", "12-22"), InlineData("setsubun", "JP", "02-02", "02-04"), InlineData("nowruz", "IR", "03-19", "03-21")]
    [InlineData("easter", "DE", "03-22", "04-25"), InlineData("orthodox-easter", "GR", "04-04", "05-09"), InlineData("advent", "DE", "11-27", "12-24")]
    [InlineData("diwali", "IN", "10-14", "11-15"), InlineData("holi", "IN", "02-28", "03-31"), InlineData("raksha-bandhan", "IN", "08-01", "09-01"), InlineData("janmashtami", "IN", "08-09", "09-09")]
    [InlineData("ganesh-chaturthi", "IN", "08-20", "09-21"), InlineData("dussehra", "IN", "09-25", "10-27"), InlineData("karva-chauth", "IN", "10-04", "11-05"), InlineData("guru-nanak-jayanti", "IN", "10-30", "11-30")]
    [InlineData("makar-sankranti", "IN", "01-14", "01-17"), InlineData("pongal", "IN", "01-14", "01-17"), InlineData("onam", "IN", "08-17", "09-18"), InlineData("vesak", "IN", "04-25", "05-30"), InlineData("nyepi", "ID", "03-03", "04-02")]
    [InlineData("rosh-hashanah", "IL", "09-05", "10-06"), InlineData("passover", "IL", "03-26", "04-27"), InlineData("hanukkah", "IL", "11-28", "12-28"), InlineData("purim", "IL", "02-24", "03-27")]
    public void A_moving_day_stays_in_its_season(string name, string region, string first, string last)
    {
        List<string> days = [.. Years.SelectMany(year => Occasions.Find(name)!.DaysIn(year, region)).Select(day => day.Day.ToString("MM-dd", CultureInfo.InvariantCulture))];
        Assert.All(days, day => Assert.True(string.CompareOrdinal(day, first) >= 0 && string.CompareOrdinal(day, last) <= 0, $"{name} {day}; they run from {days.Min(StringComparer.Ordinal)} to {days.Max(StringComparer.Ordinal)}"));
    }

    [Fact]
    public void Islamic_days_may_come_twice_in_a_year_and_are_approximate()
    {
        Assert.Equal([new DateOnly(2030, 1, 5), new DateOnly(2030, 12, 26)], Occasions.Find("ramadan")!.DaysIn(2030, null).Select(day => day.Day));
        Assert.All(Islamic, name => Assert.True(Occasions.Find(name)!.In(2026, "EG") is not { IsApproximate: false }));
        Assert.False(Occasions.Find("diwali")!.In(2026, "in")!.IsApproximate);
    }

    [Fact]
    public void What_is_not_kept_or_has_no_day_is_not_there()
    {
        Assert.True(Occasions.Find("tanabata")!.IsKeptIn("jp"));
        Assert.False(Occasions.Find("raksha-bandhan")!.IsKeptIn("JP"));
        Assert.Null(Occasions.Find("raksha-bandhan")!.In(2026, "JP"));
        Assert.NotNull(Occasions.Find("raksha-bandhan")!.In(2026, null));
        Assert.True(Occasions.Find("new-year")!.IsKeptIn("ZZ"));
        Assert.False(Occasions.Find("birthday")!.HasDay || Occasions.Find("birthday")!.IsKeptIn("DE"));
        Assert.Empty(Occasions.Find("christmas")!.DaysIn(2019, null));
        Assert.Empty(Occasions.Find("christmas")!.DaysIn(int.MaxValue, "DE"));
        Assert.Equal(new DateOnly(2023, 1, 7), Occasions.Find("orthodox-christmas")!.In(2023, "UA")!.Day);
        Assert.Null(Occasions.Find("orthodox-christmas")!.In(2024, "UA"));
    }

    [Fact]
    public void Between_has_both_ends_in_order_and_never_fails()
    {
        IReadOnlyList<OccasionDay> days = Occasions.Between(new DateOnly(2026, 12, 25), new DateOnly(2027, 1, 1), "DE");
        Assert.Equal(["christmas", "new-years-eve", "new-year"], days.Select(day => day.Occasion.Name));
        Assert.Empty(Occasions.Between(new DateOnly(2027, 1, 1), new DateOnly(2026, 1, 1), "DE"));
        Assert.Empty(Occasions.Between(DateOnly.MinValue, new DateOnly(2019, 12, 31), null));
        Assert.NotEmpty(Occasions.Between(DateOnly.MinValue, DateOnly.MaxValue, ""));
    }

    [Theory]
    [InlineData("a | 1 jan"), InlineData("a | 1 foo | *"), InlineData("a | no rule at all | *"), InlineData("a | 1 jan | DE\na | 2 jan | DE"), InlineData("a | 1 jan | @nobody")]
    public void A_line_that_says_nothing_is_refused(string table) => Assert.ThrowsAny<Exception>(() => OccasionTable.Parse(table)["a"].In(2026, null));
}
