using static Offproof.Auditor.Tests.Http.ChunkingTests;

namespace Offproof.Auditor.Tests.Http;

/// <summary>audit.md §3.5: HTTP/2.</summary>
public sealed class Http2Tests
{
    static readonly byte[] s_begin = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Http2(4, 0, 0, [])];
    static readonly byte[] s_get = [0x82, 0x86, 0x84, 0x41, 0x0F, .. "www.example.com"u8];

    static (Sender, byte[]?, long) C(params byte[] bytes) => (Sender.Client, bytes, 0);

    static (Sender, byte[]?, long) S(params byte[] bytes) => (Sender.Server, bytes, 0);

    static string[] Pieces(Overheard heard, Sender sender, Carrier carrier) => [.. heard.Listener.Pieces.Where(piece => piece.Sender == sender && piece.Carrier == carrier).Select(piece => $"{piece.Message}@{piece.Offset} {piece.Text}")];

    static List<(Sender, byte[]?, long)> Vector() => [.. File.ReadLines(Path.Combine(Repository.Root, "vectors", "audit", "http", "two.txt")).Where(line => !line.StartsWith('#'))
        .Select(line => (line[0] == 'C' ? Sender.Client : Sender.Server, (byte[]?)Convert.FromHexString(line[2..]), 0L))];

    [Theory]
    [InlineData(0), InlineData(1), InlineData(7), InlineData(1460)]
    public void A_conversation_of_another_library(int cut)
    {
        Overheard heard = Overheard.In(Vector(), cut == 0 ? null : _ => cut);
        Assert.Equal(
        [
            "1@0 :method: POST\r\n:path: /upload?imei=001\r\n:scheme: https\r\n:authority: api.example.org\r\ncontent-type: application/json\r\n",
            "2@0 :method: GET\r\n:path: /second\r\n:scheme: https\r\n:authority: api.example.org\r\n", "1@0 x-trailer: last words\r\n",
        ], Pieces(heard, Sender.Client, Carrier.Head));
        Assert.Equal(["1@0 {\"first\":\"half\"}"], Pieces(heard, Sender.Client, Carrier.Body));
        Assert.Equal("0@0 good bye", Pieces(heard, Sender.Client, Carrier.Stream)[^1]);
        string[] heads = Pieces(heard, Sender.Server, Carrier.Head);
        Assert.Equal("0@0 :method: GET\r\n:path: /pushed.css\r\n:scheme: https\r\n:authority: api.example.org\r\n", heads[0]);
        Assert.Equal($"3@0 :status: 204\r\nx-big: {new string('z', 20000)}\r\n", heads[3]);
        Assert.Equal(["2@0 body{}", "1@0 <p>one two</p>"], Pieces(heard, Sender.Server, Carrier.Body));
        Assert.Equal(("http/2", "api.example.org", 5, 0L), (heard.Flow.Protocol, heard.Flow.ServerName, heard.Flow.Messages, heard.Of(Sender.Client, ByteKind.Opaque) + heard.Of(Sender.Server, ByteKind.Opaque)));
        Assert.Equal(66, heard.Flow.Capacity(Sender.Client));
        Assert.Empty(heard.Flow.Remarks);
    }

    [Fact]
    public void A_gap_inside_DATA_is_a_gap_in_one_body_only()
    {
        Overheard heard = Overheard.In([C(s_begin), C(Http2(1, 4, 1, s_get)), C(Http2(0, 0, 1, "abcdefghij"u8.ToArray())[..14]), (Sender.Client, null, 3), C([.. "ij"u8]), C(Http2(0, 1, 1, "!"u8.ToArray())), C(Http2(1, 5, 3, s_get))]);
        Assert.Equal(["1@0 abcde", "1@8 ij!"], Pieces(heard, Sender.Client, Carrier.Body));
        Assert.Equal(2, heard.Listener.Heads.Count);
        Assert.Equal(0, heard.Of(Sender.Client, ByteKind.Opaque));
    }

    [Fact]
    public void A_gap_in_a_block_of_fields_makes_later_ones_unreadable_and_said_so()
    {
        byte[] head = Http2(1, 5, 1, s_get);
        Overheard heard = Overheard.In([C(s_begin), C(head[..12]), (Sender.Client, null, 5), C(head[17..]), C(Http2(1, 4, 3, s_get)), C(Http2(0, 1, 3, "still read"u8.ToArray()))]);
        Assert.Empty(heard.Listener.Heads);
        Assert.Contains("still read", string.Concat(Pieces(heard, Sender.Client, Carrier.Body)), StringComparison.Ordinal);
        Assert.True(heard.Of(Sender.Client, ByteKind.Opaque) >= s_get.Length);
        Assert.Contains(heard.Flow.Remarks, remark => remark.Contains("no later one can be read", StringComparison.Ordinal));
    }

    [Fact]
    public void A_flood_of_continuations_ends()
    {
        byte[] more = Http2(9, 0, 1, new byte[16000]);
        Overheard heard = Overheard.In([C(s_begin), C(Http2(1, 0, 1, s_get)), C([.. Enumerable.Repeat(more, 30).SelectMany(one => one)])]);
        Assert.Contains("a block of fields has more than 256 KiB", heard.Flow.Remarks);
        Assert.True(heard.Of(Sender.Client, ByteKind.Opaque) > 400_000);
    }

    [Fact]
    public void Many_open_streams_do_not_hold_memory_without_end()
    {
        List<(Sender, byte[]?, long)> turns = [C(s_begin)];
        for (int stream = 1; stream < 2500; stream += 2) turns.Add(C(Http2(0, 0, stream, new byte[40_000])));
        Overheard heard = Overheard.In(turns);
        Assert.Contains("more streams are open at once than are followed", heard.Flow.Remarks);
    }

    [Fact]
    public void Messages_of_gRPC_are_handed_over_one_by_one()
    {
        byte[] head = [.. s_get, 0x5F, 0x10, .. "application/grpc"u8];
        byte[] body = [0, 0, 0, 0, 5, .. "first"u8, 1, 0, 0, 0, 6, .. "second"u8];
        Overheard heard = Overheard.In([C(s_begin), C(Http2(1, 4, 1, head)), C(Http2(0, 0, 1, body[..8])), C(Http2(0, 1, 1, body[8..]))]);
        Assert.Equal(["1@0 first", "1@0 second"], Pieces(heard, Sender.Client, Carrier.Body));
        Assert.Equal(0, heard.Of(Sender.Client, ByteKind.Opaque));
        heard = Overheard.In([C(s_begin), C(Http2(1, 4, 1, head)), C(Http2(0, 1, 1, "no such messages"u8.ToArray()))]);
        Assert.Equal(["1@0 no such messages"], Pieces(heard, Sender.Client, Carrier.Body));

        // A gap within what stands before a message: what came of it is counted, and what follows it.
        byte[] frame = Http2(0, 1, 1, body[..8]);
        heard = Overheard.In([C(s_begin), C(Http2(1, 4, 1, head)), C(frame[..11]), (Sender.Client, null, 3), C(frame[14..])]);
        Assert.Equal(["1@0 \0\0", "1@5 fir"], Pieces(heard, Sender.Client, Carrier.Body));
    }

    [Fact]
    public void Padding_and_unknown_frames_are_accounted_for()
    {
        Overheard heard = Overheard.In([C(s_begin), C(Http2(1, 0xC, 1, [2, .. s_get, 0, 0])), C(Http2(0, 9, 1, [3, .. "x"u8, 0, 0, 0])), C(Http2(0xA, 0, 0, "alternative"u8.ToArray())), C(Http2(0x77, 0, 0, [1, 2, 3]))]);
        Assert.Equal(1 + 2 + 1 + 3 + 2 * 6, heard.Flow.Capacity(Sender.Client));
        Assert.Equal(["0@0 alternative", "0@0 \u0001\u0002\u0003"], Pieces(heard, Sender.Client, Carrier.Stream));
        Assert.Equal(3, heard.Of(Sender.Client, ByteKind.Opaque));
        heard = Overheard.In([C(s_begin), C(Http2(1, 0xC, 1, [2, .. s_get, 1, 2])), C(Http2(0, 9, 1, [3, .. "x"u8, 4, 5, 6]))]);
        Assert.Equal(2 + 3, heard.Of(Sender.Client, ByteKind.Opaque));
        Assert.Equal(["0@0 \u0001\u0002", "0@0 \u0004\u0005\u0006"], Pieces(heard, Sender.Client, Carrier.Stream));
    }

    [Fact]
    public void An_upgrade_to_h2c_is_HTTP_2()
    {
        Overheard heard = Overheard.In(
        [
            HttpTests.Client("GET / HTTP/1.1\r\nHost: example.org\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"), HttpTests.Server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
            S(Http2(4, 0, 0, [])), C(s_begin), S(Http2(1, 4, 1, [0x88])), S(Http2(0, 1, 1, "hello"u8.ToArray())),
        ]);
        Assert.Equal("http/1.1/http/2", heard.Flow.Protocol);
        Assert.Equal(["1@0 hello"], Pieces(heard, Sender.Server, Carrier.Body));
        Assert.Equal(0, heard.Of(Sender.Server, ByteKind.Opaque));
    }
}
