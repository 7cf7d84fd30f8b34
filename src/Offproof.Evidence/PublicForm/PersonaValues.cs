using System.Text.Json;

namespace Offproof.Evidence;

/// <summary>Every text and number of persona.json, by its path (evidence.md §6.1).</summary>
static class PersonaValues
{
    const int Most = 2_000_000;

    // What these hold is a word of the format, and no datum.
    static readonly string[] WordsOfTheFormat = ["contentType", "direction", "kind", "schema", "type"];

    /// <exception cref="EvidenceException">It is no persona.json.</exception>
    internal static IReadOnlyList<(string Id, string Value)> Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 32 });
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("schema", out var schema) || schema.ValueKind != JsonValueKind.String || schema.GetString() != "offproof/v1/persona") throw NoPersona(null);
            List<(string, string)> values = [];
            Walk(document.RootElement, "", values);
            return values;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw NoPersona(e);
        }
    }

    /// <summary>Whether a value says something by itself, so that it must not be met in what is published.</summary>
    internal static bool IsTelling(string id, string value) =>
        !WordsOfTheFormat.Contains(id[(id.LastIndexOf('.') + 1)..], StringComparer.Ordinal) && value.Length >= 8 && (value.Length > 15 || value.Any(static c => char.IsAsciiDigit(c) || c == '@'));

    static void Walk(JsonElement json, string path, List<(string, string)> values)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    string below = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                    // A member that no persona has could be a value itself: its name is not published.
                    if (Opening.IsId(below) && member.Name.Length <= 24 && below != "schema") Walk(member.Value, below, values);
                }
                break;
            case JsonValueKind.Array:
                int index = 0;
                foreach (var item in json.EnumerateArray()) Walk(item, $"{path}[{index++}]", values);
                break;
            case JsonValueKind.String or JsonValueKind.Number:
                if (values.Count == Most) throw new EvidenceException(EvidenceFault.Failure, $"the persona has more than {Most} values");
                if (json.ValueKind == JsonValueKind.Number) values.Add((path, json.GetRawText()));
                else if (json.GetString() is { Length: > 0 } text) values.Add((path, text));
                break;
        }
    }

    static EvidenceException NoPersona(Exception? inner) => new(EvidenceFault.Failure, "what is packed as persona is no persona.json", "docs/persona.md says what one holds", inner);
}
