using System.Globalization;

namespace Offproof.Channel.Tests;

/// <summary>Sun and Moon against printed almanacs (vectors/occasions/sky.tsv), an example of Meeus's book, and .NET's calendars, which were made from others' computations (occasions.md §3).</summary>
public sealed class SkyTests
{
    public static IEnumerable<TheoryDataRow<string, double, string>> Instants() => OccasionVectorTests.Lines("sky.tsv")
        .Select(cells => new TheoryDataRow<string, double, string>(cells[0], double.Parse(cells[1], CultureInfo.InvariantCulture), cells[2]));

    [Theory, MemberData(nameof(Instants))]
    public void An_instant_is_that_of_the_almanacs_to_the_minute(string body, double angle, string time)
    {
        double printed = (DateTime.ParseExact(time, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) - new DateTime(2000, 1, 1, 12, 0, 0)).TotalDays;
        double ours = body is "sun" ? Sky.When(Sky.SunLongitude, angle, printed + 3, Sky.SunPerDay) : Sky.When(Sky.Elongation, angle, printed + 3, Sky.MoonPerDay);
        Assert.InRange((ours - printed) * 1440, -1, 1); // printed is rounded to half a minute
    }

    [Fact] // Example 47.a: 12 April 1992, 0h TD; the longitude with nutation
    public void The_moon_of_the_books_example()
    {
        double instant = (new DateTime(1992, 4, 12) - new DateTime(2000, 1, 1, 12, 0, 0)).TotalDays;
        (double longitude, double latitude, double parallax) = Sky.Moon(instant - (Sky.DeltaT(instant) / 86400));
        Assert.Equal(133.167265, longitude, 0.0002);
        Assert.Equal(-3.229126, latitude, 0.00001);
        Assert.Equal(0.991990, parallax, 0.00001);
    }

    [Theory] // as Indian almanacs print them, Indian time: they use the same ayanamsa and other series
    [InlineData(2022, 4, 15, "2022-08-11 10:38", "2022-08-12 07:05"), InlineData(2023, 4, 15, "2023-08-30 10:58", "2023-08-31 07:05"), InlineData(2024, 6, 10, "2024-10-12 10:58", "2024-10-13 09:08")]
    [InlineData(2024, 6, 30, "2024-10-31 15:52", "2024-11-01 18:16"), InlineData(2025, 6, 30, "2025-10-20 15:44", "2025-10-21 17:54"), InlineData(2025, 11, 15, "2025-03-13 10:35", "2025-03-14 12:23")]
    public void A_tithi_is_that_of_the_almanacs_to_two_minutes(int year, int month, int tithi, string begins, string ends)
    {
        (double from, double until) = HinduMonths.Tithi(HinduMonths.Moon(year, month), tithi);
        Assert.InRange((from - India(begins)) * 1440, -2, 2);
        Assert.InRange((until - India(ends)) * 1440, -2, 2);
    }

    [Theory]
    [InlineData(2023, "2023-01-14 20:57"), InlineData(2024, "2024-01-15 02:54"), InlineData(2025, "2025-01-14 09:03"), InlineData(2026, "2026-01-14 15:13")]
    public void The_Sun_enters_Makara_when_the_almanacs_say_to_twelve_minutes(int year, string time) => Assert.InRange((HinduMonths.Entry(year, 270) - India(time)) * 1440, -12, 12);

    [Fact] // as India's almanacs name them
    public void The_added_months_are_those_that_are_known()
    {
        List<string> added = [];
        for (int moon = 248; Sky.Day(Sky.NewMoon(moon), 5.5).Year < 2040; moon++)
        {
            int sign = (int)(Sky.SiderealSun(Sky.NewMoon(moon)) / 30);
            if (sign == (int)(Sky.SiderealSun(Sky.NewMoon(moon + 1)) / 30)) added.Add(string.Create(CultureInfo.InvariantCulture, $"{Sky.Day(Sky.NewMoon(moon), 5.5).Year} {HinduMonths.Names[(sign + 1) % 12]}"));
        }
        Assert.Equal(["2020 ashvina", "2023 shravana", "2026 jyeshtha", "2029 chaitra", "2031 bhadrapada", "2034 ashadha", "2037 jyeshtha", "2039 ashvina"], added);
    }

