namespace Offproof.Channel;

/// <summary>An occasion on a day of the Gregorian calendar. Days that begin at sunset (Islamic, Hebrew) are named by the daylight that follows.</summary>
/// <param name="Occasion">The occasion</param>
/// <param name="Day">The day</param>
/// <param name="IsApproximate">It is announced by an authority, after a sighting of the Moon or by its own tables, and may come out a day earlier or later</param>
public sealed record OccasionDay(Occasion Occasion, DateOnly Day, bool IsApproximate);
