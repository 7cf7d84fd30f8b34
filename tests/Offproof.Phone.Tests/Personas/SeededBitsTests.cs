namespace Offproof.Phone.Tests.Personas;

public sealed class SeededBitsTests
{
    [Fact] // SplitMix64, seed 1234567: the reference program's first outputs (prng.di.unimi.it/splitmix64.c)
    public void SplitMix64_gives_the_published_numbers()
    {
        ulong state = 1234567;
        ulong[] numbers = [.. Enumerable.Range(0, 5).Select(_ => SeededBits.SplitMix(ref state))];
        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821], numbers);
    }

    [Fact] // xoshiro256**, state 1, 2, 3, 4: the reference program's first outputs (prng.di.unimi.it/xoshiro256starstar.c)
    public void Xoshiro256_gives_the_published_numbers()
    {
        SeededBits bits = new(1, 2, 3, 4);
        ulong[] numbers = [.. Enumerable.Range(0, 10).Select(_ => bits.Next())];
        Assert.Equal([11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600, 16172922978634559625,
            8476171486693032832, 10595114339597558777, 2904607092377533576], numbers);
    }

    [Fact]
    public void Bounded_numbers_reach_both_ends_and_no_further()
    {
        SeededBits bits = new(1, 0);
        HashSet<int> seen = [.. Enumerable.Range(0, 1000).Select(_ => bits.Between(-3, 3))];
        Assert.Equal([-3, -2, -1, 0, 1, 2, 3], seen.Order());
    }

    [Fact]
    public void Streams_of_one_seed_differ() => Assert.NotEqual(new SeededBits(1, 0).Next(), new SeededBits(1, 1).Next());
}
