using System.Buffers.Binary;
using System.Numerics;

namespace Offproof.Auditor;

/// <summary>MurmurHash3 (Austin Appleby, public domain), seed 0. Not cryptographic: 32 bits of it are evidence only as a whole value.</summary>
internal static class Murmur3
{
    internal static uint X86Of32(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            const uint c1 = 0xcc9e2d51, c2 = 0x1b873593;
            uint h = 0;
            int whole = data.Length & ~3;
            for (int i = 0; i < whole; i += 4)
            {
                h ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(data[i..]) * c1, 15) * c2;
                h = BitOperations.RotateLeft(h, 13) * 5 + 0xe6546b64;
            }
            uint tail = 0;
            for (int i = data.Length - 1; i >= whole; i--) tail = tail << 8 | data[i];
            h ^= BitOperations.RotateLeft(tail * c1, 15) * c2;
            return Finish(h ^ (uint)data.Length);
        }
    }

    internal static void X86Of128(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        unchecked
        {
            const uint c1 = 0x239b961b, c2 = 0xab0e9789, c3 = 0x38b34ae5, c4 = 0xa1e38b93;
            uint h1 = 0, h2 = 0, h3 = 0, h4 = 0;
            Span<byte> block = stackalloc byte[16];
            int at = 0;
            for (; at + 16 <= data.Length; at += 16)
            {
                ReadOnlySpan<byte> b = data[at..];
                h1 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(b) * c1, 15) * c2;
                h1 = (BitOperations.RotateLeft(h1, 19) + h2) * 5 + 0x561ccd1b;
                h2 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(b[4..]) * c2, 16) * c3;
                h2 = (BitOperations.RotateLeft(h2, 17) + h3) * 5 + 0x0bcaa747;
                h3 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(b[8..]) * c3, 17) * c4;
                h3 = (BitOperations.RotateLeft(h3, 15) + h4) * 5 + 0x96cd1c35;
                h4 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(b[12..]) * c4, 18) * c1;
                h4 = (BitOperations.RotateLeft(h4, 13) + h1) * 5 + 0x32ac3b17;
            }
            data[at..].CopyTo(block);
            h4 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(block[12..]) * c4, 18) * c1;
            h3 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(block[8..]) * c3, 17) * c4;
            h2 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(block[4..]) * c2, 16) * c3;
            h1 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(block) * c1, 15) * c2;
            uint length = (uint)data.Length;
            (h1, h2, h3, h4) = (h1 ^ length, h2 ^ length, h3 ^ length, h4 ^ length);
            Join(ref h1, ref h2, ref h3, ref h4);
            (h1, h2, h3, h4) = (Finish(h1), Finish(h2), Finish(h3), Finish(h4));
            Join(ref h1, ref h2, ref h3, ref h4);
            BinaryPrimitives.WriteUInt32BigEndian(hash, h1);
            BinaryPrimitives.WriteUInt32BigEndian(hash[4..], h2);
            BinaryPrimitives.WriteUInt32BigEndian(hash[8..], h3);
            BinaryPrimitives.WriteUInt32BigEndian(hash[12..], h4);
        }
    }

    internal static void X64Of128(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        unchecked
        {
            const ulong c1 = 0x87c37b91114253d5, c2 = 0x4cf5ad432745937f;
            ulong h1 = 0, h2 = 0;
            Span<byte> block = stackalloc byte[16];
            int at = 0;
            for (; at + 16 <= data.Length; at += 16)
            {
                h1 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(data[at..]) * c1, 31) * c2;
                h1 = (BitOperations.RotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
                h2 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(data[(at + 8)..]) * c2, 33) * c1;
                h2 = (BitOperations.RotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
            }
            data[at..].CopyTo(block);
            h2 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(block[8..]) * c2, 33) * c1;
            h1 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(block) * c1, 31) * c2;
            h1 ^= (ulong)data.Length;
            h2 ^= (ulong)data.Length;
            h1 += h2;
            h2 += h1;
            (h1, h2) = (Finish(h1), Finish(h2));
            h1 += h2;
            h2 += h1;
            BinaryPrimitives.WriteUInt64BigEndian(hash, h1);
            BinaryPrimitives.WriteUInt64BigEndian(hash[8..], h2);
        }
    }

    static void Join(ref uint h1, ref uint h2, ref uint h3, ref uint h4)
    {
        unchecked
        {
            h1 += h2 + h3 + h4;
            (h2, h3, h4) = (h2 + h1, h3 + h1, h4 + h1);
        }
    }

    static uint Finish(uint h)
    {
        unchecked
        {
            h = (h ^ h >> 16) * 0x85ebca6b;
            h = (h ^ h >> 13) * 0xc2b2ae35;
            return h ^ h >> 16;
        }
    }

    static ulong Finish(ulong h)
    {
        unchecked
        {
            h = (h ^ h >> 33) * 0xff51afd7ed558ccd;
            h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53;
            return h ^ h >> 33;
        }
    }
}
