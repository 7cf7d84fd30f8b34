using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using ZstdSharp.Unsafe;

namespace Offproof.Auditor;

/// <summary>gzip (RFC 1952), zlib (RFC 1950), deflate (RFC 1951), br (RFC 7932), zstd (RFC 8878): appended to an output, up to a limit, as far as they go.</summary>
internal sealed class Compressed : IDisposable
{
    private readonly Inflater _inflater = new();
    private unsafe ZSTD_DCtx_s* _zstd;

    internal unsafe Compressed()
    {
        _zstd = Methods.ZSTD_createDCtx();
        // A frame's header asks for a window: more than 8 MiB is not granted (RFC 8878 §3.1.1.1.2).
        Methods.ZSTD_DCtx_setParameter(_zstd, ZSTD_dParameter.ZSTD_d_windowLogMax, 23);
    }

    internal static ReadOnlySpan<byte> Gzip => [0x1F, 0x8B, 8];

    internal static ReadOnlySpan<byte> Zstd => [0x28, 0xB5, 0x2F, 0xFD];

    /// <summary>The longest header of a coding that says nothing in it.</summary>
    internal const int Header = 32;

    /// <summary>The most that a coding of so much is long: what gains nothing is stored (RFC 1951 §3.2.4), with a header and some ends where it was flushed. What is longer holds something else (audit.md §6.2).</summary>
    internal static long Longest(long made, int header = Header) => made + made / 8 + header;

    // A name or a comment of a gzip is no longer.
    private const int LongestNote = 4096;

    private readonly List<(int Start, int Length, bool AreTexts)> _fields = [];

    /// <summary>Where the last gzip had more in its headers than it needs: names, comments, extra fields of any content.</summary>
    internal IReadOnlyList<(int Start, int Length, bool AreTexts)> Fields => _fields;

    // RFC 1952 §2.3: the extra field, then the texts, each ended by a zero.
    private void Noted(ReadOnlySpan<byte> member, int start, int header)
    {
        int extra = (member[3] & 4) == 0 ? 0 : 2 + BinaryPrimitives.ReadUInt16LittleEndian(member[10..]);
        if (extra > 2) _fields.Add((start + 12, extra - 2, false));
        if (header > 10 + extra) _fields.Add((start + 10 + extra, header - 10 - extra, true));
    }

    /// <summary>Method 8, a window of at most 32 KiB, the check bits right, no preset dictionary.</summary>
    internal static bool IsZlib(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 6 && (bytes[0] & 15) == 8 && bytes[0] >> 4 <= 7 && (bytes[1] & 32) == 0 && ((bytes[0] << 8) | bytes[1]) % 31 == 0;

    public unsafe void Dispose()
    {
        if (_zstd is not null) Methods.ZSTD_freeDCtx(_zstd);
        _zstd = null;
    }

    /// <summary>All members one after the other. Checksums are not computed: those bytes are in the budget (audit.md §7).</summary>
    internal Ending Ungzip(ReadOnlySpan<byte> bytes, Output output, long limit, out int consumed)
    {
        consumed = 0;
        _fields.Clear();
        int start = output.Count;
        while (true)
        {
            ReadOnlySpan<byte> member = bytes[consumed..];
            int header = GzipHeader(member);
            if (header > 10) Noted(member, consumed, header);
            if (header < 0) return consumed > 0 ? Ending.Whole : header == -1 ? Ending.Cut : Ending.Broken;
            int before = output.Count;
            Ending ending = _inflater.Inflate(member[header..], output, limit - (before - start), out int used);
            if (ending != Ending.Whole)
            {
                consumed += header + used;
                return ending;
            }
            ReadOnlySpan<byte> trailer = member[(header + used)..];
            if (trailer.Length < 8)
            {
                consumed = bytes.Length - trailer.Length;
                return Ending.Cut;
            }
            if (BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != (uint)(output.Count - before))
            {
                consumed += header + used;
                return Ending.Broken;
            }
            consumed += header + used + 8;
        }
    }

    internal Ending Inflate(ReadOnlySpan<byte> bytes, Output output, long limit, out int consumed) => _inflater.Inflate(bytes, output, limit, out consumed);

    internal Ending Unzlib(ReadOnlySpan<byte> bytes, Output output, long limit, out int consumed)
    {
        consumed = 0;
        if (!IsZlib(bytes)) return Ending.Broken;
        Ending ending = _inflater.Inflate(bytes[2..], output, limit, out consumed);
        consumed += 2;
        if (ending != Ending.Whole) return ending;
        if (bytes.Length - consumed < 4) return Ending.Cut;
        consumed += 4;
        return Ending.Whole;
    }

    /// <summary>
    /// Whether the first meta-block could be of a stream as long as this (RFC 7932 §9.1, §9.2). A decoder costs more than all other guesses together, and of random
    /// bytes few pass.
    /// </summary>
    internal static bool MayBeBrotli(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8) return false;
        ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        // The window: one bit for 16, four for 18 to 24 and 17 with seven.
        int window = (bits & 1) == 0 ? 1 : (bits & 15) != 1 ? 4 : 7;
        if (window == 7 && (bits & 127) is 0x11) return false;
        bits >>= window;
        bool isLast = (bits & 1) == 1;
        bits >>= 1;
        if (isLast)
        {
            if ((bits & 1) == 1) return false;
            bits >>= 1;
        }
        int nibbles = (int)(bits & 3) + 4;
        bits >>= 2;
        if (nibbles == 7) return !isLast;
        long length = (long)(bits & ((1UL << (4 * nibbles)) - 1)) + 1;
        if (nibbles > 4 && length >> (4 * (nibbles - 1)) == 0) return false;
        // Text shrinks to a tenth, not to a fiftieth; a stored meta-block is shorter than the stream. More is tried where a stream is long.
        return bytes.Length >= 512 || (length <= 50L * bytes.Length && length >= bytes.Length / 8);
    }

