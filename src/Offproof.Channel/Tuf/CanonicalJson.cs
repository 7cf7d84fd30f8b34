using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Offproof.Channel;

/// <summary>
/// The form over which metadata is signed and hashed (OLPC canonical JSON, TUF §4.1): members sorted by code point, no white space, only
/// <c>\</c> and <c>"</c> escaped, whole numbers only.
/// </summary>
internal static class CanonicalJson
{
    // A name that stands twice would be one thing to one reader and another to the next.
    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>Reads one JSON value; <see cref="Refusal.Malformed"/> for anything else. The element is the reader's own copy.</summary>
    internal static JsonElement Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new TufException(Refusal.Malformed, "4.1", "not JSON, or a name stands twice", e);
        }
        catch (InvalidOperationException e) // a name with half a surrogate pair
        {
            throw new TufException(Refusal.Malformed, "4.1", "a name is not text", e);
        }
    }

    /// <summary>The canonical form in UTF-8; <see cref="Refusal.Malformed"/> where there is none (a fraction, an exponent, half a surrogate pair).</summary>
    internal static byte[] Of(JsonElement value)
    {
        ArrayBufferWriter<byte> output = new();
        Write(output, value);
        return output.WrittenSpan.ToArray();
    }

    internal static byte[] Of(JsonNode value)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter writer = new(text)) value.WriteTo(writer);
        return Of(Parse(text.WrittenMemory));
    }

    /// <summary>The text of a string; <see cref="Refusal.Malformed"/> where it is not UTF-8 or holds half a surrogate pair.</summary>
    internal static string Text(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new TufException(Refusal.Malformed, "4.1", "a string is not text", e);
        }
    }

    static void Write(ArrayBufferWriter<byte> output, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(output, value);
                break;
            case JsonValueKind.Array:
                output.Write("["u8);
                bool isFirst = true;
                foreach (var item in value.EnumerateArray())
                {
                    if (!isFirst) output.Write(","u8);
                    isFirst = false;
                    Write(output, item);
                }
                output.Write("]"u8);
                break;
            case JsonValueKind.String:
                WriteString(output, Encoding.UTF8.GetBytes(Text(value)));
                break;
            case JsonValueKind.Number:
                string digits = value.GetRawText();
                // Whatever JSON writes as digits alone is canonical already; minus zero is zero to some readers and a fraction to others.
                if (digits is "-0" || digits.AsSpan().IndexOfAny('.', 'e', 'E') >= 0) throw new TufException(Refusal.Malformed, "4.1", "a number is not whole");
                output.Write(Encoding.ASCII.GetBytes(digits));
                break;
            case JsonValueKind.True:
                output.Write("true"u8);
                break;
            case JsonValueKind.False:
                output.Write("false"u8);
                break;
            default:
                output.Write("null"u8);
                break;
        }
    }

    static void WriteObject(ArrayBufferWriter<byte> output, JsonElement value)
    {
        List<(byte[] Name, JsonElement Value)> members = [];
        foreach (var member in value.EnumerateObject())
        {
            members.Add((Encoding.UTF8.GetBytes(NameOf(member)), member.Value));
        }
        // The order of UTF-8's bytes is the order of code points; that of .NET's strings is not.
        members.Sort((a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        output.Write("{"u8);
        for (int i = 0; i < members.Count; i++)
        {
            if (i > 0) output.Write(","u8);
            WriteString(output, members[i].Name);
            output.Write(":"u8);
            Write(output, members[i].Value);
        }
        output.Write("}"u8);
    }

    internal static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new TufException(Refusal.Malformed, "4.1", "a name is not text", e);
        }
    }

    static void WriteString(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        output.Write("\""u8);
        while (text.IndexOfAny((byte)'\\', (byte)'"') is var at and >= 0)
        {
            output.Write(text[..at]);
            output.Write("\\"u8);
            output.Write(text.Slice(at, 1));
            text = text[(at + 1)..];
        }
        output.Write(text);
        output.Write("\""u8);
    }
}
