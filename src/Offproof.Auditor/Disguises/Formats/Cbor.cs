using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>CBOR (RFC 8949): one map or array, tagged or not, that is all of the bytes. Texts are text, keys are texts or numbers.</summary>
internal static class Cbor
{
    private const int Indefinite = -1;

    internal static bool TryRead(ReadOnlySpan<byte> bytes, List<Leaf> leaves)
    {
        if (bytes.Length < 2 || bytes[0] >> 5 is not (4 or 5 or 6) || bytes[0] is 0x80 or 0xA0) return false;
        int at = 0;
        return One(bytes, ref at, leaves, Formats.Deepest, isKey: false) && at == bytes.Length;
    }

    private static bool One(ReadOnlySpan<byte> bytes, ref int at, List<Leaf> leaves, int depth, bool isKey)
    {
        if (depth == 0 || at >= bytes.Length) return false;
        int start = at;
        int major = bytes[at] >> 5;
        int more = bytes[at++] & 31;
        if (major == 7) return !isKey && Simple(bytes, ref at, more, start, leaves);
        if (!Argument(bytes, ref at, more, major is >= 2 and <= 5, out ulong argument, out bool isIndefinite)) return false;
        switch (major)
        {
            case 0:
                leaves.Add(new Leaf(LeafKind.Whole, start, at - start, argument));
                return true;
            case 1:
                leaves.Add(new Leaf(LeafKind.Whole, start, at - start, -1 - (Int128)argument));
                return true;
            case 2 or 3:
                if (major == 2 && isKey) return false;
                return isIndefinite ? Chunks(bytes, ref at, major, leaves) : Bytes(bytes, ref at, argument, major == 3, leaves);
            case 6:
                // A tag says what the next item means.
                return One(bytes, ref at, leaves, depth - 1, isKey);
            default:
                return !isKey && Many(bytes, ref at, isIndefinite ? Indefinite : (long)Math.Min(argument, int.MaxValue), major == 5, leaves, depth);
        }
    }

    private static bool Many(ReadOnlySpan<byte> bytes, ref int at, long count, bool isMap, List<Leaf> leaves, int depth)
    {
        if (count > bytes.Length - at) return false;
        for (long i = 0; count == Indefinite || i < count; i++)
        {
            if (count == Indefinite && at < bytes.Length && bytes[at] == 0xFF)
            {
                at++;
                return true;
            }
            if (isMap && !One(bytes, ref at, leaves, depth - 1, isKey: true)) return false;
            if (!One(bytes, ref at, leaves, depth - 1, isKey: false)) return false;
        }
        return true;
    }

    private static bool Chunks(ReadOnlySpan<byte> bytes, ref int at, int major, List<Leaf> leaves)
    {
        while (at < bytes.Length)
        {
            if (bytes[at] == 0xFF)
            {
                at++;
                return true;
            }
            if (bytes[at] >> 5 != major) return false;
            int more = bytes[at++] & 31;
            if (!Argument(bytes, ref at, more, false, out ulong length, out _) || !Bytes(bytes, ref at, length, major == 3, leaves)) return false;
        }
        return false;
    }

    private static bool Simple(ReadOnlySpan<byte> bytes, ref int at, int more, int start, List<Leaf> leaves)
    {
        int size = more switch { 24 => 1, 25 => 2, 26 => 4, 27 => 8, _ => 0 };
        if (more > 27 || bytes.Length - at < size) return false;
        if (size > 1)
        {
            double real = size == 2 ? (double)BinaryPrimitives.ReadHalfBigEndian(bytes[at..]) : size == 4 ? BinaryPrimitives.ReadSingleBigEndian(bytes[at..]) : BinaryPrimitives.ReadDoubleBigEndian(bytes[at..]);
            leaves.Add(new Leaf(LeafKind.Real, start, size + 1, Real: real));
        }
        at += size;
        return true;
    }

    private static bool Argument(ReadOnlySpan<byte> bytes, ref int at, int more, bool mayBeIndefinite, out ulong value, out bool isIndefinite)
    {
        value = (ulong)more;
        isIndefinite = more == 31;
        if (more < 24) return true;
        if (isIndefinite) return mayBeIndefinite;
        if (more > 27 || bytes.Length - at < 1 << (more - 24)) return false;
        int size = 1 << (more - 24);
        value = 0;
        for (int i = 0; i < size; i++) value = (value << 8) | bytes[at++];
        return true;
    }

    private static bool Bytes(ReadOnlySpan<byte> bytes, ref int at, ulong length, bool isText, List<Leaf> leaves)
    {
        if (length > (ulong)(bytes.Length - at)) return false;
        if (isText && !Formats.IsText(bytes.Slice(at, (int)length))) return false;
        leaves.Add(new Leaf(LeafKind.Bytes, at, (int)length));
        at += (int)length;
        return true;
    }
}
