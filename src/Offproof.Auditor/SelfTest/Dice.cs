namespace Offproof.Auditor;

/// <summary>Numbers that look like chance and are the same for the same seed (SplitMix64).</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

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

    internal int Below(int end) => (int)(Next() % (ulong)end);

    internal string Of(string alphabet, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => alphabet[Below(alphabet.Length)]));

    internal string Digits(int length) => Of("0123456789", length);

    internal T One<T>(IReadOnlyList<T> of) => of[Below(of.Count)];

    internal byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(_ => (byte)Below(256))];
}
