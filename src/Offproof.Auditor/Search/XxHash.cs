using System.Buffers.Binary;
using System.Numerics;

namespace Offproof.Auditor;

/// <summary>xxHash (Yann Collet; the specification in its repository, version 0.1.1), seed 0: 32 and 64 bits. Not cryptographic.</summary>
internal static class XxHash
{
    const uint A32 = 0x9E3779B1, B32 = 0x85EBCA77, C32 = 0xC2B2AE3D, D32 = 0x27D4EB2F, E32 = 0x165667B1;

    const ulong A64 = 0x9E3779B185EBCA87, B64 = 0xC2B2AE3D27D4EB4F, C64 = 0x165667B19E3779F9, D64 = 0x85EBCA77C2B2AE63, E64 = 0x27D4EB2F165667C5;

    internal static uint Of32(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            uint hash = E32;
            int at = 0;
            if (data.Length >= 16)
            {
                uint a = A32 + B32, b = B32, c = 0, d = 0 - A32;
                for (; at + 16 <= data.Length; at += 16)
                {
                    a = Round(a, BinaryPrimitives.ReadUInt32LittleEndian(data[at..]));
                    b = Round(b, BinaryPrimitives.ReadUInt32LittleEndian(data[(at + 4)..]));
                    c = Round(c, BinaryPrimitives.ReadUInt32LittleEndian(data[(at + 8)..]));
                    d = Round(d, BinaryPrimitives.ReadUInt32LittleEndian(data[(at + 12)..]));
                }
                hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
            }
            hash += (uint)data.Length;
            for (; at + 4 <= data.Length; at += 4) hash = BitOperations.RotateLeft(hash + BinaryPrimitives.ReadUInt32LittleEndian(data[at..]) * C32, 17) * D32;
            for (; at < data.Length; at++) hash = BitOperations.RotateLeft(hash + data[at] * E32, 11) * A32;
            hash = (hash ^ hash >> 15) * B32;
            hash = (hash ^ hash >> 13) * C32;
            return hash ^ hash >> 16;
        }

        static uint Round(uint lane, uint input) => unchecked(BitOperations.RotateLeft(lane + input * B32, 13) * A32);
    }

    internal static ulong Of64(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            ulong hash = E64;
            int at = 0;
            if (data.Length >= 32)
            {
                ulong a = A64 + B64, b = B64, c = 0, d = 0 - A64;
                for (; at + 32 <= data.Length; at += 32)
                {
                    a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(data[at..]));
                    b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(data[(at + 8)..]));
                    c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(data[(at + 16)..]));
                    d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(data[(at + 24)..]));
                }
                hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
                hash = Merge(Merge(Merge(Merge(hash, a), b), c), d);
            }
            hash += (ulong)data.Length;
            for (; at + 8 <= data.Length; at += 8) hash = BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(data[at..])), 27) * A64 + D64;
            for (; at + 4 <= data.Length; at += 4) hash = BitOperations.RotateLeft(hash ^ BinaryPrimitives.ReadUInt32LittleEndian(data[at..]) * A64, 23) * B64 + C64;
            for (; at < data.Length; at++) hash = BitOperations.RotateLeft(hash ^ data[at] * E64, 11) * A64;
            hash = (hash ^ hash >> 33) * B64;
            hash = (hash ^ hash >> 29) * C64;
            return hash ^ hash >> 32;
        }

        static ulong Round(ulong lane, ulong input) => unchecked(BitOperations.RotateLeft(lane + input * B64, 31) * A64);

        static ulong Merge(ulong hash, ulong lane) => unchecked((hash ^ Round(0, lane)) * A64 + D64);
    }
}
