using System.IO.Compression;
using System.Text;

namespace Offproof.Lab.Tests.Comparing;

/// <summary>compare.md §2: nothing is left out. Whatever byte is changed, some value is another.</summary>
public sealed class PiecesTests
{
    public static TheoryData<string> Heads() =>
    [
        "GET /a/b//c?x=1&y=&x=2&z HTTP/1.1\r\nHost: a.example\r\nAccept:  */*\t\r\nCookie: a=b; c=d;e\r\nX-Empty:\r\nx-empty:\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nDate: Thu, 26 Nov 2026 18:00:00 GMT\nETag: \"v\"\r\n\r\n",
        ":method: POST\r\n:scheme: https\r\n:authority: a.example\r\n:path: /v1/records?q=1\r\ncookie: a=b\r\ncookie: c\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nno colon\r\n: no name\r\n\r\n",
        "GET http://a.example/x HTTP/1.1",
        "\r\n\r\n",
        " ",
    ];

    public static TheoryData<string> Bodies() =>
    [
        "{\"a\": [1, {\"b\":null}, \"x\\u0041\"], \"a\":true , \"c\":{}}",
        "[]",
        "{\"broken\": ",
        "a=b&c=d&c=e&&f",
        "=",
        "some text = other text",
        "\u0001\u0002\u00ff",
    ];

    [Theory, MemberData(nameof(Heads))]
    public void Any_bit_of_a_head_is_in_a_value(string head) => EveryBit(Encoding.Latin1.GetBytes(head), bytes => Said(Pieces.OfHead(bytes, out string signature), signature));

    [Theory, MemberData(nameof(Bodies))]
    public void Any_bit_of_a_body_is_in_a_value(string body) => EveryBit(Encoding.Latin1.GetBytes(body), static bytes => Said(Pieces.OfBody(bytes, isWhole: true), ""));

