using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;

namespace Offproof.Auditor;

/// <summary>The eighteen hashes of leaky-forms, each written in two ways (audit.md §9): the innermost disguise of a chain.</summary>
internal static class LeakyHashes
{
    /// <summary>In hex and in base64; those of 32 bits in hex and as a decimal number.</summary>
    internal static IReadOnlyList<Disguise> All(string salt)
    {
        (string Name, Func<byte[], byte[]> Hash)[] hashes =
        [
            ("md2", bytes => Of(new MD2Digest(), bytes)), ("md4", bytes => Of(new MD4Digest(), bytes)), ("md5", bytes => CryptographicOperations.HashData(HashAlgorithmName.MD5, bytes)),
            ("sha1", bytes => CryptographicOperations.HashData(HashAlgorithmName.SHA1, bytes)), ("sha224", bytes => Of(new Sha224Digest(), bytes)), ("sha256", SHA256.HashData),
            ("sha384", SHA384.HashData), ("sha512", SHA512.HashData), ("sha3-224", bytes => Of(new Sha3Digest(224), bytes)), ("sha3-256", bytes => Of(new Sha3Digest(256), bytes)),
            ("sha3-384", bytes => Of(new Sha3Digest(384), bytes)), ("sha3-512", bytes => Of(new Sha3Digest(512), bytes)), ("murmur3-x86-128", bytes => Murmur(Murmur3.X86Of128, bytes)),
            ("murmur3-x64-128", bytes => Murmur(Murmur3.X64Of128, bytes)), ("ripemd160", bytes => Of(new RipeMD160Digest(), bytes)), ("whirlpool", bytes => Of(new WhirlpoolDigest(), bytes)),
            (Salted, bytes => SHA256.HashData([.. Encoding.ASCII.GetBytes(salt), .. bytes])),
        ];
        return
        [
            .. hashes.SelectMany(hash => (Disguise[])
            [
                new($"{hash.Name} in hex", bytes => Encoders.Ascii(Convert.ToHexStringLower(hash.Hash(bytes))), IsText: true),
                new($"{hash.Name} in base64", bytes => Encoders.Base64(hash.Hash(bytes)), IsText: true),
            ]),
            new(Short + " in hex", bytes => Encoders.Ascii(Murmur3.X86Of32(bytes).ToString("x8", CultureInfo.InvariantCulture)), IsText: true),
            new(Short + " in decimal", bytes => Encoders.Ascii(unchecked((int)Murmur3.X86Of32(bytes)).ToString(CultureInfo.InvariantCulture)), IsText: true),
        ];
    }

    internal static bool IsSalted(Disguise[] chain) => chain.Length > 0 && chain[0].Name.StartsWith(Salted, StringComparison.Ordinal);

    /// <summary>Of 32 bits: evidence only as a whole value (audit.md §5.3).</summary>
    internal static bool IsShort(Disguise disguise) => disguise.Name.StartsWith(Short, StringComparison.Ordinal);

    private const string Salted = "salted sha256";
    private const string Short = "murmur3-x86-32";

    private static byte[] Of(IDigest digest, byte[] bytes)
    {
        byte[] hash = new byte[digest.GetDigestSize()];
        digest.BlockUpdate(bytes, 0, bytes.Length);
        digest.DoFinal(hash, 0);
        return hash;
    }

    private static byte[] Murmur(HashAlgorithm.Function function, byte[] bytes)
    {
        byte[] hash = new byte[16];
        function(bytes, hash);
        return hash;
    }
}
