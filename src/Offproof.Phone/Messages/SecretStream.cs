using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace Offproof.Phone;

/// <summary>
/// libsodium's secretstream, XChaCha20-Poly1305, the receiving side (messages.md §3.3): HChaCha20 (draft-irtf-cfrg-xchacha §2.2) makes the key, RFC 8439's
/// ChaCha20 and Poly1305 do the rest. One chunk after the other: each authenticates those before it.
/// </summary>
sealed class SecretStream
{
    internal const int HeaderSize = 24;
    internal const int Overhead = 17; // a tag before, a MAC after the text
    internal const int NonceSize = 12;
    internal const byte Final = 3;
    const byte Rekey = 2;
    const int Block = 64;

    readonly byte[] _key = new byte[32];
    readonly byte[] _nonce = new byte[NonceSize]; // a counter, then eight bytes into which every MAC is mixed

    internal SecretStream(ReadOnlySpan<byte> key, ReadOnlySpan<byte> header)
    {
        HChaCha20(key, header[..16], _key);
        _nonce[0] = 1;
        header[16..HeaderSize].CopyTo(_nonce.AsSpan(4));
    }

    SecretStream(ReadOnlySpan<byte> key) => key.CopyTo(_key);

    /// <summary>A stream that stands before the chunk of this key and nonce.</summary>
    internal static SecretStream At(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
    {
        SecretStream stream = new(key);
        nonce.CopyTo(stream._nonce);
        return stream;
    }

    internal ReadOnlySpan<byte> Key => _key;

    internal ReadOnlySpan<byte> Nonce => _nonce;

    /// <summary>Opens the next chunk into <paramref name="text"/>, which is 17 bytes shorter. False when it is not what was sealed there.</summary>
    internal bool TryPull(ReadOnlySpan<byte> chunk, Span<byte> text, out byte tag)
    {
        tag = 0;
        if (chunk.Length < Overhead) return false;
        ReadOnlySpan<byte> sealedText = chunk[1..^16];
        ChaCha7539Engine cipher = new();
        cipher.Init(forEncryption: false, new ParametersWithIV(new KeyParameter(_key), _nonce));

        Span<byte> block = stackalloc byte[Block];
        block.Clear();
        cipher.ProcessBytes(block, block);
        Poly1305 mac = new();
        mac.Init(new KeyParameter(block[..32]));
        block.Clear();
        block[0] = chunk[0];
        cipher.ProcessBytes(block, block);
        byte opened = block[0];
        block[0] = chunk[0]; // what is authenticated is the sealed tag, and the rest of its block as the cipher made it
        mac.BlockUpdate(block);
        mac.BlockUpdate(sealedText);
        Span<byte> end = stackalloc byte[32];
        end.Clear();
        int padding = sealedText.Length & 15; // not up to a full block: the format pads by this many
        BinaryPrimitives.WriteUInt64LittleEndian(end[(padding + 8)..], (ulong)(Block + sealedText.Length));
        mac.BlockUpdate(end[..(padding + 16)]);
        Span<byte> computed = stackalloc byte[16];
        mac.DoFinal(computed);
        if (!CryptographicOperations.FixedTimeEquals(computed, chunk[^16..])) return false;

        cipher.ProcessBytes(sealedText, text);
        tag = opened;
        for (int index = 0; index < 8; index++) _nonce[4 + index] ^= computed[index];
        uint counter = unchecked(BinaryPrimitives.ReadUInt32LittleEndian(_nonce) + 1);
        BinaryPrimitives.WriteUInt32LittleEndian(_nonce, counter);
        if ((tag & Rekey) != 0 || counter == 0) ChangeKey();
        return true;
    }

    void ChangeKey()
    {
        Span<byte> next = stackalloc byte[40];
        _key.CopyTo(next);
        _nonce.AsSpan(4).CopyTo(next[32..]);
        ChaCha7539Engine cipher = new();
        cipher.Init(forEncryption: true, new ParametersWithIV(new KeyParameter(_key), _nonce));
        cipher.ProcessBytes(next, next);
        next[..32].CopyTo(_key);
        next[32..].CopyTo(_nonce.AsSpan(4));
        BinaryPrimitives.WriteUInt32LittleEndian(_nonce, 1);
    }

    /// <summary>The rounds of ChaCha20 without the final addition; the first and last rows of the state are the result.</summary>
    internal static void HChaCha20(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, Span<byte> result)
    {
        Span<uint> state = stackalloc uint[16];
        state[0] = 0x61707865;
        state[1] = 0x3320646e;
        state[2] = 0x79622d32;
        state[3] = 0x6b206574;
        for (int index = 0; index < 8; index++) state[4 + index] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * index)..]);
        for (int index = 0; index < 4; index++) state[12 + index] = BinaryPrimitives.ReadUInt32LittleEndian(input[(4 * index)..]);
        for (int round = 0; round < 10; round++)
        {
            for (int column = 0; column < 4; column++) Quarter(state, column, 4 + column, 8 + column, 12 + column);
            for (int column = 0; column < 4; column++) Quarter(state, column, 4 + ((column + 1) & 3), 8 + ((column + 2) & 3), 12 + ((column + 3) & 3));
        }
        for (int index = 0; index < 4; index++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(result[(4 * index)..], state[index]);
            BinaryPrimitives.WriteUInt32LittleEndian(result[(16 + (4 * index))..], state[12 + index]);
        }
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

    internal void Clear() => CryptographicOperations.ZeroMemory(_key);
}
