namespace Offproof.Auditor;

internal sealed partial class CanaryExaminer
{
    // Whole binary values that nothing marks as compressed are tried all the same, this many of one examined thing.
    private const int Tries = 64;

    private readonly Compressed _compressed = new();
    private string? _encoding;
    private int _tries;

    /// <summary>Bytes that are no text.</summary>
    /// <param name="isGuess">They came out of a token that may be none: only what cannot be chance is taken for something.</param>
    /// <returns>How many of them stay unread.</returns>
    private int Binary(ReadOnlySpan<byte> bytes, in Layer at, bool isGuess)
    {
        if (Known(bytes, at, isGuess) is var known and >= 0) return known;
        if (bytes.Length >= 8 && Guessed(bytes, at) is var guessed and >= 0) return guessed;
        // Of no known grammar: what is in it is looked at all the same.
        int read = Inside(bytes, at);
        if (!isGuess) _digests?.FindWithin(bytes, Cleared());
        if (_hits.Count > 0 && !isGuess) Report(at);
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
        if (!Unicode.TryDecode(bytes, encoding, output) || !IsText(output.Written)) return -1;
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
            if (ending is Ending.Broken && (isGuess || output.Count < 64)) return -1;
        }
        if (output.Count == 0 && ending != Ending.Whole) return -1;
        return Result(output, step, ending, at, consumed);
    }

    // Examines what was decompressed out of the first bytes of a piece of a layer. How many of these stay unread.
    private int Result(Output output, string step, Ending ending, in Layer at, int consumed)
    {
        _steps[at.Depth] = step;
        int unread = Decoded(output.Written, at.Inside(0, consumed), consumed);
        switch (ending)
        {
            case Ending.Limit:
                _isSpent = true;
                return consumed;
            case Ending.Cut:
                _place.Flow.Remark($"{step}: ends too early");
                break;
            case Ending.Broken:
                _place.Flow.Remark($"{step}: breaks in the middle");
                break;
            default:
                // Checksums are not computed, so a sender is free to choose them.
                if (at.Depth == 0) _place.Flow.Capacity(_place.Sender, step == "gzip" || step == "zlib" ? 4 : 0);
                break;
        }
        return unread;
    }

    // Formats without a mark: taken for what they are where all bytes are used, and what comes out is a text or a known format.
    private int Guessed(ReadOnlySpan<byte> bytes, in Layer at)
    {
        if (at.Depth >= _limits.Depth || --_tries < 0) return -1;
        Output output = _made[at.Depth];
        if (_compressed.Inflate(bytes, output.Clear(), Math.Max(0, _budget), out int consumed) == Ending.Whole && consumed == bytes.Length && IsWorth(output))
            return Result(output, "deflate", Ending.Whole, at, consumed);
        if (Compressed.Unbrotli(bytes, output.Clear(), Math.Max(0, _budget), out consumed) == Ending.Whole && consumed == bytes.Length && IsWorth(output))
            return Result(output, "br", Ending.Whole, at, consumed);
        if ((bytes.Length & 1) == 0 && _lz.FromBytes(bytes, output.Clear(), _budget) && IsWorth(output))
            return Result(output, "lz-string", Ending.Whole, at, bytes.Length);
        return -1;
    }

    private static bool IsWorth(Output output) => output.Count >= 4 && (IsText(output.Written) || IsMagic(output.Written));

    // What stands somewhere in binary bytes: compressed pieces, and tokens. How many of the bytes were read.
    private int Inside(ReadOnlySpan<byte> bytes, in Layer at)
    {
        int read = 0;
        int from = 1;
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
        Runs runs = new(bytes, 16);
        while (runs.MoveNext()) Token(runs.Token, at.Inside(runs.Start, runs.End - runs.Start), at, []);
        return read;
    }
}
