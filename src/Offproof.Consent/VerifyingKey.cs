using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Offproof.Consent;

/// <summary>
/// A public key on P-256. Two keys are equal when their thumbprints are.
/// RFC 7518 §6.2 (the JWK), RFC 7638 (the thumbprint), SEC 2 §2.4.2 (the curve). Coordinates are 32 bytes, big-endian.
/// </summary>
public sealed class VerifyingKey : IEquatable<VerifyingKey>
{
    internal const int CoordinateSize = 32;
    internal const int SignatureSize = 2 * CoordinateSize;

    static readonly BigInteger P = Hex("0ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    static readonly BigInteger B = Hex("05ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");

    readonly byte[] x;
    readonly byte[] y;

    internal VerifyingKey(byte[] x, byte[] y)
    {
        this.x = x;
        this.y = y;
        string canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(x)}}","y":"{{Base64Url.EncodeToString(y)}}"}""";
        Thumbprint = new(Digest.Of(Encoding.ASCII.GetBytes(canonical)));
    }

    /// <summary>The name of this key in records and addresses.</summary>
    public Thumbprint Thumbprint { get; }

    /// <summary>
    /// Reads a JWK with exactly the members crv, kty, x, y. False for another curve or kind, an unknown or private member, coordinates that are not 32
    /// bytes, and a point that is not on the curve.
    /// </summary>
    public static bool TryFromJwk(JsonElement jwk, [NotNullWhen(true)] out VerifyingKey? key)
    {
        key = null;
        if (jwk.ValueKind != JsonValueKind.Object) return false;
        Dictionary<string, string> members = new(StringComparer.Ordinal);
        foreach (var member in jwk.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String || !members.TryAdd(member.Name, member.Value.GetString()!)) return false;
        }

        if (members.Count != 4 || members.GetValueOrDefault("crv") is not "P-256" || members.GetValueOrDefault("kty") is not "EC"
            || !StrictText.TryDecodeBase64Url(members.GetValueOrDefault("x"), out byte[]? x)
            || !StrictText.TryDecodeBase64Url(members.GetValueOrDefault("y"), out byte[]? y)
            || !IsOnCurve(x, y)) return false;
        key = new(x, y);
        return true;
    }

    /// <summary>Reads a JWK from its JSON text; false also for text that is not one JSON object or has a member twice.</summary>
    public static bool TryFromJwk(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out VerifyingKey? key)
    {
        key = null;
        return StrictText.TryParseObject(utf8, out var jwk) && TryFromJwk(jwk, out key);
    }

    /// <summary>Writes the JWK as one object with the members crv, kty, x, y in this order.</summary>
    public void WriteJwk(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("crv", "P-256");
        writer.WriteString("kty", "EC");
        writer.WriteString("x", Base64Url.EncodeToString(x));
        writer.WriteString("y", Base64Url.EncodeToString(y));
        writer.WriteEndObject();
    }

    // ES256 (RFC 7518 §3.4): r and s, 32 bytes each. The key of the platform is made for each call: keys are shared between threads, its objects are not.
    internal bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureSize) return false;
        using var ecdsa = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = x, Y = y } });
        return ecdsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    // Platforms differ in what they check on import. A point off the curve makes every guarantee void, so the equation stands here: y² = x³ - 3x + b.
    static bool IsOnCurve(byte[] x, byte[] y)
    {
        if (x.Length != CoordinateSize || y.Length != CoordinateSize) return false;
        BigInteger left = new(y, isUnsigned: true, isBigEndian: true);
        BigInteger right = new(x, isUnsigned: true, isBigEndian: true);
        return left < P && right < P && BigInteger.Remainder((left * left) - ((right * right * right) - (3 * right) + B), P).IsZero;
    }

    static BigInteger Hex(string digits) => BigInteger.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public bool Equals(VerifyingKey? other) => other is not null && Thumbprint == other.Thumbprint;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VerifyingKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Thumbprint.GetHashCode();
}