    [Theory] // Universal Time, as almanacs of these cities print it
    [InlineData(51.51, -0.13, "2026-06-21", "03:43", "20:21"), InlineData(40.71, -74.01, "2026-12-21", "12:17", "21:32"), InlineData(-33.87, 151.21, "2026-06-21", "21:00", "06:54")]
    public void The_Sun_rises_and_sets_to_two_minutes(double north, double east, string day, string rises, string sets)
    {
        Place place = new(north, east, Math.Round(east / 15));
        DateOnly on = DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        Assert.InRange(MinutesApart(place.Sunrise(on), rises), -2, 2);
        Assert.InRange(MinutesApart(place.Sunset(on), sets), -2, 2);
        Assert.Equal(on, Sky.Day(place.Sunrise(on), place.HoursEast));
        Assert.Equal(on, Sky.Day(place.Sunset(on), place.HoursEast));
    }

    [Theory] // Karva Chauth in Delhi, Indian time
    [InlineData("2023-11-01 20:15"), InlineData("2024-10-20 19:54"), InlineData("2025-10-10 20:13")]
    public void The_Moon_rises_in_Delhi_to_four_minutes(string time) =>
        Assert.InRange((new Place(28.61, 77.21, 5.5).Moonrise(India(time) - 0.1) - India(time)) * 1440, -4, 4);

    static double MinutesApart(double instant, string time)
    {
        TimeSpan clock = TimeOnly.ParseExact(time, "HH:mm", CultureInfo.InvariantCulture).ToTimeSpan();
        return Math.IEEERemainder(((instant + 0.5) * 1440) - clock.TotalMinutes, 1440);
    }

    static double India(string time) => (DateTime.ParseExact(time, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) - new DateTime(2000, 1, 1, 17, 30, 0)).TotalDays;

    [Fact]
    public void China_is_nets_from_2020_to_2100_but_for_new_moons_at_midnight()
    {
        ChineseLunisolarCalendar net = new();
        List<string> other = [];
        for (int year = 2020; year <= 2100; year++)
            foreach ((DateOnly first, int month, bool leap) in ChineseMonths.Of("CN").Between(year))
            {
                DateTime day = first.ToDateTime(TimeOnly.MinValue);
                int theirs = net.GetMonth(day), leapMonth = net.GetLeapMonth(net.GetYear(day));
                bool theirLeap = theirs == leapMonth;
                if (leapMonth > 0 && theirs >= leapMonth) theirs--;
                if (net.GetDayOfMonth(day) != 1 || theirs != month || theirLeap != leap)
                    other.Add(string.Create(CultureInfo.InvariantCulture, $"{first:yyyy-MM-dd} month {month}{(leap ? " leap" : "")}, .NET: day {net.GetDayOfMonth(day)} of {theirs}{(theirLeap ? " leap" : "")}"));
            }
        // 81 seconds after midnight with the braking that we assume; before it if the Earth slows by 81 seconds more until then.
        Assert.Equal(["2097-08-08 month 7, .NET: day 2 of 7"], other);
    }

    [Fact] // occasions.md §2.4
    public void New_moons_within_two_minutes_of_midnight_in_China_are_those_of_the_page()
    {
        List<string> close = [];
        for (int moon = 248; moon <= 1250; moon++)
        {
            double clock = Sky.NewMoon(moon) + 0.5 + (8 / 24.0), minutes = (clock - Math.Round(clock)) * 1440;
            if (Math.Abs(minutes) < 2) close.Add(Sky.Day(Sky.NewMoon(moon), 8).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }
        Assert.Equal(["2057-09-29", "2089-09-04", "2097-08-08"], close);
    }

    [Fact]
    public void The_thirteen_months_of_2033_have_their_leap_month_behind_the_eleventh() =>
        Assert.Equal((new DateOnly(2033, 12, 22), 11, true), ChineseMonths.Of("CN").Between(2034).Single(month => month.Leap));

    [Fact]
    public void Umm_al_Qura_is_the_rule_that_it_was_made_by()
    {
        List<string> other = [];
        for (int year = 1442; year <= 1500; year++)
            for (int month = 1; month <= 12; month++)
            {
                DateOnly computed = IslamicMonths.UmmAlQura.Computed(year, month), table = IslamicMonths.UmmAlQura.FirstDay(year, month);
                if (computed != table) other.Add(string.Create(CultureInfo.InvariantCulture, $"{year}-{month} {table:yyyy-MM-dd} {computed:yyyy-MM-dd}"));
            }
        Assert.Equal(["1475-11 2053-06-17 2053-06-18"], other); // of 708; no festival is in that month
    }

    [Fact]
    public void Nowruz_is_the_first_day_of_nets_persian_calendar()
    {
        PersianCalendar net = new();
        for (int year = 2020; year <= 2100; year++)
            Assert.Equal(DateOnly.FromDateTime(new DateTime(year - 621, 1, 1, net)), Occasions.Find("nowruz")!.In(year, "IR")!.Day);
    }
}
