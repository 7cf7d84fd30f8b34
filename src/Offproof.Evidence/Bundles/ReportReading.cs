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
                limits.Add($"{file.Path} is too long to be read here: its limits stand in it.");
                continue;
            }
            if (Read(file.Path, FileKind.ReadAll(writer.PathOf(file.Path), Limit), limits) is { } report) reports.Add(report);
            else limits.Add($"{file.Path} is not a report in JSON: its limits stand in it.");
        }
        return (reports, limits);
    }

    internal static AboutReport? Read(string path, byte[] bytes, List<string> limits)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var json = document.RootElement;
            if (json.ValueKind != JsonValueKind.Object || Text(json, "schema") is not ("offproof/v1/audit" or "offproof/v1/compare") and not null and var schema || Text(json, "verdict") is not { } verdict) return null;
            string[] reasons = json.TryGetProperty("reasons", out var all) && all.ValueKind == JsonValueKind.Array
                ? [.. all.EnumerateArray().Where(static reason => reason.ValueKind == JsonValueKind.String).Take(MostReasons).Select(static reason => reason.GetString()!)] : [];
            limits.Add($"{path} says {verdict}: of the captures, the persona and the forms that it searched for, and of nothing else.");
            foreach (string reason in reasons) limits.Add($"{path}: {reason}.");
            if (json.TryGetProperty("budget", out var budget) && budget.ValueKind == JsonValueKind.Object && budget.TryGetProperty("most", out var most) && most.TryGetInt64(out long bytesUnseen))
                limits.Add(string.Create(CultureInfo.InvariantCulture, $"{path}: at most {bytesUnseen} bytes can have left unseen."));
            return new AboutReport(path, Text(json, "schema")!, verdict, reasons);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    static string? Text(JsonElement json, string member) => json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
