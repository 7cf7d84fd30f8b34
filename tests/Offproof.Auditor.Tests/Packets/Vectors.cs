using static Offproof.Auditor.Tests.Packets.Made;

namespace Offproof.Auditor.Tests.Packets;

/// <summary>The captures in vectors/audit/packets, each for one thing that a reader must know.</summary>
static class Vectors
{
    static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    static byte[] Frame(byte[] packet) => Ethernet(0x0800, packet);

    static byte[] Nested(int depth)
    {
        byte[] packet = Hello();
        for (int count = 1; count < depth; count++) packet = Ip(4, packet);
        return packet;
    }

    static byte[][] Pieces(int identification, params (int Offset, string Bytes, bool More)[] pieces) =>
        [.. pieces.Select(piece => Frame(Ip(17, Bytes(piece.Bytes), identification: identification, offset: piece.Offset, more: piece.More)))];

    // A datagram of 8 + 24 bytes.
    static readonly string Long = System.Text.Encoding.Latin1.GetString(Udp(40_000, 53, Bytes("ABCDEFGHIJKLMNOPQRSTUVWX")));

    static byte[] Fragment6(int next, int offset, bool more, byte[] bytes) => Ethernet(0x86dd, Ip6(44, [(byte)next, 0, .. Big(2, (ulong)(offset | (more ? 1 : 0))), 0, 0, 0, 9, .. bytes]));

    static byte[] Plain => Frame(Hello());

    static readonly byte[] Syn1 = Up(999, "", Syn, 0), SynAck = Down(4999, "", Syn | Ack, 1000);

