using System.Text;
using CsCheck;

namespace Offproof.Phone.Tests;

/// <summary>Inputs that are made of whole ones: bytes that were changed, cut off, left out and doubled, and pieces of the format in the wrong place.</summary>
sealed class Mangled(IReadOnlyList<byte[]> seeds, IReadOnlyList<string> splinters)
{
    static readonly Gen<(int, int, int)> Change = Gen.Select(Gen.Int[0, 1 << 20], Gen.Int[0, 5], Gen.Int[0, 255]);

    /// <summary>Shows a reader so many of them; it throws where something does not hold.</summary>
    internal void Show(Action<byte[]> reader, long inputs, int threads) => Gen.Select(Gen.Int[0, seeds.Count - 1], Change.Array[1, 8]).Sample(
        (seed, changes) =>
        {
            byte[] bytes = seeds[seed];
            foreach ((int where, int how, int which) in changes) bytes = Apply(bytes, where, how, which);
            reader(bytes);
        },
        iter: inputs, threads: threads);

    byte[] Apply(byte[] bytes, int where, int how, int which)
    {
        if (bytes.Length == 0) return bytes;
        int at = where % bytes.Length;
        byte[] splinter = Encoding.UTF8.GetBytes(splinters[which % splinters.Count]);
        return how switch
        {
            0 => [.. bytes[..at], (byte)which, .. bytes[(at + 1)..]],
            1 => bytes[..at],
            2 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + which)..]],
            3 => [.. bytes[..at], .. bytes[at..Math.Min(bytes.Length, at + (4 * which))], .. bytes[at..]],
            _ => [.. bytes[..at], .. splinter, .. bytes[at..]],
        };
    }
}
