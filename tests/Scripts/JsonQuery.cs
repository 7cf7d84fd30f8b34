using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Offproof.Scripts;

/// <summary>Looks up one value in a command's JSON: <c>categories[0].state</c>, <c>categories[category=photos].items</c>, <c>findings.length</c>.</summary>
internal static partial class JsonQuery
{
    [GeneratedRegex(@"\G(?:\.?(?<name>[^.\[\]]+)|\[(?<index>\d+)\]|\[(?<key>[^=\[\]]+)=(?<value>[^\]]*)\])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Step();

    internal static void Exists(byte[] json, string path, bool negated)
    {
        using var document = JsonDocument.Parse(json);
        if (Find(document.RootElement, path) is null != negated)
            throw new FormatException(negated ? $"{path} is there" : $"{path} is not there");
    }

    internal static void Compare(byte[] json, string path, string how, string value)
    {
        using var document = JsonDocument.Parse(json);
        var found = Find(document.RootElement, path) ?? throw new FormatException($"{path} is not there");
        var holds = how switch
        {
            "==" => string.Equals(found, value, StringComparison.Ordinal),
            "!=" => !string.Equals(found, value, StringComparison.Ordinal),
            "<" => Number(found) < Number(value),
            "<=" => Number(found) <= Number(value),
            ">" => Number(found) > Number(value),
            ">=" => Number(found) >= Number(value),
            "contains" => found.Contains(value, StringComparison.Ordinal),
            "matches" => Regex.IsMatch(found, value, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5)),
            _ => throw new FormatException($"{how} is not one of == != < <= > >= contains matches"),
        };
        if (!holds)
            throw new FormatException($"{path} is {found}");
    }

    // A string's text; anything else as it stands in the JSON, without white space.
    static string? Find(JsonElement element, string path)
    {
        for (var at = 0; at < path.Length;)
        {
            var step = Step().Match(path, at);
            if (!step.Success || step.Length == 0)
                throw new FormatException($"the path is not understood from '{path[at..]}'");
            at += step.Length;
            if (element.ValueKind is JsonValueKind.Array && step.Groups["name"].Value is "length" && at == path.Length)
                return element.GetArrayLength().ToString(CultureInfo.InvariantCulture);
            if (Next(element, step) is not { } next)
                return null;
            element = next;
        }
        return element.ValueKind is JsonValueKind.String ? element.GetString() : JsonSerializer.Serialize(element);
    }

    static JsonElement? Next(JsonElement element, Match step)
    {
        if (step.Groups["name"].Success)
            return element.ValueKind is JsonValueKind.Object && element.TryGetProperty(step.Groups["name"].Value, out var property) ? property : null;
        if (element.ValueKind is not JsonValueKind.Array)
            return null;
        if (step.Groups["index"].Success)
            return int.Parse(step.Groups["index"].ValueSpan, CultureInfo.InvariantCulture) is var index && index < element.GetArrayLength() ? element[index] : null;
        foreach (var item in element.EnumerateArray())
            if (item.ValueKind is JsonValueKind.Object && item.TryGetProperty(step.Groups["key"].Value, out var key)
                && string.Equals(key.ValueKind is JsonValueKind.String ? key.GetString() : key.GetRawText(), step.Groups["value"].Value, StringComparison.Ordinal))
                return item;
        return null;
    }

    static decimal Number(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new FormatException($"{text} is not a number");
}
