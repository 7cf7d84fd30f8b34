using System.Buffers.Binary;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace Offproof.Auditor;

/// <summary>A hash that programs use on identifiers: its name as a finding's step, and its length.</summary>
/// <param name="Keyed">HMAC with it; null where the hash is not tried with salts.</param>
internal sealed record HashAlgorithm(string Name, int Length, HashAlgorithm.Function Hash, HashAlgorithm.KeyedFunction? Keyed = null)
{
    /// <summary>Of those that are used most: made of texts too, and found at any offset.</summary>
    internal bool IsUsual => Keyed is not null;

    internal delegate void Function(ReadOnlySpan<byte> data, Span<byte> hash);

    internal delegate void KeyedFunction(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> hash);
}

/// <summary>
/// The hashes of audit.md §5.3: BouncyCastle's, and ours for those that are not cryptographic. The values are a few bytes long and many: for each, the platform
/// takes longer to find its algorithm than BouncyCastle to compute it.
/// </summary>
internal static class HashAlgorithms
{
    internal static readonly HashAlgorithm[] All =
    [
        Bouncy("md5", new MD5Digest(), keyed: true),
        Bouncy("sha1", new Sha1Digest(), keyed: true),
        Bouncy("sha256", new Sha256Digest(), keyed: true),
        Bouncy("sha512", new Sha512Digest(), keyed: true),
        Bouncy("sha384", new Sha384Digest(), keyed: true),
        Bouncy("sha224", new Sha224Digest(), keyed: true),
        Bouncy("sha3-256", new Sha3Digest(256), keyed: true),
        Bouncy("ripemd160", new RipeMD160Digest(), keyed: true),
        Bouncy("md2", new MD2Digest()),
        Bouncy("md4", new MD4Digest()),
        Bouncy("sha3-224", new Sha3Digest(224)),
        Bouncy("sha3-384", new Sha3Digest(384)),
        Bouncy("sha3-512", new Sha3Digest(512)),
        Bouncy("keccak256", new KeccakDigest(256)),
        Bouncy("whirlpool", new WhirlpoolDigest()),
        Bouncy("blake2b-256", new Blake2bDigest(256)),
        Bouncy("blake2b-512", new Blake2bDigest(512)),
        new("murmur3-x86-128", 16, Murmur3.X86Of128),
        new("murmur3-x64-128", 16, Murmur3.X64Of128),
        new("xxhash64", 8, (data, hash) => BinaryPrimitives.WriteUInt64BigEndian(hash, XxHash.Of64(data))),
        new("xxhash64", 8, (data, hash) => BinaryPrimitives.WriteUInt64LittleEndian(hash, XxHash.Of64(data))),
    ];

    /// <summary>Those of 32 bits.</summary>
    internal static readonly (string Name, Func<byte[], uint> Hash)[] Short =
    [
        ("murmur3-x86-32", data => Murmur3.X86Of32(data)),
        ("xxhash32", data => XxHash.Of32(data)),
        ("crc32", Crc32),
        ("java-hash", JavaHash),
    ];

    static HashAlgorithm Bouncy(string name, IDigest digest, bool keyed = false)
    {
        HMac hmac = new(digest);
        return new(name, digest.GetDigestSize(), Hash, keyed ? Keyed : null);

        // One object serves all callers, which are those of Digests: seldom more than one at a time.
        void Hash(ReadOnlySpan<byte> data, Span<byte> hash)
        {
            lock (digest)
            {
                digest.BlockUpdate(data);
                digest.DoFinal(hash);
            }
        }

        void Keyed(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> hash)
        {
            lock (digest)
            {
                hmac.Init(new KeyParameter(key));
                hmac.BlockUpdate(data);
                hmac.DoFinal(hash);
                digest.Reset();
            }
        }
    }

    // ISO 3309, as in zip and PNG.
    static uint Crc32(byte[] data)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }

    // java.lang.String.hashCode, over UTF-16.
    static uint JavaHash(byte[] data)
    {
        uint hash = 0;
        foreach (char c in System.Text.Encoding.UTF8.GetString(data)) hash = unchecked(hash * 31 + c);
        return hash;
    }
}
