using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Offproof.Phone;

/// <summary>persona.json (persona.md §2): UTF-8, two spaces, LF, one line feed at the end.</summary>
static class PersonaJson
{
    internal const string Schema = "offproof/v1/persona";

    /// <summary>The file's time: after the last picture.</summary>
    internal static readonly DateTimeOffset Written = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static void Write(Stream output, ulong seed, Identifiers identifiers, IReadOnlyList<PhotoEntry> photos)
    {
        JsonWriterOptions options = new() { Indented = true, IndentSize = 2, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter json = new(output, options))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteNumber("seed", seed);

            json.WriteStartObject("identifiers");
            json.WriteString("imei", identifiers.Imei);
            json.WriteString("imsi", identifiers.Imsi);
            json.WriteString("iccid", identifiers.Iccid);
            json.WriteString("androidId", identifiers.AndroidId);
            json.WriteString("mac", identifiers.Mac);
            json.WriteString("serial", identifiers.Serial);
            json.WriteString("email", identifiers.Email);
            json.WriteString("carrier", identifiers.Carrier);
            json.WriteString("phone", identifiers.Phone);
            Place(json, identifiers.Gps);
            json.WriteEndObject();

            foreach (string empty in (ReadOnlySpan<string>)["contacts", "messages", "notes"])
            {
                json.WriteStartArray(empty);
                json.WriteEndArray();
            }

            json.WriteStartArray("photos");
            foreach (PhotoEntry photo in photos)
            {
                json.WriteStartObject();
                json.WriteString("path", photo.Plan.Path);
                json.WriteString("sha256", photo.Sha256);
                json.WriteNumber("bytes", photo.Bytes);
                json.WriteNumber("width", photo.Width);
                json.WriteNumber("height", photo.Height);
                json.WriteString("taken", photo.Plan.Taken.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
                if (photo.Plan.Place is { } place) Place(json, place);
                else json.WriteNull("gps");
                json.WriteNumber("orientation", photo.Plan.Orientation);
                json.WriteString("make", SamplePhoto.Make);
                json.WriteString("model", SamplePhoto.Model);
                json.WriteBoolean("motion", photo.Plan.Motion);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        output.WriteByte((byte)'\n');
    }

    static void Place(Utf8JsonWriter json, MicroPoint place)
    {
        json.WriteStartObject("gps");
        json.WriteNumber("lat", place.Latitude / 1_000_000m);
        json.WriteNumber("lon", place.Longitude / 1_000_000m);
        json.WriteEndObject();
    }
}
