using System.Numerics;
using System.Runtime.Intrinsics;

namespace Offproof.Auditor;

/// <summary>Finds runs of the characters that bases 16 to 64 are written in - letters, digits, + / - _ - sixty-four bytes at a time.</summary>
internal ref struct Runs(ReadOnlySpan<byte> text, int minimum)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _next;
    private ulong _open;
    private int _openAt;

    internal int Start { get; private set; }

    internal int End { get; private set; }

    internal readonly ReadOnlySpan<byte> Token => _text[Start..End];

    /// <summary>The next run of at least the minimum.</summary>
    internal bool MoveNext()
    {
        while (true)
        {
            // The runs of one block; one that reaches its end is followed beyond it.
            while (_open != 0)
            {
                int from = BitOperations.TrailingZeroCount(_open);
                int length = BitOperations.TrailingZeroCount(~(_open >> from));
                if (from + length >= 64)
                {
                    Start = _openAt + from;
                    End = Follow(Math.Min(_openAt + 64, _text.Length));
                    _open = 0;
                    _next = End;
                    if (End - Start >= minimum) return true;
                    break;
                }
                _open &= ~(((1UL << length) - 1) << from);
                if (length < minimum) continue;
                Start = _openAt + from;
                End = Start + length;
                return true;
            }
            if (_next >= _text.Length) return false;
            _openAt = _next;
            ulong mask = Mask(_text, _next);
            _next += 64;
            _open = Long(mask);
        }
    }

    // Of a block, the runs that are long enough, and the one at its end. (A run that began in the block before was followed to its end.)
    private readonly ulong Long(ulong mask)
    {
        if (minimum < 8) return mask;
        ulong eight = mask & (mask >> 1);
        eight &= eight >> 2;
        eight &= eight >> 4;
        ulong tail = mask >> 63;
        if (eight == 0 && tail == 0) return 0;
        ulong back = eight | (eight << 1);
        back |= back << 2;
        back |= back << 4;
        int ones = BitOperations.LeadingZeroCount(~mask);
        return back | (ones == 0 ? 0 : ulong.MaxValue << (64 - ones));
    }

    private readonly int Follow(int at)
    {
        while (at < _text.Length)
        {
            ulong mask = Mask(_text, at);
            int ones = BitOperations.TrailingZeroCount(~mask);
            at += ones;
            if (ones < 64) break;
        }
        return Math.Min(at, _text.Length);
    }

    private static ulong Mask(ReadOnlySpan<byte> text, int at) => Masks.Of(text, at, Vector128.Create((byte)168, 248, 248, 248, 248, 248, 248, 248, 248, 248, 240, 84, 80, 84, 80, 116));
}
