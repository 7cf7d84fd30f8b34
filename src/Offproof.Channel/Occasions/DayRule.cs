using System.Collections.Concurrent;
using System.Globalization;

namespace Offproof.Channel;

/// <summary>A rule of the table (occasions.md §2): text in, days of a year out.</summary>
internal sealed class DayRule
{
    private static readonly string[] MonthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] WeekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private static readonly string[] HebrewNames = ["tishri", "heshvan", "kislev", "tevet", "shevat", "adar", "nisan", "iyar", "sivan", "tammuz", "av", "elul"];
    private static readonly string[] ByRegion = ["islamic", "lunar", "tithi", "entry", "onam"]; // other days at other places
    private static readonly HebrewCalendar Hebrew = new();

    private readonly Func<int, string?, IEnumerable<DateOnly>> _days;
    private readonly int _firstYear, _lastYear;
    private readonly ConcurrentDictionary<(int Year, string? Region), DateOnly[]> _known = new();
    private readonly bool _byRegion;

    private DayRule(Func<int, string?, IEnumerable<DateOnly>> days, bool approximate, bool byRegion, int firstYear, int lastYear) =>
        (_days, IsApproximate, _byRegion, _firstYear, _lastYear) = (days, approximate, byRegion, firstYear, lastYear);

    internal bool IsApproximate { get; }

    /// <summary>The days of a year, in order.</summary>
    internal IReadOnlyList<DateOnly> Days(int year, string? region)
    {
        if (year < _firstYear || year > _lastYear) return [];
        return _known.GetOrAdd((year, _byRegion ? region : null), key => [.. _days(key.Year, key.Region).Order()]);
    }

    /// <param name="text">One rule, or several between semicolons; a ~ before it: approximate</param>
    /// <param name="years">Empty, or FROM-TO</param>
    internal static DayRule Parse(string text, string years)
    {
        bool approximate = text.StartsWith('~') || text.StartsWith("islamic", StringComparison.Ordinal), byRegion = ByRegion.Any(word => text.Contains(word, StringComparison.Ordinal));
        List<Func<int, string?, IEnumerable<DateOnly>>> parts = [.. text.TrimStart('~').Split(';').Select(static part => Part(part.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        string[] span = years.Length > 0 ? years.Split('-') : ["", ""];
        return new((year, region) => parts.SelectMany(part => part(year, region)), approximate, byRegion, span[0].Length > 0 ? Number(span[0]) : Occasions.FirstYear, span[1].Length > 0 ? Number(span[1]) : Occasions.LastYear);
    }

    private static Func<int, string?, IEnumerable<DateOnly>> Part(string[] words) => words switch
    {
        ["western", var days] => (year, _) => [Easter.Western(year).AddDays(Number(days))],
        ["orthodox", var days] => (year, _) => [Easter.Orthodox(year).AddDays(Number(days))],
        ["julian", var day, var month] => (year, _) => new[] { year - 1, year }.Select(julian => Easter.Julian(julian, Month(month), Number(day))).Where(on => on.Year == year),
        ["last", var weekday, var month] => (year, _) => [Last(year, Month(month), Weekday(weekday))],
        [var weekday, "from", var day, var month] => (year, _) => [OnOrAfter(new DateOnly(year, Month(month), Number(day)), Weekday(weekday))],
        ["last-sun-of-may-or-first-of-june"] => (year, _) => [MothersInFrance(year)],
        ["lunar", var day, "full", var hours] => (year, region) => [Sky.Day(ChineseMonths.Of(region).FullMoon(year, Number(day)), Real(hours))],
        ["lunar", var date] => (year, region) => ChineseMonths.Of(region).Days(year, Number(date.Split('/')[0]), Number(date.Split('/')[1])),
        ["term", var longitude, var hours] => (year, _) => [Sky.Day(Sky.SunAt(Real(longitude) >= 280 ? year - 1 : year, Real(longitude)), Real(hours))],
        ["before", .. var rest] => Moved(Part(rest), -1),
        ["after", .. var rest] => Moved(Part(rest), 1),
        ["nowruz", var hours] => (year, _) => [Nowruz(year, Real(hours))],
        ["islamic", var date] => (year, region) => IslamicMonths.Of(region).Days(year, Number(date.Split('/')[0]), Number(date.Split('/')[1])),
        ["hebrew", var day, var month] => (year, _) => HebrewDays(year, Array.IndexOf(HebrewNames, month), Number(day)),
        ["tithi", var month, var tithi, var at] => (year, region) => [HinduDays.Of(region).Day(year, Array.IndexOf(HinduMonths.Names, month), Number(tithi), at)],
        ["entry", var longitude] => (year, region) => [HinduDays.Of(region).Entry(year, Real(longitude))],
        ["onam"] => static (year, region) => [HinduDays.Of(region).Onam(year)],
        ["pongal"] => static (year, _) => [HinduDays.Pongal(year)],
        ["nyepi"] => static (year, _) => [SakaYear.First(year)],
        [var day, var month] => (year, _) => [new DateOnly(year, Month(month), Number(day))],
        [var nth, var weekday, var month] => (year, _) => [OnOrAfter(new DateOnly(year, Month(month), ((nth[0] - '1') * 7) + 1), Weekday(weekday))],
        _ => throw new ArgumentException($"no rule: {string.Join(' ', words)}", nameof(words)),
    };

    private static Func<int, string?, IEnumerable<DateOnly>> Moved(Func<int, string?, IEnumerable<DateOnly>> rule, int by) => (year, region) => rule(year, region).Select(day => day.AddDays(by));

    private static DateOnly OnOrAfter(DateOnly day, int weekday) => day.AddDays((weekday - (int)day.DayOfWeek + 7) % 7);

    private static DateOnly Last(int year, int month, int weekday) => OnOrAfter(new DateOnly(year, month, DateTime.DaysInMonth(year, month) - 6), weekday);

    // The law of 24 May 1950: unless that is Pentecost.
    private static DateOnly MothersInFrance(int year)
    {
        DateOnly day = Last(year, 5, 0);
        return day == Easter.Western(year).AddDays(49) ? day.AddDays(7) : day;
    }

    // The day of the equinox if it is before noon, else the next.
    private static DateOnly Nowruz(int year, double hours) => Sky.Day(Sky.SunAt(year, 0) + 0.5, hours);

    // Of two months of Adar the second is meant.
    private static IEnumerable<DateOnly> HebrewDays(int year, int month, int day)
    {
        for (int hebrew = year + 3760; hebrew <= year + 3761; hebrew++)
        {
            DateOnly on = DateOnly.FromDateTime(new DateTime(hebrew, month + 1 + (month >= 5 && Hebrew.IsLeapYear(hebrew) ? 1 : 0), day, Hebrew));
            if (on.Year == year) yield return on;
        }
    }

    private static int Month(string name) => Array.IndexOf(MonthNames, name) is >= 0 and var at ? at + 1 : throw new ArgumentException($"no month: {name}", nameof(name));

    private static int Weekday(string name) => Array.IndexOf(WeekdayNames, name) is >= 0 and var at ? at : throw new ArgumentException($"no weekday: {name}", nameof(name));

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static double Real(string text) => double.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
