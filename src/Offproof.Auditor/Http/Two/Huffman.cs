namespace Offproof.Auditor;

/// <summary>The static Huffman code of HPACK (RFC 7541 §5.2, appendix B). It is canonical: the lengths say it all.</summary>
internal static class Huffman
{
    private const int Symbols = 257;
    private const int EndOfString = 256;
    private const int Longest = 30;
    private const int Direct = 10; // codes up to this length are looked up at once

    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    private static readonly short[] s_sorted = new short[Symbols];                // symbols by code
    private static readonly uint[] s_first = new uint[Longest + 2];               // the first code of a length
    private static readonly int[] s_begin = new int[Longest + 2];                 // and its place among the sorted
    private static readonly ushort[] s_direct = MakeDirect();                     // length << 9 | symbol

    /// <summary>Decodes a whole string.</summary>
    /// <returns>How many bytes were written; -1 when it is no such string, -2 when there is no room.</returns>
    internal static int Decode(ReadOnlySpan<byte> bytes, Span<byte> into)
    {
        ulong bits = 0; // the next ones at the top
        int count = 0;
        int at = 0;
        int written = 0;
        while (true)
        {
            while (count <= 56 && at < bytes.Length)
            {
                bits |= (ulong)bytes[at++] << (56 - count);
                count += 8;
            }
            if (count == 0) return written;
            int found = s_direct[(int)(bits >> (64 - Direct))];
            int length = found >> 9;
            int symbol = found & 511;
            if (length == 0) (length, symbol) = Long(bits);
            if (length > count || length == 0)
            {
                // The padding: fewer than 8 ones.
                return count < 8 && bits >> (64 - count) == (1UL << count) - 1 ? written : -1;
            }
            if (symbol == EndOfString) return -1;
            if (written == into.Length) return -2;
            into[written++] = (byte)symbol;
            bits <<= length;
            count -= length;
        }
    }

    private static (int Length, int Symbol) Long(ulong bits)
    {
        for (int length = Direct + 1; length <= Longest; length++)
        {
            uint code = (uint)(bits >> (64 - length));
            int place = s_begin[length];
            int many = s_begin[length + 1] - place;
            if (code >= s_first[length] && code - s_first[length] < many) return (length, s_sorted[place + (int)(code - s_first[length])]);
        }
        return (0, 0);
    }

    private static ushort[] MakeDirect()
    {
        ushort[] direct = new ushort[1 << Direct];
        uint code = 0;
        int place = 0;
        for (int length = 1; length <= Longest + 1; length++)
        {
            code <<= 1;
            (s_first[length], s_begin[length]) = (code, place);
            for (int symbol = 0; symbol < Symbols && length <= Longest; symbol++)
            {
                if (Lengths[symbol] != length) continue;
                if (length <= Direct) direct.AsSpan((int)(code << (Direct - length)), 1 << (Direct - length)).Fill((ushort)((length << 9) | symbol));
                s_sorted[place++] = (short)symbol;
                code++;
            }
        }
        return direct;
    }
}
