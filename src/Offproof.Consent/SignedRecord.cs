using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Offproof.Consent;

/// <summary>
/// A JWS that keeps every rule of form (consent.md §1), and about which nothing else is believed yet: its signature is checked by the TryVerify of the type
/// that it claims to be. What is stored and forwarded is <see cref="Compact"/>, so unknown members survive.
/// </summary>
public sealed class SignedRecord
{
    const int MaxLength = 65_536;

    static readonly string[] ForbiddenHeaders = ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "crit", "b64"];

    // Slashes, quotation marks and letters stay as they are: the payload is for people too.
    internal static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly byte[] signature;
    readonly int signedLength;

    SignedRecord(string compact, int signedLength, string typ, Thumbprint kid, JsonElement payload, byte[] signature)
    {
        (Compact, this.signedLength, Typ, Kid, Payload, this.signature) = (compact, signedLength, typ, kid, payload, signature);
        Hash = Digest.Of(Signed());
    }

    /// <summary>The whole record as received or signed: three parts of base64url, at most 65,536 ASCII characters.</summary>
    public string Compact { get; }

    /// <summary>What the record says it is; one of <see cref="RecordTyp"/>, or a type of a later version.</summary>
    public string Typ { get; }

    /// <summary>Who is said to have signed: which key to look for in one's own store.</summary>
    public Thumbprint Kid { get; }

    /// <summary>The record hash: over header and payload, not the signature (consent.md §1.6).</summary>
    public Digest Hash { get; }

    internal JsonElement Payload { get; }

    /// <summary>Reads a compact JWS. False where any rule of consent.md §1 is broken; true says nothing about the signature.</summary>
    public static bool TryParse([NotNullWhen(true)] string? compact, [NotNullWhen(true)] out SignedRecord? record)
    {
        record = null;
        // §1.1
        if (compact is null || compact.Length > MaxLength || !Ascii.IsValid(compact)) return false;
        int first = compact.IndexOf('.', StringComparison.Ordinal);
        int last = compact.LastIndexOf('.');
        if (first <= 0 || last == first || compact.AsSpan(first + 1, last - first - 1).Contains('.')) return false;
        // §1.7
        if (!StrictText.TryDecodeBase64Url(compact.AsSpan(0, first), out byte[]? headerBytes)
            || !StrictText.TryDecodeBase64Url(compact.AsSpan(first + 1, last - first - 1), out byte[]? payloadBytes)
            || !StrictText.TryDecodeBase64Url(compact.AsSpan(last + 1), out byte[]? signatureBytes)) return false;
        // §1.5
        if (!StrictText.TryParseObject(headerBytes, out var header) || !StrictText.TryParseObject(payloadBytes, out var payload)) return false;
        // §1.2
        foreach (string name in ForbiddenHeaders)
        {
            if (header.TryGetProperty(name, out _)) return false;
        }

        Members members = new(header);
        members.Exactly("alg", "ES256");
        string typ = members.Text("typ");
        var kid = members.Thumbprint("kid");
        if (!members.Good || signatureBytes.Length != VerifyingKey.SignatureSize) return false;
        record = new(compact, last, typ, kid, payload, signatureBytes);
        return true;
    }

    /// <summary>True if this key made the signature, whatever the record says of itself: nothing of its content is shown by it.</summary>
    public bool IsSignedBy(VerifyingKey key) => key.Verify(Signed(), signature);

    internal static SignedRecord Sign(SigningKey key, string typ, Action<Utf8JsonWriter> writePayload)
    {
        string header = Part(writer =>
        {
            writer.WriteString("alg", "ES256");
            writer.WriteString("typ", typ);
            writer.WriteString("kid", key.Thumbprint.Text);
        });
        string signed = $"{header}.{Part(writePayload)}";
        string compact = $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
        return TryParse(compact, out var record) ? record : throw new ArgumentException("what is to be signed breaks a rule of consent.md §1", nameof(writePayload));
    }

    // §1.3 first the type, then the key; §2: iss is the key that verified, aud is the reader.
    internal bool TryOpen(string typ, VerifyingKey key, Thumbprint audience, out Members members) => TryOpen(typ, key, key.Thumbprint, audience, out members);

    // §2: for a sheet iss is its account, whichever of the account's sheets it is.
    internal bool TryOpen(string typ, VerifyingKey key, Thumbprint issuer, Thumbprint audience, out Members members)
    {
        members = new(Payload);
        return string.Equals(Typ, typ, StringComparison.Ordinal) && Kid == key.Thumbprint && key.Verify(Signed(), signature)
            && members.Thumbprint("iss") == issuer && members.Thumbprint("aud") == audience && members.Good;
    }

    byte[] Signed() => Encoding.ASCII.GetBytes(Compact, 0, signedLength);

    static string Part(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Plain))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}

/// <summary>The record types (consent.md §3), as they stand in <c>typ</c>.</summary>
public static class RecordTyp
{
    /// <summary>The sheet says that a key is a device of its account.</summary>
    public const string Certificate = "offproof-certificate+jwt";

    /// <summary>A device turns a category on.</summary>
    public const string Grant = "offproof-grant+jwt";

    /// <summary>A device turns a category off.</summary>
    public const string Revocation = "offproof-revocation+jwt";

    /// <summary>A device or the sheet asks that an epoch be deleted.</summary>
    public const string Erasure = "offproof-erasure+jwt";

    /// <summary>A device takes another into its account.</summary>
    public const string Admission = "offproof-admission+jwt";

    /// <summary>A device or the sheet cuts a device off.</summary>
    public const string Removal = "offproof-removal+jwt";

    /// <summary>The sheet puts a new one in its place.</summary>
    public const string Rotation = "offproof-rotation+jwt";

    /// <summary>A device puts a new sheet in the place of a lost one.</summary>
    public const string Replacement = "offproof-replacement+jwt";

    /// <summary>The sheet stops an erasure or a replacement that is still to come.</summary>
    public const string Cancellation = "offproof-cancellation+jwt";

    /// <summary>What the server says it did.</summary>
    public const string Receipt = "offproof-receipt+jwt";

    /// <summary>A device or a sheet asks for a token.</summary>
    public const string Proof = "offproof-proof+jwt";
}
