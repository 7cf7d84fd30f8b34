using System.Globalization;
using System.Text.Json;

namespace Offproof.Phone;

/// <summary>What an exported JSON says of its picture: photoTakenTime.timestamp (seconds since 1970, as text), geoData or geoDataExif.</summary>
readonly record struct TakeoutFacts(DateTime? TakenUtc, GeoPoint? Position)
{
    const int Limit = 1024 * 1024;

    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="IOException">It cannot be read, or is too long for a description.</exception>
    internal static TakeoutFacts Read(string fullPath)
    {
        using FileStream file = new(fullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > Limit) throw new IOException("the sidecar is too long");
        return Read(file);
    }

    /// <exception cref="JsonException">It is not JSON.</exception>
    internal static TakeoutFacts Read(Stream file)
    {
        using JsonDocument document = JsonDocument.Parse(file);
        JsonElement root = document.RootElement;
        DateTime? taken = null;
        if (Member(root, "photoTakenTime") is { } time && Member(time, "timestamp") is { } stamp
            && long.TryParse(stamp.ValueKind == JsonValueKind.String ? stamp.GetString() : stamp.GetRawText(), NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out long seconds)
            && seconds is >= -62135596800 and <= 253402300799)
        {
            taken = DateTime.SpecifyKind(DateTimeOffset.FromUnixTimeSeconds(seconds).DateTime, DateTimeKind.Unspecified);
        }
        return new TakeoutFacts(taken, Place(root, "geoData") ?? Place(root, "geoDataExif"));
    }

    static GeoPoint? Place(JsonElement root, string name) =>
        Member(root, name) is { } place && Number(place, "latitude") is { } latitude && Number(place, "longitude") is { } longitude
            ? FactsReader.Point(latitude, longitude, Number(place, "altitude") is { } altitude and not 0 ? altitude : null)
            : null;

    static double? Number(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) ? number : null;

    static JsonElement? Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) ? value : null;
}
