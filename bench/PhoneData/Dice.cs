using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Offproof.PhoneData;

/// <summary>A seeded generator (SplitMix64, Steele, Lea and Flood 2014): the same bytes on every machine. Not for secrets.</summary>
sealed class Dice(ulong seed)
{
    ulong _state = seed;

    internal ulong Next()
    {
        unchecked
        {
            ulong z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>From 0 to <paramref name="below"/> - 1.</summary>
    internal int Below(int below) => (int)Math.BigMul(Next(), (ulong)below, out _);

    internal double Fraction() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>The sum of twelve throws is nearly normal, and the same everywhere (no transcendental functions).</summary>
    internal double Normal()
    {
        double sum = -6;
        for (int i = 0; i < 12; i++) sum += Fraction();
        return sum;
    }

    internal void Fill(Span<byte> bytes)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (int i = 0; i < words.Length; i++) words[i] = BitConverter.IsLittleEndian ? Next() : BinaryPrimitives.ReverseEndianness(Next());
        for (int i = words.Length * sizeof(ulong); i < bytes.Length; i++) bytes[i] = (byte)(Next() & 0xFF);
    }
}
