using System.Buffers.Binary;

namespace Offproof.Auditor;

// ZIP (APPNOTE 6.3): entries, the central directory that repeats them, and what a sender may put beside them.
internal sealed partial class CanaryExaminer
{
    private int Zip(ReadOnlySpan<byte> bytes, in Layer at)
    {
        int from = 0;
        int unread = 0;
        while (bytes.Length - from >= 30 && bytes[from..].StartsWith("PK\x3\x4"u8))
        {
            ReadOnlySpan<byte> entry = bytes[from..];
            int name = BinaryPrimitives.ReadUInt16LittleEndian(entry[26..]);
            int extra = BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]);
            int header = 30 + name + extra;
            int flags = BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]);
            int method = BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]);
            long declared = BinaryPrimitives.ReadUInt32LittleEndian(entry[18..]);
            if (header > entry.Length || (flags & 1) != 0 || method is not (0 or 8) || at.Depth >= _limits.Depth) break;
            // The time, versions, and the checksum, which is not computed.
            Free(12, at);
            unread += Beside(bytes, from + 30, name, extra, 0, at);
            ReadOnlySpan<byte> content = entry[header..];
            int used;
            if (method == 8)
            {
                Output output = _made[at.Depth].Clear();
                Ending ending = _compressed.Inflate(content, output, Math.Max(0, _budget), out used);
                unread += Result(output, "zip", ending, at.Slice(from, header + used), header + used, header);
                if (ending != Ending.Whole) return unread + bytes.Length - from - header - used;
            }
            else
            {
                used = (int)Math.Min(declared, content.Length);
                unread += Region(content[..used], at.Slice(from + header, used), isNew: false);
            }
            from += header + used;
            if ((flags & 8) != 0) from += bytes[from..].StartsWith("PK\x7\x8"u8) ? 16 : bytes.Length - from >= 12 ? 12 : 0;
            from = Math.Min(from, bytes.Length);
        }
        from = Directory(bytes, from, at, ref unread);
        return unread + bytes.Length - from;
    }

    // §4.3.12 to §4.3.16. Where it ends, as far as it is one.
    private int Directory(ReadOnlySpan<byte> bytes, int from, in Layer at, ref int unread)
    {
        while (bytes.Length - from >= 46 && bytes[from..].StartsWith("PK\x1\x2"u8))
        {
            int name = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(from + 28)..]);
            int extra = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(from + 30)..]);
            int comment = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(from + 32)..]);
            int size = 46 + name + extra + comment;
            if (size > bytes.Length - from) return from;
            Free(20, at);
            unread += Beside(bytes, from + 46, name, extra, comment, at);
            from += size;
        }
        const int end64 = 56;
        if (bytes.Length - from >= end64 && bytes[from..].StartsWith("PK\x6\x6"u8) && BinaryPrimitives.ReadUInt64LittleEndian(bytes[(from + 4)..]) == end64 - 12) from += end64;
        if (bytes.Length - from >= 20 && bytes[from..].StartsWith("PK\x6\x7"u8)) from += 20;
        if (bytes.Length - from < 22 || !bytes[from..].StartsWith("PK\x5\x6"u8)) return from;
        int last = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(from + 20)..]);
        from += 22;
        if (last > bytes.Length - from) return from;
        unread += Region(bytes.Slice(from, last), at.Slice(from, last), isNew: false);
        return from + last;
    }

    // A name, extra fields and a comment. How many of their bytes stay unread.
    private int Beside(ReadOnlySpan<byte> bytes, int from, int name, int extra, int comment, in Layer at)
    {
        int unread = Region(bytes.Slice(from, name), at.Slice(from, name), isNew: false);
        from += name;
        int end = from + extra;
        while (from < end)
        {
            // A field that makes no sense is the rest of them.
            int length = end - from >= 4 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[(from + 2)..]) : int.MaxValue;
            int start = length <= end - from - 4 ? from + 4 : from;
            if (start == from) length = end - from;
            ReadOnlySpan<byte> value = bytes.Slice(start, length);
            if (start > from && IsOrdinary(BinaryPrimitives.ReadUInt16LittleEndian(bytes[from..]), value)) Free(length, at);
            else unread += Region(value, at.Slice(start, length), isNew: false);
            from = start + length;
        }
        return unread + Region(bytes.Slice(end, comment), at.Slice(end, comment), isNew: false);
    }

    // Sizes of ZIP64, times of NTFS and Unix, owners of Unix, the mark of a JAR, zeros that align an APK.
    private static bool IsOrdinary(int kind, ReadOnlySpan<byte> value) => kind switch
    {
        0x0001 => value.Length is >= 4 and <= 28,
        0x000a => value.Length == 32,
        0x5455 => value.Length is 1 or 5 or 9 or 13,
        0x5855 => value.Length is 8 or 12,
        0x7855 => value.Length is 0 or 4,
        0x7875 => value.Length == 11,
        0xcafe => value.IsEmpty,
        0xd935 => value.Length >= 2 && !value[2..].ContainsAnyExcept((byte)0),
        _ => false,
    };

    // Bytes that a sender chose and nobody can tell from others; of decoded ones not more than were captured.
    private void Free(int bytes, in Layer at) => _place.Flow.Capacity(_place.Sender, Math.Min(bytes, at.Length));
}