    internal static readonly IReadOnlyList<(string Name, Func<byte[]> Make)> All =
    [
        // Files
        ("file-little.pcap", () => Pcap(1, Plain)),
        ("file-big.pcap", () => Pcap(1, true, 0xa1b2c3d4, [Plain])),
        ("file-nano-little.pcap", () => Pcap(1, false, 0xa1b23c4d, [Plain])),
        ("file-nano-big.pcap", () => Pcap(1, true, 0xa1b23c4d, [Plain])),
        ("file-modified.pcap", () => Pcap(1, false, 0xa1b2cd34, [Plain, Plain])),
        ("file-version-2.2.pcap", () => Pcap(1, false, 0xa1b2c3d4, [Plain], minor: 2, snapshot: 30)),
        ("file-version-3.pcap", () => Join(Number(4, 0xa1b2c3d4, false), Number(2, 3, false), new byte[18])),
        ("file-snapshot.pcap", () => Pcap(1, false, 0xa1b2c3d4, [Frame(Hello("hello, and more of it"))], snapshot: 47)),
        ("file-frame-check.pcap", () => Pcap(1 | 0x24000000, [.. Plain, 1, 2, 3, 4])),
        ("file-cut.pcap", () => Pcap(1, Plain, Plain)[..^10]),
        ("file-cut-in-header.pcap", () => Pcap(1, Plain, Plain)[..(24 + 16 + Plain.Length + 9)]),
        ("file-long-packet.pcap", () => Join(Pcap(1, Plain), new byte[8], Number(4, 0x7fff_ffff, false), Number(4, 0x7fff_ffff, false), Plain)),
        ("file-short-on-the-wire.pcap", () => Join(Pcap(1), new byte[8], Number(4, (ulong)Plain.Length, false), Number(4, 20, false), Plain)),
        ("file-none.pcap", () => Bytes("PK\x03\x04 is no capture")),
        ("file-nothing.pcap", () => []),
        ("file-two-members.pcap.gz", () => Join(Gzip(Pcap(1, Plain, Plain)[..70]), Gzip(Pcap(1, Plain, Plain)[70..]))),
        ("file-cut.pcap.gz", () => Gzip(Pcap(1, Plain, Plain))[..^5]),
        ("file-more-behind.pcap.gz", () => Join(Gzip(Pcap(1, Plain)), Bytes("and something else"))),
        ("ng-both-orders.pcapng", () => Join(Section(), Interface(1), Enhanced(Plain), Section(true), Interface(1, true), Enhanced(Plain, true))),
        ("ng-interfaces.pcapng", () => Join(Section(), Interface(1), Interface(101), Enhanced(Hello(), number: 1), Enhanced(Plain), Interface(113), Enhanced([0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0, .. Hello()], number: 2))),
        ("ng-times.pcapng", () => Join(Section(), Interface(1, false, 0, Option(9, [9])), Interface(1, false, 0, Option(9, [0x80 | 10])), Interface(1, false, 0, [.. Option(14, Number(8, 1_767_225_600, false)), .. Option(0, [])]), Interface(1, false, 0, Option(9, [12])),
            Enhanced(Plain, time: 1_767_225_600_000_000_005), Enhanced(Plain, number: 1, time: 1_767_225_600UL << 10 | 512), Enhanced(Plain, number: 2, time: 5), Enhanced(Plain, number: 3, time: 5_000_000_001_999))),
        ("ng-simple.pcapng", () => Join(Section(), Interface(1, false, 46), Enhanced(Plain[..46], length: Plain.Length), Simple(Plain[..46], Plain.Length), Simple(Plain[..20], 20))),
        ("ng-old-packet.pcapng", () => Join(Section(), Interface(1), Block(2, false, [0, 0, 3, 0, .. Number(4, 411_467, false), .. Number(4, 5, false), .. Number(4, (ulong)Plain.Length, false), .. Number(4, (ulong)Plain.Length, false), .. Plain]))),
        ("ng-secrets-first.pcapng", () => Join(Section(), Block(10, false, [.. Number(4, 0x544c534b, false), .. Number(4, 22, false), .. Bytes("CLIENT_RANDOM 00 1122\n")]), Interface(1), Enhanced(Plain))),
        ("ng-other-blocks.pcapng", () => Join(Section(), Block(4, false, [1, 0, 8, 0, 192, 0, 2, 10, (byte)'a', 0, 0, 0, 0, 0, 0, 0]), Interface(1), Block(0xbad, false, [1, 2, 3, 4]), Block(0x80000001, false, new byte[64]), Enhanced(Plain), Block(9, false, Bytes("__REALTIME_TIMESTAMP=1\n")))),
        ("ng-dropped.pcapng", () => Join(Section(), Interface(1), Enhanced(Plain, options: Option(4, Number(8, 2, false))), Block(5, false, [.. new byte[12], .. Option(5, Number(8, 3, false)), .. Option(7, Number(8, 4, false)), .. Option(0, [])]))),
        ("ng-no-interface.pcapng", () => Join(Section(), Interface(1), Enhanced(Plain), Enhanced(Plain, number: 7))),
        ("ng-two-lengths.pcapng", () => Join(Section(), Interface(1), Enhanced(Plain), Enhanced(Plain)[..^4], [9, 9, 9, 9])),
        ("ng-long-block.pcapng", () => Join(Section(), Interface(1), Enhanced(Plain), Number(4, 6, false), Number(4, 0x7fff_fff0, false), new byte[40])),
        ("ng-long-packet.pcapng", () => Join(Section(), Interface(1), Enhanced(Plain), Block(6, false, [.. new byte[12], .. Number(4, 400, false), .. Number(4, 400, false), .. Plain]))),
        ("ng-cut.pcapng", () => Join(Section(), Interface(1), Enhanced(Plain), Enhanced(Plain))[..^20]),

        // Links
        ("link-vlan.pcap", () => Pcap(1, Ethernet(0x8100, [0, 5, 8, 0, .. Hello()]), Ethernet(0x88a8, [0, 5, 0x81, 0, 0, 6, 8, 0, .. Hello()]))),
        ("link-snap.pcap", () => Pcap(1, Ethernet(8 + Hello().Length, [0xaa, 0xaa, 3, 0, 0, 0, 8, 0, .. Hello(), 0, 0, 0]))),
        ("link-llc.pcap", () => Pcap(1, Ethernet(8, [0x42, 0x42, 3, 0, 0, 0, 0, 0]))),
        ("link-pppoe.pcap", () => Pcap(1, Ethernet(0x8864, [0x11, 0, 0, 1, .. Big(2, (ulong)(2 + Hello().Length)), 0, 0x21, .. Hello(), 0, 0]))),
        ("link-ppp.pcap", () => Pcap(9, [0xff, 3, 0, 0x21, .. Hello()], [0x21, .. Hello()], [0xc0, 0x21, 1, 1, 0, 4])),
        ("link-null.pcap", () => Pcap(0, [2, 0, 0, 0, .. Hello()], [0, 0, 0, 2, .. Hello()], [30, 0, 0, 0, .. Ip6(17, Udp(40_000, 53, Bytes("hello")))], [99, 0, 0, 0, 1, 2, 3])),
        ("link-loop.pcap", () => Pcap(108, [0, 0, 0, 2, .. Hello()])),
        ("link-raw.pcap", () => Pcap(101, Hello(), Ip6(17, Udp(40_000, 53, Bytes("hello"))), Bytes("neither"))),
        ("link-ipv6.pcap", () => Pcap(229, Ip6(17, Udp(40_000, 53, Bytes("hello"))))),
        ("link-cooked.pcap", () => Pcap(113, [0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0, .. Hello()], [0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x81, 0, 0, 5, 8, 0, .. Hello()])),
        ("link-cooked-2.pcap", () => Pcap(276, [8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0, .. Hello()])),
        ("link-unknown.pcap", () => Pcap(105, Bytes("eight 802.11 bytes"))),
        ("link-arp.pcap", () => Pcap(1, Ethernet(0x0806, [0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 2, 192, 0, 2, 10, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1, .. new byte[18]]), Ethernet(0x0806, [0, 15, 8, 0, 2, 4, 0, 8]))),
        ("link-lldp.pcap", () => Pcap(1, Ethernet(0x88cc, [2, 7, 4, 2, 0, 0, 0, 0, 1, 0, 0]))),
        ("link-padding.pcap", () => Pcap(1, [.. Plain, .. new byte[13]], [.. Plain, .. Bytes("old memory"), 0, 0, 0])),

        // Internet
        ("ip-options.pcap", () => Pcap(101, Ip(17, Udp(40_000, 53, Bytes("hello")), options: [1, 1, 1, 0]))),
        ("ip-extensions.pcap", () => Pcap(101, Ip6(0, [60, 0, 1, 4, 0, 0, 0, 0, 43, 0, 1, 4, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, .. Udp(40_000, 53, Bytes("hello"))]))),
        ("ip-authentication.pcap", () => Pcap(101, Ip(51, [17, 4, .. new byte[22], .. Udp(40_000, 53, Bytes("hello"))]))),
        ("ip-in-ip.pcap", () => Pcap(101, Ip(4, Hello()), Ip(41, Ip6(17, Udp(40_000, 53, Bytes("hello")))), Ip6(4, Hello()))),
        ("ip-nested-8.pcap", () => Pcap(101, Nested(8))),
        ("ip-nested-9.pcap", () => Pcap(101, Nested(9))),
        ("ip-others.pcap", () => Pcap(101, Ip(132, [0, 1, 0, 2, 0, 0, 0, 0, 1, 2, 3, 4]), Ip(1, [8, 0, 0, 0, 0, 1, 0, 1, .. Bytes("abcdefgh")]), Ip6(58, [128, 0, 0, 0, 0, 1, 0, 1, .. Bytes("abcdefgh")]), Ip(50, [1, 2, 3, 4, 5, 6, 7, 8]), Ip6(59, []))),
        ("ip-longer-than-there.pcap", () => Pcap(101, Ip(17, Udp(40_000, 53, Bytes("hello"), length: 113), total: 133))),
        ("ip-shorter-than-there.pcap", () => Pcap(101, Ip(17, Udp(40_000, 53, Bytes("hello")), total: 31), Ip(17, [.. Udp(40_000, 53, Bytes("hello"), length: 11)]))),
        ("ip-total-0.pcap", () => Pcap(101, Ip(6, Tcp(40_000, 80, 1000, 5000, Ack, Bytes("segmentation is the card's")), total: 0))),
        ("ip-broken.pcap", () => Pcap(1, Frame([0x41, .. Hello()[1..]]), Frame([0x4f, .. Hello()[1..]]), Frame(Hello()[..10]), Ethernet(0x86dd, Hello()), Frame(Ip(4, Bytes("no packet"))))),
        ("ip-cut-headers.pcap", () => Pcap(1, false, 0xa1b2c3d4, [Plain], snapshot: 38)),
        ("fragments.pcap", () => Pcap(1, Pieces(7, (0, Long[..16], true), (16, Long[16..], false)))),
        ("fragments-out-of-order.pcap", () => Pcap(1, Pieces(7, (24, Long[24..], false), (8, Long[8..16], true), (0, Long[..8], true), (16, Long[16..24], true)))),
        ("fragments-repeated.pcap", () => Pcap(1, Pieces(7, (0, Long[..16], true), (8, Long[8..24], true), (0, Long[..16], true), (16, Long[16..], false)))),
        ("fragments-contradict.pcap", () => Pcap(1, Pieces(7, (0, Long[..16], true), (8, "abcdefgh", true), (16, Long[16..], false)))),
        ("fragments-lost.pcap", () => Pcap(1, Pieces(7, (0, Long[..8], true), (16, Long[16..], false)))),
        ("fragments-no-end.pcap", () => Pcap(1, Pieces(7, (0, Long[..16], true)))),
        ("fragments-too-long.pcap", () => Pcap(1, Pieces(7, (65_528, "ABCDEFGH", false)))),
        ("fragments-two.pcap", () => Pcap(1, [.. Pieces(7, (0, Long[..16], true)), .. Pieces(8, (0, Long[..16], true), (16, Long[16..], false)), .. Pieces(7, (16, Long[16..], false))])),
        ("fragments-6.pcap", () => Pcap(1, Fragment6(17, 0, true, Bytes(Long[..16])), Fragment6(17, 16, false, Bytes(Long[16..])))),
        ("fragments-cut.pcap", () => Pcap(1, false, 0xa1b2c3d4, Pieces(7, (0, Long[..16], true), (16, Long[16..], false)), snapshot: 14 + 20 + 12)),

        // TCP
        ("tcp-whole.pcap", () => Pcap(1, Syn1, SynAck, Up(1000, ""), Up(1000, "GET"), Down(5000, "", acknowledged: 1003), Down(5000, "200 OK", acknowledged: 1003), Up(1003, "", Fin | Ack, 5006), Down(5006, "", Fin | Ack, 1004), Up(1004, "", Ack, 5007))),
        ("tcp-out-of-order.pcap", () => Pcap(1, Syn1, SynAck, Up(1006, "second"), Up(1012, "third", Ack | Fin), Up(1000, "first "), Down(5000, "", acknowledged: 1018))),
        ("tcp-again.pcap", () => Pcap(1, Syn1, SynAck, Up(1000, "abcdef"), Up(1000, "abcdef"), Up(1003, "defghi"), Up(1002, "cd"))),
        ("tcp-contradict-past.pcap", () => Pcap(1, Syn1, SynAck, Up(1000, "abcdef"), Up(1003, "XYZghi"))),
        ("tcp-contradict-ahead.pcap", () => Pcap(1, Syn1, SynAck, Up(1003, "def"), Up(1000, "abcDEFghi"))),
        ("tcp-hole.pcap", () => Pcap(1, Syn1, SynAck, Up(1000, "abc"), Up(1010, "klm"), Down(5000, "", acknowledged: 1013), Up(1013, "nop"))),
        ("tcp-hole-at-end.pcap", () => Pcap(1, Syn1, SynAck, Up(1000, "abc"), Up(1010, "klm"))),
        ("tcp-acknowledged-only.pcap", () => Pcap(1, Syn1, SynAck, Up(1000, "abc"), Down(5000, "ok", acknowledged: 1103))),
        ("tcp-one-sided.pcap", () => Pcap(1, Down(5000, "a", acknowledged: 1000), Down(5001, "b", acknowledged: 1500))),
        ("tcp-wrap.pcap", () => Pcap(1, Up(0xffff_fff9, "", Syn, 0), Up(0xffff_fffa, "abcd"), Up(2, "ijkl"), Up(0xffff_fffe, "efgh"), Up(6, "mnop"))),
        ("tcp-keep-alive.pcap", () => Pcap(1, Syn1, SynAck, Up(999, "\0"), Up(1000, "abc"), Up(1002, "\0"), Up(1002, "c"), Up(1002, "x"), Up(1003, "def"))),
        ("tcp-reset.pcap", () => Pcap(1, Syn1, SynAck, Up(1000, "abc"), Up(1500, "", Rst), Up(1003, "def"), Up(1006, "why", Rst), Up(1006, "more"), Down(5000, "late"))),
        ("tcp-after-end.pcap", () => Pcap(1, Syn1, SynAck, Up(1000, "abc", Fin | Ack), Up(1000, "abc", Fin | Ack), Up(1003, "def"))),
        ("tcp-port-again.pcap", () => Pcap(1, Syn1, SynAck, Up(1000, "one"), Up(70_000, "", Syn, 0), Down(90_000, "", Syn | Ack, 70_001), Up(70_001, "two"))),
        ("tcp-syn-again.pcap", () => Pcap(1, Syn1, Syn1, SynAck, SynAck, Up(1000, "one"))),
        ("tcp-syn-data.pcap", () => Pcap(1, Up(999, "early", Syn, 0), SynAck, Up(1005, " late"))),
        ("tcp-middle.pcap", () => Pcap(1, Down(5000, "HTTP/1.1 200 OK"), Up(1000, "GET / HTTP/1.1", acknowledged: 5015))),
        ("tcp-cut.pcap", () => Pcap(1, false, 0xa1b2c3d4, [Syn1, Up(1000, "abcdefghij"), Up(1010, "klm")], snapshot: 58)),
        ("tcp-far.pcap", () => Pcap(1, Syn1, SynAck, Up(1000, "abc"), Up(0x7000_0000, "far"))),
        ("tcp-both-open.pcap", () => Pcap(1, Syn1, Down(4999, "", Syn, 0), Up(999, "", Syn | Ack, 5000), Down(4999, "", Syn | Ack, 1000), Down(5000, "b"), Up(1000, "a"))),
        ("tcp-who-is-client.pcap", () => Pcap(101, Ip(6, Tcp(80, 40_000, 1, 1, Ack, Bytes("a")), isBack: true), Ip(6, Tcp(8443, 50_000, 1, 1, Ack, Bytes("a")), isBack: true), Ip(6, Tcp(5000, 5001, 1, 1, Ack, Bytes("a"))), Ip(6, Tcp(22, 443, 1, 1, Syn | Ack, []), isBack: true))),
    ];

}
