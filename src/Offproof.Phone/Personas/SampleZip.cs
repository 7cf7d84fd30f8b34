using System.Buffers.Binary;
using System.Text;

namespace Offproof.Phone;

/// <summary>
/// A ZIP of stored members, which is the same on every machine; the framework's own says on which system it was made, and packs as its processor likes.
/// Source: APPNOTE 6.3.10.
/// </summary>
sealed class SampleZip(Stream output)
{
    // 2025-12-31 20:00:00, as MS-DOS has it.
    const uint Time = (20u << 11) | (((2025u - 1980) << 9 | 12 << 5 | 31) << 16);
    static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i => Enumerable.Range(0, 8).Aggregate((uint)i, (crc, _) => (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1))];

    readonly List<(string Name, uint Crc, uint Length, uint Offset)> _members = [];

    internal void Add(string name, ReadOnlySpan<byte> content)
    {
        Header(name, Crc(0, content), (uint)content.Length);
        output.Write(content);
    }

    /// <summary>Adds what <paramref name="write"/> writes. The output must seek: the header in front of it is filled in after.</summary>
    internal void Add(string name, Action<Stream> write)
    {
        long start = output.Position;
        Header(name, 0, 0);
        long content = output.Position;
        write(output);
        long end = output.Position;
        output.Position = content;
        uint crc = 0;
        byte[] piece = new byte[1 << 16];
        for (int read; (read = output.Read(piece)) > 0;) crc = Crc(crc, piece.AsSpan(0, read));
        _members.RemoveAt(_members.Count - 1);
        output.Position = start;
        Header(name, crc, (uint)(end - content));
        output.Position = end;
    }

    internal void End()
    {
        uint start = (uint)output.Position;
        foreach ((string name, uint crc, uint length, uint offset) in _members)
        {
            byte[] entry = new byte[46];
            BinaryPrimitives.WriteUInt32LittleEndian(entry, 0x02014B50);
            BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(4), 0x0314); // Unix, 2.0
            Common(entry.AsSpan(6), name, crc, length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(38), 0x81A40000); // a file, rw-r--r--
            BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(42), offset);
            output.Write(entry);
            output.Write(Encoding.ASCII.GetBytes(name));
        }
        byte[] end = new byte[22];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054B50);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)_members.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)_members.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)output.Position - start);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), start);
        output.Write(end);
    }

    void Header(string name, uint crc, uint length)
    {
        _members.Add((name, crc, length, (uint)output.Position));
        byte[] header = new byte[30];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x04034B50);
        Common(header.AsSpan(4), name, crc, length);
        output.Write(header);
        output.Write(Encoding.ASCII.GetBytes(name));
    }

    // What local and central headers share: version 2.0, no flags, stored, time, CRC-32, twice the length, the name's length.
    static void Common(Span<byte> fields, string name, uint crc, uint length)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(fields, 20);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[6..], Time);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[10..], crc);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[14..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[18..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(fields[22..], (ushort)name.Length);
    }

    static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        foreach (byte b in bytes) crc = (crc >> 8) ^ Table[(crc ^ b) & 0xFF];
        return ~crc;
    }
}
