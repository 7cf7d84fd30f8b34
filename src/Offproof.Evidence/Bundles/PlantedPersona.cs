using System.Text.Json;

namespace Offproof.Evidence;

/// <summary>Whether a persona's identifiers are such as no real phone has (persona.md §5).</summary>
static class PlantedPersona
{
    internal const int Limit = 256 << 20;

    /// <summary>Why it is not plainly planted; null where it is.</summary>
    internal static string? Doubt(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object || Text(document.RootElement, "schema") != "offproof/v1/persona") return "it is no persona.json";
            if (!document.RootElement.TryGetProperty("identifiers", out var identifiers) || identifiers.ValueKind != JsonValueKind.Object) return "it has no identifiers";
            return Outside(identifiers, "imei", static value => value.StartsWith("00", StringComparison.Ordinal), "of the reporting body 00 (test)")
                ?? Outside(identifiers, "imsi", static value => value.StartsWith("00101", StringComparison.Ordinal), "of the test network 001-01")
                ?? Outside(identifiers, "iccid", static value => value.StartsWith("89999", StringComparison.Ordinal), "of no country (89 999)")
                ?? Outside(identifiers, "phone", static value => value.StartsWith("+447700900", StringComparison.Ordinal) && value.Length == 13, "one of +44 7700 900000 to 900999")
                ?? Outside(identifiers, "email", static value => value.EndsWith("@example.org", StringComparison.Ordinal) || value.EndsWith("@example.com", StringComparison.Ordinal) || value.EndsWith("@example.net", StringComparison.Ordinal), "at example.org, .com or .net");
        }
        catch (JsonException)
        {
            return "it is no JSON";
        }
    }

    static string? Outside(JsonElement identifiers, string member, Func<string, bool> isPlanted, string range) =>
        Text(identifiers, member) is { Length: > 0 } value && !isPlanted(value) ? $"its {member} is not {range}, so it may be a real phone's" : null;

    static string? Text(JsonElement json, string member)
    {
        try
        {
            return json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException) // half a surrogate pair
        {
            return "?";
        }
    }
}
