using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>
/// Protocol Buffers, without a schema (encoding page of protobuf.dev): varints, fixed 32 and 64 bits, length-delimited fields, groups not. Field numbers ascend,
/// as every encoder writes them.
/// </summary>
internal static class Protobuf
{
    private const int LargestField = 2048;

    internal static bool TryRead(ReadOnlySpan<byte> bytes, List<Leaf> leaves)
    {
        int at = 0;
        int last = 1;
        while (at < bytes.Length)
        {
            int start = at;
            if (!TryVarint(bytes, ref at, out ulong tag) || tag >> 3 > LargestField) return false;
            int field = (int)(tag >> 3);
            if (field < last) return false;
            last = field;
            switch (tag & 7)
            {
                case 0:
                    if (!TryVarint(bytes, ref at, out ulong number)) return false;
                    leaves.Add(new Leaf(LeafKind.Whole, start, at - start, unchecked((long)number) < 0 ? unchecked((long)number) : (Int128)number));
                    break;
                case 1:
                    if (bytes.Length - at < 8) return false;
                    Fixed(bytes.Slice(at, 8), start, leaves);
                    at += 8;
                    break;
                case 2:
                    if (!TryVarint(bytes, ref at, out ulong length) || length > (ulong)(bytes.Length - at)) return false;
                    leaves.Add(new Leaf(LeafKind.Bytes, at, (int)length));
                    at += (int)length;
                    break;
                case 5:
                    if (bytes.Length - at < 4) return false;
                    leaves.Add(new Leaf(LeafKind.Whole, start, at + 4 - start, BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..])));
                    leaves.Add(new Leaf(LeafKind.Real, start, at + 4 - start, Real: BinaryPrimitives.ReadSingleLittleEndian(bytes[at..])));
                    at += 4;
                    break;
                default:
                    return false;
            }
        }
        return at > 0;
    }

    private static void Fixed(ReadOnlySpan<byte> bytes, int start, List<Leaf> leaves)
    {
        leaves.Add(new Leaf(LeafKind.Whole, start, 9, BinaryPrimitives.ReadUInt64LittleEndian(bytes)));
        leaves.Add(new Leaf(LeafKind.Real, start, 9, Real: BinaryPrimitives.ReadDoubleLittleEndian(bytes)));
    }

    private static bool TryVarint(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            byte one = bytes[at++];
            if (shift == 63 && one > 1) return false;
            value |= (ulong)(one & 127) << shift;
            if (one < 128) return true;
        }
        return false;
    }
}
