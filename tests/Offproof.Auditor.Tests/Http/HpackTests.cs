using System.Text;

namespace Offproof.Auditor.Tests.Http;

/// <summary>Blocks of fields: the examples of RFC 7541, and those of another encoder (vectors/audit/http/make.py).</summary>
public sealed class HpackTests
{
    const string Www = ":method: GET|:scheme: http|:path: /|:authority: www.example.com";
    const string Cached = Www + "|cache-control: no-cache";
    const string Custom = ":method: GET|:scheme: https|:path: /index.html|:authority: www.example.com|custom-key: custom-value";
    const string Moved = ":status: 302|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com";
    const string Other = ":status: 307|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com";
    const string Good = ":status: 200|cache-control: private|date: Mon, 21 Oct 2013 20:13:22 GMT|location: https://www.example.com|content-encoding: gzip|set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";

    [Theory]
    [InlineData("C.2.1", "400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header")]
    [InlineData("C.2.2", "040c2f73616d706c652f70617468", ":path: /sample/path")]
    [InlineData("C.2.3", "100870617373776f726406736563726574", "password: secret")]
    [InlineData("C.2.4", "82", ":method: GET")]
    [InlineData("C.3", "828684410f7777772e6578616d706c652e636f6d", Www, "828684be58086e6f2d6361636865", Cached, "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565", Custom)]
    [InlineData("C.4", "828684418cf1e3c2e5f23a6ba0ab90f4ff", Www, "828684be5886a8eb10649cbf", Cached, "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf", Custom)]
    [InlineData("C.5", "3fe10148033330325807707269766174 65611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d", Moved, "4803333037c1c0bf", Other,
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31", Good)]
    [InlineData("C.6", "3fe101488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3", Moved, "4883640effc1c0bf", Other,
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007", Good)]
    public void The_examples_of_RFC_7541_appendix_C(string example, params string[] blocks)
    {
        FieldBlock fields = new();
        for (int i = 0; i < blocks.Length; i += 2)
        {
            Assert.True(fields.TryRead(Convert.FromHexString(blocks[i].Replace(" ", "", StringComparison.Ordinal))), example);
            Assert.Equal(blocks[i + 1].Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n", Encoding.Latin1.GetString(fields.Lines));
        }
    }

    [Fact]
    public void Blocks_of_another_encoder()
    {
        FieldBlock fields = new();
        int count = 0;
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "vectors", "audit", "http", "hpack.txt")))
        {
            if (line.StartsWith('#')) continue;
            if (line == "=")
            {
                fields = new FieldBlock();
                continue;
            }
            string[] parts = line.Split(' ');
            Assert.True(fields.TryRead(Convert.FromHexString(parts[0])));
            Assert.Equal(parts[1], Convert.ToHexStringLower(fields.Lines));
            count++;
        }
        Assert.Equal(120, count);
    }

    [Theory]
    [InlineData("80")]                     // index 0
    [InlineData("be")]                     // nothing was sent before
    [InlineData("ff80808080808001")]       // an index without end
    [InlineData("3fe1ffffff7f")]           // a table of gigabytes
    [InlineData("00058a")]                 // ends inside a string
    [InlineData("0085ffffffffff0161")]     // Huffman: the end of string inside
    [InlineData("0081000161")]             // Huffman: padding of zeros
    [InlineData("0083ffffff0161")]         // Huffman: padding of more than 7 bits
    public void A_broken_block_is_refused(string block) => Assert.False(new FieldBlock().TryRead(Convert.FromHexString(block)));

    [Fact]
    public void A_small_block_does_not_become_a_large_one()
    {
        FieldBlock fields = new();
        // One field of 4,000 bytes goes into the table; then a quarter of a million references to it.
        Assert.True(fields.TryRead([0x40, 0x01, (byte)'a', 0x7F, 0xA1, 0x1E, .. Enumerable.Repeat((byte)'b', 4000)]));
        Assert.True(fields.TryRead(Enumerable.Repeat((byte)0xBE, 250_000).ToArray()));
        Assert.True(fields.IsTooLarge);
        Assert.InRange(fields.Lines.Length, 1, 256 << 10);
        Assert.True(fields.TryRead([0xBE]));
        Assert.False(fields.IsTooLarge);
    }

    [Fact]
    public void A_block_that_declares_codings_without_end_is_too_large_and_soon_read()
    {
        FieldBlock fields = new();
        Assert.True(fields.TryRead([.. Enumerable.Repeat((byte)0x9A, FieldBlock.Most)])); // "content-encoding: " of the static table
        Assert.True(fields.IsTooLarge);
        Assert.Equal(256, fields.ContentEncoding!.Length);
    }
}
