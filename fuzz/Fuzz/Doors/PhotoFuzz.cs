using System.Text.Json;
using Offproof.Phone;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

/// <summary>Any bytes as a picture, and as a sidecar. Throws when something of phone.md §1.4 does not hold.</summary>
static class PhotoFuzz
{
    /// <summary>Returns what was found, without its values.</summary>
    internal static string Picture(byte[] input)
    {
        PhotoFacts facts = FactsReader.Read(new MemoryStream(input, writable: false));
        Check(facts.Orientation is null or (>= 1 and <= 8), "an orientation that none is");
        Check(facts.Motion is not { } motion || (motion.Offset > 0 && motion.Length > 0 && motion.Length <= input.Length - motion.Offset), "a motion photo outside of the file");
        if (facts.Taken is { } taken) _ = taken.Moment; // near the ends of the calendar an offset must not leave it
        Place(facts.Position);
        return $"taken {facts.Taken?.Origin}|place {facts.Position.HasValue}|turned {facts.Orientation.HasValue}|motion {facts.Motion.HasValue}|{(facts.Problem is { } problem ? string.Concat(problem.TakeWhile(c => c is not (':' or '\'' or ';' or '0' or >= '1' and <= '9'))) : null)}";
    }

    /// <summary>Returns what was found, without its values.</summary>
    internal static string Sidecar(byte[] input)
    {
        try
        {
            TakeoutFacts facts = TakeoutFacts.Read(new MemoryStream(input, writable: false));
            Place(facts.Position);
            return $"{facts.TakenUtc.HasValue} {facts.Position.HasValue}";
        }
        catch (JsonException)
        {
            return "no JSON";
        }
        // Documented of the caller: it names a sidecar of this kind malformed.
        catch (InvalidOperationException)
        {
            return "no text";
        }
    }

    static void Place(GeoPoint? position) =>
        Check(position is not { } place || (place.Latitude is >= -90 and <= 90 && place.Longitude is >= -180 and <= 180 && (place.Altitude is not { } altitude || double.IsFinite(altitude))), "a place that is not on Earth");
}
