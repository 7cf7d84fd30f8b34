using System.Runtime.CompilerServices;

namespace Offproof.Vault;

/// <summary>
/// Content-defined cutting (vault.md §6): a chunk ends after the first byte, at 512 KiB or later, where the Rabin fingerprint of the last 64 bytes has its 20
/// low bits zero, or at 8 MiB. The fingerprint depends on those 64 bytes only, so a stretch is searched as four interleaved lanes.
/// </summary>
sealed class RabinCutter
{
    internal const int Least = 512 * 1024;
    internal const int Most = 8 * 1024 * 1024;
    internal const int Window = 64;
    const ulong SplitMask = (1 << 20) - 1;
    const int Shift = Polynomial.RequiredDegree - 8;
    const int Lane = 16 * 1024;

    readonly ulong[] _leave = new ulong[256];
    readonly ulong[] _reduce = new ulong[256];

    internal RabinCutter(Polynomial polynomial)
    {
        if (!polynomial.IsUsable) throw new ArgumentException("the polynomial must be irreducible and of degree 53", nameof(polynomial));
        for (uint b = 0; b < 256; b++)
        {
            // What the byte that leaves the window contributes: b * x^(8*63) mod P.
            ulong value = b;
            for (int i = 0; i < Window - 1; i++) value = Polynomial.Mod(value << 8, polynomial.Bits);
            _leave[b] = value;
            // Clears the eight bits above the degree and adds their remainder.
            ulong high = (ulong)b << Polynomial.RequiredDegree;
            _reduce[b] = Polynomial.Mod(high, polynomial.Bits) | high;
        }
    }

    /// <summary>
    /// Where the chunk that begins at 0 ends, or -1 when <paramref name="data"/> holds no end yet. <paramref name="searched"/> is how far it is known that
    /// there is none; a later call with more of the same data continues there.
    /// </summary>
    internal int Find(ReadOnlySpan<byte> data, ref int searched)
    {
        int limit = Math.Min(data.Length, Most);
        int at = Math.Max(searched, Least - 1);
        while (limit - at >= 4 * Lane)
        {
            int cut = FourLanes(data, at);
            if (cut >= 0) return cut;
            at += 4 * Lane;
        }
        if (at < limit)
        {
            int cut = OneLane(data, at, limit - at);
            if (cut >= 0) return cut;
            at = limit;
        }
        searched = at;
        return limit == Most ? Most : -1;
    }

    int OneLane(ReadOnlySpan<byte> data, int start, int count)
    {
        unchecked
        {
            ulong digest = Fingerprint(data, start);
            if ((digest & SplitMask) == 0) return start + 1;
            ref ulong leave = ref _leave[0];
            ref ulong reduce = ref _reduce[0];
            for (int i = start + 1; i < start + count; i++)
            {
                digest = Roll(digest, data[i - Window], data[i], ref leave, ref reduce);
                if ((digest & SplitMask) == 0) return i + 1;
            }
            return -1;
        }
    }

    int FourLanes(ReadOnlySpan<byte> data, int start)
    {
        unchecked
        {
            ulong a = Fingerprint(data, start), b = Fingerprint(data, start + Lane), c = Fingerprint(data, start + (2 * Lane)), d = Fingerprint(data, start + (3 * Lane));
            int cutB = Cut(b, Lane), cutC = Cut(c, 2 * Lane), cutD = Cut(d, 3 * Lane);
            if ((a & SplitMask) == 0) return start + 1;
            ref ulong leave = ref _leave[0];
            ref ulong reduce = ref _reduce[0];
            // Spans of fixed length from the window's first byte: the loop's bounds checks fold into one.
            ReadOnlySpan<byte> la = data.Slice(start - Window + 1, Lane + Window - 1), lb = data.Slice(start - Window + 1 + Lane, Lane + Window - 1);
            ReadOnlySpan<byte> lc = data.Slice(start - Window + 1 + (2 * Lane), Lane + Window - 1), ld = data.Slice(start - Window + 1 + (3 * Lane), Lane + Window - 1);
            for (int i = 0; i < Lane - 1; i++)
            {
                a = Roll(a, la[i], la[i + Window], ref leave, ref reduce);
                b = Roll(b, lb[i], lb[i + Window], ref leave, ref reduce);
                c = Roll(c, lc[i], lc[i + Window], ref leave, ref reduce);
                d = Roll(d, ld[i], ld[i + Window], ref leave, ref reduce);
                if ((a & SplitMask) == 0) return start + i + 2;
                if (cutB == 0 && (b & SplitMask) == 0) cutB = start + Lane + i + 2;
                if (cutC == 0 && (c & SplitMask) == 0) cutC = start + (2 * Lane) + i + 2;
                if (cutD == 0 && (d & SplitMask) == 0) cutD = start + (3 * Lane) + i + 2;
            }
            return cutB != 0 ? cutB : cutC != 0 ? cutC : cutD != 0 ? cutD : -1;

            int Cut(ulong digest, int offset) => (digest & SplitMask) == 0 ? start + offset + 1 : 0;
        }
    }

    /// <summary>Of the 64 bytes that end with position <paramref name="last"/>.</summary>
    ulong Fingerprint(ReadOnlySpan<byte> data, int last)
    {
        ulong digest = 0;
        foreach (byte b in data.Slice(last - Window + 1, Window)) digest = unchecked((digest << 8) | b) ^ _reduce[(int)(digest >> Shift)];
        return digest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Roll(ulong digest, byte leaves, byte enters, ref ulong leave, ref ulong reduce)
    {
        digest ^= Unsafe.Add(ref leave, (nint)leaves);
        // digest < 2^53, so the index is below 256.
        return ((digest << 8) | enters) ^ Unsafe.Add(ref reduce, (nint)(digest >> Shift));
    }
}
