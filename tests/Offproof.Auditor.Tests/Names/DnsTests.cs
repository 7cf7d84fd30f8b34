using System.Buffers.Binary;
using System.Text;
using Offproof.Auditor.Tests.Http;

namespace Offproof.Auditor.Tests.Names;

/// <summary>audit.md §3.6: DNS and other datagrams.</summary>
public sealed class DnsTests
{
    static byte[] Name(string name) => [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.Latin1.GetBytes(label)]), 0];

    static byte[] Message(int flags, int questions, int answers, params byte[][] parts)
    {
        byte[] header = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(header, 0x1234);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)flags);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)questions);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)answers);
        return [.. header, .. parts.SelectMany(part => part)];
    }

    static byte[] Record(byte[] name, int type, byte[] data) => [.. name, (byte)(type >> 8), (byte)(type & 0xFF), 0, 1, 0, 0, 1, 0, (byte)(data.Length >> 8), (byte)(data.Length & 0xFF), .. data];

    static (Flow Flow, Listener Listener) Read(byte[] payload, int port = 53, Sender sender = Sender.Client)
    {
        Listener listener = new();
        Flow flow = new(1, "udp", Listener.NewFlow().Client, new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port));
        Datagrams.Read(flow, listener, sender, payload, 7);
        Assert.Equal(payload.Length, Enum.GetValues<ByteKind>().Sum(kind => flow.Bytes(sender, kind)));
        return (flow, listener);
    }

    static readonly byte[] s_pointer = [0xC0, 12];

    [Theory]
    [InlineData(53), InlineData(65282)]
    public void A_name_is_examined_once_as_text(int port)
    {
        byte[] answer = Message(0x8180, 1, 3, Name("imei-001.example.org"), [0, 1, 0, 1], Record(s_pointer, 5, [3, .. "cdn"u8, 0xC0, 12]), Record(s_pointer, 16, [4, .. "half"u8, 5, .. " text"u8]), Record(s_pointer, 1, [192, 0, 2, 1]));
        (Flow flow, Listener listener) = Read(answer, port);
        Assert.Equal(["imei-001.example.org", "cdn.imei-001.example.org", "half text"], listener.Pieces.Select(piece => piece.Text));
        Assert.All(listener.Pieces, piece => Assert.Equal((Carrier.DnsName, 7), (piece.Carrier, piece.Packet)));
        Assert.Equal(("dns", 1, 18 + 3 + 9), (flow.Protocol, flow.Messages, flow.Bytes(Sender.Client, ByteKind.Decoded)));
        // The identifier, three lifetimes, an address.
        Assert.Equal((0, 2 + 12 + 4), (flow.Bytes(Sender.Client, ByteKind.Opaque), flow.Capacity(Sender.Client)));
    }

    [Fact]
    public void Every_kind_of_record_is_accounted_for()
    {
        byte[] target = Name("t.example.org");
        (int Type, byte[] Data, string? Text)[] records =
        [
            (15, [0, 10, .. target], "t.example.org"), (33, [0, 1, 0, 2, 0, 80, .. target], "t.example.org"), (6, [.. target, .. Name("root.example.org"), .. new byte[20]], "root.example.org"), (257, [0, 5, .. "issueca.example"u8], "issueca.example"),
            (256, [0, 1, 0, 1, .. "https://example.org/"u8], "https://example.org/"), (35, [0, 1, 0, 1, 1, .. "s"u8, 3, .. "SIP"u8, 0, .. target], "sSIP"), (13, [3, .. "ARM"u8, 5, .. "Linux"u8], "ARMLinux"), (999, [.. "of no known type"u8], "of no known type"),
            (28, new byte[16], null), (48, new byte[40], null), (41, [0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2, 0, 12, 0, 3, 0, 0, 0], null), (41, [0xFD, 0xE9, 0, 5, .. "extra"u8], "extra"), (64, [0, 1, .. target, 0, 1, 0, 3, 2, .. "h2"u8], "t.example.org"),
        ];
        foreach ((int type, byte[] data, string? text) in records)
        {
            (Flow flow, Listener listener) = Read(Message(0x8180, 1, 1, Name("q"), [0, 1, 0, 1], Record(s_pointer, type, data)), 5300, Sender.Server);
            Assert.Equal("dns", flow.Protocol);
            if (text is not null) Assert.Contains(text, listener.Pieces.Select(piece => piece.Text));
            Assert.Equal(0, flow.Bytes(Sender.Server, ByteKind.Opaque));
        }
        // A key that leaves can be anything.
        Assert.Equal(40, Read(Message(0x8180, 1, 1, Name("q"), [0, 1, 0, 1], Record(s_pointer, 48, new byte[40])), 5300).Flow.Bytes(Sender.Client, ByteKind.Opaque));
    }

    [Fact]
    public void A_name_of_NetBIOS_is_read()
    {
        (_, Listener listener) = Read(Message(0x0110, 1, 0, Name(string.Concat("PHONE-OF-A      ".Select(one => $"{(char)('A' + (one >> 4))}{(char)('A' + (one & 15))}"))), [0, 32, 0, 1]), 137);
        Assert.Contains("PHONE-OF-A", listener.Pieces.Select(piece => piece.Text));
    }

    [Fact]
    public void Pointers_that_go_in_circles_or_forwards_are_refused()
    {
        foreach (byte[] name in (byte[][])[[0xC0, 12], [0xC0, 14, 0], [1, (byte)'a', 0xC0, 12], [0xC0, 200], [64, .. new byte[64], 0], [.. Enumerable.Repeat((byte[])[60, .. new byte[60]], 5).SelectMany(one => one), 0]])
        {
            (Flow flow, _) = Read(Message(0x0100, 1, 0, name, [0, 1, 0, 1]));
            Assert.Contains("a DNS message is broken", flow.Remarks);
            Assert.Equal("", flow.Protocol);
        }
    }

    [Fact]
    public void What_stands_behind_the_last_record_is_opaque()
    {
        byte[] question = Message(0x0100, 1, 0, Name("example.org"), [0, 1, 0, 1]);
        (Flow flow, Listener listener) = Read([.. question, .. "smuggled"u8]);
        Assert.Equal((8, "smuggled"), (flow.Bytes(Sender.Client, ByteKind.Opaque), listener.Pieces[^1].Text));
        // On another port it is not plainly DNS.
        (flow, _) = Read([.. question, .. "smuggled"u8], 4000);
        Assert.Equal("", flow.Protocol);
    }

    [Fact]
    public void Over_TCP_each_message_stands_behind_its_length()
    {
        byte[] question = Message(0x0100, 1, 0, Name("one.example.org"), [0, 1, 0, 1]);
        byte[] both = [0, (byte)question.Length, .. question, 0, (byte)question.Length, .. question];
        foreach (int port in (int[])[53, 5300])
        {
            Overheard heard = Overheard.In([(Sender.Client, both, 0)], _ => 3, port: port);
            Assert.Equal(("dns", 2, 4 + 2 * (12 + 3 + 1 + 4)), (heard.Flow.Protocol, heard.Flow.Messages, heard.Of(Sender.Client, ByteKind.Structural)));
            Assert.Equal("one.example.orgone.example.org", heard.Listener.Joined(Sender.Client, Carrier.DnsName));
        }
        List<(Sender, byte[]?, long)> cut = [(Sender.Client, both[..40], 0), (Sender.Client, null, 3), (Sender.Client, both[43..], 0)];
        Overheard lost = Overheard.In(cut, port: 53);
        Assert.Equal(1, lost.Flow.Messages);
        Assert.Equal(lost.Everything, Overheard.In(cut, _ => 1, port: 53).Everything);
    }

    [Fact]
    public void DHCP_and_NTP_are_read()
    {
        byte[] dhcp = new byte[240];
        (dhcp[0], dhcp[1], dhcp[2], dhcp[236], dhcp[237], dhcp[238], dhcp[239]) = (1, 1, 6, 0x63, 0x82, 0x53, 0x63);
        (Flow flow, Listener listener) = Read([.. dhcp, 53, 1, 1, 12, 10, .. "PHONE-OF-A"u8, 61, 7, 1, 0, 0x11, 2, 3, 4, 5, 255, 0, 0, 0], 67);
        Assert.Equal(("dhcp", 10, 0), (flow.Protocol, flow.Bytes(Sender.Client, ByteKind.Decoded), flow.Bytes(Sender.Client, ByteKind.Opaque)));
        Assert.Equal(43 + 7, flow.Capacity(Sender.Client));
        Assert.Contains("PHONE-OF-A", listener.Pieces.Select(piece => piece.Text));
        (flow, _) = Read([0x1B, .. new byte[47]], 123);
        Assert.Equal(("ntp", 48, 47), (flow.Protocol, flow.Bytes(Sender.Client, ByteKind.Structural), flow.Capacity(Sender.Client)));
        (flow, _) = Read([0x1B, .. new byte[46]], 123);
        Assert.Equal("", flow.Protocol);
    }

    [Fact]
    public void A_datagram_cut_or_mangled_anywhere_is_counted()
    {
        byte[] answer = Message(0x8180, 1, 3, Name("imei-001.example.org"), [0, 1, 0, 1], Record(s_pointer, 5, [3, .. "cdn"u8, 0xC0, 12]), Record(s_pointer, 16, [4, .. "half"u8, 5, .. " text"u8]), Record(s_pointer, 6, [.. Name("a.b"), .. Name("c"), .. new byte[20]]));
        for (int cut = 1; cut <= answer.Length; cut++)
        {
            Read(answer[..cut]);
            foreach (byte value in (byte[])[0, 1, 0x3F, 0x80, 0xC0, 0xFF])
            {
                byte[] mangled = [.. answer];
                mangled[cut - 1] = value;
                Read(mangled);
                Read(mangled, 4000);
                Read(mangled, 67);
            }
        }
    }
}
