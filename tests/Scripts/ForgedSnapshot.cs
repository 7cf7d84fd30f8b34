using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Offproof.Scripts;

/// <summary>
/// What somebody writes who has a vault's key and means harm: trees with any names and types. From docs/vault.md alone, without a line of the engine, and
/// with the platform's AES, so that stock restic is the judge of its form: it opens what this writes.
/// </summary>
internal static class ForgedSnapshot
{
    /// <summary>One pack of trees, an index and a snapshot of the last tree, in the layout of a local repository.</summary>
    internal static void Add(string repository, byte[] masterKey, List<byte[]> trees)
    {
        using var keys = JsonDocument.Parse(masterKey);
        var mac = keys.RootElement.GetProperty("mac");
        var sealing = new Key(
            keys.RootElement.GetProperty("encrypt").GetBytesFromBase64(), mac.GetProperty("k").GetBytesFromBase64(), mac.GetProperty("r").GetBytesFromBase64());

        using var pack = new MemoryStream();
        using var table = new MemoryStream();
        var blobs = new List<string>();
        foreach (var tree in trees)
        {
            byte[] stored = sealing.Seal(tree), entry = new byte[37];
            entry[0] = 1; // a tree that is not compressed
            BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(1), stored.Length);
            SHA256.HashData(tree, entry.AsSpan(5));
            blobs.Add($$"""{"id":"{{Name(tree)}}","type":"tree","offset":{{pack.Length}},"length":{{stored.Length}}}""");
            pack.Write(stored);
            table.Write(entry);
        }
        var header = sealing.Seal(table.ToArray());
        var end = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(end, header.Length);
        pack.Write(header);
        pack.Write(end);

        var packName = Store(repository, "data", pack.ToArray());
        Store(repository, "index", sealing.Seal(Encoding.UTF8.GetBytes($$"""{"packs":[{"id":"{{packName}}","blobs":[{{string.Join(',', blobs)}}]}]}""")));
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        Store(repository, "snapshots", sealing.Seal(Encoding.UTF8.GetBytes(
            $$"""{"time":"{{now}}","tree":"{{Name(trees[^1])}}","paths":["/photos"],"hostname":"offproof"}""")));
    }

    static string Name(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    static string Store(string repository, string type, byte[] bytes)
    {
        var name = Name(bytes);
        var folder = type is "data" ? Path.Combine(repository, type, name[..2]) : Path.Combine(repository, type);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, name), bytes);
        return name;
    }

    /// <summary>AES-256-CTR, then Poly1305-AES over the ciphertext: nonce, ciphertext, tag (vault.md §4.1).</summary>
    sealed record Key(byte[] Encrypt, byte[] K, byte[] R)
    {
        internal byte[] Seal(byte[] plain)
        {
            var nonce = RandomNumberGenerator.GetBytes(16);
            using var cipher = Aes.Create();
            cipher.Key = Encrypt;
            var counter = new BigInteger(nonce, isUnsigned: true, isBigEndian: true);
            var sealedBytes = plain.ToArray();
            for (var at = 0; at < plain.Length; at += 16, counter++)
            {
                var block = cipher.EncryptEcb(Bytes(counter, bigEndian: true), PaddingMode.None);
                for (var i = at; i < Math.Min(at + 16, plain.Length); i++)
                    sealedBytes[i] ^= block[i - at];
            }
            return [.. nonce, .. sealedBytes, .. Tag(nonce, sealedBytes)];
        }

        byte[] Tag(byte[] nonce, byte[] text)
        {
            using var cipher = Aes.Create();
            cipher.Key = K;
            var s = new BigInteger(cipher.EncryptEcb(nonce, PaddingMode.None), isUnsigned: true);
            var r = new BigInteger(R, isUnsigned: true) & BigInteger.Parse("0ffffffc0ffffffc0ffffffc0fffffff", System.Globalization.NumberStyles.HexNumber, null);
            var prime = BigInteger.Pow(2, 130) - 5;
            var sum = BigInteger.Zero;
            foreach (var part in text.Chunk(16))
                sum = (sum + new BigInteger([.. part, 1], isUnsigned: true)) * r % prime;
            return Bytes(sum + s, bigEndian: false);
        }

        // The lowest 128 bits.
        static byte[] Bytes(BigInteger number, bool bigEndian)
        {
            var bytes = new byte[17];
            (number & (BigInteger.Pow(2, 128) - 1)).TryWriteBytes(bytes, out _, isUnsigned: true, isBigEndian: false);
            var low = bytes[..16];
            if (bigEndian)
                Array.Reverse(low);
            return low;
        }
    }
}
