using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Offproof.PhoneData;

namespace Offproof.Capture;

/// <summary>What is planted: values of a persona, each disguised in one way.</summary>
sealed class Leaks
{
    internal const int Count = 180;
    const int Most = 174;

    static readonly string[] Encodings = ["plain", "percent", "base64", "md5", "sha256"];

    readonly List<(string Id, string Value)> _values = [];

    internal Leaks(string persona)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(persona));
        Walk("", document.RootElement);
        if (_values.Count < 20) throw new InvalidDataException($"{persona} has only {_values.Count} values that can be planted");
        // Of every kind some, whatever its order.
        while (_values.Count > Most) _values.RemoveAt(_values.Count * 3 / 4);
    }

    // Values that are written the same way in JSON, and are evidence: no dates, no names.
    void Walk(string id, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in element.EnumerateObject()) Walk(id.Length == 0 ? member.Name : $"{id}.{member.Name}", member.Value);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in element.EnumerateArray()) Walk(string.Create(CultureInfo.InvariantCulture, $"{id}[{index++}]"), item);
        }
        else if (element.ValueKind == JsonValueKind.String && element.GetString() is { Length: >= 12 and <= 120 } text && IsPlanted(id) && text.All(c => c is >= ' ' and < '\x7f' and not ('"' or '\\' or '<' or '>' or '&' or '\'' or '+')
            || (c is '+' && text.StartsWith('+'))))
        {
            _values.Add((id, text));
        }
    }

    static bool IsPlanted(string id) => id.StartsWith("identifiers.", StringComparison.Ordinal)
        || (id.StartsWith("contacts[", StringComparison.Ordinal) && (id.Contains(".phones[", StringComparison.Ordinal) || id.Contains(".emails[", StringComparison.Ordinal)) && id.EndsWith(".value", StringComparison.Ordinal))
        || (id.StartsWith("messages[", StringComparison.Ordinal) && id.EndsWith(".body", StringComparison.Ordinal));

    /// <summary>The leak of a number from 0 to 179: which value, how it is disguised.</summary>
    internal (string Id, string Encoding, string Written) Of(int number, Dice dice)
    {
        (string id, string value) = _values[number * 7 % _values.Count];
        string encoding = Encodings[number / 10 % Encodings.Length];
        return (id, encoding, encoding switch
        {
            "plain" => value,
            "percent" => Percent(value),
            // At any of the three alignments.
            "base64" => Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', 12 + dice.Below(3)) + value + "yyyyyy")),
            "md5" => Hex(Md5(value)),
            _ => Hex(SHA256.HashData(Encoding.UTF8.GetBytes(value))),
        });
    }

    /// <summary>Seven texts for each value; one of them stands where it was planted without compression.</summary>
    internal IEnumerable<string> Patterns()
    {
        foreach ((_, string value) in _values)
        {
            yield return value;
            yield return Percent(value);
            byte[] bytes = Encoding.UTF8.GetBytes(value);
            for (int before = 0; before < 3; before++)
            {
                // Without the characters that other bytes have a part in.
                string all = Convert.ToBase64String([.. new byte[before], .. bytes]);
                int first = before switch { 0 => 0, 1 => 2, _ => 3 };
                yield return all[first..((before + bytes.Length) * 8 / 6)];
            }
            yield return Hex(Md5(value));
            yield return Hex(SHA256.HashData(bytes));
        }
    }

    static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    // Every byte: what a value looks like when nothing of it is left as it is.
    static string Percent(string value) => string.Concat(Encoding.UTF8.GetBytes(value).Select(b => $"%{b:X2}"));

#pragma warning disable CA5351 // trackers use it
    static byte[] Md5(string value) => MD5.HashData(Encoding.UTF8.GetBytes(value));
#pragma warning restore CA5351
}
