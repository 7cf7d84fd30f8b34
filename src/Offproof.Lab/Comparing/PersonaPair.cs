using System.Text.Json;
using Offproof.Auditor;

namespace Offproof.Lab;

/// <summary>Two personas that have something in common hide it from a comparison (compare.md §1).</summary>
internal static class PersonaPair
{
    private const int Most = 256 << 20;

    /// <summary>The identifiers that both have, by their member's name.</summary>
    internal static IReadOnlyList<string> Same(string first, string second)
    {
        Dictionary<string, string> a = Identifiers(first), b = Identifiers(second);
        return [.. a.Where(pair => b.TryGetValue(pair.Key, out string? other) && other == pair.Value).Select(static pair => pair.Key).Order(StringComparer.Ordinal)];
    }

    private static Dictionary<string, string> Identifiers(string path)
    {
        Dictionary<string, string> found = new(StringComparer.Ordinal);
        using FileStream file = File.OpenRead(path);
        if (file.CanSeek && file.Length > Most) throw new InvalidPersonaException("it is larger than 256 MiB");
        try
        {
            using JsonDocument persona = JsonDocument.Parse(file);
            if (persona.RootElement.ValueKind != JsonValueKind.Object || !persona.RootElement.TryGetProperty("identifiers", out JsonElement identifiers) || identifiers.ValueKind != JsonValueKind.Object) return found;
            foreach (JsonProperty member in identifiers.EnumerateObject())
            {
                // A carrier is shared by millions: that two personas have it hides nothing that points at one.
                if (member.NameEquals("carrier") || member.Value.ValueKind == JsonValueKind.Null) continue;
                found[member.Name] = member.Value.GetRawText();
            }
        }
        catch (JsonException e)
        {
            throw new InvalidPersonaException("it is no JSON", e);
        }
        return found;
    }
}
