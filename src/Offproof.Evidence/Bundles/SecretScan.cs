using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Offproof.Evidence;

/// <summary>Finds what opens encrypted connections, wherever it was put (evidence.md §5): lines of a key log, and a pcapng file's blocks of secrets; both also under one gzip.</summary>
static class SecretScan
{
    const int Window = 65_536;
    const int Overlap = 512; // longer than a line of a key log as far as it has to be seen
    const uint SectionHeader = 0x0a0d0d0a, DecryptionSecrets = 10;

    static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdefABCDEF"u8);

    // Behind the label: a client random, or what stands for one.
    static readonly byte[][] Labels =
    [
        .. new[] { "CLIENT_RANDOM ", "PMS_CLIENT_RANDOM ", "RSA Session-ID:", "CLIENT_EARLY_TRAFFIC_SECRET ", "CLIENT_HANDSHAKE_TRAFFIC_SECRET ", "SERVER_HANDSHAKE_TRAFFIC_SECRET ", "CLIENT_TRAFFIC_SECRET_0 ",
            "SERVER_TRAFFIC_SECRET_0 ", "EXPORTER_SECRET ", "QUIC_CLIENT_TRAFFIC_SECRET_0 ", "QUIC_SERVER_TRAFFIC_SECRET_0 " }.Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>What was found, in words; null where nothing was. Reads the whole file, with little memory.</summary>
    internal static string? Look(string path)
    {
        using (FileStream file = FileKind.Open(path))
        {
            if (Lines(file) is { } found) return found;
            file.Position = 0;
            if (Blocks(file) is { } block) return block;
            file.Position = 0;
            if (file.ReadByte() != 0x1f || file.ReadByte() != 0x8b) return null;
        }
        return Unzipped(path, Lines) ?? Unzipped(path, Blocks);
    }

    static string? Unzipped(string path, Func<Stream, string?> look)
    {
        using FileStream file = FileKind.Open(path);
        using GZipStream inside = new(file, CompressionMode.Decompress);
        try
        {
            return look(inside);
        }
        catch (InvalidDataException)
        {
            return null; // damaged: what came before was looked at
        }
    }

    static string? Lines(Stream file)
    {
        byte[] buffer = new byte[Window + Overlap];
        int kept = 0;
        for (int read; (read = file.Read(buffer, kept, Window)) > 0;)
        {
            var window = buffer.AsSpan(0, kept + read);
            foreach (byte[] label in Labels)
                if (Holds(window, label)) return $"lines of a TLS key log ({Encoding.ASCII.GetString(label).TrimEnd(' ', ':')})";
            kept = Math.Min(Overlap, window.Length);
            window[^kept..].CopyTo(buffer);
        }
        return null;
    }

    // Sixteen hexadecimal digits behind it: words about key logs are no key log.
    static bool Holds(ReadOnlySpan<byte> window, ReadOnlySpan<byte> label)
    {
        for (int from = 0; window[from..].IndexOf(label) is >= 0 and var at; from += at + 1)
        {
            var behind = window[(from + at + label.Length)..];
            if (behind.Length >= 16 && !behind[..16].ContainsAnyExcept(Hex)) return true;
        }
        return false;
    }

    // pcapng: type, length, body, length again; the byte order is the section's.
    static string? Blocks(Stream file)
    {
        Span<byte> head = stackalloc byte[12];
        bool isLittle = true;
        for (bool isFirst = true; ; isFirst = false)
        {
            if (file.ReadAtLeast(head[..8], 8, throwOnEndOfStream: false) < 8) return null;
            uint type = Number(head, isLittle);
            int done = 8;
            if (BinaryPrimitives.ReadUInt32LittleEndian(head) == SectionHeader)
            {
                if (file.ReadAtLeast(head[8..], 4, throwOnEndOfStream: false) < 4) return null;
                isLittle = head[8] == 0x4d;
                done = 12;
            }
            else if (isFirst) return null; // no pcapng
            if (type == DecryptionSecrets) return "a block of decryption secrets (pcapng)";
            uint length = Number(head[4..], isLittle);
            if (length < done || length % 4 != 0 || !Skip(file, length - done)) return null;
        }
    }

    static uint Number(ReadOnlySpan<byte> bytes, bool isLittle) => isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    static bool Skip(Stream file, long count)
    {
        if (file.CanSeek)
        {
            file.Position += count;
            return true;
        }
        byte[] buffer = new byte[Window];
        while (count > 0)
        {
            int read = file.Read(buffer, 0, (int)Math.Min(count, buffer.Length));
            if (read == 0) return false;
            count -= read;
        }
        return true;
    }
}
