namespace Offproof.Channel;

/// <summary>All occasions that Offproof knows, and when they are (occasions.md). Computed here; nobody is asked.</summary>
public static class Occasions
{
    /// <summary>The first year that has days.</summary>
    public const int FirstYear = 2020;

    /// <summary>The last year that has days.</summary>
    public const int LastYear = 2100;

    private static readonly Dictionary<string, Occasion> Named = OccasionTable.Read();

    /// <summary>Every occasion, sorted by name.</summary>
    public static IReadOnlyList<Occasion> All { get; } = [.. Named.Values.OrderBy(static o => o.Name, StringComparer.Ordinal)];

    // ISO 3166-1 alpha-2, and XK, which is in use for Kosovo.
    private const string Regions =
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR "
        + "CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU "
        + "ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
        + "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI "
        + "SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

    /// <summary>True for the code of a region, in any case: UK is none, GB is.</summary>
    public static bool IsRegion(string code) => code.Length == 2 && code.All(char.IsAsciiLetter) && Regions.Contains(code, StringComparison.OrdinalIgnoreCase);

    /// <summary>The occasion of a word, or null.</summary>
    public static Occasion? Find(string name) => Named.GetValueOrDefault(name);

    /// <summary>What is kept in a region in a span of days, both ends included, sorted by day and name. A span that ends before it begins has none.</summary>
    /// <param name="first">The first day</param>
    /// <param name="last">The last day</param>
    /// <param name="region">ISO 3166-1 alpha-2, any case; null for every occasion's general day</param>
    public static IReadOnlyList<OccasionDay> Between(DateOnly first, DateOnly last, string? region)
    {
        List<OccasionDay> days = [];
        for (int year = Math.Max(first.Year, FirstYear); year <= Math.Min(last.Year, LastYear); year++)
            foreach (Occasion occasion in All) days.AddRange(occasion.DaysIn(year, region).Where(day => day.Day >= first && day.Day <= last));
        return [.. days.OrderBy(static day => day.Day).ThenBy(static day => day.Occasion.Name, StringComparer.Ordinal)];
    }
}
