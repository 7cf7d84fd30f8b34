using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Offproof.Consent;

/// <summary>base64url and JSON, read so that two readers cannot disagree about what was signed (consent.md §1.5, §1.7).</summary>
static class StrictText
{
    // The duplicate check compares names as decoded, so an escaped spelling of a name does not hide a second one.
    static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    // The decoder of the BCL takes padding, white space and stray trailing bits; text that it would write itself has none of them.
    internal static bool TryDecodeBase64Url(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        byte[] decoded = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        int written;
        try
        {
            if (!Base64Url.TryDecodeFromChars(text, decoded, out written)) return false;
        }
        catch (FormatException)
        {
            return false;
        }

        Array.Resize(ref decoded, written);
        if (!text.SequenceEqual(Base64Url.EncodeToString(decoded))) return false;
        bytes = decoded;
        return true;
    }

    // One object: UTF-8 without BOM, no member twice at any depth, no text that has no Unicode form.
    internal static bool TryParseObject(ReadOnlySpan<byte> utf8, out JsonElement value)
    {
        value = default;
        if (!Utf8.IsValid(utf8)) return false;
        try
        {
            var element = JsonElement.Parse(utf8, Options);
            if (element.ValueKind != JsonValueKind.Object || !TextIsUnicode(element)) return false;
            value = element;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // GetString throws InvalidOperationException for an escaped lone surrogate.
    static bool TextIsUnicode(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return element.GetString() is not null;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    if (!TextIsUnicode(item)) return false;
                }

                return true;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    if (member.Name is null || !TextIsUnicode(member.Value)) return false;
                }

                return true;
            default:
                return true;
        }
    }
}
