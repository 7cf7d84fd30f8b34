using System.IO.Compression;
using System.Text;
using static Offproof.Auditor.Tests.Http.ChunkingTests;

namespace Offproof.Auditor.Tests.Http;

/// <summary>audit.md §3.4: WebSocket.</summary>
public sealed class WebSocketTests
{
    static Overheard In(string extensions, params (Sender, byte[]?, long)[] frames) => Overheard.In(
    [
        HttpTests.Client("GET /chat HTTP/1.1\r\nHost: example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
        HttpTests.Server($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n{extensions}\r\n"), .. frames,
    ]);

    static (Sender, byte[]?, long) C(params byte[] bytes) => (Sender.Client, bytes, 0);

    static (Sender, byte[]?, long) S(params byte[] bytes) => (Sender.Server, bytes, 0);

    static string[] Said(Overheard heard, Sender sender) => [.. heard.Listener.Pieces.Where(piece => piece.Carrier == Carrier.WebSocket && piece.Sender == sender).Select(piece => $"{piece.Message} {piece.Text}")];

    // One compressor for all, or one for each (RFC 7692 §7.2.1).
    static List<byte[]> Deflate(bool forgets, params string[] messages)
    {
        List<byte[]> frames = [];
        MemoryStream into = new();
        DeflateStream deflate = new(into, CompressionLevel.Optimal);
        foreach (string message in messages)
        {
            if (forgets) (into, deflate) = Fresh();
            if (message.Length == 0)
            {
                frames.Add([0xC1, 1, 0]); // RFC 7692 §7.2.3.6
                continue;
            }
            long before = into.Length;
            deflate.Write(Encoding.Latin1.GetBytes(message));
            deflate.Flush();
            byte[] bytes = into.ToArray()[(int)before..];
            Assert.Equal([0, 0, 0xFF, 0xFF], bytes[^4..]);
            frames.Add([0xC1, 126, (byte)((bytes.Length - 4) >> 8), (byte)((bytes.Length - 4) & 0xFF), .. bytes[..^4]]);
        }
        return frames;

        static (MemoryStream, DeflateStream) Fresh()
        {
            MemoryStream stream = new();
            return (stream, new DeflateStream(stream, CompressionLevel.Optimal));
        }
    }

    [Fact]
    public void Messages_pings_and_reasons_are_read_without_their_masks()
    {
        Overheard heard = In("", C(Frame(9, "hello", 0x81)), S(Frame(0, "wor", 0x01)), S(Frame(0, "are you there", 0x89)), C(Frame(77, "yes I am", 0x8A)), S(Frame(0, "ld", 0x80)), C(Frame(5, "\u0003\u00e8bye", 0x88)));
        Assert.Equal(["1 hello", "1 yes I am", "1 bye"], Said(heard, Sender.Client));
        Assert.Equal(["1 are you there", "1 world"], Said(heard, Sender.Server));
        Assert.Equal((14L, "http/1.1/websocket"), (heard.Flow.Capacity(Sender.Client), heard.Flow.Protocol));
        Assert.Equal(20, heard.Of(Sender.Client, ByteKind.Structural));
    }

    [Theory]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate\r\n", false)]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n", true)]
    public void Compressed_messages_are_read(string extensions, bool forgets)
    {
        string[] messages = ["the number is 0044 7700 900123", "the number is 0044 7700 900123 again", "", new string('a', 100_000)];
        List<byte[]> frames = Deflate(forgets, messages);
        Overheard heard = In(extensions, [.. frames.Select(frame => S(frame))]);
        Assert.Equal(["1 " + messages[0], "2 " + messages[1], "4 " + messages[3]], Said(heard, Sender.Server));
        Assert.Equal(0, heard.Of(Sender.Server, ByteKind.Opaque));
        Assert.Empty(heard.Flow.Remarks);
        // With a window that is kept, the second message is nothing without the first.
        heard = In(extensions, S(frames[1]));
        Assert.Equal(forgets, Said(heard, Sender.Server) is [var only] && only.EndsWith(messages[1], StringComparison.Ordinal));
    }

