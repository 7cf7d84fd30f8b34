using System.Numerics;
using System.Runtime.Intrinsics;

namespace Offproof.Auditor;

internal sealed partial class CanaryExaminer
{
    // Whole binary values that nothing marks as compressed are tried all the same, this many of one examined thing.
    private const int Tries = 64;
    private const int LongestTurned = 1 << 20;

    private readonly Compressed _compressed = new();
    private string? _encoding;
    private int _tries;

    /// <summary>Bytes that are no text.</summary>
    /// <param name="isGuess">They came out of a token that may be none: only what cannot be chance is taken for something.</param>
    /// <returns>How many of them stay unread.</returns>
    private int Binary(ReadOnlySpan<byte> bytes, in Layer at, bool isGuess)
    {
        bool isLong = bytes.Length >= 8;
        if (isLong && at.Depth == 0 && _encoding is not null && Declared(bytes, at) is var declared and >= 0) return declared;
        if (Known(bytes, at, isGuess) is var known and >= 0) return known;
        if (isLong && Deflated(bytes, at) is var deflated and >= 0) return deflated;
        if (Structured(bytes, at) is var structured and >= 0) return structured;
        if (isLong && Guessed(bytes, at) is var guessed and >= 0) return guessed;
        if (!_isLeaving && Media.Name(bytes) is { } media)
        {
            _place.Flow.Remark($"{media} from the server: recognised, not looked at");
            return 0;
        }
        int turned = isGuess ? -1 : Turned(bytes, at);
        // Some key makes something printable of most texts with control characters.
        if (!isGuess && _isLeaving && Controlled(bytes, at) is var controlled and >= 0) return Math.Max(turned, controlled);
        if (turned >= 0) return turned;
        // Of no known grammar: what is in it is looked at all the same.
        int read = Inside(bytes, at);
        if (!isGuess && _digests is not null)
        {
            _digests.FindWithin(bytes, Cleared());
            if (_hits.Count > 0) Report(at);
        }
        return bytes.Length - read;
    }

    private List<Hit> Cleared()
    {
        _hits.Clear();
        return _hits;
    }

    // Formats that say what they are. -1 where it is none of them.
    private int Known(ReadOnlySpan<byte> bytes, in Layer at, bool isGuess)
    {
        if (bytes.StartsWith(Compressed.Gzip) || bytes.StartsWith(Compressed.Zstd) || (Compressed.IsZlib(bytes) && bytes.Length >= 8))
        {
            int unread = Decompressed(bytes, at, isGuess, out int consumed);
            if (unread >= 0) return consumed == bytes.Length ? unread : unread + Region(bytes[consumed..], at.Slice(consumed, bytes.Length - consumed), isNew: false);
        }
        return Wide(bytes, at);
    }

    // UTF-16 and UTF-32, of either byte order, with a mark or without: most characters of a text have zeros in the same places.
    private int Wide(ReadOnlySpan<byte> bytes, in Layer at)
    {
        if (bytes.Length < 8 || at.Depth >= _limits.Depth || Unicode.Guess(bytes) is not { } encoding) return -1;
        Output output = _made[at.Depth].Clear();
        if (!Unicode.TryDecode(bytes, encoding, output)) return -1;
        _steps[at.Depth] = encoding.Name;
        return Decoded(output.Written, at.Inside(0, bytes.Length), bytes.Length);
    }

    /// <summary>gzip, zlib or zstd at the beginning of bytes.</summary>
    /// <returns>How many of those that were consumed stay unread; -1 where it is none of them after all.</returns>
    private int Decompressed(ReadOnlySpan<byte> bytes, in Layer at, bool isGuess, out int consumed)
    {
        consumed = 0;
        if (!MayDecode(at)) return -1;
        Output output = _made[at.Depth].Clear();
        string step;
        Ending ending;
        if (bytes.StartsWith(Compressed.Gzip))
        {
            step = "gzip";
            ending = _compressed.Ungzip(bytes, output, Math.Max(0, _budget), out consumed);
        }
        else if (bytes.StartsWith(Compressed.Zstd))
        {
            step = "zstd";
            ending = _compressed.Unzstd(bytes, output, Math.Max(0, _budget), out consumed);
        }
        else
        {
            step = "zlib";
            ending = _compressed.Unzlib(bytes, output, Math.Max(0, _budget), out consumed);
            // Two bytes are little to go by.
            if (ending is Ending.Broken && (isGuess || output.Count < 64))
            {
                _budget -= output.Count;
                return -1;
            }
        }
        if (output.Count == 0 && ending != Ending.Whole) return -1;
        (int Start, int Length, bool AreTexts)[] fields = step == "gzip" && _compressed.Fields.Count > 0 ? [.. _compressed.Fields] : [];
        int unread = Result(output, step, ending, at, consumed, fields.Sum(static field => field.Length));
        foreach ((int start, int length, bool areTexts) in fields)
        {
            int end = start + length;
            for (int from = start; from < end;)
            {
                int piece = areTexts && bytes[from..end].IndexOf((byte)0) is var zero and >= 0 ? zero : end - from;
                unread += Region(bytes.Slice(from, piece), at.Slice(from, piece), isNew: false);
                from += piece + 1;
            }
        }
        return Math.Min(unread, consumed);
    }

