using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Offproof.Phone;

/// <summary>A file in a ZIP: where its bytes are, and what they should be. Sizes and checksum are null where only the front of the archive is left.</summary>
sealed record ZipMember(string Name, long Header, int Method, bool IsEncrypted, long? Packed, long? Length, uint? Checksum);

/// <summary>
/// What is in a ZIP. Members are found by the directory at its end, and can each be opened again on its own; their names are compared with expected ones
/// and never lead anywhere.
/// </summary>
sealed class ZipDirectory(List<ZipMember> members, bool isComplete)
{
    const uint LocalSignature = 0x04034B50;
    const uint EntrySignature = 0x02014B50;
    const uint EndSignature = 0x06054B50;
    const uint LongEndSignature = 0x06064B50;
    const uint LongLocatorSignature = 0x07064B50;
    const int MostMembers = 1_000_000;

    internal IReadOnlyList<ZipMember> Members => members;

    /// <summary>False where the archive has no directory: it was cut off, and only its first member can be found.</summary>
    internal bool IsComplete => isComplete;

    /// <summary>Reads the directory.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="most">How many bytes the directory may have.</param>
    /// <exception cref="InvalidDataException">It is no ZIP, or a damaged one.</exception>
    internal static ZipDirectory Read(Stream file, int most = 256 << 20)
    {
        byte[] tail = new byte[(int)Math.Min(file.Length, 22 + 65535 + 20)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        int end = FindEnd(tail);
        if (end < 0) return new ZipDirectory([First(file)], isComplete: false);
        long count = BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(end + 10));
        long size = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 12));
        long start = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        if (end >= 20 && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end - 20)) == LongLocatorSignature)
        {
            byte[] longEnd = At(file, Signed(tail.AsSpan(end - 20 + 8)), 56);
            if (BinaryPrimitives.ReadUInt32LittleEndian(longEnd) != LongEndSignature) throw Damaged();
            count = Signed(longEnd.AsSpan(32));
            size = Signed(longEnd.AsSpan(40));
            start = Signed(longEnd.AsSpan(48));
        }
        if (count > MostMembers) throw new InvalidDataException($"it has more than {MostMembers} members");
        if (start > file.Length || size > file.Length - start || size > most) throw Damaged();
        return new ZipDirectory(Entries(At(file, start, (int)size), (int)count), isComplete: true);
    }

    static List<ZipMember> Entries(ReadOnlySpan<byte> directory, int count)
    {
        List<ZipMember> members = [];
        for (int number = 0; number < count; number++)
        {
            if (directory.Length < 46 || BinaryPrimitives.ReadUInt32LittleEndian(directory) != EntrySignature) throw Damaged();
            int flags = BinaryPrimitives.ReadUInt16LittleEndian(directory[8..]);
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[28..]);
            int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[30..]);
            int whole = 46 + nameLength + extraLength + BinaryPrimitives.ReadUInt16LittleEndian(directory[32..]);
            if (whole > directory.Length) throw Damaged();
            long packed = BinaryPrimitives.ReadUInt32LittleEndian(directory[20..]);
            long length = BinaryPrimitives.ReadUInt32LittleEndian(directory[24..]);
            long header = BinaryPrimitives.ReadUInt32LittleEndian(directory[42..]);
            ReadOnlySpan<byte> extra = directory.Slice(46 + nameLength, extraLength);
            while (extra.Length >= 4 && BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]) is var fieldLength && fieldLength <= extra.Length - 4)
            {
                if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == 1)
                {
                    ReadOnlySpan<byte> field = extra.Slice(4, fieldLength);
                    Widen(ref length, ref field);
                    Widen(ref packed, ref field);
                    Widen(ref header, ref field);
                }
                extra = extra[(4 + fieldLength)..];
            }
            members.Add(new ZipMember(Encoding.UTF8.GetString(directory.Slice(46, nameLength)), header, BinaryPrimitives.ReadUInt16LittleEndian(directory[10..]), (flags & 1) != 0,
                packed, length, BinaryPrimitives.ReadUInt32LittleEndian(directory[16..])));
            directory = directory[whole..];
        }
        return members;
    }

    static void Widen(ref long value, ref ReadOnlySpan<byte> field)
    {
        if (value != uint.MaxValue || field.Length < 8) return;
        value = Signed(field);
        field = field[8..];
    }

    static ZipMember First(Stream file)
    {
        byte[] header = At(file, 0, 30);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalSignature) throw Damaged();
        byte[] name = At(file, 30, BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26)));
        return new ZipMember(Encoding.UTF8.GetString(name), 0, BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(8)), (header[6] & 1) != 0, null, null, null);
    }

    /// <summary>Opens a member. Its end is only reached when length and checksum are right. The stream owns <paramref name="file"/>.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or packed in a way that is not read.</exception>
    internal static Stream Open(Stream file, ZipMember member)
    {
        try
        {
            if (member.IsEncrypted) throw new InvalidDataException("it is encrypted by the ZIP");
            byte[] header = At(file, member.Header, 30);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalSignature) throw Damaged();
            long start = member.Header + 30 + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26)) + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
            if (start > file.Length || member.Packed > file.Length - start) throw Damaged();
            file.Position = start;
            Stream packed = new Window(file, member.Packed ?? (file.Length - start));
            Stream bytes = member.Method switch
            {
                0 => packed,
                8 => new DeflateStream(packed, CompressionMode.Decompress),
                _ => throw new InvalidDataException("it is packed by a method that is not read"),
            };
            return new CheckedMember(bytes, member);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    static int FindEnd(ReadOnlySpan<byte> tail)
    {
        for (int at = tail.Length - 22; at >= 0; at--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail[at..]) == EndSignature && at + 22 + BinaryPrimitives.ReadUInt16LittleEndian(tail[(at + 20)..]) == tail.Length) return at;
        }
        return -1;
    }

    static byte[] At(Stream file, long position, int length)
    {
        if (position < 0 || length > file.Length || position > file.Length - length) throw Damaged();
        byte[] bytes = new byte[length];
        file.Position = position;
        file.ReadExactly(bytes);
        return bytes;
    }

    static long Signed(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes) is var value and >= 0 ? value : throw Damaged();

    static InvalidDataException Damaged() => new("the ZIP is damaged");

    sealed class Window(Stream file, long length) : ReadOnlyStream
    {
        long _left = length;

        public override int Read(Span<byte> buffer)
        {
            int read = file.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
            _left -= read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) file.Dispose();
            base.Dispose(disposing);
        }
    }

    sealed class CheckedMember(Stream bytes, ZipMember member) : ReadOnlyStream
    {
        uint _checksum = uint.MaxValue;
        long _read;

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty) return 0;
            int read = bytes.Read(buffer);
            _read += read;
            _checksum = Crc32.Add(_checksum, buffer[..read]);
            // More than announced is a bomb, or damage: not one byte of it is waited for.
            if (_read > member.Length || (read == 0 && (_read < member.Length || (member.Checksum is { } expected && ~_checksum != expected))))
                throw new InvalidDataException("a member of the ZIP is damaged");
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) bytes.Dispose();
            base.Dispose(disposing);
        }
    }
}