    [Fact]
    public void A_compressed_message_in_fragments_and_a_broken_one()
    {
        byte[] frame = Deflate(false, "in two pieces of one message")[0];
        Overheard heard = In("Sec-WebSocket-Extensions: permessage-deflate\r\n", S([0x41, 4, .. frame[4..8]]), S([0x80, (byte)(frame.Length - 8), .. frame[8..]]), S([0xC1, 5, 7, 7, 7, 7, 7]), S(Frame(0, "plain", 0x81)));
        Assert.Equal(["1 in two pieces of one message", "3 plain"], Said(heard, Sender.Server).Where(text => !text.StartsWith('2')));
        Assert.Equal(5, heard.Of(Sender.Server, ByteKind.Opaque));
        Assert.Contains("a compressed WebSocket message is broken", heard.Flow.Remarks);
    }

    [Fact] // RFC 7692 §7.2.3.4
    public void Behind_a_last_block_a_message_goes_on_or_is_opaque()
    {
        byte[] hello = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 7, 0];
        const string Extension = "Sec-WebSocket-Extensions: permessage-deflate\r\n", Behind = "jane@example.org and 0044 7700 900123";
        byte[] next = Deflate(true, "and the next")[0];
        Overheard heard = In(Extension, S([0xC1, 8, .. hello, 0]), S(next), S([0xC1, 7, .. hello]), S(next));
        Assert.Equal(["1 Hello", "2 and the next", "3 Hello", "4 and the next"], Said(heard, Sender.Server));
        Assert.Equal((0L, 0), (heard.Of(Sender.Server, ByteKind.Opaque), heard.Flow.Remarks.Count));

        heard = In(Extension, S([0xC1, (byte)(hello.Length + Behind.Length), .. hello, .. Encoding.ASCII.GetBytes(Behind)]), S(next));
        Assert.Equal(Behind.Length, heard.Of(Sender.Server, ByteKind.Opaque));
        Assert.Equal(["1 Hello", "1 " + Behind, "2 and the next"], Said(heard, Sender.Server));
        Assert.Equal(["bytes stand behind the end of a compressed WebSocket message"], heard.Flow.Remarks);
    }

    [Fact]
    public void A_compressed_message_that_is_longer_than_what_it_holds_is_opaque_for_the_rest()
    {
        byte[] empty = [.. Enumerable.Repeat<byte[]>([0xF8, 0, 0, 0xFF, 0xFF], 20).SelectMany(static block => block)], hello = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 7, 0];
        Overheard heard = In("Sec-WebSocket-Extensions: permessage-deflate\r\n", S([0xC1, (byte)(empty.Length + hello.Length), .. empty, .. hello]));
        Assert.Equal(["1 Hello"], Said(heard, Sender.Server));
        Assert.Equal(["a compressed WebSocket message is longer than what it holds"], heard.Flow.Remarks);
        Assert.Equal(empty.Length + hello.Length - Compressed.Longest(5, 12), heard.Of(Sender.Server, ByteKind.Opaque));
    }

    [Fact]
    public void A_message_that_grows_without_measure_is_opaque()
    {
        byte[] frame = Deflate(false, new string('0', 40_000_000))[0];
        Overheard heard = In("Sec-WebSocket-Extensions: permessage-deflate\r\n", S([0xC1, 127, 0, 0, 0, 0, 0, 0, (byte)((frame.Length - 4) >> 8 & 0xFF), (byte)((frame.Length - 4) & 0xFF), .. frame[4..]]));
        Assert.Contains("a WebSocket message grows without measure when it is decoded", heard.Flow.Remarks);
        Assert.True(heard.Of(Sender.Server, ByteKind.Opaque) > 0);
    }

    [Fact]
    public void A_gap_inside_a_masked_message_leaves_its_rest_readable()
    {
        byte[] frame = Frame(33, "abcdefghijklmnopqrstuvwxyz", 0x81);
        Overheard heard = In("", C(frame[..11]), (Sender.Client, null, 7), C(frame[18..]), C(Frame(2, "next", 0x81)));
        Assert.Equal(["1 abcde", "1 mnopqrstuvwxyz", "2 next"], Said(heard, Sender.Client));
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 1, 65 })]            // goes on with nothing
    [InlineData(new byte[] { 0x09, 1, 65 })]            // a ping in pieces
    [InlineData(new byte[] { 0x89, 126, 0, 200, 65 })]  // a ping that is too long
    [InlineData(new byte[] { 0x81, 127, 255, 255, 255, 255, 255, 255, 255, 255, 65 })]
    public void What_is_no_frame_is_opaque(byte[] bytes)
    {
        Overheard heard = In("", S(bytes), S(Frame(0, "text", 0x81)));
        Assert.Equal(bytes.Length + 6, heard.Of(Sender.Server, ByteKind.Opaque));
        Assert.NotEmpty(heard.Flow.Remarks);
    }
}
