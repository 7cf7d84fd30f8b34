using System.Buffers.Binary;

namespace Offproof.Phone;

/// <summary>
/// The metadata items of a HEIF file: meta → iinf names the items "Exif" and "mime application/rdf+xml", meta → iloc says where their bytes
/// are. ISO/IEC 14496-12 §8.11 and 23008-12 annex A. Boxes are not nested deeper than this asks for.
/// </summary>
static class HeifItems
{
    const int MaxBoxes = 1024;
    const int MaxItems = 8192;

    internal static void Find(Stream file, MetadataBlocks blocks)
    {
        if (Box(file, 0, file.Length, "meta"u8) is not { } meta) return; // a video, or nothing said
        if (meta.Length > 16 * MetadataBlocks.Limit) { blocks.Fail("the HEIF meta box is too long"); return; }

        // iinf and iloc are read whole; 64 KiB hold the items of a picture of thousands of tiles.
        if (Box(file, meta.Offset + 4, meta.End, "iinf"u8) is not { } names) return;
        byte[]? infos = Body(file, names);
        byte[]? locations = Body(file, Box(file, meta.Offset + 4, meta.End, "iloc"u8));
        if (infos is null || locations is null) { blocks.Fail("the HEIF item tables are missing or cut"); return; }

        long inline = Box(file, meta.Offset + 4, meta.End, "idat"u8)?.Offset ?? -1;
        (uint? exif, uint? xmp) = Names(infos);
        if (exif is { } e && Locate(file, locations, e, inline) is { Length: > 4 } item)
        {
            // Four bytes say how many more to pass over before the TIFF header.
            uint skip = BinaryPrimitives.ReadUInt32BigEndian(item);
            if (skip <= item.Length - 4) blocks.TakeExif(item[(4 + (int)skip)..]);
            else blocks.Fail("the HEIF EXIF item points past its end");
        }
        else if (exif is not null)
        {
            blocks.Fail("the HEIF EXIF item cannot be found");
        }
        if (xmp is { } x && Locate(file, locations, x, inline) is { } packet) blocks.TakeXmp(packet);
    }

    readonly record struct Extent(long Offset, long End)
    {
        internal long Length => End - Offset;
    }

    /// <summary>The body of the first such box between two positions.</summary>
    static Extent? Box(Stream file, long at, long end, ReadOnlySpan<byte> name)
    {
        for (int count = 0; count < MaxBoxes && end - at >= 8; count++)
        {
            byte[]? head = MetadataBlocks.Read(file, at, (int)Math.Min(16, end - at));
            if (head is null) return null;
            long size = BinaryPrimitives.ReadUInt32BigEndian(head);
            int header = 8;
            if (size == 1 && head.Length == 16)
            {
                ulong large = BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(8));
                size = large > long.MaxValue ? -1 : (long)large;
                header = 16;
            }
            else if (size == 0)
            {
                size = end - at;
            }
            if (size < header || size > end - at) return null;
            if (head.AsSpan(4, 4).SequenceEqual(name)) return new Extent(at + header, at + size);
            at += size;
        }
        return null;
    }

    static byte[]? Body(Stream file, Extent? box) => box is { } b ? MetadataBlocks.Read(file, b.Offset, b.Length) : null;

    static (uint? Exif, uint? Xmp) Names(byte[] iinf)
    {
        uint? exif = null, xmp = null;
        Fields fields = new(iinf);
        int version = fields.Version();
        uint count = version == 0 ? fields.Take(2) : fields.Take(4);
        for (uint i = 0; i < Math.Min(count, MaxItems) && !fields.Spent; i++)
        {
            int start = fields.At;
            uint size = fields.Take(4);
            fields.Take(4); // "infe"
            int entryVersion = fields.Version();
            uint id = fields.Take(entryVersion >= 3 ? 4 : 2);
            fields.Take(2); // protection
            uint type = fields.Take(4);
            if (entryVersion >= 2)
            {
                if (type == 0x45786966) exif ??= id; // "Exif"
                else if (type == 0x6D696D65 && Contains(iinf, start, size, "application/rdf+xml"u8)) xmp ??= id; // "mime"
            }
            if (size < 8 || size > iinf.Length - start) break;
            fields.At = start + (int)size;
        }
        return (exif, xmp);
    }

    static bool Contains(byte[] bytes, int start, uint size, ReadOnlySpan<byte> text) =>
        bytes.AsSpan(start, (int)Math.Min(size, bytes.Length - start)).IndexOf(text) >= 0;

    static byte[]? Locate(Stream file, byte[] iloc, uint wanted, long inline)
    {
        Fields fields = new(iloc);
        int version = fields.Version();
        uint sizes = fields.Take(2);
        int offsetSize = (int)(sizes >> 12), lengthSize = (int)(sizes >> 8 & 15), baseSize = (int)(sizes >> 4 & 15);
        int indexSize = version is 1 or 2 ? (int)(sizes & 15) : 0;
        uint count = fields.Take(version < 2 ? 2 : 4);
        for (uint i = 0; i < Math.Min(count, MaxItems) && !fields.Spent; i++)
        {
            uint id = fields.Take(version < 2 ? 2 : 4);
            uint method = version is 1 or 2 ? fields.Take(2) & 15 : 0;
            fields.Take(2); // data reference
            ulong origin = fields.TakeLong(baseSize);
            uint extents = fields.Take(2);
            if (extents > MaxItems) return null;
            List<byte> bytes = [];
            for (uint j = 0; j < extents && !fields.Spent; j++)
            {
                fields.TakeLong(indexSize);
                ulong offset = fields.TakeLong(offsetSize), length = fields.TakeLong(lengthSize);
                if (id != wanted) continue;
                if (method > 1 || (method == 1 && inline < 0) || origin > int.MaxValue || offset > int.MaxValue || length > MetadataBlocks.Limit) return null;
                long at = (long)origin + (long)offset + (method == 1 ? inline : 0);
                if (MetadataBlocks.Read(file, at, (long)length) is not { } part || bytes.Count + part.Length > MetadataBlocks.Limit) return null;
                bytes.AddRange(part);
            }
            if (id == wanted) return bytes.ToArray();
        }
        return null;
    }

    /// <summary>Big-endian fields, one after another; past the end they are 0 and <see cref="Spent"/> says so.</summary>
    struct Fields(byte[] bytes)
    {
        internal int At;

        internal bool Spent { get; private set; }

        /// <summary>The version of a full box; its flags are passed over.</summary>
        internal int Version() => (int)(Take(4) >> 24);

        internal uint Take(int size) => (uint)TakeLong(size);

        internal ulong TakeLong(int size)
        {
            if (size > bytes.Length - At)
            {
                Spent = true;
                At = bytes.Length;
                return 0;
            }
            ulong value = 0;
            for (int i = 0; i < size && i < 8; i++) value = value << 8 | bytes[At + i];
            At += size;
            return value;
        }
    }
}
