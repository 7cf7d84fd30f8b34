using System.Text;
using CsCheck;

namespace Offproof.Auditor.Tests;

/// <summary>audit.md §4.2 and §5.2: numbers whatever stands between their digits, and coordinates.</summary>
public sealed class DigitScanTests
{
    static readonly Canary Phone = new("phone", "phone", "+447700900123");

    static readonly Form[] Numbers = [.. new[] { ("international", "447700900123"), ("international-00", "00447700900123"), ("international-trunk", "4407700900123"), ("national", "07700900123"), ("significant", "7700900123") }
        .Select(f => new Form(Phone, f.Item1, Encoding.ASCII.GetBytes(f.Item2), 33)), new Form(new Canary("imei", "imei", ""), "digits", "001017981670485"u8.ToArray(), 35)];

    [Theory]
    [InlineData("+447700900123", "international")]
    [InlineData("+44 7700 900123", "international")]
    [InlineData("+44 (0)7700 900-123", "international-trunk")]
    [InlineData("tel:0044.7700.900.123", "international-00")]
    [InlineData("07700 900 123", "national")]
    [InlineData("(07700) 900123", "national")]
    [InlineData("7700-900-123", "significant")]
    [InlineData("2025-01-02 10 07700900123", "national")]
    [InlineData("%2B447700900123", "international")] // 2B ends before
    [InlineData("+4 4 7700 900123", "international")]
    [InlineData("00-101798-167048-5", "digits")]
    [InlineData("5447700900123", "international")] // inside a longer row of digits
    public void A_number_is_found_by_its_digits(string text, string name)
    {
        List<Hit> hits = Search(text);
        Hit hit = Assert.Single(hits);
        Assert.Equal(name, hit.Form.Name);
        Assert.Equal(Encoding.ASCII.GetString(hit.Form.Bytes), string.Concat(text.Substring(hit.Offset, hit.Length).Where(char.IsAsciiDigit)));
    }

    [Theory]
    [InlineData("7 7 0 0 9 0 0 1 2 3")] // ten single digits are a list
    [InlineData("77 00 90 0 1 23")]
    [InlineData("07700    900123")] // four between
    [InlineData("07700 9001234")] // a group goes on
    [InlineData("07700 90012")]
    public void Lists_of_numbers_are_not_telephone_numbers(string text) => Assert.Empty(Search(text));

    [Theory]
    [InlineData("identifiers.phone", "x447700900123x", 33 - 3)] // eight are the phone's own
    [InlineData("identifiers.phone", "x44770090012399x", 33 - 3)]
    [InlineData("identifiers.phone", "556611811032", 33 - 6)] // xor 0x01
    [InlineData("contacts[0].phones[0]", "x44770090012399x", 33 - 6)]
    public void Any_of_the_numbers_could_have_been_met(string id, string text, double bits)
    {
        Canary canary = new(id, "phone", "");
        Form[] numbers = [new Form(canary, "international", "447700900123"u8.ToArray(), 33), .. Enumerable.Range(0, 63).Select(number =>
            new Form(new Canary(number < 7 ? $"identifiers.{number}" : $"contacts[{number}].phones[0]", "phone", ""), "international", Encoding.ASCII.GetBytes($"4477009002{number:00}"), 33))];
        List<Hit> hits = [];
        Searcher searcher = new(numbers);
        searcher.Search(Encoding.ASCII.GetBytes(text), hits);
        Hit hit = Assert.Single(hits);
        Assert.Equal((bits, Among.Digits), (hit.Bits, hit.Among));
        Assert.InRange(searcher.Places(Among.Digits, 12), 5, 7);
    }

    [Theory] // what is no digit is counted nowhere as one; that any of the 64 could have been met holds in every writing
    [InlineData("xor 0x08", "<<??881889:;")]
    [InlineData("utf-16", "4\04\07\07\00\00\09\00\00\01\02\03\0")]
    public void A_number_in_other_writing_is_among_bytes(string step, string text)
    {
        Canary canary = new("contacts[0].phones[0]", "phone", "");
        Form[] numbers = [.. Enumerable.Range(0, 64).Select(number => new Form(canary with { Id = $"contacts[{number}].phones[0]" }, "international", Encoding.ASCII.GetBytes($"4477009001{23 + number:00}"), 33))];
        List<Hit> hits = [];
        new Searcher(numbers).Search(Encoding.Latin1.GetBytes(text), hits);
        Hit hit = Assert.Single(hits);
        Assert.Equal((step, 33 - 3 - 6, Among.Bytes), (hit.Step, hit.Bits, hit.Among));
    }

    [Fact]
    public void Places_are_those_where_eight_digits_end()
    {
        Searcher searcher = new(Numbers);
        searcher.Search("at 1234567, 12,34,56,78,90 and 1731002257 x 07700-900 999"u8, []);
        Assert.Equal(10 + 3 + 4, searcher.Places(Among.Digits, 12)); // 17 digits in groups, 10 in a row, 11 in groups
    }

