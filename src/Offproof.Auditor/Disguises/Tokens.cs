using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>
/// Tokens that were seen, as 62-bit hashes under keys of this run: nobody outside can make two tokens that collide. Bounded; a token that finds no room is not
/// remembered, and so stays unread.
/// </summary>
internal sealed class Tokens
{
    /// <summary>What is known of a token.</summary>
    internal enum Known : byte
    {
        Nothing,

        /// <summary>Nothing but itself.</summary>
        Ordinary,

        /// <summary>It looks random.</summary>
        Random,

        /// <summary>It looks random, and a server sent it.</summary>
        Echo,
    }

    private const ulong Kind = 3;

    private const int Most = 1 << 20;

    private readonly ulong _first = Random();
    private readonly ulong _second = Random();
    private ulong[] _slots = new ulong[1 << 12];
    private int _count;

    internal bool IsFull => _count >= Most / 2;

    internal ulong Hash(ReadOnlySpan<byte> token)
    {
        unchecked
        {
            ulong hash = _first ^ (ulong)token.Length;
            while (token.Length >= 16)
            {
                hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(token), _second ^ BinaryPrimitives.ReadUInt64LittleEndian(token[8..]));
                token = token[16..];
            }
            ulong low = 0;
            ulong high = 0;
            if (token.Length >= 8)
            {
                low = BinaryPrimitives.ReadUInt64LittleEndian(token);
                token = token[8..];
            }
            foreach (byte value in token) high = (high << 8) | value;
            return Mix(Mix(hash ^ low, _second ^ high), _first ^ 0x9E3779B97F4A7C15);
        }
    }

    /// <summary>Will soon be asked: of many tokens, where they stand is in no cache.</summary>
    internal unsafe void Soon(ulong hash)
    {
        if (!Sse.IsSupported) return;
        // An address that was one: at worst nothing is won.
        Sse.Prefetch0(Unsafe.AsPointer(ref _slots[(int)((hash >> 32) & (uint)(_slots.Length - 1))]));
    }

    internal Known Of(ulong hash) => (Known)(_slots[Slot(hash)] & Kind);

    /// <summary>Remembers it, or something else of it than before.</summary>
    internal void Add(ulong hash, Known known)
    {
        int slot = Slot(hash);
        if (_slots[slot] == 0)
        {
            if (IsFull) return;
            if (_count >= _slots.Length / 2)
            {
                ulong[] old = _slots;
                _slots = new ulong[old.Length * 2];
                foreach (ulong one in old)
                    if (one != 0) _slots[Slot(one)] = one;
                slot = Slot(hash);
            }
            _count++;
        }
        _slots[slot] = (hash & ~Kind) | (ulong)known;
    }

    internal void Clear()
    {
        Array.Clear(_slots);
        _count = 0;
    }

    // Where it is, or would be.
    private int Slot(ulong hash)
    {
        int mask = _slots.Length - 1;
        int slot = (int)((hash >> 32) & (uint)mask);
        while (_slots[slot] != 0 && ((_slots[slot] ^ hash) & ~Kind) != 0) slot = (slot + 1) & mask;
        return slot;
    }

    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    private static ulong Random() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;
}
