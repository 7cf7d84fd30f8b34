using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>Photos and attachments: their hashes, and blocks of their bytes where the folder is there (audit.md §4.3).</summary>
internal sealed class Files(string? folder)
{
    const int Block = 32, FewestDifferent = 16, HeadBlocks = 8, Head = 32 << 10, MostBlocks = 65_536;

    const long MostHashed = 256 << 20;

    long _hashed;
    int _blocks;

    /// <summary>Files that persona.json names and the folder does not have, or has otherwise.</summary>
    internal int Absent { get; private set; }

    internal void Add(FormList forms, Canary canary, byte[]? sha256, string? path, long bytes)
    {
        if (sha256 is not null) forms.Add(canary, "sha256", sha256, Form.MostBits);
        if (folder is null || path is null) return;
        try
        {
            string full = Path.GetFullPath(Path.Combine(folder, path)), root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
            if (!full.StartsWith(root, StringComparison.Ordinal) || !File.Exists(full) || new FileInfo(full) is not { LinkTarget: null } info || info.Length != bytes)
            {
                Absent++;
                return;
            }
            using FileStream file = File.OpenRead(full);
            Blocks(forms, canary, file, bytes);
            Hashes(forms, canary, file, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Absent++;
        }
    }

    void Blocks(FormList forms, Canary canary, FileStream file, long length)
    {
        long content = Pictures.Content(file, 0, length);
        bool isJpeg = Pictures.IsJpeg(file, length);
        (int thumbnail, int size) = isJpeg ? Thumbnail() : default;
        long small = size == 0 ? 0 : thumbnail + Pictures.Content(file, thumbnail, thumbnail + size);
        int parts = length < 2 * Head ? 8 : 16;
        if (length >= 2 * Head)
            for (int i = 0; i < HeadBlocks; i++) One(Head / HeadBlocks * i, Head / HeadBlocks);
        for (int i = 0; i < parts; i++) One(length * i / parts, (int)Math.Min(length / parts, 4096));
        if (size >= 8 * Block)
            for (int i = 0; i < HeadBlocks; i++) One(thumbnail + size * i / HeadBlocks, size / HeadBlocks);

        // EXIF holds a small picture, a JPEG in itself, which is sent alone as well: found, since whoever cuts it out sends its bytes. Its hash is that of another file.
        (int From, int Length) Thumbnail()
        {
            byte[] head = new byte[Math.Min(length, 2 * Head)];
            file.Position = 0;
            ReadOnlySpan<byte> read = head.AsSpan(0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
            int from = read[2..].IndexOf((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) + 2;
            if (from < 2) return default;
            int end = read[from..].IndexOf((ReadOnlySpan<byte>)[0xff, 0xd9]);
            if (end < 0) return default;
            forms.Add(canary, "sha256", SHA256.HashData(read.Slice(from, end + 2)), Form.MostBits);
            return (from, end + 2);
        }

        // The first place in a stretch whose bytes say something: pictures have runs of zeros and tables that many share.
        void One(long from, int stretch)
        {
            if (_blocks >= MostBlocks) return;
            byte[] bytes = new byte[Math.Min(stretch, length - from)];
            file.Position = from;
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            // From the middle on: what begins at a multiple of the stretch is more often a header.
            for (int at = read / 2; at + Block <= read; at += Block)
            {
                ReadOnlySpan<byte> block = bytes.AsSpan(at, Block);
                if (IsShared(from + at) || IsOfTable(bytes.AsSpan(0, at + Block)) || Different(block) < FewestDifferent || !forms.Add(canary, "block", block.ToArray(), Form.MostBits)) continue;
                _blocks++;
                return;
            }
        }

        bool IsShared(long at) => at < small ? at < content || at >= thumbnail : at < content && at + Block > thumbnail + size;

        // A second JPEG behind the first: in a scan 0xff is followed by 0, or by a mark that begins it anew (T.81, table B.1).
        bool IsOfTable(ReadOnlySpan<byte> before)
        {
            while (isJpeg && before.LastIndexOf((byte)0xff) is var at and >= 0)
            {
                if (at + 1 < before.Length && before[at + 1] is 0xda) return false;
                if (at + 1 < before.Length && before[at + 1] is >= 0xc0 and not (>= 0xd0 and <= 0xd7) and < 0xff) return true;
                before = before[..at];
            }
            return false;
        }
    }

    void Hashes(FormList forms, Canary canary, FileStream file, long length)
    {
        if ((_hashed += length) > MostHashed) return;
        file.Position = 0;
        using IncrementalHash md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5), sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            md5.AppendData(buffer, 0, read);
            sha1.AppendData(buffer, 0, read);
        }
        forms.Add(canary, "md5", md5.GetHashAndReset(), Form.MostBits);
        forms.Add(canary, "sha1", sha1.GetHashAndReset(), Form.MostBits);
    }

    static int Different(ReadOnlySpan<byte> block)
    {
        UInt128 low = 0, high = 0;
        foreach (byte b in block)
        {
            if (b < 128) low |= UInt128.One << b;
            else high |= UInt128.One << (b - 128);
        }
        return (int)(UInt128.PopCount(low) + UInt128.PopCount(high));
    }
}
