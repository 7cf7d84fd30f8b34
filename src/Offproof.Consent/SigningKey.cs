using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Offproof.Consent;

/// <summary>
/// A private key on P-256 that signs records. Owned by whoever made it; disposing destroys the platform's copy. Safe to use from several threads.
/// </summary>
public sealed class SigningKey : IDisposable
{
    // The order of the group, SEC 2 §2.4.2.
    static ReadOnlySpan<byte> Order =>
    [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];

    readonly ECDsa ecdsa;
    readonly Lock gate = new();

    SigningKey(ECDsa ecdsa)
    {
        this.ecdsa = ecdsa;
        var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        Public = new(point.X!, point.Y!);
    }

    /// <summary>The public half.</summary>
    public VerifyingKey Public { get; }

    /// <summary>The name of this key in records and addresses.</summary>
    public Thumbprint Thumbprint => Public.Thumbprint;

    /// <summary>A new random key.</summary>
    public static SigningKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>
    /// The key with this secret: 32 bytes, big-endian, from 1 to the order of the group less 1; else <see cref="ArgumentException"/>. The bytes stay the
    /// caller's to clear; copies made here are cleared.
    /// </summary>
    public static SigningKey FromScalar(ReadOnlySpan<byte> scalar)
    {
        if (!IsScalar(scalar)) throw new ArgumentException("a P-256 secret is 32 bytes, not zero and below the order of the group", nameof(scalar));
        byte[] d = GC.AllocateArray<byte>(scalar.Length, pinned: true);
        try
        {
            scalar.CopyTo(d);
            return new(ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d }));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <summary>Reads an unencrypted PKCS #8 key in PEM. False for anything that is not a private key on P-256.</summary>
    public static bool TryFromPem(ReadOnlySpan<char> pem, [NotNullWhen(true)] out SigningKey? key)
    {
        key = null;
        var read = ECDsa.Create();
        try
        {
            read.ImportFromPem(pem);
            // A public key imports as well, and says so only when it is asked for the rest.
            byte[] secret = read.ExportParameters(includePrivateParameters: true).D!;
            CryptographicOperations.ZeroMemory(secret);
            var curve = read.ExportParameters(includePrivateParameters: false).Curve;
            if (curve.Oid?.Value is "1.2.840.10045.3.1.7") key = new(read);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key = null;
        }
        finally
        {
            if (key is null) read.Dispose();
        }

        return key is not null;
    }

    /// <summary>The key as an unencrypted PKCS #8 PEM with a line end. The text is a secret, and cannot be cleared: write it and let it go.</summary>
    public string ToPem()
    {
        lock (gate) return ecdsa.ExportPkcs8PrivateKeyPem() + "\n";
    }

    internal byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (gate) return ecdsa.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    internal static bool IsScalar(ReadOnlySpan<byte> scalar) =>
        scalar.Length == Order.Length && scalar.ContainsAnyExcept((byte)0) && scalar.SequenceCompareTo(Order) < 0;

    /// <summary>Destroys the platform's copy of the key.</summary>
    public void Dispose() => ecdsa.Dispose();
}