    [Theory, MemberData(nameof(Bodies))]
    public void Any_bit_of_a_body_in_gzip_is_in_a_value(string body)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(Encoding.Latin1.GetBytes(body));
        EveryBit(packed.ToArray(), static bytes => Said(Pieces.OfBody(bytes, isWhole: true), ""));
        Assert.Contains(Pieces.OfBody(packed.ToArray(), isWhole: true), static piece => piece is { Name: "as coded", Follows: true });
    }

    [Fact]
    public void Any_bit_of_a_hello_is_in_a_value_and_only_what_is_drawn_is_taken_for_drawn()
    {
        // A random, a session id, two suites one of which is GREASE, a name, groups, versions, two key shares, a ticket.
        byte[] hello = [1, 0, 0, 0, 3, 3, .. Enumerable.Repeat((byte)0x77, 32), 4, 9, 9, 9, 9, 0, 4, 0x1a, 0x1a, 0x13, 1, 1, 0];
        byte[] extensions =
        [
            0, 0, 0, 6, 0, 4, 0, 0, 1, 0x61, 0, 10, 0, 4, 0, 2, 0, 29, 0, 43, 0, 3, 2, 3, 4,
            0, 51, 0, 14, 0, 12, 0, 29, 0, 3, 1, 2, 3, 0, 23, 0, 1, 4, 0, 35, 0, 2, 8, 8,
        ];
        byte[] message = [.. hello, 0, (byte)extensions.Length, .. extensions];
        message[3] = (byte)(message.Length - 4);
        List<Piece> pieces = Hellos.Of(message);
        Assert.Equal(["random", "session id", "key share 29", "key share 23", "extension 35"], pieces.Where(static piece => piece.Role == Role.TlsRandom).Select(static piece => piece.Name));
        string before = Said(pieces, "");
        // Behind the length of the message, which follows from the rest.
        for (int at = 4; at < message.Length; at++)
        {
            // Bytes of GREASE are drawn: that one GREASE is another is not seen.
            if (message[at] == 0x1a) continue;
            message[at] ^= 1;
            Assert.True(before != Said(Hellos.Of(message), ""), $"byte {at}");
            message[at] ^= 1;
        }
    }

    [Fact]
    public void Honest_nonces_are_not_taken_for_a_code()
    {
        Tape dice = new(77);
        for (int round = 0; round < 400; round++)
        {
            List<Structure.Triple> hex = [], bytes = [];
            for (int i = 0; i <= round % 12; i++)
            {
                hex.Add(new Structure.Triple(Hex(), Hex(), Hex()));
                bytes.Add(new Structure.Triple(dice.Random(32), dice.Random(32), dice.Random(32)));
            }
            Assert.Null(Structure.Of(hex));
            Assert.Null(Structure.Of(bytes));
        }

        byte[] Hex() => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(dice.Random(16)));
    }

    [Theory]
    [InlineData(12, true), InlineData(11, false)]
    public void A_part_of_a_nonce_is_found_where_chance_does_not_give_so_many(int agreeing, bool isFound) => Assert.Equal(isFound, Structure.Of([Nonce(0, agreeing)]) is not null);

    [Fact] // a token that is sent with each request was drawn once
    public void A_value_that_is_said_again_is_one_draw()
    {
        Structure.Triple nonce = Nonce(0, 10);
        Assert.Null(Structure.Of([.. Enumerable.Repeat(nonce, 50)]));
        Assert.Null(Structure.Of([new(Twice(nonce.A), Twice(nonce.Control), Twice(nonce.B))]));
        Assert.NotNull(Structure.Of([nonce, Nonce(1, 10)]));

        static byte[] Twice(byte[] value) => [.. value, (byte)'.', .. value];
    }

    [Theory]
    [InlineData("", nameof(Kind.Digits)), InlineData("0189", nameof(Kind.Digits))]
    [InlineData("09af", nameof(Kind.Hex)), InlineData("AF", nameof(Kind.Hex))]
    [InlineData("0g", nameof(Kind.Token)), InlineData("G", nameof(Kind.Token)), InlineData("az-AZ_09.~+/=%", nameof(Kind.Token))]
    [InlineData("a b", nameof(Kind.Text)), InlineData("a:b", nameof(Kind.Text)), InlineData("{", nameof(Kind.Text))]
    [InlineData("a\u007f", nameof(Kind.Bytes)), InlineData("a\u001f", nameof(Kind.Bytes)), InlineData("\u0080", nameof(Kind.Bytes))]
    public void A_value_is_of_the_least_kind_that_has_all_its_characters(string value, string kind) => Assert.Equal(kind, Kinds.Of(Encoding.Latin1.GetBytes(value)).ToString());

    // 32 hexadecimal digits, of which so many are the same in A and the control; B has another everywhere.
    static Structure.Triple Nonce(int number, int agreeing)
    {
        string a = Digits(0), control = a[..agreeing] + Digits(5)[agreeing..], b = Digits(9);
        return new Structure.Triple(Encoding.ASCII.GetBytes(a), Encoding.ASCII.GetBytes(control), Encoding.ASCII.GetBytes(b));

        string Digits(int more) => string.Concat(Enumerable.Range(0, 32).Select(at => "0123456789abcdef"[((at * 7) + (at / 16) + number + more) % 16]));
    }

    [Theory] // exact: 1 of 1; half of 32 at 1/17; what is expected is no news
    [InlineData(1, 1, 0.5, -1)]
    [InlineData(32, 2, 0.0625, 0)]
    [InlineData(32, 0, 0.5, 0)]
    [InlineData(0, 0, 0.5, 0)]
    public void The_chance_of_agreeing(long units, long agreeing, double chance, double log) => Assert.Equal(log, Structure.Tail(units, agreeing, chance), 6);

    static void EveryBit(byte[] bytes, Func<byte[], string> said)
    {
        string before = said(bytes);
        for (int at = 0; at < bytes.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bytes[at] ^= (byte)(1 << bit);
                Assert.True(before != said(bytes), $"bit {bit} of byte {at} ({(char)bytes[at]})");
                bytes[at] ^= (byte)(1 << bit);
            }
        }
    }

    static string Said(IEnumerable<Piece> pieces, string signature) => signature + "\n" + string.Join('\n', pieces.Select(static piece => $"{piece.Name}={Convert.ToHexString(piece.Value)}"));
}
