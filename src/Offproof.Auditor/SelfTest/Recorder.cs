using System.Buffers.Binary;
using System.Text;

namespace Offproof.Auditor;

/// <summary>Writes conversations of a phone as packets (pcap of raw IPv4, RFC 791, RFC 9293): what a recorder beside it would have seen.</summary>
internal sealed class Recorder
{
    private const byte Fin = 1, Syn = 2, Ack = 16;
    private const int Segment = 1400;

    private readonly List<byte> _capture = [.. Little(4, 0xA1B2C3D4), 2, 0, 4, 0, .. new byte[8], .. Little(4, 65535), .. Little(4, 101)];
    private int _conversations;

    internal byte[] Capture() => [.. _capture];

    /// <summary>One conversation that carries examined bytes where their holder says.</summary>
    internal void Add(Holder holder, byte[] bytes)
    {
        int port = 40_000 + _conversations++;
        switch (holder.Carrier)
        {
            case Carrier.Head:
                Connection(port, 80, [bytes], "HTTP/1.1 204 No Content\r\n\r\n"u8);
                break;
            case Carrier.Body:
                Connection(port, 80, [Encoding.ASCII.GetBytes($"POST /collect HTTP/1.1\r\nHost: t.example.org\r\nContent-Type: {holder.Declared.ContentType}\r\nContent-Length: {bytes.Length}\r\n\r\n"), bytes],
                    "HTTP/1.1 204 No Content\r\n\r\n"u8);
                break;
            case Carrier.WebSocket:
                Connection(port, 80, ["GET /live HTTP/1.1\r\nHost: t.example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8.ToArray()],
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"u8, Frame(bytes));
                break;
            case Carrier.DnsName:
                Packet(17, [.. Udp(port, 53, [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Labels(bytes), 0, 1, 0, 1])]);
                break;
            case Carrier.ServerName:
                Connection(port, 443, [Hello(bytes)], []);
                break;
            default:
                Packet(17, Udp(port, 9_999, bytes));
                break;
        }
    }

    private void Connection(int port, int to, IReadOnlyList<byte[]> sent, ReadOnlySpan<byte> answer, byte[]? after = null)
    {
        uint next = 1001;
        Tcp(port, to, 1000, 0, Syn, [], isBack: false);
        Tcp(to, port, 5000, 1001, Syn | Ack, [], isBack: true);
        foreach (byte[] bytes in sent) Send(bytes);
        if (!answer.IsEmpty) Tcp(to, port, 5001, next, Ack, answer.ToArray(), isBack: true);
        uint theirs = 5001 + (uint)answer.Length;
        if (after is not null) Send(after);
        Tcp(port, to, next, theirs, Fin | Ack, [], isBack: false);
        Tcp(to, port, theirs, next + 1, Fin | Ack, [], isBack: true);

        void Send(byte[] bytes)
        {
            foreach (byte[] piece in bytes.Chunk(Segment))
            {
                Tcp(port, to, next, 5001, Ack, piece, isBack: false);
                next += (uint)piece.Length;
            }
        }
    }

    private void Tcp(int from, int to, uint sequence, uint acknowledged, byte flags, byte[] payload, bool isBack) =>
        Packet(6, [.. Big(2, from), .. Big(2, to), .. Big(4, sequence), .. Big(4, acknowledged), 0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0, .. payload], isBack);

    private static byte[] Udp(int from, int to, byte[] payload) => [.. Big(2, from), .. Big(2, to), .. Big(2, 8 + payload.Length), 0, 0, .. payload];

    // Test networks (RFC 5737).
    private void Packet(byte protocol, byte[] payload, bool isBack = false)
    {
        byte[] phone = [192, 0, 2, 10];
        byte[] server = [198, 51, 100, 7];
        byte[] header = [0x45, 0, .. Big(2, 20 + payload.Length), 0, 1, 0x40, 0, 64, protocol, 0, 0, .. isBack ? server : phone, .. isBack ? phone : server];
        int sum = 0;
        for (int i = 0; i < header.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(i));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), (ushort)(~((sum & 0xFFFF) + (sum >> 16)) & 0xFFFF));
        int length = header.Length + payload.Length;
        _capture.AddRange([.. Little(4, 1_767_225_600), .. Little(4, 0), .. Little(4, length), .. Little(4, length), .. header, .. payload]);
    }

    // RFC 6455 §5.2: one binary message, masked as a client must.
    private static byte[] Frame(byte[] payload)
    {
        byte[] mask = [0x5E, 0x21, 0x7A, 0x93];
        byte[] length = payload.Length < 126 ? [(byte)(0x80 | payload.Length)] : payload.Length < 65_536 ? [0x80 | 126, .. Big(2, payload.Length)] : [0x80 | 127, .. Big(8, payload.Length)];
        return [0x82, .. length, .. mask, .. payload.Select((b, i) => (byte)(b ^ mask[i % 4]))];
    }

    private static IEnumerable<byte> Labels(byte[] name) => Encoding.ASCII.GetString(name).Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]).Append((byte)0);

    // RFC 8446 §4.1.2, with the name of RFC 6066 §3 and the version as its only extensions.
    private static byte[] Hello(byte[] name)
    {
        byte[] extensions = [0, 0, .. Big(2, name.Length + 5), .. Big(2, name.Length + 3), 0, .. Big(2, name.Length), .. name, 0, 43, 0, 3, 2, 3, 4];
        byte[] hello = [3, 3, .. Enumerable.Range(1, 32).Select(i => (byte)(i * 7)), 0, 0, 2, 0x13, 0x01, 1, 0, .. Big(2, extensions.Length), .. extensions];
        byte[] message = [1, .. Big(4, hello.Length)[1..], .. hello];
        return [22, 3, 1, .. Big(2, message.Length), .. message];
    }

    private static byte[] Big(int size, long value) => [.. Little(size, value).Reverse()];

    private static byte[] Little(int size, long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes[..size];
    }
}
