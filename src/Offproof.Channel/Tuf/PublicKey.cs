using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Offproof.Channel;

/// <summary>
/// A key that metadata names (TUF §4.2.2): ed25519 (64 hex digits), rsa with rsassa-pss-sha256 (PEM, 2,048 to 8,192 bits), ecdsa with
/// ecdsa-sha2-nistp256 (PEM). A key of another kind, or one that is broken, is read and never verifies anything.
/// </summary>
internal sealed class PublicKey
{
    internal const string Ed25519Scheme = "ed25519";
    const int MinRsaBits = 2048; // §4.2.2
    const int MaxRsaBits = 8192; // ours: a bigger one only costs time
    const string P256 = "1.2.840.10045.3.1.7";

    readonly JsonElement json;
    readonly string scheme;
    readonly byte[]? material; // raw for ed25519, SubjectPublicKeyInfo otherwise; null when nothing can be verified with it

    PublicKey(string keyId, JsonElement json, string scheme, byte[]? material) =>
        (KeyId, this.json, this.scheme, this.material) = (keyId, json, scheme, material);

    /// <summary>The name under which metadata lists it.</summary>
    internal string KeyId { get; }

    /// <summary>
    /// Equal for the same key under two names or in two spellings, so that it counts once; null when it can verify nothing. Also null when the name is
    /// not the hash of the key: §4.3 wants it calculated, and a key under a borrowed name counts for nothing.
    /// </summary>
    internal string? Identity { get; private init; }

    /// <summary>An Ed25519 key whose object holds that and nothing else, under its own hash: so its id says all of it.</summary>
    internal bool IsPlainEd25519 => Identity is not null && scheme == Ed25519Scheme && OfEd25519(material).KeyId == KeyId;

    internal static PublicKey OfEd25519(ReadOnlySpan<byte> publicKey)
    {
        JsonObject json = new()
        {
            ["keytype"] = Ed25519Scheme, ["scheme"] = Ed25519Scheme, ["keyval"] = new JsonObject { ["public"] = Convert.ToHexStringLower(publicKey) },
        };
        byte[] canonical = CanonicalJson.Of(json);
        return Read(Convert.ToHexStringLower(SHA256.HashData(canonical)), CanonicalJson.Parse(canonical));
    }

    internal static PublicKey Read(string keyId, JsonElement json)
    {
        Fields key = new(json, "4.2.2", "a key");
        string keyType = key.Text("keytype"), scheme = key.Text("scheme"), value = key.Object("keyval").Text("public");
        byte[]? material = (keyType, scheme) switch
        {
            ("ed25519", Ed25519Scheme) => ReadEd25519(value),
            ("rsa", "rsassa-pss-sha256") => ReadRsa(value),
            // The second keytype is what older repositories write for the same thing.
            ("ecdsa" or "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256") => ReadEcdsa(value),
            _ => null,
        };
        bool isNamed = string.Equals(keyId, Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Of(json))), StringComparison.Ordinal);
        return new(keyId, json, scheme, material)
        {
            Identity = material is null || !isNamed ? null : $"{scheme}:{Convert.ToHexStringLower(SHA256.HashData(material))}",
        };
    }

    /// <summary>The key object as it stands in metadata, unknown members included.</summary>
    internal JsonNode ToJson() => JsonObject.Create(json)!;

    internal bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (material is null) return false;
        try
        {
            return scheme switch
            {
                Ed25519Scheme => signature.Length == Ed25519.SignatureSize
                    && Ed25519.Verify(signature.ToArray(), 0, material, 0, data.ToArray(), 0, data.Length),
                "rsassa-pss-sha256" => VerifyRsa(data, signature),
                _ => VerifyEcdsa(data, signature),
            };
        }
        catch (CryptographicException) // a signature that is not of the scheme's form
        {
            return false;
        }
    }

    bool VerifyRsa(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(material, out _);
        // RFC 8017 §8.1.2: as long as the modulus. The platform takes one without its leading zeros as well: two texts of one signature.
        if (signature.Length != (rsa.KeySize + 7) / 8) return false;
        // The salt is as long as the hash, as the reference implementation writes it.
        return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }

    bool VerifyEcdsa(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(material, out _);
        return ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    static byte[]? ReadEd25519(string hex)
    {
        // A point of small order verifies signatures that nobody made.
        return Hex.TryRead(hex) is { Length: 32 } key && Ed25519.ValidatePublicKeyFull(key, 0) ? key : null;
    }

    static byte[]? ReadRsa(string pem)
    {
        using var rsa = RSA.Create();
        return TryImport(rsa, pem) && rsa.KeySize is >= MinRsaBits and <= MaxRsaBits ? rsa.ExportSubjectPublicKeyInfo() : null;
    }

    static byte[]? ReadEcdsa(string pem)
    {
        using var ecdsa = ECDsa.Create();
        return TryImport(ecdsa, pem) && ecdsa.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value is P256 ? ecdsa.ExportSubjectPublicKeyInfo() : null;
    }

    static bool TryImport(AsymmetricAlgorithm key, string pem)
    {
        // Somebody's secret is not a public key, even if one can be made of it.
        if (pem.Contains("PRIVATE", StringComparison.Ordinal)) return false;
        try
        {
            key.ImportFromPem(pem);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or PlatformNotSupportedException) // the last: a curve that nobody knows
        {
            return false;
        }
    }
}