    [Theory] // §7.2
    [InlineData("{\"tel\":\"447700900123\"}", nameof(Among.Alone))]
    [InlineData("+447700900123", nameof(Among.Alone))]
    [InlineData("447700900123,447700900124", nameof(Among.Alone))]
    [InlineData("at +44 7700 900123.", nameof(Among.Groups))]
    [InlineData("0 +44 7700 900123", nameof(Among.Digits))]
    [InlineData("+44 7700 900123 - 5", nameof(Among.Digits))]
    [InlineData("+44 7700 900123    5", nameof(Among.Groups))]
    [InlineData("a447700900123", nameof(Among.Digits))]
    [InlineData("447700900123a", nameof(Among.Digits))]
    [InlineData("x+44 7700 900123a", nameof(Among.Digits))]
    [InlineData("4477009001230", nameof(Among.Digits))]
    [InlineData("tel=%2B447700900123", nameof(Among.Alone))]
    [InlineData("call%20447700900123%20now", nameof(Among.Alone))]
    [InlineData("\\u0020447700900123", nameof(Among.Alone))]
    [InlineData("\\u002b447700900123", nameof(Among.Alone))]
    [InlineData("number:\\n447700900123", nameof(Among.Alone))]
    [InlineData("x20447700900123", nameof(Among.Digits))]
    [InlineData("1,44,7700900123,17", nameof(Among.Alone))] // the country in a column of its own, among other columns
    public void A_number_stands_alone_or_among_digits(string text, string among) => Assert.Equal(among, Search(text).Max(static hit => hit.Among).ToString());

    [Fact]
    public void A_number_that_stands_alone_is_one_of_its_like()
    {
        Searcher searcher = new(Numbers);
        searcher.Search("447700900555;44770-0900444; (44) 7700 900 333;447700900888,1;x447700900222 and 447700900111a 4477009001112"u8, []);
        searcher.Search(" 447700900666"u8, []);
        // Of twelve digits five may be the last of a number. In one row stand the first, the fourth and the last; a run of their own have the first three and the last.
        Assert.Equal(2 * 3 * 5, searcher.Places(Among.Alone, 12));
        Assert.Equal(2 * 4 * 5, searcher.Places(Among.Groups, 12));
        Assert.Equal(0, searcher.Places(Among.Alone, 11));
        Assert.Equal(2 * 6, searcher.Places(Among.Alone, 13));
        searcher.Search("447700900777"u8, [], areJoined: true);
        Assert.Equal(2 * 3 * 5, searcher.Places(Among.Alone, 12));
    }

    static readonly Gen<string> Filler = Gen.OneOf(Gen.String[Gen.Char['a', 'z'], 0, 80], Gen.String[Gen.Char['0', '9'], 0, 5].Select(s => s + ","), Choice.Of(" ", "(", "+", "   .", "2025-01-02 ", "-"));

    [Fact]
    public void A_number_is_found_wherever_it_stands() =>
        Gen.Select(Filler.Array[0, 6], Filler.Array[0, 6], Choice.Of("+44 7700 900123", "+447700900123", "07700 900 123")).Sample(
            (before, after, number) =>
            {
                string text = string.Concat(before) + "x" + number + "x" + string.Concat(after);
                int at = text.IndexOf("x" + number + "x", StringComparison.Ordinal) + 1;
                Assert.Contains(Search(text), h => h.Offset == text.IndexOf('4', at) && number[0] == '+' || h.Offset == at && h.Length == number.Length);
            },
            iter: 2000);

    [Theory] // each half is that of the place, and no point is
    [InlineData("{\"lat\":21.26714,\"lon\":-157.81310},{\"lat\":21.26690,\"lon\":-157.81248}")]
    [InlineData("{\"lat\":21.26690,\"lon\":-157.81248}, {\"lat\":21.26714,\"lon\":-157.81310}")]
    [InlineData("-157.81248 21.26690 -157.81310 21.26714")]
    [InlineData("21.26714 -157.81310 21.26690 -157.81248")]
    public void Halves_of_two_places_are_no_place(string text) => Assert.Empty(Search(text));

    [Theory]
    [InlineData("{\"lat\":21.267143,\"lon\":-157.812482}", 6)]
    [InlineData("lat=21.2671&lon=-157.8125", 4)] // rounded and cut off
    [InlineData("-157.812, 21.267", 3)] // the other sequence
    [InlineData("21.2671429 N 157.8124821 W", 6)] // more places than are known
    [InlineData("POINT(-157.81248 21.26714)", 5)]
    [InlineData("$GPGGA,2116.0286,N,15748.7489,W", 4)]
    [InlineData("\"latitudeE7\":212671430,\"longitudeE7\":-1578124820", 6)]
    [InlineData("{\"lat\":21.26714,\"accuracy\":12.345,\"lon\":-157.81248}", 5)]
    [InlineData("21°16'1.71\"N 157°48'44.93\"W", 4)]
    [InlineData("21 deg 16' 1.71\" N, 157 deg 48' 44.93\" W", 4)]
    [InlineData("21°16'01.7\"N 157°48'44.9\"W", 4)]
    public void A_place_is_found_by_both_its_coordinates(string text, int places)
    {
        List<Hit> hits = Search(text);
        Assert.NotEmpty(hits);
        Assert.All(hits, h => Assert.Equal("gps", h.Form.Canary.Kind));
        // Integers with more places begin with those that have fewer.
        Assert.All(hits.Where(h => h.Form.Name != "e5"), h => Assert.True(Math.Abs(Places.Bits(places) - h.Bits) < 6, $"{h.Bits}"));
    }

    [Theory]
    [InlineData("lat=21.267143")]
    [InlineData("lat=21.26&lon=-157.81")]
    [InlineData("lat=21.2672&lon=-157.8125")]
    [InlineData("lat=121.267143&lon=-157.8125")]
    public void One_coordinate_or_coarse_ones_are_not_enough(string text) => Assert.Empty(Search(text));

    [Fact]
    public void Coordinates_further_apart_than_their_reach_are_no_pair() =>
        Assert.Empty(Search("21.267143" + new string(' ', Form.Reach + 1) + "-157.812482"));

    static List<Hit> Search(string text)
    {
        FormList forms = new();
        Places.Add(forms, new Canary("gps", "gps", ""), new Persona.Position(21.267143m, -157.812482m));
        List<Hit> hits = [];
        new Searcher([.. Numbers, .. forms.Forms]).Search(Encoding.UTF8.GetBytes(text), hits);
        return hits;
    }
}
