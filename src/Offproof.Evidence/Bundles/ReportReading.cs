using System.Globalization;
using System.Text.Json;

namespace Offproof.Evidence;

/// <summary>What the packed reports say of themselves: their verdicts and their limits become the bundle's (evidence.md §2).</summary>
static class ReportReading
{
    internal const int Limit = 64 << 20;
    const int MostReasons = 100;

    internal static (IReadOnlyList<AboutReport> Reports, IReadOnlyList<string> Limits) All(BundleWriter writer)
    {
        List<AboutReport> reports = [];
        List<string> limits = [];
        foreach (var file in writer.Files.Where(static file => file.Role == "report"))
        {
            if (file.Bytes > Limit)
            {
                limits.Add(TooLong(file.Path));
                continue;
            }
            if (Read(file.Path, FileKind.ReadAll(writer.PathOf(file.Path), Limit), limits) is { } report) reports.Add(report);
        }
        return (reports, limits);
    }

    internal static string TooLong(string path) => $"{path} is too long to be read here: its limits stand in it.";

    /// <summary>Null where it is no report that is read; that is a limit too.</summary>
    internal static AboutReport? Read(string path, byte[] bytes, List<string> limits)
    {
        if (Parse(path, bytes, limits) is { } report) return report;
        limits.Add($"{path} is not a report in JSON: its limits stand in it.");
        return null;
    }

    static AboutReport? Parse(string path, byte[] bytes, List<string> limits)
    {
        try
        {
            // Of two members of one name one would be seen, and the other packed.
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var json = document.RootElement;
            if (json.ValueKind != JsonValueKind.Object || Text(json, "schema") is not ("offproof/v1/audit" or "offproof/v1/compare") || Text(json, "verdict") is not { } verdict) return null;
            string[] reasons = json.TryGetProperty("reasons", out var all) && all.ValueKind == JsonValueKind.Array
                ? [.. all.EnumerateArray().Where(static reason => reason.ValueKind == JsonValueKind.String).Take(MostReasons).Select(static reason => reason.GetString()!)] : [];
            limits.Add($"{path} says {verdict}: of the captures, the persona and the forms that it searched for, and of nothing else.");
            foreach (string reason in reasons) limits.Add($"{path}: {reason}.");
            if (json.TryGetProperty("budget", out var budget) && budget.ValueKind == JsonValueKind.Object && budget.TryGetProperty("most", out var most) && most.TryGetInt64(out long bytesUnseen))
                limits.Add(string.Create(CultureInfo.InvariantCulture, $"{path}: at most {bytesUnseen} bytes can have left unseen."));
            if (HoldsCaptured(json)) limits.Add($"{path} holds captured bytes: those in which something was found (findings[].layers), or that differed.");
            return new AboutReport(path, Text(json, "schema")!, verdict, reasons);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The report without the captured bytes that it holds, of an audit those of its layers, of a comparison the values that differed; null where it holds none, or is no report that is read here.</summary>
    internal static byte[]? WithoutCaptured(byte[] bytes, out bool isReport)
    {
        isReport = Read("", bytes, []) is not null;
        if (!isReport) return null;
        using var document = JsonDocument.Parse(bytes);
        if (!HoldsCaptured(document.RootElement)) return null;
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" })) Copy(document.RootElement, writer, ReplacedIn(document.RootElement));
        return [.. stream.ToArray(), (byte)'\n'];
    }

    static bool HoldsCaptured(JsonElement report) => Text(report, "schema") == "offproof/v1/compare"
        ? Objects(report, "differences").Any(static difference => Quotes(difference, "a") || Quotes(difference, "b")) : Objects(report, "findings").Any(static finding => Objects(finding, "layers").Any());

    static bool Quotes(JsonElement difference, string side) => difference.TryGetProperty(side, out var run) && run.ValueKind == JsonValueKind.Object && Text(run, "value") is not null;

    static IEnumerable<JsonElement> Objects(JsonElement json, string member) => json.TryGetProperty(member, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.Object) : [];

    static string ReplacedIn(JsonElement report) => Text(report, "schema") == "offproof/v1/compare" ? "value" : "layers";

    static void Copy(JsonElement json, Utf8JsonWriter writer, string without)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in json.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    if (member.Name != without) Copy(member.Value, writer, without);
                    else if (member.Value.ValueKind == JsonValueKind.Array) writer.WriteRawValue("[]");
                    else writer.WriteNullValue();
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in json.EnumerateArray()) Copy(item, writer, without);
                writer.WriteEndArray();
                break;
            default:
                json.WriteTo(writer);
                break;
        }
    }

    static string? Text(JsonElement json, string member) => json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
