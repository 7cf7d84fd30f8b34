using System.Buffers;

namespace Offproof.Auditor.Tests.Disguises;

public sealed class TraitsTests
{
    private static readonly SearchValues<byte> QuoteOrDigit = SearchValues.Create("\"0123456789"u8);

    [Fact]
    public void Every_byte_is_seen_wherever_it_stands()
    {
        foreach (int length in (int[])[1, 2, 31, 32, 33, 64, 1025, 3000])
        {
            for (int value = 0; value < 256; value++)
            {
                foreach (int at in (int[])[0, length / 2, length - 1])
                {
                    byte[] text = new byte[length];
                    Array.Fill(text, (byte)'a');
                    text[at] = (byte)value;
                    Traits traits = Traits.Of(text);
                    bool isControl = value is < 32 and not (9 or 10 or 12 or 13 or 27) or 127;
                    Assert.Equal((value, isControl), (value, traits.HasControls));
                    if (isControl) continue;
                    Assert.Equal((value, value >= 128, value == '+', value == '=', value is '%' or '&' or '\\'), (value, traits.HasHigh, traits.HasPlus, traits.HasEquals, traits.HasMarks));
                }
            }
        }
    }

    [Fact]
    public void Quotes_backslashes_and_digits_are_found_in_their_order()
    {
        Dice dice = new(1);
        for (int i = 0; i < 200; i++)
        {
            byte[] text = System.Text.Encoding.ASCII.GetBytes(dice.Of("abcdefgh\"\\07", dice.Below(300)));
            Quotes quotes = new(text);
            for (int from = 0; from <= text.Length; from++)
            {
                int mark = text.AsSpan(from).IndexOfAny((byte)'"', (byte)'\\'), value = text.AsSpan(from).IndexOfAny(QuoteOrDigit);
                Assert.Equal(mark < 0 ? text.Length : from + mark, quotes.Next(from, Quotes.Quote | Quotes.Backslash));
                Assert.Equal(value < 0 ? text.Length : from + value, quotes.Next(from, Quotes.Quote | Quotes.Digit));
            }
        }
    }
}
