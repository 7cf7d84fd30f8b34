using System.Buffers.Binary;
using System.Collections;

namespace Offproof.Auditor;

/// <summary>
/// Apple's binary property list: a mark, objects, a table of their offsets, a trailer of 32 bytes. Objects are read one after the other, as they lie, so that
/// references in circles do no harm.
/// </summary>
internal static class PropertyList
{
    private const int Trailer = 32;

    internal static ReadOnlySpan<byte> Mark => "bplist00"u8;

    internal static bool TryRead(ReadOnlySpan<byte> bytes, List<Leaf> leaves)
    {
        if (!bytes.StartsWith(Mark) || bytes.Length < Mark.Length + 1 + Trailer) return false;
        ReadOnlySpan<byte> trailer = bytes[^Trailer..];
        int offsetSize = trailer[6];
        int referenceSize = trailer[7];
        ulong objects = BinaryPrimitives.ReadUInt64BigEndian(trailer[8..]);
        ulong table = BinaryPrimitives.ReadUInt64BigEndian(trailer[24..]);
        ulong end = (ulong)(bytes.Length - Trailer);
        if (offsetSize is < 1 or > 8 || referenceSize is < 1 or > 8 || objects > end || table > end || table + (objects * (ulong)offsetSize) != end) return false;
        int at = Mark.Length;
        ReadOnlySpan<byte> body = bytes[..(int)table];
        BitArray starts = new(body.Length);
        while (at < body.Length)
        {
            starts[at] = true;
            if (!One(body, ref at, referenceSize, objects, leaves)) return false;
        }
        // What stands in the table is where objects begin, each once.
        for (ReadOnlySpan<byte> offsets = bytes[(int)table..(int)end]; !offsets.IsEmpty; offsets = offsets[offsetSize..])
        {
            ulong start = Number(offsets[..offsetSize]);
            if (start >= (ulong)body.Length || !starts[(int)start]) return false;
            starts[(int)start] = false;
        }
        return true;
    }

    private static ulong Number(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (byte one in bytes) value = (value << 8) | one;
        return value;
    }

    private static bool One(ReadOnlySpan<byte> bytes, ref int at, int referenceSize, ulong objects, List<Leaf> leaves)
    {
        int start = at;
        int type = bytes[at] >> 4;
        int more = bytes[at++] & 15;
        switch (type)
        {
            case 0:
                return true;
            case 1 or 8:
                int size = type == 1 ? 1 << more : more + 1;
                if (size > 16 || bytes.Length - at < size) return false;
                Int128 value = size == 8 && bytes[at] >= 128 ? -1 : 0;
                for (int i = 0; i < size; i++) value = (value << 8) | bytes[at++];
                leaves.Add(new Leaf(LeafKind.Whole, start, size + 1, value));
                return true;
            case 2 or 3:
                if (more is not (2 or 3) || bytes.Length - at < 1 << more) return false;
                leaves.Add(new Leaf(LeafKind.Real, start, 1 + (1 << more), Real: more == 2 ? BinaryPrimitives.ReadSingleBigEndian(bytes[at..]) : BinaryPrimitives.ReadDoubleBigEndian(bytes[at..])));
                at += 1 << more;
                return true;
        }
        if (!Count(bytes, ref at, more, out long count)) return false;
        long length = type switch { 4 or 5 or 7 => count, 6 => count * 2, 10 or 11 or 12 => count * referenceSize, 13 => count * 2 * referenceSize, _ => -1 };
        if (length < 0 || length > bytes.Length - at) return false;
        ReadOnlySpan<byte> content = bytes.Slice(at, (int)length);
        if (type <= 7) leaves.Add(new Leaf(LeafKind.Bytes, at, content.Length));
        at += content.Length;
        if (type <= 7) return true;
        for (; !content.IsEmpty; content = content[referenceSize..])
            if (Number(content[..referenceSize]) >= objects) return false;
        return true;
    }

    private static bool Count(ReadOnlySpan<byte> bytes, ref int at, int more, out long count)
    {
        count = more;
        if (more != 15) return true;
        if (at >= bytes.Length || bytes[at] >> 4 != 1 || (bytes[at] & 15) > 3) return false;
        int size = 1 << (bytes[at++] & 15);
        if (bytes.Length - at < size) return false;
        count = 0;
        for (int i = 0; i < size; i++)
        {
            count = (count << 8) | bytes[at++];
            if (count > int.MaxValue) return false;
        }
        return true;
    }
}
