using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Offproof.Vault;

/// <summary>
/// The format's authenticated encryption (vault.md §3): <c>IV (16) || AES-256-CTR || Poly1305-AES tag (16)</c>. Holds expanded keys and work buffers: one
/// instance per thread, never shared between two calls at a time.
/// </summary>
sealed class Sealer : IDisposable
{
    internal const int IvSize = 16;
    internal const int Overhead = IvSize + Poly1305.TagSize;
    const int Batch = 32 * 1024;

    readonly Aes _encryption, _mac;
    readonly ICryptoTransform _ctr, _nonce;
    readonly byte[] _r;
    readonly byte[] _counters = new byte[Batch];
    readonly byte[] _stream = new byte[Batch];
    readonly byte[] _iv = new byte[IvSize];
    readonly byte[] _pad = new byte[IvSize];

    internal Sealer(ReadOnlySpan<byte> encryption, ReadOnlySpan<byte> k, ReadOnlySpan<byte> r)
    {
        (_encryption, _ctr) = Ecb(encryption);
        (_mac, _nonce) = Ecb(k);
        _r = r.ToArray();
    }

    [SuppressMessage("Security", "CA5358:Review cipher mode usage with cryptography experts", Justification = "single blocks: counter mode and Poly1305-AES are built from them")]
    static (Aes, ICryptoTransform) Ecb(ReadOnlySpan<byte> key)
    {
        Aes aes = Aes.Create();
        aes.Mode = CipherMode.ECB;
        aes.Padding = PaddingMode.None;
        byte[] copy = key.ToArray();
        aes.Key = copy;
        CryptographicOperations.ZeroMemory(copy);
        return (aes, aes.CreateEncryptor());
    }

    /// <param name="plain">May not overlap <paramref name="destination"/>.</param>
    /// <param name="destination">Exactly <paramref name="plain"/> plus 32 bytes.</param>
    internal void Seal(ReadOnlySpan<byte> plain, Span<byte> destination)
    {
        Span<byte> iv = destination[..IvSize];
        RandomNumberGenerator.Fill(iv);
        SealWith(iv, plain, destination);
    }

    /// <summary>With a given IV, for vectors. Using an IV twice under one key reveals both plaintexts.</summary>
    internal void SealWith(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> plain, Span<byte> destination)
    {
        if (destination.Length != plain.Length + Overhead) throw new ArgumentException("destination must hold IV, ciphertext and tag", nameof(destination));
        if (!iv.Overlaps(destination)) iv.CopyTo(destination);
        Poly1305 mac = Start(destination[..IvSize]);
        Span<byte> cipher = destination[IvSize..^Poly1305.TagSize];
        for (int at = 0; at < plain.Length; at += Batch)
        {
            int n = Math.Min(Batch, plain.Length - at);
            KeyStream(n);
            Xor(plain.Slice(at, n), _stream, cipher[at..]);
            mac.Update(cipher.Slice(at, n));
        }
        mac.Finish(_pad, destination[^Poly1305.TagSize..]);
    }

    /// <summary>The tag is compared, in constant time, before anything is decrypted.</summary>
    /// <param name="sealedBytes">IV, ciphertext and tag.</param>
    /// <param name="plain">Exactly 32 bytes less. Untouched when the answer is false. May not overlap.</param>
    internal bool TryOpen(ReadOnlySpan<byte> sealedBytes, Span<byte> plain)
    {
        if (sealedBytes.Length < Overhead || plain.Length != sealedBytes.Length - Overhead) return false;
        ReadOnlySpan<byte> cipher = sealedBytes[IvSize..^Poly1305.TagSize];
        Poly1305 mac = Start(sealedBytes[..IvSize]);
        mac.Update(cipher);
        Span<byte> tag = stackalloc byte[Poly1305.TagSize];
        mac.Finish(_pad, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, sealedBytes[^Poly1305.TagSize..])) return false;
        for (int at = 0; at < plain.Length; at += Batch)
        {
            int n = Math.Min(Batch, plain.Length - at);
            KeyStream(n);
            Xor(cipher.Slice(at, n), _stream, plain[at..]);
        }
        return true;
    }

    Poly1305 Start(ReadOnlySpan<byte> iv)
    {
        iv.CopyTo(_iv);
        _nonce.TransformBlock(_iv, 0, IvSize, _pad, 0);
        return new Poly1305(_r);
    }

    /// <summary>The next <paramref name="length"/> bytes of key stream; the IV is a 128-bit big-endian counter and moves on.</summary>
    void KeyStream(int length)
    {
        unchecked
        {
            UInt128 counter = BinaryPrimitives.ReadUInt128BigEndian(_iv);
            int blocks = (length + IvSize - 1) / IvSize;
            Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(_counters.AsSpan(0, blocks * IvSize));
            for (int i = 0; i + 1 < words.Length; i += 2)
            {
                words[i] = Big((ulong)(counter >> 64));
                words[i + 1] = Big((ulong)counter);
                counter += 1;
            }
            BinaryPrimitives.WriteUInt128BigEndian(_iv, counter);
            _ctr.TransformBlock(_counters, 0, blocks * IvSize, _stream, 0);
        }

        static ulong Big(ulong value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    static void Xor(ReadOnlySpan<byte> input, ReadOnlySpan<byte> stream, Span<byte> output)
    {
        int i = 0;
        for (; i <= input.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(input[i..]) ^ new Vector<byte>(stream[i..])).CopyTo(output[i..]);
        for (; i < input.Length; i++) output[i] = (byte)(input[i] ^ stream[i]);
    }

    public void Dispose()
    {
        _ctr.Dispose();
        _nonce.Dispose();
        _encryption.Dispose();
        _mac.Dispose();
        CryptographicOperations.ZeroMemory(_r);
        CryptographicOperations.ZeroMemory(_stream);
        CryptographicOperations.ZeroMemory(_pad);
    }
}
