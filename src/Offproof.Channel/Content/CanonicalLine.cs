using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Offproof.Channel;

/// <summary>
/// Canonical JSON of RFC 8785, for values of which all numbers are whole (channel.md §4): members sorted by UTF-16, no white space, only what must be escaped. The OLPC form
/// of the metadata leaves a line feed inside of a text as it is, which a file of lines cannot.
/// </summary>
internal static class CanonicalLine
{
    private const long MostExact = (1L << 53) - 1;

    internal static void Write(JsonElement value, ArrayBufferWriter<byte> into)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Put(into, '{');
                bool isFirst = true;
                foreach (JsonProperty member in value.EnumerateObject().OrderBy(static m => m.Name, StringComparer.Ordinal))
                {
                    if (!isFirst) Put(into, ',');
                    isFirst = false;
                    Text(member.Name, into);
                    Put(into, ':');
                    Write(member.Value, into);
                }
                Put(into, '}');
                break;
            case JsonValueKind.Array:
                Put(into, '[');
                for (int i = 0; i < value.GetArrayLength(); i++)
                {
                    if (i > 0) Put(into, ',');
                    Write(value[i], into);
                }
                Put(into, ']');
                break;
            case JsonValueKind.String:
                Text(value.GetString()!, into);
                break;
            case JsonValueKind.Number when value.TryGetInt64(out long number) && number is >= -MostExact and <= MostExact:
                Ascii(number.ToString(CultureInfo.InvariantCulture), into);
                break;
            case JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null:
                Ascii(value.GetRawText(), into);
                break;
            default:
                throw new ArgumentException("a number that is not whole, or that not every reader holds exactly", nameof(value));
        }
    }

    // RFC 8785 §3.2.2.2.
    private static void Text(string text, ArrayBufferWriter<byte> into)
    {
        Put(into, '"');
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is >= ' ' and not '"' and not '\\') continue;
            Encoding.UTF8.GetBytes(text.AsSpan(start, i - start), into);
            start = i + 1;
            Ascii(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            }, into);
        }
        Encoding.UTF8.GetBytes(text.AsSpan(start), into);
        Put(into, '"');
    }

    private static void Ascii(string text, ArrayBufferWriter<byte> into) => into.Advance(Encoding.ASCII.GetBytes(text, into.GetSpan(text.Length)));

    private static void Put(ArrayBufferWriter<byte> into, char c)
    {
        into.GetSpan(1)[0] = (byte)c;
        into.Advance(1);
    }
}