    /// <summary>Examines what was decompressed out of the first bytes of a piece of a layer.</summary>
    /// <param name="beside">So many of them are examined by themselves.</param>
    /// <returns>How many of these stay unread.</returns>
    private int Result(Output output, string step, Ending ending, in Layer at, int consumed, int beside = 0)
    {
        _steps[at.Depth] = step;
        long surplus = consumed - beside - Compressed.Longest(output.Count);
        int unread = Decoded(output.Written, at.Inside(0, consumed), consumed);
        if (surplus > 0)
        {
            // Blocks that make nothing, and what decoders pass over (RFC 7932 §9.2, RFC 8878 §3.1.1.2.2).
            _place.Flow.Remark($"{step}: longer than what it holds");
            unread = (int)Math.Min(consumed, unread + surplus);
        }
        switch (ending)
        {
            case Ending.Limit:
                _isSpent = true;
                return consumed;
            case Ending.Cut:
                _place.Flow.Remark($"{step}: ends too early");
                return Math.Max(1, unread);
            case Ending.Broken:
                _place.Flow.Remark($"{step}: breaks in the middle");
                return Math.Max(1, unread);
            default:
                // Checksums are not computed, so a sender is free to choose them.
                if (at.Depth == 0) _place.Flow.Capacity(_place.Sender, step == "gzip" || step == "zlib" ? 4 : 0);
                break;
        }
        return unread;
    }

    // What the message says of itself is tried first; where it lies, the content decides as if nothing had been said.
    private int Declared(ReadOnlySpan<byte> bytes, in Layer at)
    {
        string coding = _encoding!.AsSpan()[(_encoding!.LastIndexOf(',') + 1)..].Trim().ToString().ToLowerInvariant();
        if (coding is not ("br" or "deflate") || !MayDecode(at)) return -1;
        Output output = _made[at.Depth].Clear();
        if (coding == "deflate" && Compressed.IsZlib(bytes)) return -1;
        Ending ending = coding == "br"
            ? Compressed.Unbrotli(bytes, output, Math.Max(0, _budget), out int consumed)
            : _compressed.Inflate(bytes, output, Math.Max(0, _budget), out consumed);
        // A stream that is not what it is said to be breaks at once.
        if (output.Count == 0 || (ending == Ending.Broken && !IsText(output.Written))) return -1;
        int unread = Result(output, coding, ending, at, consumed);
        return unread + bytes.Length - consumed;
    }

    // Whether bytes without a mark end as deflate or br where they end.
    private bool IsDeflated(ReadOnlySpan<byte> bytes, in Layer at)
    {
        Output output = _made[at.Depth + 1];
        return (_compressed.Inflate(bytes, output.Clear(), Math.Max(0, _budget), out int consumed) == Ending.Whole && consumed == bytes.Length)
            || (Compressed.MayBeBrotli(bytes) && Compressed.Unbrotli(bytes, output.Clear(), Math.Max(0, _budget), out consumed) == Ending.Whole && consumed == bytes.Length && output.Count >= 4);
    }

    private int Deflated(ReadOnlySpan<byte> bytes, in Layer at)
    {
        if (at.Depth >= _limits.Depth) return -1;
        Output output = _made[at.Depth];
        if (_compressed.Inflate(bytes, output.Clear(), Math.Max(0, _budget), out int consumed) == Ending.Whole && consumed == bytes.Length && output.Count >= 4)
            return Result(output, "deflate", Ending.Whole, at, consumed);
        // A wrong guess costs what it made.
        _budget -= output.Count;
        return -1;
    }

    // Formats without a mark: taken for what they are where they end with the bytes. What comes out can still be unread, so that a wrong guess hides nothing.
    private int Guessed(ReadOnlySpan<byte> bytes, in Layer at)
    {
        if (at.Depth >= _limits.Depth) return -1;
        Output output = _made[at.Depth];
        if (Compressed.MayBeBrotli(bytes) && --_tries >= 0 && Compressed.Unbrotli(bytes, output.Clear(), Math.Max(0, _budget), out int consumed) == Ending.Whole && consumed == bytes.Length && output.Count >= 4)
            return Result(output, "br", Ending.Whole, at, consumed);
        if ((bytes.Length & 1) == 0 && (bytes[0] >> 6) is 0 or 2 && _lz.FromBytes(bytes, output.Clear(), LzLimit(bytes.Length)) && output.Count >= 4)
            return Result(output, "lz-string", Ending.Whole, at, bytes.Length);
        return -1;
    }

