using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Offproof.Evidence;

/// <param name="What">In words.</param>
/// <param name="IsPrivateKey">Refused whatever is given; else what <c>--include-keys</c> is for.</param>
sealed record FoundSecret(string What, bool IsPrivateKey);

/// <summary>Finds what opens encrypted connections, wherever it was put (evidence.md §5): lines of a key log, and a pcapng file's blocks of secrets; and private keys, which no bundle may hold. All also under one gzip, text also in UTF-16.</summary>
static class SecretScan
{
    const int Window = 65_536;
    const int Overlap = 512; // longer than a line of a key log as far as it has to be seen
    const uint SectionHeader = 0x0a0d0d0a, DecryptionSecrets = 10;

    static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdefABCDEF"u8);

    // Before a client random, or what stands for one. QUIC's and TLS 1.3's of every number end alike, so what stands before them is not asked for.
    static readonly byte[][] Labels =
    [
        .. new[] { "CLIENT_RANDOM", "RSA", "RSA Session-ID:", "CLIENT_EARLY_TRAFFIC_SECRET", "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_", "SERVER_TRAFFIC_SECRET_", "EXPORTER_SECRET",
            "ECH_SECRET", "ECH_CONFIG" }.Select(Encoding.ASCII.GetBytes),
    ];

    // Secret keys: no bundle is a place for one. Behind each what shows that it is more than a word about it.
    static readonly (byte[] Label, Func<byte, bool> Behind, int Count, string What)[] PrivateKeys =
    [
        ("RWRTY0Iy"u8.ToArray(), IsBase64, 64, "a secret key of minisign"), ("RWQAAEIy"u8.ToArray(), IsBase64, 64, "a secret key of minisign, without a password"), ("RWRCSw"u8.ToArray(), IsBase64, 64, "a secret key of signify"),
        ("AGE-SECRET-KEY-"u8.ToArray(), static c => char.IsAsciiLetterOrDigit((char)c) || c == '-', 32, "a secret key of age"),
        ("PRIVATE KEY-----"u8.ToArray(), IsLineEnd, 1, "a private key (PEM)"), ("PRIVATE KEY BLOCK-----"u8.ToArray(), IsLineEnd, 1, "a private key of OpenPGP"), ("PuTTY-User-Key-File-"u8.ToArray(), static c => char.IsAsciiDigit((char)c), 1, "a private key of PuTTY"),
    ];

    /// <summary>What was found, in words; null where nothing was. Reads the whole file, with little memory.</summary>
    internal static FoundSecret? Look(string path)
    {
        FoundSecret? found;
        bool isZipped;
        using (FileStream file = FileKind.Open(path))
        {
            found = Lines(file);
            if (found is { IsPrivateKey: true }) return found;
            file.Position = 0;
            found ??= Blocks(file);
            file.Position = 0;
            isZipped = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        }
        if (!isZipped) return found;
        return Unzipped(path, Lines) is { } inside && (inside.IsPrivateKey || found is null) ? inside : found ?? Unzipped(path, Blocks);
    }

    /// <summary>The same of a text.</summary>
    internal static FoundSecret? In(string text)
    {
        using MemoryStream bytes = new(Encoding.UTF8.GetBytes(text), writable: false);
        return Lines(bytes);
    }

    static FoundSecret? Unzipped(string path, Func<Stream, FoundSecret?> look)
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

    static FoundSecret? Lines(Stream file)
    {
        byte[] buffer = new byte[Window + Overlap], narrow = new byte[Window + Overlap];
        FoundSecret? keys = null;
        int kept = 0;
        for (int read; (read = file.Read(buffer, kept, Window)) > 0;)
        {
            var window = buffer.AsSpan(0, kept + read);
            // Text in UTF-16 is, without its zeros, the same text.
            int length = 0;
            if (window.Contains((byte)0))
                foreach (byte b in window) if (b != 0) narrow[length++] = b;
            if ((PrivateKey(window) ?? PrivateKey(narrow.AsSpan(0, length))) is { } found) return found;
            keys ??= KeyLog(window) ?? KeyLog(narrow.AsSpan(0, length));
            kept = Math.Min(Overlap, window.Length);
            window[^kept..].CopyTo(buffer);
        }
        return keys;
    }

    static FoundSecret? PrivateKey(ReadOnlySpan<byte> window)
    {
        foreach (var (label, behind, count, what) in PrivateKeys)
            for (int from = 0; window[from..].IndexOf(label) is >= 0 and var at; from += at + 1)
                if (All(window[(from + at + label.Length)..], behind, count) && (behind != IsLineEnd || window[Math.Max(0, from + at - 30)..(from + at)].IndexOf("-----BEGIN "u8) >= 0)) return new FoundSecret(what, IsPrivateKey: true);
        return null;
    }

    static FoundSecret? KeyLog(ReadOnlySpan<byte> window)
    {
        foreach (byte[] label in Labels)
            if (Holds(window, label)) return new FoundSecret($"lines of a TLS key log ({Encoding.ASCII.GetString(label).TrimEnd('_', ':')})", IsPrivateKey: false);
        return null;
    }

    // A number where it ends in one, blanks, and sixteen hexadecimal digits: words about key logs are no key log.
    static bool Holds(ReadOnlySpan<byte> window, ReadOnlySpan<byte> label)
    {
        for (int from = 0; window[from..].IndexOf(label) is >= 0 and var at; from += at + 1)
        {
            var behind = window[(from + at + label.Length)..];
            if (label[^1] == '_') behind = behind.TrimStart("0123456789"u8);
            var digits = behind.TrimStart(" \t"u8);
            if ((digits.Length < behind.Length || label[^1] == ':') && digits.Length >= 16 && !digits[..16].ContainsAnyExcept(Hex)) return true;
        }
        return false;
    }

    static bool All(ReadOnlySpan<byte> bytes, Func<byte, bool> behind, int count)
    {
        if (bytes.Length < count) return false;
        foreach (byte b in bytes[..count]) if (!behind(b)) return false;
        return true;
    }

    static bool IsBase64(byte c) => char.IsAsciiLetterOrDigit((char)c) || c is (byte)'+' or (byte)'/';

    static bool IsLineEnd(byte c) => c is (byte)'\n' or (byte)'\r' or (byte)'\\' or (byte)' ';

    // pcapng: type, length, body, length again; the byte order is the section's.
    static FoundSecret? Blocks(Stream file)
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
            if (type == DecryptionSecrets) return new FoundSecret("a block of decryption secrets (pcapng)", IsPrivateKey: false);
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
