using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Offproof.Auditor.Tests.Http;

/// <summary>Every byte is counted once, and nothing depends on how the bytes came: of messages that were cut, flipped, repeated and lost at random.</summary>
public sealed class ChunkingTests
{
    static readonly byte[][] s_client =
    [
        Latin("GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n"), Latin("HEAD /b HTTP/1.1\r\n\r\n"), Latin("POST /c HTTP/1.1\r\nContent-Length: 11\r\n\r\nhello world"), Latin("GET /old\r\n"), Latin("\r\n"),
        Latin("POST /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nT: u\r\n\r\n"), Latin("CONNECT x:1 HTTP/1.1\r\n\r\n"),
        Latin("GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"), Frame(1, "hello", 0x81), Frame(7, "ping", 0x89), Latin("PUT /e HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd"), [0, 1, 2, 0xFF],
        [.. Latin("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), .. Http2(4, 0, 0, new byte[6])], Http2(1, 0x4, 1, [0x82, 0x86, 0x84, 0x41, 0x0F, .. Latin("www.example.com")]), Http2(1, 0x5, 3, [0x82, 0x86, 0x84, 0xBE]), Http2(0, 0x9, 1, [2, .. Latin("body"), 0, 0]), Http2(6, 0, 0, new byte[8]),
    ];

    static readonly byte[][] s_server =
    [
        Latin("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello"), Latin("HTTP/1.1 100 Continue\r\n\r\n"), Latin("HTTP/1.1 304 x\r\nContent-Length: 7\r\n\r\n"), Latin("HTTP/1.0 200 OK\r\n\r\nuntil the end"),
        Latin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), Latin("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"), Frame(0, "from the server", 0x81), Deflated("compressed compressed compressed"), [0x80],
        Latin("HTTP/1.1 101 x\r\nUpgrade: h2c\r\n\r\n"), Http2(4, 0, 0, [0, 3, 0, 0, 0, 100]), Http2(1, 0x4, 1, [0x88, 0x5F, 0x0A, .. Latin("text/plain")]), Http2(0, 1, 1, Latin("answer")), Http2(3, 0, 1, [0, 0, 0, 8]), Http2(7, 0, 0, [0, 0, 0, 1, 0, 0, 0, 0, .. Latin("bye")]), Latin("<html>"), Latin("\n"),
    ];

    static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    internal static byte[] Http2(byte type, byte flags, int stream, byte[] payload)
    {
        byte[] frame = [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8 & 0xFF), (byte)(payload.Length & 0xFF), type, flags, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        return frame;
    }

    internal static byte[] Frame(byte mask, string text, byte first)
    {
        byte[] payload = Latin(text);
        if (mask == 0) return [first, (byte)payload.Length, .. payload];
        byte[] key = [mask, (byte)(mask + 1), (byte)(mask * 3), 0x55];
        return [first, (byte)(0x80 | payload.Length), .. key, .. payload.Select((one, i) => (byte)(one ^ key[i & 3]))];
    }

    static byte[] Deflated(string text)
    {
        using MemoryStream stream = new();
        using (DeflateStream deflate = new(stream, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(Latin(text));
            deflate.Flush();
        }
        byte[] bytes = stream.ToArray();
        int end = bytes.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0, 0, 0xFF, 0xFF]);
        return [0xC1, (byte)end, .. bytes.AsSpan(0, end)];
    }

    // Reproducible, of a seed (splitmix64).
    internal static Func<int, int> Numbers(ulong seed) => below =>
    {
        seed = unchecked(seed + 0x9E3779B97F4A7C15);
        ulong z = seed;
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return (int)((z ^ (z >> 31)) % (ulong)Math.Max(1, below));
    };

    static List<(Sender, byte[]?, long)> Turns(Func<int, int> next)
    {
        List<(Sender, byte[]?, long)> turns = [];
        bool isMixed = next(3) == 0;
        int begin = next(2) == 0 ? 0 : next(s_client.Length);
        for (int i = 0; i < 1 + next(12); i++)
        {
            Sender sender = (Sender)next(2);
            if (next(12) == 0)
            {
                turns.Add((sender, null, next(4) == 0 ? 0 : 1 + next(20)));
                continue;
            }
            byte[][] from = sender == Sender.Client != (isMixed && next(4) == 0) ? s_client : s_server;
            byte[] bytes = [.. from[next(3) == 0 ? next(from.Length) : Math.Min(begin + next(5), from.Length - 1)]];
            if (next(6) == 0) bytes[next(bytes.Length)] = (byte)next(256);
            if (next(10) == 0) bytes = bytes[..(1 + next(bytes.Length))];
            turns.Add((sender, bytes, 0));
        }
        return turns;
    }

    [Fact]
    public void Every_byte_is_counted_once_however_the_bytes_come()
    {
        HashSet<string> protocols = [];
        for (ulong seed = 0; seed < 4_000; seed++)
        {
            List<(Sender, byte[]?, long)> turns = Turns(Numbers(seed));
            Overheard whole = Overheard.In(turns);
            protocols.Add(whole.Flow.Protocol);
            Func<int, int> cuts = Numbers(seed + 1_000_000);
            Overheard bits = Overheard.In(turns, _ => 1);
            Overheard some = Overheard.In(turns, left => 1 + cuts(Math.Min(left, 40)));
            Assert.True(whole.Everything == bits.Everything && whole.Everything == some.Everything, string.Create(CultureInfo.InvariantCulture, $"seed {seed}\n{Overheard.Words(turns)}\n--- whole\n{whole.Everything}\n--- one by one\n{bits.Everything}\n--- some\n{some.Everything}"));
        }
        foreach (string protocol in (string[])["http/1.1", "http/2", "http/1.1/websocket", "http/1.1/http/2", "http/1.1/connect"]) Assert.Contains(protocol, protocols);
    }
}
