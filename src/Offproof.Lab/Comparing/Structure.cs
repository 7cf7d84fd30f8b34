namespace Offproof.Lab;

/// <summary>
/// Randomness that is not: values that differ each time, and of which a part is the same whenever the persona is the same (compare.md §4). Chance is computed as if every unit were drawn
/// evenly and alone; below 2^-20 it is no chance.
/// </summary>
internal static class Structure
{
    private const double Limit = -20;
    private const int MostUnits = 1 << 16;

    /// <summary>The same place again and again: what A said, what the control said, what B said.</summary>
    internal readonly record struct Triple(byte[] A, byte[] Control, byte[] B);

    /// <returns>Why, in words; null when chance explains it.</returns>
    internal static string? Of(IReadOnlyList<Triple> triples)
    {
        // What is said again is not drawn again.
        Triple[] drawn = [.. Distinct(triples)];
        return Agreeing(drawn) ?? Constant(drawn);
    }

    /// <summary>Units in which A and the control agree and B differs: so many are no chance. What is written with is told by what varies alone, and what is written twice is drawn once.</summary>
    private static string? Agreeing(Triple[] triples)
    {
        Triple[] varying = [.. Distinct(triples.SelectMany(static triple => Runs(triple)))];
        Kind kind = Kind.Digits;
        foreach (Triple run in varying) kind = Max(kind, Max(Kinds.Of(run.A), Max(Kinds.Of(run.Control), Kinds.Of(run.B))));
        double share = 1.0 / Kinds.Alphabet(kind), chance = share / (1 + share);
        long units = 0, agreeing = 0;
        foreach (Triple run in varying)
        {
            for (int i = 0; i < run.A.Length && units < MostUnits; i++)
            {
                units++;
                if (run.A[i] == run.Control[i]) agreeing++;
            }
        }
        double log = Tail(units, agreeing, chance);
        return log < Limit ? $"{agreeing} of {units} characters are the same in both runs of A and others in B (chance 2^{log:0})" : null;

        static Kind Max(Kind a, Kind b) => a > b ? a : b;
    }

    private static IEnumerable<Triple> Distinct(IEnumerable<Triple> triples) => triples.DistinctBy(static triple => (Convert.ToHexString(triple.A), Convert.ToHexString(triple.Control), Convert.ToHexString(triple.B)));

    // Where not all three are the same, piece by piece.
    private static IEnumerable<Triple> Runs(Triple triple)
    {
        int length = Math.Min(triple.A.Length, Math.Min(triple.Control.Length, triple.B.Length));
        for (int from = 0; from < length;)
        {
            int to = from;
            while (to < length && !(triple.A[to] == triple.Control[to] && triple.A[to] == triple.B[to])) to++;
            if (to > from) yield return new Triple(triple.A[from..to], triple.Control[from..to], triple.B[from..to]);
            from = to + 1;
        }
    }

    /// <summary>Bits that are one for A's persona and zero for B's, or the other way round, every time.</summary>
    private static string? Constant(Triple[] triples)
    {
        if (triples.Length < 2) return null;
        byte[][] own = [.. triples.SelectMany(static triple => (byte[][])[Units(triple.A), Units(triple.Control)])], others = [.. triples.Select(static triple => Units(triple.B))];
        int length = Math.Min(4096, Math.Min(own.Min(static value => value.Length), others.Min(static value => value.Length)));
        int bits = 0;
        double chance = Math.Pow(2, 1.0 - own.Length - others.Length);
        for (int at = 0; at < length; at++)
        {
            int ones = 0xff, zeros = 0xff, otherOnes = 0xff, otherZeros = 0xff;
            foreach (byte[] value in own) (ones, zeros) = (ones & value[at], zeros & ~value[at]);
            foreach (byte[] value in others) (otherOnes, otherZeros) = (otherOnes & value[at], otherZeros & ~value[at]);
            bits += int.PopCount(((ones & otherZeros) | (zeros & otherOnes)) & 0xff);
        }
        double log = Tail(8L * length, bits, chance);
        return bits > 0 && log < Limit ? $"{bits} of its bits {(bits == 1 ? "is" : "are")} the same in all {triples.Length} messages of A and of the control, and the opposite in all of B (chance 2^{log:0})" : null;
    }

    // Hexadecimal is read as its half bytes: a character's bits are not even.
    private static byte[] Units(byte[] value) => Kinds.Of(value) <= Kind.Hex ? [.. value.Select(static b => (byte)(b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10))] : value;

    /// <summary>log2 of the chance of so many or more (Chernoff's bound: never smaller than the chance itself).</summary>
    internal static double Tail(long units, long agreeing, double chance)
    {
        if (units == 0 || agreeing <= units * chance) return 0;
        double q = (double)agreeing / units;
        double divergence = q * Math.Log2(q / chance) + (q >= 1 ? 0 : (1 - q) * Math.Log2((1 - q) / (1 - chance)));
        return -units * divergence;
    }
}
