using System.Buffers.Binary;
using System.Text;

namespace Offproof.Evidence;

/// <summary>
/// A bundle as a .zip of one form alone: stored, in the order of names, no dates, no comments, no extra fields (evidence.md §1). Each byte of it follows from the files, so none can be
/// changed unseen, nothing in it grows, and no two programs read different files out of it. Any other .zip is unpacked by whoever has it, and verified as a folder.
/// </summary>
sealed class BundleArchive : BundleSource
{
    const int LocalSize = 30, CentralSize = 46, EndSize = 22, MostDirectory = 4 << 20;
    const uint LocalMark = 0x04034b50, CentralMark = 0x02014b50, EndMark = 0x06054b50;
    const ushort Version = 10, MadeBy = (3 << 8) | 20, Date = (1 << 5) | 1; // stored; Unix; 1980-01-01
    const uint Attributes = 0x81A4_0000; // an ordinary file, rw-r--r--
    const long MostBytes = 3L << 30;

    readonly FileStream file;
    readonly Dictionary<string, Member> byPath = new(StringComparer.Ordinal);

    internal BundleArchive(string path)
    {
        file = FileKind.Open(path);
        try
        {
            if (Read() is { } why) Defects.Add(new BundleDefect("archive", "", $"{why}: it is not as evidence pack writes one, or was altered. Unpack it with `unzip`, and verify the folder"));
        }
        catch (IOException e)
        {
            Defects.Add(new BundleDefect("archive", "", $"it cannot be read: {e.Message}"));
        }
        IsUnreadable = Defects.Count > 0 && Entries.Count == 0;
    }

    internal override Stream Open(string path)
    {
        var member = byPath[path];
        return new Slice(file, member.DataAt, member.Size);
    }

    public override void Dispose() => file.Dispose();

