using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>Where in a picture or film its own content begins. What stands before it - tables of a coder, profiles of colours - many files share.</summary>
internal static class Pictures
{
    const int MostParts = 4096, Longest = 16;

    /// <summary>The offset, from the beginning, of the first scan of a JPEG (ITU-T T.81), the first IDAT of a PNG, the first mdat of HEIF, AVIF and MP4 (ISO/IEC 14496-12); 0 where it is none of them, or broken.</summary>
    internal static long Content(Stream file, long from, long end)
    {
        Span<byte> head = stackalloc byte[Longest];
        if (!Read(file, from, end, head)) return 0;
        if (IsJpeg(head)) return Scan(file, from, end);
        if (head[1..].StartsWith("PNG\r\n"u8)) return Part(file, from, from + 8, end, "IDAT"u8, after: 12);
        return head[4..].StartsWith("ftyp"u8) ? Part(file, from, from, end, "mdat"u8, after: 0) : 0;
    }

    internal static bool IsJpeg(Stream file, long length)
    {
        Span<byte> head = stackalloc byte[3];
        return Read(file, 0, length, head) && IsJpeg(head);
    }

    static bool IsJpeg(ReadOnlySpan<byte> head) => head is [0xff, 0xd8, 0xff, ..];

    static long Scan(Stream file, long from, long end)
    {
        Span<byte> head = stackalloc byte[4];
        long at = from + 2;
        for (int parts = 0; parts < MostParts && Read(file, at, end, head) && head[0] == 0xff; parts++)
        {
            if (head[1] == 0xda) return at + 2 - from;
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
        }
        return 0;
    }

    // Chunks tell how long they are without their twelve bytes around it, boxes with all they have; 1 says that eight bytes tell it after the name.
    static long Part(Stream file, long from, long at, long end, ReadOnlySpan<byte> name, int after)
    {
        Span<byte> head = stackalloc byte[Longest];
        for (int parts = 0; parts < MostParts && Read(file, at, end, head); parts++)
        {
            if (head[4..].StartsWith(name)) return at + 8 - from;
            long length = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (after == 0 && length == 1) length = BinaryPrimitives.ReadInt64BigEndian(head[8..]);
            if (length + after < 8 || length > end - at) break;
            at += length + after;
        }
        return 0;
    }

    static bool Read(Stream file, long at, long end, Span<byte> into)
    {
        if (at < 0 || end - at < into.Length) return false;
        file.Position = at;
        return file.ReadAtLeast(into, into.Length, throwOnEndOfStream: false) == into.Length;
    }
}
