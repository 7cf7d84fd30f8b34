using System.Text;

namespace Offproof.Auditor.Tests.Http;

/// <summary>audit.md §3.4: messages of HTTP/1.</summary>
public sealed class HttpTests
{
    const string Get = "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n";

    internal static (Sender, byte[]?, long) Client(string text) => (Sender.Client, Encoding.Latin1.GetBytes(text), 0);

    internal static (Sender, byte[]?, long) Server(string text) => (Sender.Server, Encoding.Latin1.GetBytes(text), 0);

    internal static (Sender, byte[]?, long) Gap(Sender sender, long length) => (sender, null, length);

    static string Bodies(Overheard heard, Sender sender) => string.Join('|', heard.Listener.Pieces.Where(piece => piece.Sender == sender && piece.Carrier == Carrier.Body).Select(piece => $"{piece.Message}:{piece.Offset}:{piece.Text}"));

    static string Lost(Overheard heard, Sender sender) => string.Join('|', heard.Listener.Pieces.Where(piece => piece.Sender == sender && piece.Carrier == Carrier.Stream).Select(piece => piece.Text));

    [Fact]
    public void A_head_is_handed_over_once_and_a_body_once()
    {
        const string Request = "POST /a?b=c HTTP/1.1\r\nHost: api.example.org:8080\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n";
        Overheard heard = Overheard.In(Request + "{\"a\":123}", "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.Equal([Request], heard.Listener.Pieces.Where(piece => piece is { Sender: Sender.Client, Carrier: Carrier.Head }).Select(piece => piece.Text));
        Assert.Equal("1:0:{\"a\":123}", Bodies(heard, Sender.Client));
        Assert.Equal("application/json", heard.Listener.Pieces.Single(piece => piece.Carrier == Carrier.Body).Declared.ContentType);
        Assert.Equal(("http/1.1", "api.example.org", 2), (heard.Flow.Protocol, heard.Flow.ServerName, heard.Flow.Messages));
        Assert.Equal(heard.Given, heard.Of(Sender.Client, ByteKind.Decoded) + heard.Of(Sender.Server, ByteKind.Decoded));
        Assert.Empty(heard.Flow.Remarks);
    }

    [Fact]
    public void Answers_are_matched_with_their_requests()
    {
        Overheard heard = Overheard.In(
            "HEAD /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nPUT /3 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabcHEAD /4 HTTP/1.1\r\n\r\nGET /5 HTTP/1.1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\n\r\nto the end");
        Assert.Equal("3:0:abc", Bodies(heard, Sender.Client));
        Assert.Equal("2:0:hi|4:0:3|6:0:to the end", Bodies(heard, Sender.Server));
        Assert.Equal(["HEAD /1 HTTP/1.1", "GET /2 HTTP/1.1", "PUT /3 HTTP/1.1", "HEAD /4 HTTP/1.1", "GET /5 HTTP/1.1"], heard.Listener.StartLines(Sender.Client));
        Assert.Equal(11, heard.Flow.Messages);
        Assert.Empty(heard.Flow.Remarks);
    }

    [Fact]
    public void Chunks_are_joined_and_their_lines_are_structure()
    {
        Overheard heard = Overheard.In(Get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name=value\r\nhello\r\n006\r\n world\r\n0\r\nX-Last: yes\r\n\r\nHTTP/1.1 204 x\r\n\r\n");
        Assert.Equal("1:0:hello world", Bodies(heard, Sender.Server));
        Assert.Contains(heard.Listener.Pieces, piece => piece is { Carrier: Carrier.Head, Text: "X-Last: yes\r\n\r\n" });
        Assert.Contains(heard.Listener.Pieces, piece => piece.Text.Contains("name=value", StringComparison.Ordinal));
        Assert.Equal(1 + 2 + 5 + 2 + 3, heard.Of(Sender.Server, ByteKind.Structural));
        Assert.Equal(2, heard.Flow.Capacity(Sender.Server));
        Assert.Equal(["HTTP/1.1 200 OK", "HTTP/1.1 204 x"], heard.Listener.StartLines(Sender.Server));
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "both")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n", "differ")]
    [InlineData("Content-Length: +5\r\n", "no number")]
    [InlineData("Content-Length: 5 5\r\n", "no number")]
    [InlineData("Transfer-Encoding: chunked, gzip\r\n", "not the last")]
    [InlineData("Transfer-Encoding: gzip\r\n", "whose end nobody knows")]
    [InlineData("Transfer-Encoding : chunked\r\n", "before the colon")]
    [InlineData("Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n", "both")]
    public void Where_two_readers_could_disagree_nothing_is_guessed(string fields, string why)
    {
        Overheard heard = Overheard.In($"POST /x HTTP/1.1\r\n{fields}\r\n0\r\n\r\n7 GET\r\nGET /smuggled HTTP/1.1\r\nHost: b\r\n\r\n", "");
        Assert.Contains(heard.Flow.Remarks, remark => remark.Contains(why, StringComparison.Ordinal));
        Assert.Equal("0\r\n\r\n7 GET\r\n", Lost(heard, Sender.Client));
        Assert.Equal(12, heard.Of(Sender.Client, ByteKind.Opaque));
        Assert.Equal(["POST /x HTTP/1.1", "GET /smuggled HTTP/1.1"], heard.Listener.StartLines(Sender.Client));
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 5\r\n")]
    [InlineData("Content-Length: 5, 5\r\n")]
    [InlineData("content-length:5\nX: folded\n\tline\n")]
    [InlineData("CONTENT-LENGTH: \t5\t\r\n")]
    public void One_length_in_several_spellings_is_one(string fields)
    {
        Overheard heard = Overheard.In($"POST /x HTTP/1.1\r\n{fields}\r\nhelloGET / HTTP/1.0\n\n", "");
        Assert.Equal("1:0:hello", Bodies(heard, Sender.Client));
        Assert.Equal(0, heard.Of(Sender.Client, ByteKind.Opaque));
        Assert.Equal(2, heard.Flow.Messages);
    }

    [Fact]
    public void Http_0_9_and_a_line_without_an_end()
    {
        Overheard heard = Overheard.In("GET /old\r\n", "<html>HTTP before there were heads</html>");
        Assert.Equal("1:0:<html>HTTP before there were heads</html>", Bodies(heard, Sender.Server));
        Assert.Equal(["GET /test HTTP/1.0"], Overheard.In("GET /test HTTP/1.0\n", "").Listener.StartLines(Sender.Client));
        Assert.Equal(["GET /test HTTP/1.0"], Overheard.In("GET /test HTTP/1.0", "").Listener.StartLines(Sender.Client));
    }

    [Fact]
    public void A_gap_in_a_body_of_known_length_leaves_the_rest_readable()
    {
        Overheard heard = Overheard.In([Client(Get), Server("HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\nabcdefgh"), Gap(Sender.Server, 10), Server("stuvwxyzHTTP/1.1 204 x\r\n\r\n")]);
        Assert.Equal("1:0:abcdefgh|1:18:stuvwxyz", Bodies(heard, Sender.Server));
        Assert.Equal(["HTTP/1.1 200 OK", "HTTP/1.1 204 x"], heard.Listener.StartLines(Sender.Server));
        Assert.Equal((2, 0L), (heard.Flow.Messages, heard.Of(Sender.Server, ByteKind.Opaque)));
    }

    [Theory]
    [InlineData(30), InlineData(0)]
    public void After_a_gap_reading_goes_on_at_the_next_message(long lost)
    {
        Overheard heard = Overheard.In([Client("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"), Gap(Sender.Client, lost), Client("xyz} HTTP/1.1 GET /no HTTP/1.1x\r\nPOST /next HTTP/1.1\r\nHost: a\r\n\r\n"),
            Server("\u0001\u0002HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n."), Gap(Sender.Server, lost), Server("..HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")]);
        Assert.Equal(["POST / HTTP/1.1", "POST /next HTTP/1.1"], heard.Listener.StartLines(Sender.Client));
        Assert.Equal("xyz} HTTP/1.1 GET /no HTTP/1.1x\r\n", Lost(heard, Sender.Client));
        Assert.Equal(["HTTP/1.1 200 OK", "HTTP/1.1 404 No"], heard.Listener.StartLines(Sender.Server));
        Assert.Equal("\u0001\u0002|..", Lost(heard, Sender.Server));
    }

    [Fact]
    public void A_capture_may_begin_in_the_middle()
    {
        Overheard heard = Overheard.In("\"name\":\"x\"}POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi", "");
        Assert.Equal("\"name\":\"x\"}", Lost(heard, Sender.Client));
        Assert.Equal(("1:0:hi", 11), (Bodies(heard, Sender.Client), (int)heard.Of(Sender.Client, ByteKind.Opaque)));
    }

    [Fact]
    public void Without_its_request_an_answer_to_HEAD_is_told_from_one_with_a_body()
    {
        Overheard heard = Overheard.In("", "HTTP/1.1 200 OK\r\nContent-Length: 606\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nHTTPHTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n");
        Assert.Equal("2:0:HTTP", Bodies(heard, Sender.Server));
        Assert.Equal(3, heard.Flow.Messages);
    }

    [Fact]
    public void A_tunnel_is_a_stream_of_its_own()
    {
        Overheard heard = Overheard.In("CONNECT b.example.org:443 HTTP/1.1\r\n\r\nGET /inner HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 204 No\r\n\r\n");
        Assert.Equal(["CONNECT b.example.org:443 HTTP/1.1", "GET /inner HTTP/1.1"], heard.Listener.StartLines(Sender.Client));
        Assert.Equal(("http/1.1/connect/http/1.1", 4), (heard.Flow.Protocol, heard.Flow.Messages));
        heard = Overheard.In("CONNECT b.example.org:443 HTTP/1.1\r\n\r\nGET /again HTTP/1.1\r\n\r\n", "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\nHTTP/1.1 204 No\r\n\r\n");
        Assert.Equal("http/1.1", heard.Flow.Protocol);
        Assert.Equal(4, heard.Flow.Messages);
    }

    [Fact]
    public void Tunnels_in_tunnels_have_an_end()
    {
        StringBuilder client = new(), server = new();
        for (int i = 0; i < 2000; i++)
        {
            client.Append("CONNECT a:1 HTTP/1.1\r\n\r\n");
            server.Append("HTTP/1.1 200 x\r\n\r\n");
        }
        Overheard heard = Overheard.In(client.ToString(), server.ToString());
        Assert.Contains("protocols are nested deeper than anybody needs", heard.Flow.Remarks);
    }

    [Fact]
    public void A_long_body_comes_in_pieces_that_overlap()
    {
        string body = string.Concat(Enumerable.Range(0, 700_000).Select(i => $"{i:D7}:{i % 7}:"));
        Overheard heard = Overheard.In($"POST / HTTP/1.1\r\nContent-Length: {body.Length}\r\n\r\n{body}", "", left => 1460);
        List<Listener.Piece> pieces = [.. heard.Listener.Pieces.Where(piece => piece.Carrier == Carrier.Body)];
        Assert.Equal([0, (4 << 20) - (64 << 10)], pieces.Select(piece => piece.Offset));
        Assert.All(pieces, piece => Assert.Equal(body.Substring((int)piece.Offset, piece.Bytes.Length), piece.Text));
        Assert.Equal(body.Length, pieces[1].Offset + pieces[1].Bytes.Length);
        Assert.Equal(1 + (pieces[1].Offset + heard.Given - body.Length) / 1460, pieces[1].Packet);
    }

    [Fact]
    public void A_body_of_exactly_one_piece_is_one()
    {
        Overheard heard = Overheard.In($"POST / HTTP/1.1\r\nContent-Length: {4 << 20}\r\n\r\n{new string('x', 4 << 20)}", "", left => 60_000);
        Assert.Equal(4 << 20, Assert.Single(heard.Listener.Pieces, piece => piece.Carrier == Carrier.Body).Bytes.Length);
    }

    [Theory]
    [InlineData("REGISTER sip:example.org SIP/2.0\r\nVia: x\r\n\r\n"), InlineData("OPTIONS rtsp://example.org RTSP/1.0\r\n\r\n"), InlineData("EHLO example.org\r\n"), InlineData("\u0000\u0001\u0002"), InlineData("G"), InlineData("HTTP/2 200\r\n")]
    public void What_is_not_HTTP_is_a_stream(string text)
    {
        Overheard heard = Overheard.In(text, "220 ready\r\n");
        Assert.Equal("", heard.Flow.Protocol);
        Assert.Equal(text, Lost(heard, Sender.Client));
    }

    [Fact]
    public void A_head_without_end_ends()
    {
        Overheard heard = Overheard.In("GET / HTTP/1.1\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", 100_000)), "", left => 1000);
        Assert.Contains("a head is longer than 256 KiB", heard.Flow.Remarks);
        Assert.True(heard.Of(Sender.Client, ByteKind.Opaque) > 500_000);
    }

    [Fact]
    public void A_protocol_that_nobody_knows_does_not_wait_for_an_end_that_says_little()
    {
        Listener listener = new();
        Recognition conversation = new(Listener.NewFlow(), listener.Protocols);
        conversation.Data(Sender.Client, [1, 2, 3], 1);
        for (int packet = 2; packet < 50; packet++) conversation.Data(Sender.Server, new byte[64 << 10], packet);
        Assert.NotEmpty(listener.Pieces);
        conversation.End(Sender.Client, clean: true);
        conversation.End(Sender.Server, clean: true);
    }
}
