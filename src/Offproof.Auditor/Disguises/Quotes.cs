using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Offproof.Auditor;

/// <summary>Where quotation marks, backslashes and digits stand in a text, sixty-four bytes at a time.</summary>
internal ref struct Quotes(ReadOnlySpan<byte> text)
{
    internal const int Quote = 1, Backslash = 2, Digit = 4;

    private readonly ReadOnlySpan<byte> _text = text;
    private int _block = -1;
    private ulong _quotes;
    private ulong _backslashes;
    private ulong _digits;

    /// <summary>The first of these kinds from <paramref name="from"/> on; the text's length where there is none.</summary>
    internal int Next(int from, int kinds)
    {
        while (from < _text.Length)
        {
            int block = from & ~63;
            if (block != _block) Read(block);
            ulong found = ((kinds & Quote) != 0 ? _quotes : 0) | ((kinds & Backslash) != 0 ? _backslashes : 0) | ((kinds & Digit) != 0 ? _digits : 0);
            found &= ulong.MaxValue << (from & 63);
            if (found != 0) return block + BitOperations.TrailingZeroCount(found);
            from = block + 64;
        }
        return _text.Length;
    }

    private void Read(int block)
    {
        _block = block;
        if (_text.Length - block < 64)
        {
            Span<byte> last = stackalloc byte[64];
            last.Clear();
            _text[block..].CopyTo(last);
            Read(ref MemoryMarshal.GetReference(last));
        }
        else
        {
            Read(ref MemoryMarshal.GetReference(_text[block..]));
        }
    }

    private void Read(ref byte first)
    {
        Vector256<byte> low = Vector256.LoadUnsafe(ref first), high = Vector256.LoadUnsafe(ref first, 32);
        _quotes = Mask(Vector256.Equals(low, Vector256.Create((byte)'"')), Vector256.Equals(high, Vector256.Create((byte)'"')));
        _backslashes = Mask(Vector256.Equals(low, Vector256.Create((byte)'\\')), Vector256.Equals(high, Vector256.Create((byte)'\\')));
        _digits = Mask(Vector256.LessThan(low - Vector256.Create((byte)'0'), Vector256.Create((byte)10)), Vector256.LessThan(high - Vector256.Create((byte)'0'), Vector256.Create((byte)10)));
    }

    private static ulong Mask(Vector256<byte> low, Vector256<byte> high) => low.ExtractMostSignificantBits() | ((ulong)high.ExtractMostSignificantBits() << 32);
}
