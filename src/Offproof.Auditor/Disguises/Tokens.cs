using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>
/// Tokens that were seen, as 64-bit hashes under keys of this run: nobody outside can make two tokens that collide. Bounded; a token that finds no room is not
/// remembered, and so stays unread.
/// </summary>
internal sealed class Tokens
{
    private const int Most = 1 << 20;

    private readonly ulong _first = Random();
    private readonly ulong _second = Random();
    private ulong[] _slots = new ulong[1 << 12];
    private int _count;

    internal bool IsFull => _count >= Most / 2;

    /// <summary>Never 0.</summary>
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
            hash = Mix(Mix(hash ^ low, _second ^ high), _first ^ 0x9E3779B97F4A7C15);
            return hash == 0 ? 1 : hash;
        }
    }

    internal bool Contains(ulong hash)
    {
        int mask = _slots.Length - 1;
        for (int slot = (int)(hash & (uint)mask); _slots[slot] != 0; slot = (slot + 1) & mask)
            if (_slots[slot] == hash) return true;
        return false;
    }

    internal void Add(ulong hash)
    {
        if (IsFull || Contains(hash)) return;
        if (_count >= _slots.Length / 2)
        {
            ulong[] old = _slots;
            _slots = new ulong[old.Length * 2];
            foreach (ulong one in old)
                if (one != 0) Put(one);
        }
        Put(hash);
        _count++;
    }

    internal void Clear()
    {
        Array.Clear(_slots);
        _count = 0;
    }

    private void Put(ulong hash)
    {
        int mask = _slots.Length - 1;
        int slot = (int)(hash & (uint)mask);
        while (_slots[slot] != 0) slot = (slot + 1) & mask;
        _slots[slot] = hash;
    }

    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    private static ulong Random() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;
}
