using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace Offproof.Phone;

/// <summary>
/// A file encrypted as SMS Import/Export does (messages.md §3.3), the sending side. Salt and nonce follow from the seed and the password is published:
/// this hides nothing, it is a file to try readers with. Sources: libsodium's secretstream, RFC 8439, RFC 9106, draft-irtf-cfrg-xchacha §2.2.
/// </summary>
static class SampleSeal
{
    internal const string Password = "lantern field sample phone";
    const int Passes = 3;
    const int MemoryBytes = 65_536;
    const int Chunk = 65_536;
    const byte Message = 0, Final = 3;

    internal static void Write(Stream plain, Stream output, SeededBits bits)
    {
        byte[] header = new byte[36 + 24];
        "SSEF"u8.CopyTo(header);
        header[5] = 0xFF;
        header[7] = 1;
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), Passes);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(12), MemoryBytes);
        for (int i = 16; i < 32; i++) header[i] = (byte)bits.Below(256);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(32), Chunk);
        for (int i = 36; i < 60; i++) header[i] = (byte)bits.Below(256);
        output.Write(header);

        Argon2BytesGenerator argon = new();
        argon.Init(new Argon2Parameters.Builder(Argon2Parameters.Argon2id).WithVersion(Argon2Parameters.Version13).WithIterations(Passes)
            .WithMemoryAsKB(MemoryBytes / 1024).WithParallelism(1).WithSalt(header[16..32]).Build());
        byte[] key = new byte[32];
        argon.GenerateBytes(Encoding.UTF8.GetBytes(Password), key);

        byte[] chunkKey = HChaCha20(key, header.AsSpan(36, 16));
        byte[] nonce = [1, 0, 0, 0, .. header[52..60]];
        byte[] text = new byte[Chunk];
        long left = plain.Length;
        do
        {
            int length = plain.ReadAtLeast(text, (int)Math.Min(Chunk, left));
            left -= length;
            output.Write(Push(chunkKey, nonce, text.AsSpan(0, length), left == 0 ? Final : Message));
        }
        while (left > 0);
    }

    // One chunk: the encrypted tag, the encrypted text, the MAC, which is mixed into the next chunk's nonce.
    static byte[] Push(byte[] key, byte[] nonce, ReadOnlySpan<byte> text, byte tag)
    {
        ChaCha7539Engine chacha = new();
        chacha.Init(forEncryption: true, new ParametersWithIV(new KeyParameter(key), nonce));
        byte[] zero = new byte[64], first = new byte[64];
        chacha.ProcessBytes(zero, 0, 64, first, 0);
        Poly1305 poly = new();
        poly.Init(new KeyParameter(first[..32]));

        byte[] block = new byte[64];
        zero[0] = tag;
        chacha.ProcessBytes(zero, 0, 64, block, 0);
        byte[] sealedText = new byte[1 + text.Length + 16];
        chacha.ProcessBytes(text.ToArray(), 0, text.Length, sealedText, 1);
        poly.BlockUpdate(block, 0, 64);
        poly.BlockUpdate(sealedText, 1, text.Length);
        // libsodium pads by (16 - 64 + length) mod 16, which is not up to a full block; it stays for compatibility.
        byte[] end = new byte[(text.Length & 15) + 16];
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(end.Length - 8), 64 + text.Length);
        poly.BlockUpdate(end, 0, end.Length);
        sealedText[0] = block[0];
        poly.DoFinal(sealedText, 1 + text.Length);

        for (int i = 0; i < 8; i++) nonce[4 + i] ^= sealedText[1 + text.Length + i];
        BinaryPrimitives.WriteUInt32LittleEndian(nonce, BinaryPrimitives.ReadUInt32LittleEndian(nonce) + 1);
        return sealedText;
    }

    static byte[] HChaCha20(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input)
    {
        Span<uint> s = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for (int i = 0; i < 8; i++) s[4 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(i * 4)..]);
        for (int i = 0; i < 4; i++) s[12 + i] = BinaryPrimitives.ReadUInt32LittleEndian(input[(i * 4)..]);
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < 4; i++) Quarter(s, i, 4 + i, 8 + i, 12 + i);
            for (int i = 0; i < 4; i++) Quarter(s, i, 4 + ((i + 1) & 3), 8 + ((i + 2) & 3), 12 + ((i + 3) & 3));
        }
        byte[] result = new byte[32];
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(i * 4), s[i]);
            BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(16 + (i * 4)), s[12 + i]);
        }
        return result;
    }

    static void Quarter(Span<uint> s, int a, int b, int c, int d)
    {
        unchecked
        {
            s[a] += s[b];
            s[d] = BitOperations.RotateLeft(s[d] ^ s[a], 16);
            s[c] += s[d];
            s[b] = BitOperations.RotateLeft(s[b] ^ s[c], 12);
            s[a] += s[b];
            s[d] = BitOperations.RotateLeft(s[d] ^ s[a], 8);
            s[c] += s[d];
            s[b] = BitOperations.RotateLeft(s[b] ^ s[c], 7);
        }
    }
}
