using System.IO.Compression;
using System.Text;

namespace Offproof.Auditor.Tests.Http;

/// <summary>Bodies that are too long to be handed over at once lose their codings on the way (audit.md §3.4).</summary>
public sealed class CodingTests
{
    // Text that does not compress well: hex of numbers of a generator.
    static readonly byte[] s_text = Text(10 << 20);

    static byte[] Text(int length)
    {
        Func<int, int> next = ChunkingTests.Numbers(7);
        byte[] text = new byte[length];
        for (int i = 0; i < length; i += 16) Encoding.ASCII.GetBytes($"{next(int.MaxValue):x8}{next(int.MaxValue):x8}").CopyTo(text.AsSpan(i));
        return text;
    }

    static byte[] Encode(string coding, byte[] bytes)
    {
        MemoryStream into = new();
        using (Stream encoder = coding switch
        {
            "gzip" => new GZipStream(into, CompressionLevel.Fastest, leaveOpen: true),
            "gzip, small" => new GZipStream(into, CompressionLevel.SmallestSize, leaveOpen: true),
            "deflate" => new ZLibStream(into, CompressionLevel.Fastest, leaveOpen: true),
            "raw" => new DeflateStream(into, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(into, CompressionLevel.Fastest, leaveOpen: true),
            _ => new ZstdSharp.CompressionStream(into, 1, leaveOpen: true),
        }) encoder.Write(bytes);
        return into.ToArray();
    }

    static Overheard In(string declared, byte[] body) => Overheard.In(
    [
        HttpTests.Client("GET / HTTP/1.1\r\n\r\n"), HttpTests.Server($"HTTP/1.1 200 OK\r\nContent-Encoding: {declared}\r\nContent-Length: {body.Length}\r\n\r\n"), (Sender.Server, body, 0),
    ], _ => 50_000);

    static byte[] Joined(Overheard heard)
    {
        byte[] joined = new byte[heard.Listener.Pieces.Where(piece => piece.Carrier == Carrier.Body).Max(piece => piece.Offset + piece.Bytes.Length)];
        foreach (Listener.Piece piece in heard.Listener.Pieces.Where(piece => piece.Carrier == Carrier.Body)) piece.Bytes.CopyTo(joined.AsSpan((int)piece.Offset));
        return joined;
    }

    [Theory]
    [InlineData("gzip", "gzip"), InlineData("x-gzip", "gzip"), InlineData("deflate", "deflate"), InlineData("deflate", "raw"), InlineData("br", "br"), InlineData("zstd", "zstd")]
    [InlineData("br", "gzip"), InlineData("gzip", "br"), InlineData("gzip", "zstd"), InlineData("identity, zstd", "deflate")]
    public void A_long_body_is_decoded_whatever_was_declared(string declared, string coding)
    {
        byte[] body = Encode(coding, s_text);
        Assert.True(body.Length > Gathered.Body);
        Overheard heard = In(declared, body);
        Assert.True(s_text.AsSpan().SequenceEqual(Joined(heard)));
        Assert.Equal((0, 0), (heard.Of(Sender.Server, ByteKind.Opaque), heard.Flow.Remarks.Count));
        Assert.All(heard.Listener.Pieces.Where(piece => piece.Carrier == Carrier.Body), piece => Assert.Null(piece.Declared.ContentEncoding));
    }

    [Fact]
    public void Two_codings_are_taken_off_one_after_the_other() => Assert.True(s_text.AsSpan().SequenceEqual(Joined(In("br, gzip", Encode("gzip", Encode("br", s_text))))));

    [Fact]
    public void What_nobody_can_read_is_counted_wherever_a_piece_ends()
    {
        // What is random stands where the third piece ends, before what the next one has as well; all else of them is so short when it is coded that both come out of one block.
        const int second = 2 * Gathered.Body - (64 << 10), third = second + Gathered.Body - (64 << 10);
        byte[] random = new byte[7000];
        Func<int, int> next = ChunkingTests.Numbers(3);
        for (int i = 0; i < random.Length; i++) random[i] = (byte)(0x80 | next(128));
        foreach (int less in Enumerable.Range(0, 8).Select(static at => at * 3000))
        {
            byte[] text = s_text[..(second - less)];
            text = [.. text, .. Enumerable.Repeat((byte)'a', third - 80_000 - text.Length), .. random, .. Enumerable.Repeat((byte)'a', 5 << 20)];
            Assert.Equal(random.Length, In("gzip", Encode("gzip, small", text)).Of(Sender.Server, ByteKind.Opaque));
        }
    }

    [Fact]
    public void Behind_a_gap_a_coded_body_goes_on_where_it_would()
    {
        byte[] body = Encode("gzip", s_text);
        int half = body.Length - 1000;
        Overheard heard = Overheard.In(
        [
            HttpTests.Client("GET / HTTP/1.1\r\n\r\n"), HttpTests.Server($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {body.Length}\r\n\r\n"), (Sender.Server, body[..half], 0),
            (Sender.Server, null, 100), (Sender.Server, body[(half + 100)..], 0),
        ], _ => 50_000);
        Assert.Equal(half + 100, heard.Listener.Pieces[^1].Offset);
    }

    [Fact]
    public void A_short_body_keeps_its_coding_for_the_examiner()
    {
        byte[] body = Encode("gzip", s_text[..1000]);
        Listener.Piece piece = Assert.Single(In("gzip", body).Listener.Pieces, piece => piece.Carrier == Carrier.Body);
        Assert.Equal("gzip", piece.Declared.ContentEncoding);
        Assert.Equal(body, piece.Bytes);
    }

    [Fact]
    public void What_is_in_no_coding_is_handed_over_as_it_is()
    {
        Overheard heard = In("gzip", s_text[..(6 << 20)]);
        Assert.True(s_text.AsSpan(0, 6 << 20).SequenceEqual(Joined(heard)));
        Assert.Equal(["a body is not in the coding that was declared, and in no other that is known"], heard.Flow.Remarks);
        Assert.Equal(0, heard.Of(Sender.Server, ByteKind.Opaque));
    }

    [Fact]
    public void A_coding_that_breaks_is_opaque_from_there()
    {
        byte[] body = Encode("zstd", s_text);
        body.AsSpan(body.Length / 2).Fill(0xFF);
        Overheard heard = In("zstd", body);
        Assert.Equal(["the coding of a body is broken"], heard.Flow.Remarks);
        Assert.InRange(heard.Of(Sender.Server, ByteKind.Opaque), body.Length / 2 - (256 << 10), body.Length / 2 + (64 << 10));
    }

    [Theory]
    [InlineData("gzip"), InlineData("br"), InlineData("zstd")]
    public void A_coding_that_is_cut_is_said(string coding) => Assert.Equal(["a coded body ends before its coding does"], In(coding, Encode(coding, s_text)[..^5000]).Flow.Remarks);

    [Fact]
    public void Bytes_behind_the_end_are_opaque()
    {
        Overheard heard = In("gzip", [.. Encode("gzip", s_text), .. s_text.AsSpan(0, 1 << 20)]);
        Assert.Equal(["bytes stand behind the end of a coded body"], heard.Flow.Remarks);
        Assert.InRange(heard.Of(Sender.Server, ByteKind.Opaque), (1 << 20) - 300, 1 << 20);
    }

    [Theory] // Few enough for a decoder to take them with the last that it needs.
    [InlineData("gzip", "gzip"), InlineData("deflate", "deflate"), InlineData("deflate", "raw"), InlineData("br", "br"), InlineData("zstd", "zstd")]
    public void A_few_bytes_behind_the_end_are_opaque_and_looked_at(string declared, string coding)
    {
        const string Behind = "jane@example.org and 0044 7700 900123";
        Overheard heard = In(declared, [.. Encode(coding, s_text), .. Encoding.ASCII.GetBytes(Behind)]);
        Assert.Contains(heard.Listener.Pieces, piece => piece.Text.EndsWith(Behind, StringComparison.Ordinal));
        // zstd takes it for the beginning of a frame that is broken.
        if (coding == "zstd") Assert.InRange(heard.Of(Sender.Server, ByteKind.Opaque), Behind.Length, 512);
        else Assert.Equal((Behind.Length, "bytes stand behind the end of a coded body"), (heard.Of(Sender.Server, ByteKind.Opaque), Assert.Single(heard.Flow.Remarks)));
    }

    [Fact]
    public void A_body_that_is_longer_than_what_it_holds_is_opaque_for_the_rest()
    {
        // A text, empty stored blocks (RFC 1951 §3.2.4), and the last one.
        byte[] empty = [.. Enumerable.Repeat<byte[]>([0xF8, 0, 0, 0xFF, 0xFF], 1 << 20).SelectMany(static block => block)];
        Overheard heard = In("raw", [0, 0xE8, 3, 0x17, 0xFC, .. s_text[..1000], .. empty, 1, 0, 0, 0xFF, 0xFF]);
        Assert.Equal(["a coded body is longer than what it holds"], heard.Flow.Remarks);
        Assert.InRange(heard.Of(Sender.Server, ByteKind.Opaque), empty.Length - 2000, empty.Length + 2000);
        Assert.Equal(s_text[..1000], Joined(heard));
    }

    [Theory]
    [InlineData("gzip"), InlineData("br"), InlineData("zstd")]
    public void A_bomb_ends(string coding)
    {
        byte[] zeros = Encode(coding, new byte[200 << 20]);
        byte[] body = [.. Encode(coding, s_text)[..(5 << 20)]];
        // Long enough to come in pieces: gzip and zstd go on with a second member.
        if (coding != "br") body = [.. Encode(coding, s_text), .. zeros, .. zeros, .. zeros];
        else body = [.. zeros, .. new byte[5 << 20]];
        Overheard heard = In(coding, body);
        Assert.NotEmpty(heard.Flow.Remarks);
        Assert.True(heard.Listener.Pieces.Sum(piece => (long)piece.Bytes.Length) < 300 << 20);
        Assert.True(heard.Of(Sender.Server, ByteKind.Opaque) > 0);
    }
}
