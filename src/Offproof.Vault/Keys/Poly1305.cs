using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Offproof.Vault;

/// <summary>
/// Poly1305 (Bernstein, "The Poly1305-AES message-authentication code", 2005; RFC 8439 §2.5): tag = ((sum of c_i r^(q-i+1)) mod 2^130-5) + s mod 2^128.
/// Radix 2^64: two full limbs and a small third. r's clamped low bits make 2^128 * r1 equal to 5/4 * r1 * 2^-2 * 2^130, so h1 * r1 folds without a shift.
/// </summary>
ref struct Poly1305
{
    internal const int BlockSize = 16;
    internal const int TagSize = 16;

    readonly ulong _r0, _r1, _s1;
    ulong _h0, _h1, _h2;

    /// <param name="r">16 bytes; the bits that must be zero are cleared here.</param>
    internal Poly1305(ReadOnlySpan<byte> r)
    {
        _r0 = BinaryPrimitives.ReadUInt64LittleEndian(r) & 0x0FFFFFFC0FFFFFFF;
        _r1 = BinaryPrimitives.ReadUInt64LittleEndian(r[8..]) & 0x0FFFFFFC0FFFFFFC;
        _s1 = unchecked(_r1 + (_r1 >> 2));
    }

    /// <summary>Every piece but the last must be a multiple of 16 bytes.</summary>
    internal void Update(ReadOnlySpan<byte> data)
    {
        int whole = data.Length & ~(BlockSize - 1);
        Blocks(data[..whole]);
        if (whole == data.Length) return;
        Span<byte> last = stackalloc byte[BlockSize];
        last.Clear();
        data[whole..].CopyTo(last);
        last[data.Length - whole] = 1;
        Block(BinaryPrimitives.ReadUInt64LittleEndian(last), BinaryPrimitives.ReadUInt64LittleEndian(last[8..]), 0);
    }

    void Blocks(ReadOnlySpan<byte> data)
    {
        while (data.Length >= BlockSize)
        {
            Block(BinaryPrimitives.ReadUInt64LittleEndian(data), BinaryPrimitives.ReadUInt64LittleEndian(data[8..]), 1);
            data = data[BlockSize..];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Block(ulong m0, ulong m1, ulong top)
    {
        unchecked
        {
            ulong h0 = _h0 + m0;
            ulong carry = h0 < m0 ? 1UL : 0;
            ulong h1 = _h1 + carry;
            ulong carry2 = h1 < carry ? 1UL : 0;
            h1 += m1;
            carry2 += h1 < m1 ? 1UL : 0;
            ulong h2 = _h2 + top + carry2;

            UInt128 d0 = Wide(h0, _r0) + Wide(h1, _s1);
            UInt128 d1 = Wide(h0, _r1) + Wide(h1, _r0) + (h2 * _s1);
            ulong d2 = h2 * _r0;

            h0 = (ulong)d0;
            d1 += (ulong)(d0 >> 64);
            h1 = (ulong)d1;
            h2 = d2 + (ulong)(d1 >> 64);

            ulong fold = (h2 >> 2) + (h2 & ~3UL);
            h2 &= 3;
            h0 += fold;
            carry = h0 < fold ? 1UL : 0;
            h1 += carry;
            h2 += h1 < carry ? 1UL : 0;
            (_h0, _h1, _h2) = (h0, h1, h2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static UInt128 Wide(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return new UInt128(high, low);
    }

    /// <param name="s">16 bytes, added at the end: for this format AES-128_k(IV).</param>
    /// <param name="tag">16 bytes.</param>
    internal readonly void Finish(ReadOnlySpan<byte> s, Span<byte> tag)
    {
        unchecked
        {
            UInt128 h = new(_h1, _h0);
            UInt128 plus5 = h + 5;
            ulong top = _h2 + (plus5 < h ? 1UL : 0);
            // h >= p exactly when h + 5 reaches 2^130; chosen by mask, not by branch.
            ulong mask = 0UL - ((top >> 2) & 1);
            UInt128 select = new(mask, mask);
            h = (plus5 & select) | (h & ~select);
            BinaryPrimitives.WriteUInt128LittleEndian(tag, h + BinaryPrimitives.ReadUInt128LittleEndian(s));
        }
    }
}
