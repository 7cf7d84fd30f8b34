using System.Buffers.Binary;

namespace Offproof.Vault;

/// <summary>
/// The table at a pack's end (vault.md §4.2): one entry per blob, in blob order, sealed as a whole and followed by its sealed length (u32, little-endian).
/// </summary>
static class PackHeader
{
    internal const int LengthSize = 4;
    const int PlainEntry = 1 + 4 + ContentId.Size;
    const int CompressedEntry = PlainEntry + 4;
    internal const int MostBytes = 16 << 20;

    internal static int SizeOf(ReadOnlySpan<BlobEntry> entries)
    {
        int size = 0;
        foreach (BlobEntry entry in entries) size += entry.Compressed ? CompressedEntry : PlainEntry;
        return size;
    }

    /// <summary>Bytes of a whole pack that holds exactly these blobs.</summary>
    internal static long PackSize(ReadOnlySpan<BlobEntry> entries)
    {
        long size = SizeOf(entries) + Sealer.Overhead + LengthSize;
        foreach (BlobEntry entry in entries) size += entry.Length;
        return size;
    }

    internal static void Write(ReadOnlySpan<BlobEntry> entries, Span<byte> destination)
    {
        foreach (BlobEntry entry in entries)
        {
            destination[0] = (byte)((entry.Tree ? 1 : 0) | (entry.Compressed ? 2 : 0));
            BinaryPrimitives.WriteUInt32LittleEndian(destination[1..], entry.Length);
            int at = 5;
            if (entry.Compressed)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(destination[5..], entry.PlainLength);
                at = 9;
            }
            entry.Id.Write(destination[at..]);
            destination = destination[(at + ContentId.Size)..];
        }
    }

    /// <summary>Entries follow blob order, so offsets are implied; the blobs must fill the pack exactly up to the header.</summary>
    /// <param name="header">Opened, without its length.</param>
    /// <param name="blobBytes">How many bytes of the pack lie before the sealed header.</param>
    internal static BlobEntry[] Parse(ReadOnlySpan<byte> header, long blobBytes)
    {
        List<BlobEntry> entries = new(header.Length / CompressedEntry);
        long offset = 0;
        while (!header.IsEmpty)
        {
            byte type = header[0];
            if (type > 3) throw new CorruptVaultException($"pack header: unknown blob type {type}");
            bool compressed = (type & 2) != 0;
            int size = compressed ? CompressedEntry : PlainEntry;
            if (header.Length < size) throw new CorruptVaultException("pack header ends inside an entry");
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[1..]);
            uint plain = compressed ? BinaryPrimitives.ReadUInt32LittleEndian(header[5..]) : 0;
            if (length < Sealer.Overhead) throw new CorruptVaultException("pack header: a blob is shorter than its own IV and tag");
            if (compressed && plain == 0) throw new CorruptVaultException("pack header: a compressed blob declares no content");
            if (offset + length > blobBytes) throw new CorruptVaultException("pack header: blobs reach past the header's start");
            entries.Add(new BlobEntry(ContentId.Read(header[(size - ContentId.Size)..]), (type & 1) != 0, (uint)offset, length, plain));
            offset += length;
            header = header[size..];
        }
        if (offset != blobBytes) throw new CorruptVaultException("pack header: bytes between the last blob and the header");
        return [.. entries];
    }

    /// <summary>The entries of a pack that lies in memory as a whole.</summary>
    internal static BlobEntry[] Open(ReadOnlySpan<byte> pack, Sealer sealer) => Open(pack, pack.Length, sealer);

    /// <summary>The entries of a pack of <paramref name="size"/> bytes, of which only the end need be there.</summary>
    internal static BlobEntry[] Open(ReadOnlySpan<byte> pack, long size, Sealer sealer)
    {
        if (pack.Length < LengthSize + Sealer.Overhead) throw new CorruptVaultException("pack is too short for a header");
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(pack[^LengthSize..]);
        if (length < Sealer.Overhead || length > pack.Length - LengthSize) throw new CorruptVaultException("pack header reaches past the start of the file");
        if (length > MostBytes) throw new CorruptVaultException("pack header is longer than 16 MiB");
        int start = pack.Length - LengthSize - (int)length;
        byte[] header = new byte[length - Sealer.Overhead];
        if (!sealer.TryOpen(pack.Slice(start, (int)length), header)) throw new CorruptVaultException("pack header does not authenticate");
        return Parse(header, size - LengthSize - length);
    }
}
