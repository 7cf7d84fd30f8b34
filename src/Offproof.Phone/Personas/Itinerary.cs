namespace Offproof.Phone;

/// <summary>A public place, in a zone without summer time, so that one offset is right all year.</summary>
readonly record struct Place(string Name, int Latitude, int Longitude, int OffsetMinutes);

/// <summary>When and where the persona took which picture: ordered in time, never two in one minute.</summary>
static class Itinerary
{
    internal static readonly Place[] Places =
    [
        new("Reykjavik, Hallgrimskirkja", 64_141_700, -21_926_600, 0),
        new("Kyoto, Imperial Palace park", 35_024_400, 135_762_000, 9 * 60),
        new("Kathmandu, Durbar Square", 27_704_300, 85_307_000, (5 * 60) + 45),
        new("Cape Town, Company's Garden", -33_927_500, 18_416_500, 2 * 60),
        new("Lima, Plaza Mayor", -12_046_000, -77_030_500, -5 * 60),
        new("Honolulu, Kapiolani Park", 21_268_500, -157_818_500, -10 * 60),
        new("Brisbane, Botanic Gardens", -27_475_600, 153_029_800, 10 * 60),
        new("Mumbai, Oval Maidan", 18_927_000, 72_827_500, (5 * 60) + 30),
    ];

    static readonly DateTime First = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
    const int Days = 730;

    /// <summary>Local times with offset and the place, in the order of the local clock, so that file names sort as the pictures were taken.</summary>
    internal static (DateTimeOffset Taken, Place Place)[] Draw(SeededBits bits, int count)
    {
        // A stay of days at one place, then the next: an offset changes between days and not between pictures.
        int stay = bits.Between(9, 21);
        int shift = bits.Below(Places.Length);
        HashSet<long> minutes = [];
        while (minutes.Count < count)
        {
            int day = bits.Below(Days), minute = bits.Between(5 * 60, (22 * 60) - 1);
            minutes.Add((day * 1440L) + minute);
        }
        return [.. minutes.Order().Select(minute =>
        {
            Place place = Places[(int)(((minute / 1440 / stay) + shift) % Places.Length)];
            DateTime local = First.AddMinutes(minute).AddSeconds(bits.Below(60));
            return (new DateTimeOffset(local, TimeSpan.FromMinutes(place.OffsetMinutes)), place);
        })];
    }

    /// <summary>A point within about a kilometre.</summary>
    internal static MicroPoint Near(Place place, SeededBits bits) =>
        new(place.Latitude + bits.Between(-9_000, 9_000), place.Longitude + bits.Between(-9_000, 9_000));
}
