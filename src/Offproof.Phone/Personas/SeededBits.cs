using System.Numerics;

namespace Offproof.Phone;

/// <summary>
/// The generator behind a persona: xoshiro256**, its state filled by SplitMix64 (both: Blackman and Vigna, public domain, prng.di.unimi.it).
/// The same seed gives the same numbers on every machine. Not for secrets.
/// </summary>
sealed class SeededBits
{
    const ulong Golden = 0x9E3779B97F4A7C15;
    ulong _a, _b, _c, _d;

    /// <summary>Sequence <paramref name="stream"/> of a seed: one per picture, so that pictures can be made in any order (persona.md §4).</summary>
    internal SeededBits(ulong seed, ulong stream)
    {
        ulong state = unchecked(SplitMix(ref seed) ^ (stream * Golden));
        (_a, _b, _c, _d) = (SplitMix(ref state), SplitMix(ref state), SplitMix(ref state), SplitMix(ref state));
    }

    /// <summary>The bare generator, at a given state that is not all zero.</summary>
    internal SeededBits(ulong a, ulong b, ulong c, ulong d) => (_a, _b, _c, _d) = (a, b, c, d);

    internal static ulong SplitMix(ref ulong state)
    {
        unchecked
        {
            state += Golden;
            ulong z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    internal ulong Next()
    {
        unchecked
        {
            ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
            ulong t = _b << 17;
            _c ^= _a;
            _d ^= _b;
            _b ^= _c;
            _a ^= _d;
            _c ^= t;
            _d = BitOperations.RotateLeft(_d, 45);
            return result;
        }
    }

    /// <summary>0 to <paramref name="bound"/> - 1: the high half of a 64 by 64 bit product.</summary>
    internal int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)Math.BigMul(Next(), (ulong)bound, out _);
    }

    /// <summary><paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    internal int Between(int low, int high) => low + Below(high - low + 1);

    internal T Of<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>A permutation of 0 to <paramref name="count"/> - 1 (Fisher and Yates).</summary>
    internal int[] Shuffled(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    internal string Digits(int count) => string.Create(count, this, static (span, bits) =>
    {
        foreach (ref char digit in span) digit = (char)('0' + bits.Below(10));
    });
}
