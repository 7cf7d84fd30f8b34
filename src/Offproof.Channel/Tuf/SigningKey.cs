using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Offproof.Channel;

/// <summary>An Ed25519 key that signs metadata. Owned by whoever made it; disposing clears the secret.</summary>
internal sealed class SigningKey : IDisposable
{
    internal const int SecretSize = 32;

    readonly byte[] secret = GC.AllocateArray<byte>(SecretSize, pinned: true);

    SigningKey(ReadOnlySpan<byte> secret)
    {
        secret.CopyTo(this.secret);
        byte[] publicKey = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(this.secret, 0, publicKey, 0);
        Public = PublicKey.OfEd25519(publicKey);
        PublicBytes = publicKey;
    }

    internal PublicKey Public { get; }

    /// <summary>The 32 bytes of the public half.</summary>
    internal ReadOnlyMemory<byte> PublicBytes { get; }

    internal string KeyId => Public.KeyId;

    internal static SigningKey Generate()
    {
        Span<byte> secret = stackalloc byte[SecretSize];
        RandomNumberGenerator.Fill(secret);
        try
        {
            return new(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The key with this secret of 32 bytes; any other length is an <see cref="ArgumentException"/>. The bytes stay the caller's to clear.</summary>
    internal static SigningKey FromSecret(ReadOnlySpan<byte> secret) =>
        secret.Length == SecretSize ? new(secret) : throw new ArgumentException("an Ed25519 secret is 32 bytes", nameof(secret));

    /// <summary>Copies the secret to where the caller keeps, and clears, it.</summary>
    internal void CopySecret(Span<byte> destination) => secret.CopyTo(destination);

    internal byte[] Sign(ReadOnlySpan<byte> data)
    {
        byte[] signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(secret, 0, data.ToArray(), 0, data.Length, signature, 0);
        return signature;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(secret);
}