    /// <summary>Null where every byte is as it is written here; what the files hold is another question.</summary>
    string? Read()
    {
        if (file.Length < EndSize) return "it is no .zip";
        byte[] end = At(file.Length - EndSize, EndSize);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) != EndMark) return "it does not end as a .zip does";
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(12)), from = BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(10));
        if (size > MostDirectory || from + (long)size + EndSize != file.Length || count is 0 or > BundlePath.MostFiles || !end.AsSpan().SequenceEqual(End(count, size, from))) return "its directory is too large, or not where it says";
        byte[] directory = At(from, (int)size);
        List<Member> members = [];
        long offset = 0;
        for (int at = 0; at < directory.Length;)
        {
            if (directory.Length - at < CentralSize || BinaryPrimitives.ReadUInt16LittleEndian(directory.AsSpan(at + 28)) is var length && directory.Length - at - CentralSize < length) return "its directory ends inside of an entry";
            var entry = directory.AsSpan(at, CentralSize + length);
            Member member = new(Encoding.Latin1.GetString(entry[CentralSize..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]), offset);
            if (member.Name.Split('/') is not [var root, _, ..] || !BundlePath.IsName(root) || (members.Count > 0 && !member.Name.StartsWith(members[0].Root, StringComparison.Ordinal))) return "its files do not lie in one folder";
            if (members.Count > 0 && string.CompareOrdinal(member.Name, members[^1].Name) <= 0) return $"{member.Path} stands twice, or out of order";
            if (!entry.SequenceEqual(Central(member)) || member.DataAt + member.Size > from || !At(offset, LocalSize + length).AsSpan().SequenceEqual(Local(member))) return $"what it says of {member.Path} is not what there is";
            members.Add(member);
            offset = member.DataAt + member.Size;
            at += entry.Length;
        }
        if (members.Count != count || offset != from) return "its directory does not name all that is in it";
        foreach (var member in members)
        {
            Entries.Add(new BundleEntry(member.Path, EntryKind.File, member.Size));
            byPath.Add(member.Path, member);
        }
        foreach (string folder in members.Select(static member => member.Path).Where(static path => path.Contains('/', StringComparison.Ordinal)).Select(static path => path[..path.LastIndexOf('/')]).Distinct(StringComparer.Ordinal)) Entries.Add(new BundleEntry(folder, EntryKind.Folder, 0));
        // Of files that changed the SHA-256 tells; a sum that changed alone is told here.
        foreach (var member in members)
        {
            using var bytes = Open(member.Path);
            if (Crc32(bytes) != member.Crc) Defects.Add(new BundleDefect("archive", member.Path, "its checksum in the archive is not that of its bytes"));
        }
        return null;
    }

    byte[] At(long offset, int length)
    {
        byte[] bytes = new byte[Math.Min(length, file.Length - offset)];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Writes a bundle's folder as an archive, mode 600 as the folder is 700: the same folder gives the same bytes. Where this throws, nothing is left.</summary>
    internal static void Write(string folder, string path)
    {
        string root = BundlePath.Name(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), []);
        using BundleFolder source = new(folder);
        if (source.Entries.Sum(static entry => entry.Length) > MostBytes) throw new EvidenceException(EvidenceFault.Refused, $"{folder} holds more than 3 GiB: archives of that size are read differently by different programs", "send the folder");
        if (File.Exists(path)) throw new EvidenceException(EvidenceFault.Refused, $"{path} is there already: it was not touched", "name another file");
        using FileStream file = FileKind.CreatePrivate(path);
        try
        {
            Write(source, root, file);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    static void Write(BundleFolder source, string root, FileStream file)
    {
        List<Member> members = [];
        foreach (var entry in source.Entries.Where(static entry => entry.Kind == EntryKind.File).OrderBy(static entry => entry.Path, StringComparer.Ordinal))
        {
            uint crc;
            using (var first = source.Open(entry.Path)) crc = Crc32(first);
            Member member = new($"{root}/{entry.Path}", crc, checked((uint)entry.Length), file.Position);
            file.Write(Local(member));
            using (var bytes = source.Open(entry.Path)) bytes.CopyTo(file);
            if (file.Position != member.DataAt + member.Size) throw new EvidenceException(EvidenceFault.Failure, $"{entry.Path} changed while it was read");
            members.Add(member);
        }
        long from = file.Position;
        foreach (var member in members) file.Write(Central(member));
        file.Write(End(members.Count, checked((uint)(file.Position - from)), checked((uint)from)));
        file.Flush(flushToDisk: true);
    }

    static byte[] Local(Member member)
    {
        byte[] name = Encoding.Latin1.GetBytes(member.Name), head = new byte[LocalSize + name.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(head, LocalMark);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(4), Version);
        Common(head.AsSpan(6), member);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(26), (ushort)name.Length);
        name.CopyTo(head, LocalSize);
        return head;
    }

    static byte[] Central(Member member)
    {
        byte[] name = Encoding.Latin1.GetBytes(member.Name), head = new byte[CentralSize + name.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(head, CentralMark);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(4), MadeBy);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(6), Version);
        Common(head.AsSpan(8), member);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(28), (ushort)name.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(38), Attributes);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(42), checked((uint)member.Offset));
        name.CopyTo(head, CentralSize);
        return head;
    }

    // Flags, method, time (all none), date, sum, both sizes.
    static void Common(Span<byte> head, Member member)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], Date);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], member.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], member.Size);
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], member.Size);
    }

    static byte[] End(int count, uint size, uint from)
    {
        byte[] end = new byte[EndSize];
        BinaryPrimitives.WriteUInt32LittleEndian(end, EndMark);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)count);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)count);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), size);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), from);
        return end;
    }

    static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(static n => Enumerable.Range(0, 8).Aggregate((uint)n, static (value, _) => (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1))];

    static uint Crc32(Stream bytes)
    {
        byte[] buffer = new byte[1 << 16];
        uint crc = uint.MaxValue;
        for (int read; (read = bytes.Read(buffer)) > 0;)
            foreach (byte b in buffer.AsSpan(0, read)) crc = Table[(crc ^ b) & 0xFF] ^ (crc >> 8);
        return ~crc;
    }

    /// <param name="Name">With the folder before it.</param>
    readonly record struct Member(string Name, uint Crc, uint Size, long Offset)
    {
        internal string Root => Name[..(Name.IndexOf('/', StringComparison.Ordinal) + 1)];

        internal string Path => Name[Root.Length..];

        internal long DataAt => Offset + LocalSize + Name.Length;
    }

    /// <summary>A part of a file; one at a time is read.</summary>
    sealed class Slice(FileStream file, long from, long length) : ForwardStream
    {
        long at;

        public override int Read(Span<byte> buffer)
        {
            file.Position = from + at;
            int read = file.Read(buffer[..(int)Math.Min(buffer.Length, length - at)]);
            at += read;
            return read;
        }
    }
}
