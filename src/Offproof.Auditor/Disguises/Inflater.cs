using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>How a decoder stopped.</summary>
internal enum Ending
{
    /// <summary>At its end.</summary>
    Whole,

    /// <summary>The bytes ended first.</summary>
    Cut,

    /// <summary>The next bytes break the format.</summary>
    Broken,

    /// <summary>It would have made more than it was allowed.</summary>
    Limit,
}

/// <summary>
/// RFC 1951. DeflateStream of the platform does not say where it stopped and throws at every wrong guess; here guesses are the ordinary case, what came out
/// before a break is kept, and nothing is allocated.
/// </summary>
internal sealed class Inflater
{
    private const int LongestMatch = 258;

    private static ReadOnlySpan<ushort> LengthBase => [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    private static ReadOnlySpan<byte> LengthExtra => [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static ReadOnlySpan<ushort> DistanceBase =>
        [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];

    private static ReadOnlySpan<byte> DistanceExtra => [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    private static ReadOnlySpan<byte> CodeLengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private readonly Code _literals = new(288, 10);
    private readonly Code _distances = new(32, 8);
    private readonly Code _fixedLiterals = new(288, 10);
    private readonly Code _fixedDistances = new(32, 8);
    private readonly Code _lengths = new(19, 7);
    private static readonly byte[] ReversedBits = [.. Enumerable.Range(0, 256).Select(i => (byte)Enumerable.Range(0, 8).Sum(bit => (i >> bit & 1) << (7 - bit)))];

    private readonly byte[] _codeLengths = new byte[288 + 32];

    private ulong _bits;
    private int _held;
    private int _next;

    internal Inflater()
    {
        Span<byte> lengths = stackalloc byte[288];
        lengths[..144].Fill(8);
        lengths[144..256].Fill(9);
        lengths[256..280].Fill(7);
        lengths[280..].Fill(8);
        _fixedLiterals.Build(lengths);
        lengths[..32].Fill(5);
        _fixedDistances.Build(lengths[..32]);
    }

    /// <summary>Appends what <paramref name="source"/> holds to <paramref name="output"/>, at most <paramref name="limit"/> bytes.</summary>
    internal Ending Inflate(ReadOnlySpan<byte> source, Output output, long limit, out int consumed)
    {
        _bits = 0;
        _held = 0;
        _next = 0;
        int start = output.Count;
        long end = Math.Min(Array.MaxLength - 1024, start + limit);
        Ending ending;
        do
        {
            ending = Block(source, output, start, end, out bool last);
            if (last) break;
        }
        while (ending == Ending.Whole);
        consumed = Math.Max(0, _next - (_held / 8));
        return ending;
    }

    private Ending Block(ReadOnlySpan<byte> source, Output output, int start, long end, out bool last)
    {
        last = false;
        if (!Need(source, 3)) return Ending.Cut;
        last = Take(1) == 1;
        switch (Take(2))
        {
            case 0:
                return Stored(source, output, end);
            case 1:
                return Coded(source, output, start, end, _fixedLiterals, _fixedDistances);
            case 2:
                Ending ending = Codes(source);
                return ending == Ending.Whole ? Coded(source, output, start, end, _literals, _distances) : ending;
            default:
                return Ending.Broken;
        }
    }

    private Ending Stored(ReadOnlySpan<byte> source, Output output, long end)
    {
        Take(_held & 7);
        _next -= _held / 8;
        _bits = 0;
        _held = 0;
        if (source.Length - _next < 4) return Ending.Cut;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(source[_next..]);
        if (length != (BinaryPrimitives.ReadUInt16LittleEndian(source[(_next + 2)..]) ^ 0xFFFF)) return Ending.Broken;
        _next += 4;
        int have = Math.Min(length, source.Length - _next);
        if (output.Count + have > end) return Ending.Limit;
        output.Add(source.Slice(_next, have));
        _next += have;
        return have == length ? Ending.Whole : Ending.Cut;
    }

    private Ending Codes(ReadOnlySpan<byte> source)
    {
        if (!Need(source, 14)) return Ending.Cut;
        int literals = Take(5) + 257;
        int distances = Take(5) + 1;
        int count = Take(4) + 4;
        if (literals > 286 || distances > 30) return Ending.Broken;
        Span<byte> lengths = _codeLengths;
        lengths[..19].Clear();
        for (int i = 0; i < count; i++)
        {
            if (!Need(source, 3)) return Ending.Cut;
            lengths[CodeLengthOrder[i]] = (byte)Take(3);
        }
        if (!_lengths.Build(lengths[..19])) return Ending.Broken;
        int at = 0;
        while (at < literals + distances)
        {
            int symbol = Decode(source, _lengths);
            if (symbol < 0) return symbol == -1 ? Ending.Cut : Ending.Broken;
            if (symbol < 16)
            {
                lengths[at++] = (byte)symbol;
                continue;
            }
            byte repeated = 0;
            int times;
            if (symbol == 16)
            {
                if (at == 0) return Ending.Broken;
                repeated = lengths[at - 1];
            }
            int bits = symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
            if (!Need(source, bits)) return Ending.Cut;
            times = Take(bits) + (symbol == 18 ? 11 : 3);
            if (at + times > literals + distances) return Ending.Broken;
            lengths.Slice(at, times).Fill(repeated);
            at += times;
        }
        if (lengths[256] == 0) return Ending.Broken;
        return _literals.Build(lengths[..literals]) && _distances.Build(lengths.Slice(literals, distances), incomplete: true) ? Ending.Whole : Ending.Broken;
    }

    private Ending Coded(ReadOnlySpan<byte> source, Output output, int start, long end, Code literals, Code distances)
    {
        byte[] bytes = output.Bytes;
        int at = output.Count;
        try
        {
            while (true)
            {
                if (bytes.Length - at < LongestMatch)
                {
                    output.Count = at;
                    output.Grow(LongestMatch);
                    bytes = output.Bytes;
                }
                if (at > end - LongestMatch) return Ending.Limit;
                if (source.Length - _next >= 16 && at < Math.Min(end, bytes.Length) - (2 * LongestMatch))
                {
                    Ending fast = Fast(source, bytes, ref at, start, end, literals, distances);
                    if (fast != Ending.Cut) return fast;
                    continue;
                }
                int symbol = Decode(source, literals);
                if (symbol < 256)
                {
                    if (symbol < 0) return symbol == -1 ? Ending.Cut : Ending.Broken;
                    bytes[at++] = (byte)symbol;
                    continue;
                }
                if (symbol == 256) return Ending.Whole;
                symbol -= 257;
                if (symbol >= LengthBase.Length) return Ending.Broken;
                if (!Need(source, LengthExtra[symbol])) return Ending.Cut;
                int length = LengthBase[symbol] + Take(LengthExtra[symbol]);
                symbol = Decode(source, distances);
                if (symbol < 0) return symbol == -1 ? Ending.Cut : Ending.Broken;
                if (symbol >= DistanceBase.Length) return Ending.Broken;
                if (!Need(source, DistanceExtra[symbol])) return Ending.Cut;
                int distance = DistanceBase[symbol] + Take(DistanceExtra[symbol]);
                if (distance > at - start) return Ending.Broken;
                Copy(bytes, at, distance, length);
                at += length;
            }
        }
        finally
        {
            output.Count = at;
        }
    }

    // While there is plenty of source and room: with the state in registers. Cut where one of them runs short.
    private Ending Fast(ReadOnlySpan<byte> source, byte[] bytes, ref int position, int start, long end, Code literals, Code distances)
    {
        ulong bits = _bits;
        int held = _held;
        int next = _next;
        int at = position;
        int lastSource = source.Length - 16;
        long lastRoom = Math.Min(end, bytes.Length) - (2 * LongestMatch);
        ushort[] literalCodes = literals.Fast;
        ushort[] distanceCodes = distances.Fast;
        ulong literalMask = literals.Mask;
        ulong distanceMask = distances.Mask;
        Ending ending = Ending.Cut;
        while (next <= lastSource && at < lastRoom)
        {
            bits |= BinaryPrimitives.ReadUInt64LittleEndian(source[next..]) << held;
            next += (63 - held) >> 3;
            held |= 56;
            // 56 bits hold three literals of ten bits, or a length with its bits and a distance with its: at most 15 + 5 + 15 + 13.
            int entry = literalCodes[(int)(bits & literalMask)];
            int length = entry & 15;
            if (entry != 0 && entry >> 4 < 256)
            {
                bits >>= length;
                held -= length;
                bytes[at++] = (byte)(entry >> 4);
                entry = literalCodes[(int)(bits & literalMask)];
                length = entry & 15;
                if (entry != 0 && entry >> 4 < 256)
                {
                    bits >>= length;
                    held -= length;
                    bytes[at++] = (byte)(entry >> 4);
                }
                continue;
            }
            int symbol;
            if (entry == 0)
            {
                (_bits, _held) = (bits, held);
                symbol = Slow(literals);
                (bits, held) = (_bits, _held);
                if (symbol < 0)
                {
                    ending = Ending.Broken;
                    break;
                }
                if (symbol < 256)
                {
                    bytes[at++] = (byte)symbol;
                    continue;
                }
            }
            else
            {
                symbol = entry >> 4;
                bits >>= length;
                held -= length;
            }
            if (symbol == 256)
            {
                ending = Ending.Whole;
                break;
            }
            symbol -= 257;
            if (symbol >= LengthBase.Length)
            {
                ending = Ending.Broken;
                break;
            }
            int extra = LengthExtra[symbol];
            int count = LengthBase[symbol] + (int)(bits & ((1UL << extra) - 1));
            bits >>= extra;
            held -= extra;
            entry = distanceCodes[(int)(bits & distanceMask)];
            if (entry == 0)
            {
                (_bits, _held) = (bits, held);
                symbol = Slow(distances);
                (bits, held) = (_bits, _held);
            }
            else
            {
                symbol = entry >> 4;
                bits >>= entry & 15;
                held -= entry & 15;
            }
            if ((uint)symbol >= (uint)DistanceBase.Length)
            {
                ending = Ending.Broken;
                break;
            }
            extra = DistanceExtra[symbol];
            int distance = DistanceBase[symbol] + (int)(bits & ((1UL << extra) - 1));
            bits >>= extra;
            held -= extra;
            if (distance > at - start)
            {
                ending = Ending.Broken;
                break;
            }
            Copy(bytes, at, distance, count);
            at += count;
        }
        _bits = bits;
        _held = held;
        _next = next;
        position = at;
        return ending;
    }

    private static void Copy(byte[] bytes, int at, int distance, int length)
    {
        if (distance >= length)
            bytes.AsSpan(at - distance, length).CopyTo(bytes.AsSpan(at));
        else if (distance == 1)
            bytes.AsSpan(at, length).Fill(bytes[at - 1]);
        else
            for (int i = 0; i < length; i++) bytes[at + i] = bytes[at + i - distance];
    }

    private bool Need(ReadOnlySpan<byte> source, int bits)
    {
        if (_held >= bits) return true;
        Refill(source);
        return _held >= bits;
    }

    private void Refill(ReadOnlySpan<byte> source)
    {
        if (source.Length - _next >= 8)
        {
            _bits |= BinaryPrimitives.ReadUInt64LittleEndian(source[_next..]) << _held;
            int taken = (63 - _held) >> 3;
            _next += taken;
            _held += taken * 8;
            // The bits above those held are the next ones all the same: they are read again, and the same.
            return;
        }
        if (_held < 64) _bits &= (1UL << _held) - 1;
        while (_held <= 56 && _next < source.Length)
        {
            _bits |= (ulong)source[_next++] << _held;
            _held += 8;
        }
    }

    private int Take(int bits)
    {
        int value = (int)(_bits & ((1UL << bits) - 1));
        _bits >>= bits;
        _held -= bits;
        return value;
    }

    /// <summary>The next symbol; -1 where the bytes end, -2 where no code begins so.</summary>
    private int Decode(ReadOnlySpan<byte> source, Code code)
    {
        if (_held < 15) Refill(source);
        int entry = code.Fast[(int)(_bits & code.Mask)];
        if (entry != 0)
        {
            int length = entry & 15;
            if (length > _held) return -1;
            _bits >>= length;
            _held -= length;
            return entry >> 4;
        }
        return Slow(code);
    }

    private int Slow(Code code)
    {
        // A long code, or none: bit by bit, the shortest first.
        int value = 0;
        int first = 0;
        int index = 0;
        for (int length = 1; length <= 15; length++)
        {
            if (length > _held) return -1;
            value |= (int)((_bits >> (length - 1)) & 1);
            int count = code.Count[length];
            if (value - count < first)
            {
                Take(length);
                return code.Symbols[index + (value - first)];
            }
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        return -2;
    }

    /// <param name="fastBits">Codes of so many bits and fewer are looked up at once.</param>
    private sealed class Code(int symbols, int fastBits)
    {
        internal ulong Mask { get; } = (1UL << fastBits) - 1;

        internal ushort[] Fast { get; } = new ushort[1 << fastBits];

        internal ushort[] Count { get; } = new ushort[16];

        internal ushort[] Symbols { get; } = new ushort[symbols];

        /// <returns>False where the lengths make no prefix code.</returns>
        internal bool Build(ReadOnlySpan<byte> lengths, bool incomplete = false)
        {
            Array.Clear(Count);
            Array.Clear(Fast);
            foreach (byte length in lengths) Count[length]++;
            int left = 1;
            for (int length = 1; length <= 15; length++)
            {
                left = (left << 1) - Count[length];
                if (left < 0) return false;
            }
            int used = lengths.Length - Count[0];
            // One distance code of one bit, or none, may leave the other unused (§3.2.7).
            if (left > 0 && !(incomplete && used <= 1)) return false;
            Count[0] = 0;
            Span<int> next = stackalloc int[16];
            Span<int> offset = stackalloc int[16];
            ushort[] fast = Fast;
            int code = 0;
            for (int length = 1; length <= 15; length++)
            {
                code = (code + Count[length - 1]) << 1;
                next[length] = code;
                offset[length] = offset[length - 1] + Count[length - 1];
            }
            for (int symbol = 0; symbol < lengths.Length; symbol++)
            {
                int length = lengths[symbol];
                if (length == 0) continue;
                Symbols[offset[length]++] = (ushort)symbol;
                int value = next[length]++;
                if (length > fastBits) continue;
                ushort entry = (ushort)((symbol << 4) | length);
                int step = 1 << length;
                for (int i = ((ReversedBits[value & 255] << 8) | ReversedBits[value >> 8]) >> (16 - length); i < fast.Length; i += step) fast[i] = entry;
            }
            return true;
        }
    }
}
