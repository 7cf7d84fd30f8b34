using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Offproof.Auditor;

/// <summary>Digests by their first and their last 8 bytes, without an object for each: the number of the digest says of what and by what (audit.md §5.3).</summary>
internal sealed class DigestTable
{
    readonly ulong[] _keys;
    readonly uint[] _digests;
    // Of the keys that are found anywhere, and of all.
    readonly uint[] _filter, _all;
    readonly int _shift, _filterShift;
    int _count;

    /// <param name="most">Of keys; two for each digest of more than 8 bytes.</param>
    internal DigestTable(int most)
    {
        int slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, most + most / 2));
        _keys = new ulong[slots];
        _digests = new uint[slots];
        _shift = 64 - BitOperations.Log2((uint)slots);
        // Asked at each byte: at most 512 KiB, as the search's.
        int words = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(most / 4, 1024, 131_072));
        _filter = new uint[words];
        _all = new uint[words];
        _filterShift = 64 - BitOperations.Log2((uint)words);
    }

    /// <param name="anywhere">Found at any offset too.</param>
    internal void Add(ulong key, int digest, bool last, bool anywhere)
    {
        if (++_count >= _keys.Length) throw new InvalidOperationException("more digests than were said");
        ulong hash = Hash(key);
        int slot = (int)(hash >> _shift);
        while (_digests[slot] != 0) slot = slot + 1 & _keys.Length - 1;
        _keys[slot] = key;
        _digests[slot] = (uint)(digest + 1) << 1 | (last ? 1u : 0);
        _all[hash >> _filterShift] |= Bits(hash);
        if (anywhere) _filter[hash >> _filterShift] |= Bits(hash);
    }

    internal static ulong Key(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<ulong>(bytes);

    /// <summary>The next offset from <paramref name="at"/> on whose 8 bytes may begin a digest that is found anywhere; -1 where there is none.</summary>
    internal unsafe int Scan(ReadOnlySpan<byte> bytes, int at)
    {
        int last = bytes.Length - sizeof(ulong), shift = _filterShift;
        fixed (byte* start = bytes)
        fixed (uint* filter = _filter)
        {
            for (; at <= last; at++)
            {
                ulong hash = Hash(*(ulong*)(start + at));
                uint bits = Bits(hash);
                if ((filter[hash >> shift] & bits) == bits) return at;
            }
        }
        return -1;
    }

    /// <summary>The keys take megabytes, what is asked here an eighth: most values are none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool MayHold(ulong key)
    {
        ulong hash = Hash(key);
        uint bits = Bits(hash);
        return (_all[hash >> _filterShift] & bits) == bits;
    }

    /// <summary>The next digest with this key; begin with a slot of -1.</summary>
    internal bool Next(ulong key, ref int slot, out int digest, out bool last)
    {
        if (slot < 0)
        {
            if (!MayHold(key))
            {
                (digest, last) = (0, false);
                return false;
            }
            slot = (int)(Hash(key) >> _shift);
        }
        else
        {
            slot = slot + 1 & _keys.Length - 1;
        }
        for (; _digests[slot] != 0; slot = slot + 1 & _keys.Length - 1)
        {
            if (_keys[slot] != key) continue;
            digest = (int)(_digests[slot] >> 1) - 1;
            last = (_digests[slot] & 1) != 0;
            return true;
        }
        (digest, last) = (0, false);
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Hash(ulong key) => unchecked((key ^ key >> 29) * 0x9E3779B97F4A7C15);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Bits(ulong hash) => 1u << (int)(hash >> 20 & 31) | 1u << (int)(hash >> 26 & 31);
}