    internal static Ending Unbrotli(ReadOnlySpan<byte> bytes, Output output, long limit, out int consumed)
    {
        consumed = 0;
        int start = output.Count;
        using BrotliDecoder decoder = default;
        while (true)
        {
            Span<byte> room = output.Room(4096);
            OperationStatus status = decoder.Decompress(bytes[consumed..], room, out int used, out int written);
            consumed += used;
            output.Count += written;
            if (status == OperationStatus.Done) return Ending.Whole;
            if (status == OperationStatus.InvalidData) return Ending.Broken;
            if (status == OperationStatus.NeedMoreData) return Ending.Cut;
            if (output.Count - start > limit) return Ending.Limit;
            output.Grow(output.Count);
        }
    }

    /// <summary>Frames one after the other. The port's own doors throw at the first wrong byte, and lose what came before it: hence the function below them.</summary>
    internal unsafe Ending Unzstd(ReadOnlySpan<byte> bytes, Output output, long limit, out int consumed)
    {
        consumed = 0;
        ObjectDisposedException.ThrowIf(_zstd is null, this);
        int start = output.Count;
        Methods.ZSTD_DCtx_reset(_zstd, ZSTD_ResetDirective.ZSTD_reset_session_only);
        fixed (byte* source = bytes)
        {
            ZSTD_inBuffer_s input = new() { src = source, size = (nuint)bytes.Length };
            while (true)
            {
                Span<byte> room = output.Room(4096);
                nuint result;
                ZSTD_outBuffer_s target;
                fixed (byte* destination = room)
                {
                    target = new() { dst = destination, size = (nuint)room.Length };
                    result = Methods.ZSTD_decompressStream(_zstd, &target, &input);
                }
                output.Count += (int)target.pos;
                consumed = (int)input.pos;
                if (Methods.ZSTD_isError(result)) return Ending.Broken;
                if (result == 0 && !bytes[consumed..].StartsWith(Zstd)) return Ending.Whole;
                if (output.Count - start > limit) return Ending.Limit;
                if (result != 0 && consumed == bytes.Length && target.pos < target.size) return Ending.Cut;
                if (target.pos == target.size) output.Grow(output.Count);
            }
        }
    }

    // -1 where it is cut, -2 where it is none.
    private static int GzipHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 10) return bytes.Length >= 3 && !bytes.StartsWith(Gzip) ? -2 : -1;
        if (!bytes.StartsWith(Gzip) || (bytes[3] & 0xE0) != 0) return -2;
        int at = 10;
        int flags = bytes[3];
        if ((flags & 4) != 0)
        {
            if (bytes.Length < at + 2) return -1;
            at += 2 + BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
        }
        for (int text = 8; text <= 16; text *= 2)
        {
            if ((flags & text) == 0) continue;
            if (at > bytes.Length) return -1;
            ReadOnlySpan<byte> note = bytes[at..Math.Min(bytes.Length, at + LongestNote)];
            int end = note.IndexOf((byte)0);
            if (end < 0) return note.Length == LongestNote ? -2 : -1;
            at += end + 1;
        }
        if ((flags & 2) != 0) at += 2;
        return at <= bytes.Length ? at : -1;
    }
}
