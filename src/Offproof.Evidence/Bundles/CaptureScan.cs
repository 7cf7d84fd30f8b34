using System.Buffers.Binary;
using System.IO.Compression;

namespace Offproof.Evidence;

/// <summary>Tells recorded traffic by what it is, whatever it was named as (evidence.md §5): pcap and its kin, HAR, mitmproxy's flows, also under gzip; and archives, into which nobody looks here.</summary>
static class CaptureScan
{
    const int Window = 65_536;
    const int Overlap = 64;
    const int MostWrappings = 4;

    static readonly (byte[] Mark, string What)[] Beginnings =
    [
        ([0x0a, 0x0d, 0x0d, 0x0a], "a pcapng file"),
        .. new uint[] { 0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34 }.SelectMany(static mark => new[] { (Big(mark), "a pcap file"), (Little(mark), "a pcap file") }),
        ("snoop\0\0\0"u8.ToArray(), "a snoop file"), ("GMBU"u8.ToArray(), "a Network Monitor file"),
        ("PK\u0003\u0004"u8.ToArray(), Archive), ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], Archive), ("BZh"u8.ToArray(), Archive), ([0x28, 0xb5, 0x2f, 0xfd], Archive), ([(byte)'7', (byte)'z', 0xbc, 0xaf, 0x27, 0x1c], Archive),
        ([0x04, 0x22, 0x4d, 0x18], Archive), ("Rar!\u001a\u0007"u8.ToArray(), Archive),
    ];

    static ReadOnlySpan<byte> Mark => [0xef, 0xbb, 0xbf]; // of UTF-8, which some programs write before JSON

    const string Archive = "an archive or a compressed file, into which nobody looks here and in which a capture can be";

    /// <summary>What it is, in words; null where it is no capture that is known here.</summary>
    internal static string? Look(string path)
    {
        using FileStream file = FileKind.Open(path);
        List<Stream> wrappings = [];
        try
        {
            Stream at = file;
            while (true)
            {
                byte[] head = new byte[16];
                int length = at.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
                foreach (var (mark, what) in Beginnings) if (head.AsSpan(0, length).StartsWith(mark)) return what;
                if (length < 3 || head[0] != 0x1f || head[1] != 0x8b) return Recording(head.AsSpan(0, length), at);
                if (wrappings.Count == MostWrappings) return Archive;
                at = new GZipStream(new Whole(head[..length], at), CompressionMode.Decompress);
                wrappings.Add(at);
            }
        }
        catch (InvalidDataException)
        {
            return null; // damaged before anything was seen in it
        }
        finally
        {
            foreach (var stream in wrappings) stream.Dispose();
        }
    }

    // Recordings of proxies and browsers are text: what each of them holds is looked for in the whole.
    static string? Recording(ReadOnlySpan<byte> head, Stream rest)
    {
        var text = (head.StartsWith(Mark) ? head[Mark.Length..] : head).TrimStart(" \t\r\n"u8);
        if (text.StartsWith("{"u8)) return Holds(head, rest, "\"log\""u8.ToArray(), "\"entries\""u8.ToArray(), "\"request\""u8.ToArray()) ? "a HAR recording" : null;
        int colon = text.IndexOf((byte)':');
        return colon is > 0 and <= 12 && !text[..colon].ContainsAnyExceptInRange((byte)'0', (byte)'9') && Holds(head, rest, "11:client_conn"u8.ToArray(), "11:server_conn"u8.ToArray()) ? "flows of mitmproxy" : null;
    }

    static bool Holds(ReadOnlySpan<byte> head, Stream rest, params byte[][] all)
    {
        byte[] buffer = new byte[Window + Overlap];
        head.CopyTo(buffer);
        int kept = head.Length;
        bool[] seen = new bool[all.Length];
        for (int read = 0; ; kept = Kept(buffer, kept + read))
        {
            read = rest.Read(buffer, kept, Window);
            for (int i = 0; i < all.Length; i++) seen[i] |= buffer.AsSpan(0, kept + read).IndexOf(all[i]) >= 0;
            if (Array.TrueForAll(seen, static one => one)) return true;
            if (read == 0) return false;
        }
    }

    static int Kept(byte[] buffer, int length)
    {
        int kept = Math.Min(Overlap, length);
        buffer.AsSpan(length - kept, kept).CopyTo(buffer);
        return kept;
    }

    static byte[] Big(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    static byte[] Little(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    /// <summary>What was read of a stream, and the rest of it.</summary>
    sealed class Whole(byte[] head, Stream rest) : ForwardStream
    {
        int at;

        public override int Read(Span<byte> buffer)
        {
            if (at == head.Length) return rest.Read(buffer);
            int count = Math.Min(buffer.Length, head.Length - at);
            head.AsSpan(at, count).CopyTo(buffer);
            at += count;
            return count;
        }
    }
}
