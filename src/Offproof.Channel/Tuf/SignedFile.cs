using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Offproof.Channel;

/// <summary>
/// One metadata file as it was received: <c>{"signed", "signatures"}</c> (TUF §4.2.1). Nothing of it is believed until <see cref="RoleKeys.Verify"/>.
/// </summary>
internal sealed class SignedFile
{
    readonly Dictionary<string, byte[]> signatures;

    SignedFile(ReadOnlyMemory<byte> bytes, JsonElement signed, Dictionary<string, byte[]> signatures) =>
        (Bytes, Signed, this.signatures, Canonical) = (bytes, signed, signatures, CanonicalJson.Of(signed));

    /// <summary>The bytes as received: what is stored, and what hashes are over.</summary>
    internal ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The signed part, members that we do not know included.</summary>
    internal JsonElement Signed { get; }

    /// <summary>What signatures are over: the canonical form of the signed part, members that we do not know included (§4).</summary>
    internal ReadOnlyMemory<byte> Canonical { get; }

    /// <summary>The signature said to be of this key; false when there is none.</summary>
    internal bool TryGetSignature(string keyId, out ReadOnlyMemory<byte> signature)
    {
        bool isThere = signatures.TryGetValue(keyId, out byte[]? found);
        signature = found;
        return isThere;
    }

    internal static SignedFile Read(ReadOnlyMemory<byte> bytes)
    {
        Fields file = new(CanonicalJson.Parse(bytes), "4.2.1", "the file");
        Dictionary<string, byte[]> signatures = new(StringComparer.Ordinal);
        foreach (var item in file.Items("signatures"))
        {
            Fields signature = new(item, "4.2.1", "a signature");
            // A place left empty for a signer who has not signed yet is a signature that verifies nothing, not a broken file.
            byte[] value = Hex.TryRead(signature.Text("sig")) ?? [];
            // §4.2.1: several signatures with the same keyid are not allowed.
            if (!signatures.TryAdd(signature.Text("keyid"), value)) throw new TufException(Refusal.Malformed, "4.2.1", "a keyid signs twice");
        }
        return new(bytes, file.Object("signed").Json, signatures);
    }

    /// <summary>Signs and writes a file; the signatures in the order of the keys.</summary>
    internal static byte[] Write(JsonObject signed, IEnumerable<SigningKey> keys)
    {
        byte[] canonical = CanonicalJson.Of(signed);
        return Join(signed.DeepClone(), keys.Select(key => (key.KeyId, key.Sign(canonical))));
    }

    /// <summary>The file with the signature of one more key, or with a new one in the place of that key's older one.</summary>
    internal byte[] WithSignature(SigningKey key) => Join(
        JsonObject.Create(Signed)!,
        signatures.Where(s => s.Key != key.KeyId).Select(s => (s.Key, s.Value)).Append((key.KeyId, key.Sign(Canonical.Span))));

    /// <summary>The same with a signature that was made elsewhere.</summary>
    internal byte[] WithSignature(string keyId, byte[] signature) => Join(
        JsonObject.Create(Signed)!,
        signatures.Where(s => s.Key != keyId).Select(s => (s.Key, s.Value)).Append((keyId, signature)));

    static byte[] Join(JsonNode signed, IEnumerable<(string KeyId, byte[] Value)> signatures)
    {
        JsonArray list = [];
        foreach (var (keyId, value) in signatures)
        {
            list.Add((JsonNode)new JsonObject { ["keyid"] = keyId, ["sig"] = Convert.ToHexStringLower(value) });
        }
        JsonObject file = new() { ["signatures"] = list, ["signed"] = signed };
        return Encoding.UTF8.GetBytes(file.ToJsonString() + "\n");
    }
}
