using System.Globalization;
using System.Text.Json;

namespace Offproof.Channel;

/// <summary>The members of one JSON object. Whatever is missing or of another kind is <see cref="Refusal.Malformed"/>, with its name and the clause of the form.</summary>
internal readonly struct Fields
{
    readonly JsonElement json;
    readonly string clause;
    readonly string what;

    internal Fields(JsonElement json, string clause, string what)
    {
        (this.json, this.clause, this.what) = (json, clause, what);
        if (json.ValueKind is not JsonValueKind.Object) throw Bad("is no object");
    }

    internal JsonElement Json => json;

    internal TufException Bad(string complaint) => new(Refusal.Malformed, clause, $"{what} {complaint}");

    internal bool Has(string name) => json.TryGetProperty(name, out _);

    internal JsonElement Member(string name) => json.TryGetProperty(name, out var value) ? value : throw Bad($"has no {name}");

    internal string Text(string name) => Text(Member(name), name);

    internal string Text(JsonElement value, string name) => value.ValueKind is JsonValueKind.String ? CanonicalJson.Text(value) : throw Bad($"has a {name} that is no text");

    /// <summary>A whole number of at least <paramref name="least"/> that fits in 63 bits.</summary>
    internal long Integer(string name, long least) =>
        Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) && number >= least ? number
            : throw Bad(string.Create(CultureInfo.InvariantCulture, $"has a {name} that is no whole number from {least}"));

    internal bool Flag(string name, bool otherwise) => !json.TryGetProperty(name, out var value) ? otherwise : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Bad($"has a {name} that is neither true nor false"),
    };

    internal Fields Object(string name) => new(Member(name), clause, $"{what}: {name}");

    internal IEnumerable<JsonElement> Items(string name) =>
        Member(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : throw Bad($"has a {name} that is no list");

    internal IEnumerable<(string Name, JsonElement Value)> Members()
    {
        foreach (var member in json.EnumerateObject()) yield return (CanonicalJson.NameOf(member), member.Value);
    }
}
