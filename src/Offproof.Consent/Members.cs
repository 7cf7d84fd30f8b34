using System.Globalization;
using System.Text.Json;

namespace Offproof.Consent;

/// <summary>
/// Reads the members of one JSON object. The first that is missing or of the wrong kind makes <see cref="Good"/> false for ever; what is returned then is
/// worthless, and callers look at Good once, at the end.
/// </summary>
sealed class Members(JsonElement source)
{
    // 9999-12-31T23:59:59Z: the last second that DateTimeOffset can hold.
    internal const long LastSecond = 253_402_300_799;

    internal bool Good { get; private set; } = source.ValueKind == JsonValueKind.Object;

    internal bool Has(string name) => Good && source.TryGetProperty(name, out _);

    internal string Text(string name)
    {
        if (Find(name, JsonValueKind.String).GetString() is { Length: > 0 } text) return text;
        Good = false;
        return "";
    }

    internal void Exactly(string name, string expected) => Demand(string.Equals(Text(name), expected, StringComparison.Ordinal));

    internal void Demand(bool condition) => Good &= condition;

    internal Thumbprint Thumbprint(string name)
    {
        Demand(Consent.Thumbprint.TryParse(Text(name), out var thumbprint));
        return thumbprint;
    }

    internal Digest Digest(string name)
    {
        Demand(Consent.Digest.TryParse(Text(name), out var digest));
        return digest;
    }

    internal LedgerHead LedgerHead(string name)
    {
        Demand(Consent.LedgerHead.TryParse(Text(name), out var head));
        return head;
    }

    internal Category Category(string name)
    {
        Demand(Categories.TryParse(Text(name), out var category));
        return category;
    }

    internal Epoch Epoch(string name)
    {
        Demand(Consent.Epoch.TryCreate(Integer(name, 1, 999_999), out var epoch));
        return epoch;
    }

    internal long Seconds(string name) => Integer(name, 0, LastSecond);

    // TryGetInt64 takes neither 1.0 nor 1e3, but -0: digits only (§1.8).
    internal long Integer(string name, long lowest, long highest)
    {
        var element = Find(name, JsonValueKind.Number);
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long value) && value >= lowest && value <= highest
            && !element.GetRawText().StartsWith('-')) return value;
        Good = false;
        return 0;
    }

    internal DateTimeOffset Time(string name)
    {
        string text = Text(name);
        Demand(DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time));
        // The second form takes a point without digits.
        Demand(!text.Contains(".Z", StringComparison.Ordinal));
        return time;
    }

    internal bool True(string name) => Find(name, JsonValueKind.True).ValueKind == JsonValueKind.True;

    internal Members Object(string name) => new(Find(name, JsonValueKind.Object));

    internal JsonElement Element(string name) => Find(name, JsonValueKind.Object);

    // An array of a known length.
    internal JsonElement[] Array(string name, int length)
    {
        var element = Find(name, JsonValueKind.Array);
        if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == length) return [.. element.EnumerateArray()];
        Good = false;
        return [.. Enumerable.Repeat(Empty(JsonValueKind.Undefined), length)];
    }

    JsonElement Find(string name, JsonValueKind kind)
    {
        if (Good && source.TryGetProperty(name, out var value) && value.ValueKind == kind) return value;
        Good = false;
        return Empty(kind);
    }

    static JsonElement Empty(JsonValueKind kind) => kind == JsonValueKind.String ? EmptyText : default;

    static readonly JsonElement EmptyText = JsonElement.Parse("\"\""u8);
}

static class JsonText
{
    internal static bool Is(this JsonElement element, string text) =>
        element.ValueKind == JsonValueKind.String && string.Equals(element.GetString(), text, StringComparison.Ordinal);
}
