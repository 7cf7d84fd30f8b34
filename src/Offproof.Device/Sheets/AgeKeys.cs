using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace Offproof.Device;

/// <summary>An age X25519 recipient: who can open what is sealed to it. Public. Text form <c>age1...</c>.</summary>
/// <remarks>Source: the age v1 file format (age-encryption.org/v1), native X25519 recipients; RFC 7748.</remarks>
public sealed class AgeRecipient
{
    internal const int Size = 32;
    private const string Prefix = "age";

    internal AgeRecipient(byte[] point) => Point = point;

    internal byte[] Point { get; }

    /// <summary>Reads <c>age1...</c>; false for anything else.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AgeRecipient? recipient)
    {
        recipient = Bech32.TryDecode(Prefix, text, out byte[]? point) && point.Length == Size ? new AgeRecipient(point) : null;
        return recipient is not null;
    }

    /// <summary>The <c>age1...</c> form.</summary>
    public override string ToString() => Bech32.Encode(Prefix, Point);
}

/// <summary>An age X25519 identity: the secret that a recovery sheet carries. Text form <c>AGE-SECRET-KEY-1...</c>; zeroed when disposed.</summary>
internal sealed class AgeIdentity : IDisposable
{
    private const string Prefix = "AGE-SECRET-KEY-";
    private readonly byte[] scalar;

    private AgeIdentity(byte[] scalar)
    {
        this.scalar = scalar;
        byte[] point = new byte[AgeRecipient.Size];
        X25519.ScalarMultBase(scalar, 0, point, 0);
        Recipient = new AgeRecipient(point);
    }

    internal AgeRecipient Recipient { get; }

    internal static AgeIdentity Generate() => new(RandomNumberGenerator.GetBytes(AgeRecipient.Size));

    internal static bool TryParse(ReadOnlySpan<char> line, [NotNullWhen(true)] out AgeIdentity? identity)
    {
        identity = Bech32.TryDecode(Prefix, line, out byte[]? scalar) && scalar.Length == AgeRecipient.Size ? new AgeIdentity(scalar) : null;
        return identity is not null;
    }

    /// <summary>The identity line, upper case: what a person copies and what the signing key is derived from (consent.md §2).</summary>
    internal string Reveal() => Bech32.Encode(Prefix, scalar).ToUpperInvariant();

    /// <summary>False when the peer's point has small order: the shared secret would be zero (RFC 7748 §6.1).</summary>
    internal bool TryAgree(ReadOnlySpan<byte> point, Span<byte> shared)
    {
        byte[] secret = new byte[AgeRecipient.Size];
        try
        {
            bool agreed = X25519.CalculateAgreement(scalar, 0, point.ToArray(), 0, secret, 0);
            secret.CopyTo(shared);
            return agreed;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(scalar);
}
