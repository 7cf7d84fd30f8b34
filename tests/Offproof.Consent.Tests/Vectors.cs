using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Offproof.Consent.Tests;

/// <summary>The files of vectors/consent/. They are lasting: <see cref="VectorTests.Write_the_vectors_anew"/> is run by hand, when a type is added.</summary>
static class Vectors
{
    internal static string Folder { get; } = Path.Combine(Repository.Root, "vectors", "consent");

    internal static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    internal static string Json(Action<Utf8JsonWriter> write, bool indented = true)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, SignedRecord.Plain with { Indented = indented, NewLine = "\n" })) write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + (indented ? "\n" : "");
    }

    internal static string Pretty(SignedRecord record) => Json(record.Payload.WriteTo);

    internal static string KeysJson() => Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("note", "Published: these keys protect nothing. device, other-device and server: the scalar is SHA-256 of the sentence. sheet: see sheet-key.json.");
        Key(writer, "sheet", PublishedKeys.Sheet(), null, null);
        foreach (var (name, sentence) in PublishedKeys.Sentences) Key(writer, name, SigningKey.FromScalar(PublishedKeys.Scalar(sentence)), sentence, PublishedKeys.Scalar(sentence));
        foreach (var (name, line, recipient) in PublishedKeys.LaterSheets)
        {
            writer.WriteStartObject(name);
            writer.WriteString("identity_line", line);
            writer.WriteString("recipient", recipient);
            WritePublic(writer, SheetKey.Derive(line));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    });

    internal static string SheetKeyJson() => Json(writer =>
    {
        byte[] scalar = new byte[32];
        SheetKey.FirstScalar(Encoding.ASCII.GetBytes(PublishedKeys.IdentityLine), scalar, SigningKey.IsScalar);
        writer.WriteStartObject();
        writer.WriteString("clause", "consent.md §2");
        writer.WriteString("identity_line", PublishedKeys.IdentityLine);
        writer.WriteString("info", "offproof/v1/sheet-signing");
        writer.WriteString("scalar", Convert.ToHexStringLower(scalar));
        writer.WritePropertyName("jwk");
        PublishedKeys.Sheet().Public.WriteJwk(writer);
        writer.WriteString("thumbprint", PublishedKeys.Sheet().Thumbprint.Text);
        writer.WriteString("openssl", "openssl kdf -keylen 32 -kdfopt digest:SHA2-256 -kdfopt key:IDENTITY_LINE -kdfopt info:offproof/v1/sheet-signing HKDF");
        writer.WriteEndObject();
    });

    internal static string HashesJson(IReadOnlyList<(string Name, SignedRecord Record)> records) => Json(writer =>
    {
        writer.WriteStartObject();
        foreach (var (name, record) in records) writer.WriteString(name, record.Hash.Text);
        writer.WriteEndObject();
    });

    internal static string RefusedJson(IReadOnlyList<Refused> records) => Json(writer =>
    {
        writer.WriteStartArray();
        foreach (var record in records)
        {
            writer.WriteStartObject();
            writer.WriteString("file", record.Name + ".jws");
            writer.WriteString("made_from", record.Of + ".jws");
            writer.WriteString("clause", "consent.md " + record.Clause);
            writer.WriteString("breaks", record.Breaks);
            writer.WriteBoolean("signature_is_right", record.SignatureIsRight);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    internal static SignedRecord Example(string name)
    {
        Assert.True(SignedRecord.TryParse(Read(name + ".jws"), out var record), name);
        return record;
    }

    internal static string SignedPart(string compact) => compact[..compact.LastIndexOf('.')];

    // With the platform's ECDSA and nothing of ours but the key: whether r || s fits what stands before the last dot.
    internal static bool SignatureIsRight(string compact, SigningKey signer)
    {
        compact = compact.TrimEnd('\n');
        using var ecdsa = System.Security.Cryptography.ECDsa.Create();
        ecdsa.ImportFromPem(signer.ToPem());
        string signature = compact[(compact.LastIndexOf('.') + 1)..];
        return signature.Length == 86 && Base64Url.IsValid(signature) && ecdsa.VerifyData(
            Encoding.ASCII.GetBytes(SignedPart(compact)),
            Base64Url.DecodeFromChars(signature),
            System.Security.Cryptography.HashAlgorithmName.SHA256,
            System.Security.Cryptography.DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    static void Key(Utf8JsonWriter writer, string name, SigningKey key, string? sentence, byte[]? scalar)
    {
        writer.WriteStartObject(name);
        if (sentence is not null) writer.WriteString("sentence", sentence);
        if (scalar is not null) writer.WriteString("scalar", Convert.ToHexStringLower(scalar));
        WritePublic(writer, key);
        writer.WriteEndObject();
    }

    static void WritePublic(Utf8JsonWriter writer, SigningKey key)
    {
        writer.WritePropertyName("jwk");
        key.Public.WriteJwk(writer);
        writer.WriteString("thumbprint", key.Thumbprint.Text);
    }
}
