using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What a record of an account says, for a sentence. It is read as it claims to be: only of records that verified once.</summary>
/// <param name="Text">What it is</param>
/// <param name="Device">The device that it names or that signed it, 8 digits; null where it names none</param>
/// <param name="Grant">The record hash of the grant that it ends, in hex; null where it ends none</param>
internal sealed record RecordWords(string Text, string? Device, string? Grant)
{
    internal static RecordWords Of(SignedRecord record)
    {
        using JsonDocument payload = JsonDocument.Parse(Base64Url.DecodeFromChars(record.Compact.Split('.')[1]));
        JsonElement root = payload.RootElement;
        string? device = Short(root, "device");
        string epoch = root.TryGetProperty("epoch", out JsonElement number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out int n) ? n.ToString(CultureInfo.InvariantCulture) : "?";
        string vault = $"{(Word(root, "category") is { } category && Categories.TryParse(category, out Category known) ? known.Name() : "?")} (epoch {epoch})";
        string? grant = Word(root, "grant");
        return record.Typ switch
        {
            RecordTyp.Certificate => new($"the certificate of the device {Short(root, "sub")}", Short(root, "sub"), null),
            RecordTyp.Admission => new($"the admission of the device {device}", device, null),
            RecordTyp.Removal => new($"the removal of the device {device}", device, null),
            RecordTyp.Grant => new($"the grant of {vault}", record.Kid.Text[..8], null),
            RecordTyp.Revocation => new($"the revocation of {vault}", record.Kid.Text[..8], grant),
            RecordTyp.Erasure => new($"the erasure of {vault}", device, grant),
            RecordTyp.Cancellation => new("a cancellation", null, null),
            RecordTyp.Rotation => new("the rotation of the sheet", null, null),
            RecordTyp.Replacement => new("the replacement of the sheet", null, null),
            _ => new("a record", null, null),
        };
    }

    private static string? Word(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    // A thumbprint in a record that verified is 64 digits; only its beginning is shown.
    private static string? Short(JsonElement root, string name) => Word(root, name) is { Length: >= 8 } text ? text[..8] : null;
}
