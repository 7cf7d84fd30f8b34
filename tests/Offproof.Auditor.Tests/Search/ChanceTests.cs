namespace Offproof.Auditor.Tests;

/// <summary>audit.md §5.4.</summary>
public sealed class ChanceTests
{
    [Fact]
    public void Coincidences_grow_with_what_was_searched_and_halve_with_each_bit()
    {
        Assert.Equal(1, Chance.Expected(20, 1 << 20));
        Assert.Equal(0.5, Chance.Expected(21, 1 << 20));
        Assert.Equal(2, Chance.Expected(20, 1 << 21));
    }

    // Measured, not only computed: random digits hold a given number of six digits as often as the formula says.
    [Fact]
    public void Random_digits_hold_a_number_as_often_as_is_expected()
    {
        ulong state = 7;
        byte[] digits = new byte[8 << 20];
        for (int i = 0; i < digits.Length; i++)
        {
            state = unchecked(state * 6364136223846793005 + 1442695040888963407);
            digits[i] = (byte)('0' + (state >> 33) % 10);
        }
        Form form = new(new Canary("t", "t", ""), "digits", "27182818"u8.ToArray(), 6 * Entropy.Digit);
        int met = 0;
        ReadOnlySpan<byte> six = form.Bytes.AsSpan(0, 6);
        for (int at = 0; at + 6 <= digits.Length; at++)
            if (digits.AsSpan(at, 6).SequenceEqual(six)) met++;
        double expected = Chance.Expected(form.Bits, digits.Length);
        Assert.InRange(met, expected - 4 * Math.Sqrt(expected), expected + 4 * Math.Sqrt(expected));
    }

    [Theory]
    [InlineData(1e-9, "less than 1 in 1,000,000")]
    [InlineData(0.00029, "1 in 3,400")]
    [InlineData(2.5, "2.5 are to be expected")]
    public void A_report_says_it_in_words(double expected, string words) => Assert.Equal(words, Chance.Words(expected));

    [Fact]
    public void Of_hits_of_one_canary_in_one_place_the_covering_one_stays()
    {
        Canary a = new("a", "message-text", ""), b = new("b", "message-text", "");
        Hit text = Of(a, 10, 90, 128), inside = Of(a, 22, 24, 40), crossing = Of(a, 90, 24, 40), elsewhere = Of(a, 300, 24, 40), other = Of(b, 22, 24, 40), before = Of(a, 0, 5, 1);
        List<Hit> hits = [before, inside, text, crossing, other, elsewhere];
        Overlap.Drop(hits, 1);
        Assert.Equal([before, text, crossing, elsewhere, other], hits);

        static Hit Of(Canary canary, int offset, int length, double bits) => new(new Form(canary, "x", [], bits), offset, length, null, bits);
    }
}
