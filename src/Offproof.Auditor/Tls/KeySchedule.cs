using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>Keys out of secrets: the PRF of TLS 1.2 (RFC 5246 §5) and the labels of TLS 1.3 (RFC 8446 §7.1), which QUIC uses too.</summary>
internal static class KeySchedule
{
    /// <summary>PRF(secret, label, seed) with P_hash of SHA-256 or SHA-384.</summary>
    internal static void Prf(bool isSha384, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> seed, Span<byte> output)
    {
        int size = isSha384 ? 48 : 32;
        Span<byte> labelled = stackalloc byte[label.Length + seed.Length];
        label.CopyTo(labelled);
        seed.CopyTo(labelled[label.Length..]);
        Span<byte> input = stackalloc byte[size + labelled.Length];
        labelled.CopyTo(input[size..]);
        Span<byte> a = input[..size];
        Span<byte> block = stackalloc byte[size];
        Hmac(isSha384, secret, labelled, a);
        while (output.Length > 0)
        {
            Hmac(isSha384, secret, input, block);
            int count = Math.Min(size, output.Length);
            block[..count].CopyTo(output);
            output = output[count..];
            Hmac(isSha384, secret, a, block);
            block.CopyTo(a);
        }
    }

    private static void Hmac(bool isSha384, ReadOnlySpan<byte> key, ReadOnlySpan<byte> bytes, Span<byte> mac)
    {
        if (isSha384) HMACSHA384.HashData(key, bytes, mac);
        else HMACSHA256.HashData(key, bytes, mac);
    }

    /// <summary>HKDF-Expand-Label(secret, label, "", length); the label without its "tls13 ".</summary>
    internal static void Expand(bool isSha384, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, Span<byte> output)
    {
        Span<byte> info = stackalloc byte[2 + 1 + 6 + label.Length + 1];
        BinaryPrimitives.WriteUInt16BigEndian(info, (ushort)output.Length);
        info[2] = (byte)(6 + label.Length);
        "tls13 "u8.CopyTo(info[3..]);
        label.CopyTo(info[9..]);
        info[^1] = 0;
        HKDF.Expand(isSha384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256, secret, output, info);
    }

    /// <summary>The master secret of TLS 1.2 out of the premaster secret (RFC 5246 §8.1; RFC 7627 §4 with the hash of the session).</summary>
    internal static byte[] Master(bool isSha384, ReadOnlySpan<byte> premaster, ReadOnlySpan<byte> clientRandom, ReadOnlySpan<byte> serverRandom, ReadOnlySpan<byte> sessionHash)
    {
        byte[] master = new byte[48];
        if (sessionHash.Length > 0) Prf(isSha384, premaster, "extended master secret"u8, sessionHash, master);
        else Prf(isSha384, premaster, "master secret"u8, [.. clientRandom, .. serverRandom], master);
        return master;
    }
}
