namespace Offproof.Vault.Tests.Vectors;

public sealed class ChunkingTests
{
    // A polynomial used by published examples of this chunker.
    static readonly Polynomial Known = new(0x3DA3358B4DC173);

    [Fact]
    public void Tells_irreducible_polynomials_from_others()
    {
        Assert.True(Known.IsUsable);
        Assert.True(new Polynomial(0x280d9ca16be0cb).IsUsable);
        Assert.False(new Polynomial(Known.Bits ^ 2).IsUsable);
        Assert.False(new Polynomial(Known.Bits ^ 1).IsUsable);
        Assert.False(new Polynomial(0x3DA3358B4DC173 >> 1).IsUsable);
        Assert.False(new Polynomial(0).IsUsable);
        // (x^26 + x + 1)(x^27 + x^5 + x^2 + x + 1): no root, still reducible.
        UInt128 product = 0;
        for (int i = 0; i < 28; i++)
            if (((0b1000_0000_0000_0000_0000_0010_0111UL >> i) & 1) != 0) product ^= (UInt128)((1UL << 26) | 3) << i;
        Assert.Equal(53, new Polynomial((ulong)product).Degree);
        Assert.False(new Polynomial((ulong)product).IsUsable);
        Assert.True(Polynomial.Random().IsUsable);
    }

    /// <summary>The definition, bit by bit: no tables, no lanes.</summary>
    static List<int> Plainly(byte[] data, Polynomial polynomial)
    {
        List<int> cuts = [];
        ulong remainder = 1;
        ulong[] leave = new ulong[256];
        for (int i = 0; i < 64 * 8; i++) remainder = Shift(remainder, polynomial.Bits);
        for (int b = 0; b < 256; b++)
            for (int bit = 0; bit < 8; bit++)
                if (((b >> bit) & 1) != 0)
                {
                    ulong value = remainder;
                    for (int i = 0; i < bit; i++) value = Shift(value, polynomial.Bits);
                    leave[b] ^= value;
                }
        int start = 0;
        ulong digest = 0;
        for (int i = 0; i < data.Length; i++)
        {
            for (int bit = 7; bit >= 0; bit--) digest = Shift(digest, polynomial.Bits) ^ (ulong)((data[i] >> bit) & 1);
            if (i >= 64) digest ^= leave[data[i - 64]];
            int length = i + 1 - start;
            if (length < RabinCutter.Least || ((digest & 0xFFFFF) != 0 && length < RabinCutter.Most)) continue;
            cuts.Add(length);
            start = i + 1;
        }
        if (start < data.Length) cuts.Add(data.Length - start);
        return cuts;

        static ulong Shift(ulong value, ulong polynomial) => ((value << 1) >> 53) != 0 ? (value << 1) ^ polynomial : value << 1;
    }

    static List<int> Cuts(byte[] data, Polynomial polynomial, int step)
    {
        RabinCutter cutter = new(polynomial);
        List<int> cuts = [];
        int start = 0, have = 0, searched = 0;
        while (start < data.Length)
        {
            int cut = cutter.Find(data.AsSpan(start, have), ref searched);
            if (cut < 0 && start + have < data.Length)
            {
                have = Math.Min(have + step, data.Length - start);
                continue;
            }
            if (cut < 0) cut = have;
            cuts.Add(cut);
            (start, have, searched) = (start + cut, have - cut, 0);
        }
        return cuts;
    }

    [Theory]
    [InlineData(256 * 1024)]
    [InlineData(77_777)]
    [InlineData(8 << 20)]
    public void Four_lanes_cut_where_the_definition_says(int step)
    {
        byte[] data = Noise.Bytes(11, 12 << 20);
        List<int> expected = Plainly(data, Known);
        Assert.True(expected.Count > 5);
        Assert.Equal(expected, Cuts(data, Known, step));
    }

    [Fact]
    public void Zeros_are_cut_as_soon_as_allowed_and_hopeless_data_at_the_most()
    {
        Assert.All(Cuts(new byte[4 << 20], Known, 1 << 20), static cut => Assert.Equal(RabinCutter.Least, cut));
        // One byte repeated: the fingerprint never changes, so there is no cut before the limit.
        byte[] same = new byte[20 << 20];
        same.AsSpan().Fill(1);
        Assert.Equal([RabinCutter.Most, RabinCutter.Most, 4 << 20], Cuts(same, Known, 1 << 20));
    }
}