    // A whole value backwards, or with every byte xored with one, where that makes a known format or a text of it.
    private int Turned(ReadOnlySpan<byte> bytes, in Layer at)
    {
        if (bytes.Length is < Opaque or > LongestTurned || at.Depth >= _limits.Depth || _tries < 0 || !Spend(bytes.Length)) return -1;
        Span<byte> first = stackalloc byte[8];
        for (int i = 0; i < first.Length; i++) first[i] = bytes[^(i + 1)];
        Output output = _made[at.Depth].Clear();
        output.Add(bytes);
        output.Bytes.AsSpan(0, output.Count).Reverse();
        if (IsMagic(first) || IsDeflated(output.Written, at)) return Result(output, "reversed", Ending.Whole, at, bytes.Length);
        Span<(int Letters, int Key)> keys = stackalloc (int, int)[4];
        int unread = -1;
        foreach ((_, int key) in keys[..Xor.Keys(bytes, keys)])
        {
            Xor.Apply(bytes, (byte)key, output.Clear());
            int left = Result(output, Xor.Name(key), Ending.Whole, at, bytes.Length);
            // Bytes that several keys make a text of are read with the key that leaves most unread.
            unread = Math.Max(unread, left);
        }
        return unread;
    }

    // A text, but for control characters in it: each of them is unread, and where they are many, everything. -1 where it is none.
    private int Controlled(ReadOnlySpan<byte> bytes, in Layer at)
    {
        if (!IsUtf8(bytes) || Controls.Count(bytes) is not (> 0 and var controls) || controls * 2L > bytes.Length) return -1;
        if (controls * 8L > bytes.Length) return bytes.Length - Inside(bytes, at);
        Traits traits = Traits.WithControls(bytes);
        int unread = Text(bytes, at, traits) + controls;
        return Math.Min(bytes.Length, traits.HasEscape ? unread + Controls.Shifted(bytes) : unread);
    }

    // What stands somewhere in binary bytes: compressed pieces, and tokens. How many of the bytes were read.
    private int Inside(ReadOnlySpan<byte> bytes, in Layer at)
    {
        int read = 0;
        int from = 0;
        while (from < bytes.Length - 8 && bytes[from..].IndexOfAny((byte)0x1F, (byte)0x28) is var next and >= 0)
        {
            from += next;
            ReadOnlySpan<byte> rest = bytes[from..];
            if (rest.StartsWith(Compressed.Gzip) || rest.StartsWith(Compressed.Zstd))
            {
                int unread = Decompressed(rest, at.Slice(from, rest.Length), isGuess: true, out int consumed);
                if (unread >= 0 && consumed > 0)
                {
                    read += consumed - unread;
                    from += consumed;
                    continue;
                }
            }
            from++;
        }
        if (IsMostlyText(bytes))
        {
            Text(bytes, at);
            if (at.Depth == 0) _names.Clear(); // its tokens are not counted one by one
            return read;
        }
        if (!MayHoldRun(bytes)) return read;
        Runs runs = new(bytes, Opaque);
        while (runs.MoveNext()) Token(runs.Token, at.Inside(runs.Start, runs.End - runs.Start), at, []);
        return read;
    }

    // A run of sixteen holds one of any sixteen bytes that are sixteen apart.
    private static bool MayHoldRun(ReadOnlySpan<byte> bytes)
    {
        for (int at = Opaque - 1; at < bytes.Length; at += Opaque)
            if (BaseN.IsBase64(bytes[at])) return true;
        return false;
    }

    // A text in an encoding of one byte a character, or with a few control characters in it.
    private static bool IsMostlyText(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, 1024)];
        int printable = 0;
        int at = 0;
        for (; bytes.Length - at >= Vector128<byte>.Count; at += Vector128<byte>.Count) printable += Printable(Vector128.Create(bytes[at..]));
        if (at < bytes.Length)
        {
            Span<byte> last = stackalloc byte[Vector128<byte>.Count];
            last.Clear();
            bytes[at..].CopyTo(last);
            printable += Printable(Vector128.Create<byte>(last));
        }
        return printable * 4 >= bytes.Length * 3;
    }

    private static int Printable(Vector128<byte> some)
    {
        Vector128<byte> are = Vector128.LessThan(some - Vector128.Create((byte)32), Vector128.Create((byte)95)) | Vector128.Equals(some, Vector128.Create((byte)9))
            | Vector128.Equals(some, Vector128.Create((byte)10)) | Vector128.Equals(some, Vector128.Create((byte)13));
        return BitOperations.PopCount(are.ExtractMostSignificantBits());
    }
}
