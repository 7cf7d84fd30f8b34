using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>MessagePack (the specification of msgpack.org): one map or array that is all of the bytes. Strings are text, keys are strings or numbers.</summary>
internal static class MessagePack
{
    internal static bool TryRead(ReadOnlySpan<byte> bytes, List<Leaf> leaves)
    {
        if (bytes.Length < 2 || bytes[0] is not (>= 0x81 and <= 0x8F or >= 0x91 and <= 0x9F or >= 0xDC and <= 0xDF)) return false;
        int at = 0;
        return One(bytes, ref at, leaves, Formats.Deepest, isKey: false) && at == bytes.Length;
    }

    private static bool One(ReadOnlySpan<byte> bytes, ref int at, List<Leaf> leaves, int depth, bool isKey)
    {
        if (depth == 0 || at >= bytes.Length) return false;
        int start = at;
        byte type = bytes[at++];
        switch (type)
        {
            case <= 0x7F or >= 0xE0:
                leaves.Add(new Leaf(LeafKind.Whole, start, 1, type <= 0x7F ? type : type - 256));
                return true;
            case >= 0xA0 and <= 0xBF:
                return Bytes(bytes, ref at, type & 31, isText: true, leaves);
            case >= 0xCC and <= 0xD3:
                return Number(bytes, ref at, type, leaves);
            case 0xD9 or 0xDA or 0xDB:
                return Length(bytes, ref at, 1 << (type - 0xD9), out int text) && Bytes(bytes, ref at, text, isText: true, leaves);
        }
        if (isKey) return false;
        switch (type)
        {
            case 0xC0 or 0xC2 or 0xC3:
                return true;
            case 0xC4 or 0xC5 or 0xC6:
                return Length(bytes, ref at, 1 << (type - 0xC4), out int binary) && Bytes(bytes, ref at, binary, isText: false, leaves);
            case 0xC7 or 0xC8 or 0xC9:
                return Length(bytes, ref at, 1 << (type - 0xC7), out int extension) && ++at <= bytes.Length && Bytes(bytes, ref at, extension, isText: false, leaves);
            case 0xCA when bytes.Length - at >= 4:
                leaves.Add(new Leaf(LeafKind.Real, start, 5, Real: BinaryPrimitives.ReadSingleBigEndian(bytes[at..])));
                at += 4;
                return true;
            case 0xCB when bytes.Length - at >= 8:
                leaves.Add(new Leaf(LeafKind.Real, start, 9, Real: BinaryPrimitives.ReadDoubleBigEndian(bytes[at..])));
                at += 8;
                return true;
            case >= 0xD4 and <= 0xD8:
                return ++at <= bytes.Length && Bytes(bytes, ref at, 1 << (type - 0xD4), isText: false, leaves);
            case >= 0x80 and <= 0x8F:
                return Many(bytes, ref at, type & 15, isMap: true, leaves, depth);
            case >= 0x90 and <= 0x9F:
                return Many(bytes, ref at, type & 15, isMap: false, leaves, depth);
            case 0xDC or 0xDD:
                return Length(bytes, ref at, type == 0xDC ? 2 : 4, out int items) && Many(bytes, ref at, items, isMap: false, leaves, depth);
            case 0xDE or 0xDF:
                return Length(bytes, ref at, type == 0xDE ? 2 : 4, out int pairs) && Many(bytes, ref at, pairs, isMap: true, leaves, depth);
            default:
                return false;
        }
    }

    private static bool Many(ReadOnlySpan<byte> bytes, ref int at, int count, bool isMap, List<Leaf> leaves, int depth)
    {
        if (count > bytes.Length - at) return false;
        for (int i = 0; i < count; i++)
        {
            if (isMap && !One(bytes, ref at, leaves, depth - 1, isKey: true)) return false;
            if (!One(bytes, ref at, leaves, depth - 1, isKey: false)) return false;
        }
        return true;
    }

    private static bool Number(ReadOnlySpan<byte> bytes, ref int at, byte type, List<Leaf> leaves)
    {
        int size = 1 << (type & 3);
        if (bytes.Length - at < size) return false;
        ReadOnlySpan<byte> number = bytes.Slice(at, size);
        bool isSigned = type >= 0xD0;
        Int128 value = isSigned && number[0] >= 128 ? -1 : 0;
        foreach (byte one in number) value = (value << 8) | one;
        leaves.Add(new Leaf(LeafKind.Whole, at - 1, size + 1, value));
        at += size;
        return true;
    }

    private static bool Length(ReadOnlySpan<byte> bytes, ref int at, int size, out int length)
    {
        length = 0;
        if (bytes.Length - at < size) return false;
        uint value = size switch { 1 => bytes[at], 2 => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]), _ => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) };
        at += size;
        length = (int)Math.Min(value, int.MaxValue);
        return value <= (uint)bytes.Length;
    }

    private static bool Bytes(ReadOnlySpan<byte> bytes, ref int at, int length, bool isText, List<Leaf> leaves)
    {
        if (length > bytes.Length - at) return false;
        if (isText && !Formats.IsText(bytes.Slice(at, length))) return false;
        leaves.Add(new Leaf(LeafKind.Bytes, at, length));
        at += length;
        return true;
    }
}
