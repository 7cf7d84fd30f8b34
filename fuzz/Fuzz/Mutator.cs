using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Offproof.Fuzz;

/// <summary>Makes new inputs out of old ones. The same seed makes the same inputs.</summary>
sealed class Mutator(ulong seed, string[] words)
{
    const int Longest = 1 << 16;
    static readonly long[] Numbers = [0, 1, -1, 2, 3, 4, 7, 8, 15, 16, 127, 128, 255, 256, 4095, 32767, 32768, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, 99_999_999_999, 253402300800, long.MaxValue, long.MinValue];

    readonly byte[][] _words = [.. words.Select(Encoding.UTF8.GetBytes)];
    ulong _state = seed;

    /// <summary>One to eight changes, most often few.</summary>
    internal byte[] Next(IReadOnlyList<byte[]> pool)
    {
        byte[] bytes = pool[Below(pool.Count)];
        for (int changes = 1 + Below(1 << Below(4)); changes > 0; changes--) bytes = Change(bytes, pool);
        return bytes.Length <= Longest ? bytes : bytes[..Longest];
    }

    byte[] Change(byte[] bytes, IReadOnlyList<byte[]> pool)
    {
        int at = Below(bytes.Length + 1);
        int to = Math.Min(bytes.Length, at + 1 + Below(1 << Below(10)));
        ReadOnlySpan<byte> front = bytes.AsSpan(0, at), block = bytes.AsSpan(at, to - at), back = bytes.AsSpan(to), rest = bytes.AsSpan(at);
        switch (Below(12))
        {
            case 0 or 1: return Set(bytes, at, old => (byte)(old ^ (1 << Below(8)))); // a bit
            case 2: return Set(bytes, at, _ => (byte)Below(256));
            case 3: return [.. front, .. back]; // a block is lost
            case 4: return [.. front, .. block, .. rest]; // is there twice
            case 5: // stands elsewhere too
                int other = Below(bytes.Length + 1);
                return [.. bytes.AsSpan(0, other), .. block, .. bytes.AsSpan(other)];
            case 6: return Below(4) == 0 ? [.. front] : [.. front, .. rest[Math.Min(rest.Length, 1)..]];
            case 7: return [.. front, .. Word(), .. rest];
            case 8: return [.. front, .. Word(), .. back];
            case 9: return Digits(bytes, at);
            case 10: return Binary(bytes, at);
            default: // the front of this one, the back of another
                byte[] second = pool[Below(pool.Count)];
                return [.. front, .. second.AsSpan(Below(second.Length + 1))];
        }
    }

    ReadOnlySpan<byte> Word() => _words[Below(_words.Length)];

    static byte[] Set(byte[] bytes, int at, Func<byte, byte> value)
    {
        if (at == bytes.Length) return bytes;
        byte[] changed = [.. bytes];
        changed[at] = value(changed[at]);
        return changed;
    }

    // The next number in the text becomes one at the edge of something.
    byte[] Digits(byte[] bytes, int at)
    {
        int start = bytes.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0) return bytes;
        start += at;
        int end = bytes.AsSpan(start).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        end = end < 0 ? bytes.Length : start + end;
        return [.. bytes.AsSpan(0, start), .. Encoding.ASCII.GetBytes(Numbers[Below(Numbers.Length)].ToString(CultureInfo.InvariantCulture)), .. bytes.AsSpan(end)];
    }

    byte[] Binary(byte[] bytes, int at)
    {
        int size = 1 << (1 + Below(3));
        if (at > bytes.Length - size) return bytes;
        byte[] number = new byte[8];
        bool little = Below(2) == 0;
        if (little) BinaryPrimitives.WriteInt64LittleEndian(number, Numbers[Below(Numbers.Length)]);
        else BinaryPrimitives.WriteInt64BigEndian(number, Numbers[Below(Numbers.Length)]);
        byte[] changed = [.. bytes];
        (little ? number.AsSpan(0, size) : number.AsSpan(8 - size)).CopyTo(changed.AsSpan(at));
        return changed;
    }

    /// <summary>0 to <paramref name="limit"/> - 1. SplitMix64: small, and the same everywhere.</summary>
    internal int Below(int limit)
    {
        unchecked
        {
            ulong z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (int)((z ^ (z >> 31)) % (ulong)limit);
        }
    }
}
