using System.Security.Cryptography;
using System.Text;
using static Offproof.Auditor.Tests.Packets.Made;
using static Offproof.Auditor.Tests.Packets.OptionTests;

namespace Offproof.Auditor.Tests.Packets;

/// <summary>Fields that a sender fills as it likes (audit.md §2.2, §3, §7.1): searched, in the budget, and unread where they are long.</summary>
public sealed class FreeChoiceTests
{
    static readonly byte[] s_email = Encoding.ASCII.GetBytes(Identifier("email"));
    static readonly byte[] s_imei = Encoding.ASCII.GetBytes(Identifier("imei"));
    static readonly byte[] s_android = Convert.FromHexString(Identifier("androidId"));

    static byte[] Random(int length) => [.. Enumerable.Range(0, length / 32 + 1).SelectMany(at => SHA256.HashData([(byte)at, 7])).Take(length)];

    static byte[] Filled(byte[] value, int length) => [.. value.Take(length), .. new byte[Math.Max(0, length - value.Length)]];

    static byte[] Datagram(int from, int to, byte[] payload) => Ethernet(0x0800, Ip(17, Udp(from, to, payload)));

    static byte[] Dhcp(byte[] addresses, params byte[] options) =>
        Datagram(68, 67, [1, 1, 6, 0, 1, 2, 3, 4, 0, 0, 0, 0, .. Filled(addresses, 16), 2, 0, 0, 0, 0, 1, .. new byte[10 + 192], 0x63, 0x82, 0x53, 0x63, 53, 1, 1, .. options, 255]);

    static byte[] Option(int option, byte[] value) => Dhcp([], [(byte)option, (byte)value.Length, .. value]);

    static byte[] Icmp6(params byte[] message) => Ethernet(0x86dd, Ip6(58, message));

    // To fill it up to units of 8 bytes.
    static byte[] Discovery(int option, byte[] value) => Icmp6([133, 0, 0, 0, 0, 0, 0, 0, (byte)option, (byte)((value.Length + 9) / 8), .. Filled(value, (value.Length + 9) / 8 * 8 - 2)]);

    static byte[] Groups(int sources, byte[] value) => Icmp6([143, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, (byte)sources, 0xff, 2, .. new byte[13], 0xfb, .. Filled(value, 16 * sources)]);

    static byte[] Question(int @class = 1, int questions = 1, int answers = 0, params byte[] rest) => Datagram(40_000, 53, [0, 5, 1, 0, 0, (byte)questions, 0, (byte)answers, 0, 0, 0, 0, 3, .. "www"u8, 7, .. "example"u8, 3, .. "com"u8, 0, 0, 1, .. Big(2, (ulong)@class), .. rest]);

    static byte[] Record(int type, byte[] data, uint lifetime = 60) => [0xC0, 12, .. Big(2, (ulong)type), 0, 1, .. Big(4, lifetime), .. Big(2, (ulong)data.Length), .. data];

    static byte[] Answer(int type, byte[] data) => Question(answers: 1, rest: Record(type, data));

    static byte[] Frame(int type, byte[] payload, int flags = 0, uint stream = 0) => [.. Big(3, (ulong)payload.Length), (byte)type, (byte)flags, .. Big(4, stream), .. payload];

    static byte[][] Stream(int port, params byte[] bytes) => [Ethernet(0x0800, Ip(6, Tcp(40_000, port, 999, 0, Syn, []))), Ethernet(0x0800, Ip(6, Tcp(40_000, port, 1000, 5000, Ack, bytes)))];

    static byte[][] Http2(params byte[][] frames) => Stream(80, [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, []), .. frames.SelectMany(one => one)]);

    static byte[][] Chunked(string size, string last) => Stream(80, Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\na\r\n{last}\r\n\r\n"));

    static byte[] Negotiation(byte[] versions) => Datagram(40_000, 443, [0x80, 0, 0, 0, 0, 2, .. "me"u8, 2, .. "to"u8, .. versions]);

    static byte[] Extension(int type, byte[] content) => [.. Big(2, (ulong)type), .. Big(2, (ulong)content.Length), .. content];

    static byte[] Hello(byte[] name, params byte[][] protocols)
    {
        byte[] names = [.. protocols.SelectMany(one => (byte[])[(byte)one.Length, .. one])];
        byte[] extensions = [.. Extension(0, [.. Big(2, (ulong)name.Length + 3), 0, .. Big(2, (ulong)name.Length), .. name]), .. Extension(16, [.. Big(2, (ulong)names.Length), .. names])];
        byte[] body = [3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0, .. Big(2, (ulong)extensions.Length), .. extensions];
        return [1, .. Big(3, (ulong)body.Length), .. body];
    }

    static byte[][] Tls(byte[] name, params byte[][] protocols) => Hello(name, protocols) is var hello ? Stream(443, [22, 3, 1, .. Big(2, (ulong)hello.Length), .. hello]) : [];

    // RFC 9001 §5: a first packet of the client, in the clear and in its keys.
    static byte[] Initial(byte[] connection, byte[] token, byte[] frames)
    {
        byte[] secret = Expand(HKDF.Extract(HashAlgorithmName.SHA256, connection, Convert.FromHexString("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")), "client in", 32);
        byte[] key = Expand(secret, "quic key", 16), iv = Expand(secret, "quic iv", 12), mask = Expand(secret, "quic hp", 16);
        byte[] plain = Filled(frames, Math.Max(1162, frames.Length));
        byte[] header = [0xC3, 0, 0, 0, 1, (byte)connection.Length, .. connection, 0, .. Big(2, 0x4000u | (uint)token.Length), .. token, .. Big(2, 0x4000u | (uint)(plain.Length + 20)), 0, 0, 0, 0];
        byte[] hidden = new byte[plain.Length], tag = new byte[16];
        using AesGcm gcm = new(key, 16);
        gcm.Encrypt(iv, plain, hidden, tag, header);
        using Aes aes = Aes.Create();
        aes.Key = mask;
        byte[] bits = aes.EncryptEcb(hidden.AsSpan(0, 16), PaddingMode.None);
        header[0] ^= (byte)(bits[0] & 15);
        for (int at = 0; at < 4; at++) header[^(4 - at)] ^= bits[1 + at];
        return Datagram(40_000, 443, [.. header, .. hidden, .. tag]);
    }

    static byte[] Expand(byte[] secret, string label, int length) =>
        HKDF.Expand(HashAlgorithmName.SHA256, secret, length, [.. Big(2, (ulong)length), (byte)(6 + label.Length), .. Encoding.ASCII.GetBytes("tls13 " + label), 0]);

    static byte[] Crypto(byte[] hello) => [6, 0, .. Big(2, 0x4000u | (uint)hello.Length), .. hello];

    static readonly byte[] s_crypto = Crypto(Hello([.. "example.com"u8], [.. "h3"u8]));

    static readonly byte[] s_id = [.. "12345678"u8];

    static readonly byte[] s_versions = [0, 0, 0, 1, 0x6b, 0x33, 0x43, 0xcf];

    public static TheoryData<string, byte[][], string> Fields => new()
    {
        { "dhcp, as phones ask", [Dhcp([], 55, 4, 1, 3, 6, 15, 50, 4, 192, 0, 2, 1, 57, 2, 5, 220)], "CLEAN" },
        { "dhcp, addresses", [Dhcp(s_imei)], "LEAK" },
        { "dhcp, servers of names", [Option(6, s_email)], "LEAK" },
        { "dhcp, an address that is wanted", [Option(50, s_email)], "LEAK" },
        { "dhcp, a lifetime", [Option(51, s_email)], "LEAK" },
        { "dhcp, a server", [Option(54, s_email)], "LEAK" },
        { "dhcp, options that are wanted", [Option(55, s_email)], "LEAK" },
        { "dhcp, a size", [Option(57, s_email)], "LEAK" },
        { "dhcp, a number of another length", [Option(57, Random(40))], "INCONCLUSIVE" },
        { "dhcp, options that nobody wants", [Option(55, Random(100))], "INCONCLUSIVE" },
        { "neighbours, an address of Ethernet", [Discovery(1, [2, 0, 0, 0, 0, 1])], "CLEAN" },
        { "neighbours, a nonce", [Discovery(14, Random(6))], "CLEAN" },
        { "neighbours, a nonce that is none", [Discovery(14, s_email)], "LEAK" },
        { "neighbours, a long nonce", [Discovery(14, Random(30))], "INCONCLUSIVE" },
        { "neighbours, an address that is none", [Discovery(1, s_email)], "LEAK" },
        { "groups, a source", [Groups(1, new byte[16])], "CLEAN" },
        { "groups, a source that is none", [Groups(1, s_imei)], "LEAK" },
        { "groups, sources", [Groups(5, Random(80))], "INCONCLUSIVE" },
        { "quic, as it begins", [Initial(s_id, [], s_crypto)], "CLEAN" },
        { "quic, a token", [Initial(s_id, s_email, s_crypto)], "LEAK" },
        { "quic, a long token", [Initial(s_id, Random(100), s_crypto)], "INCONCLUSIVE" },
        { "quic, a connection", [Initial(s_imei, [], s_crypto)], "LEAK" },
        { "quic, a name", [Initial(s_id, [], Crypto(Hello(Random(250), [.. "h3"u8])))], "INCONCLUSIVE" },
        { "quic, versions", [Negotiation(s_versions)], "CLEAN" },
        { "quic, versions that are none", [Negotiation(Filled(s_email, 44))], "LEAK" },
        { "quic, many versions", [Negotiation(Random(80))], "INCONCLUSIVE" },
        { "http/2, settings", Http2(Frame(4, [0, 3, 0, 0, 0, 100, 0, 4, 0, 16, 0, 0])), "CLEAN" },
        { "http/2, settings that are none", Http2(Frame(4, Filled(s_email, 42))), "LEAK" },
        { "http/2, many settings", Http2(Frame(4, Random(120))), "INCONCLUSIVE" },
        { "http/2, a ping", Http2(Frame(6, s_android)), "LEAK" },
        { "http/2, an answer to a ping", Http2(Frame(6, s_android, 1)), "LEAK" },
        { "dns, a zone", [Answer(6, [1, (byte)'a', 0, 1, (byte)'b', 0, .. new byte[20]])], "CLEAN" },
        { "dns, numbers of a zone", [Answer(6, [1, (byte)'a', 0, 1, (byte)'b', 0, .. Filled(s_imei, 20)])], "LEAK" },
        { "dns, an address", [Answer(28, [0x20, 1, 0x0d, 0xb8, .. new byte[11], 1])], "CLEAN" },
        { "dns, an address that is none", [Answer(28, Filled(s_imei, 16))], "LEAK" },
        { "dns, a long address of NetBIOS", [Answer(32, Random(96))], "INCONCLUSIVE" },
        { "tls, the end of a handshake in the clear", Stream(443, [22, 3, 3, .. Big(2, 404), 20, .. Big(3, 400), .. Random(400)]), "INCONCLUSIVE" },
        { "tls, names", Tls([.. "www.example.com"u8], [0x1a, 0x1a], [.. "h2"u8], [.. "http/1.1"u8]), "CLEAN" },
        { "tls, a name of random bytes", Tls(Random(250), [.. "h2"u8]), "INCONCLUSIVE" },
        { "tls, a name of random digits", Tls(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Random(125))), [.. "h2"u8]), "INCONCLUSIVE" },
        { "tls, a label of random digits", Tls([.. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Random(30))), .. ".example.com"u8], [.. "h2"u8]), "INCONCLUSIVE" },
        { "tls, protocols of random bytes", Tls([.. "www.example.com"u8], [.. Enumerable.Repeat(Random(255), 47)]), "INCONCLUSIVE" },
    };

    [Theory, MemberData(nameof(Fields))]
    public void A_field_of_free_choice(string name, byte[][] packets, string verdict)
    {
        AuditReport report = Audited(packets);
        Assert.True(verdict == report.Verdict, $"{name}: {report.Verdict}, {string.Join("; ", report.Reasons)}");
    }

    [Fact]
    public void A_subnet_is_searched()
    {
        byte[] Asked(byte[] address)
        {
            byte[] option = [0, 8, .. Big(2, (ulong)address.Length + 4), 0, 2, 128, 0, .. address];
            return Question(answers: 1, rest: [0, 0, 41, 4, 0xd0, 0, 0, 0, 0, .. Big(2, (ulong)option.Length), .. option]);
        }
        Assert.Equal("CLEAN", Audited(Asked([0x20, 1, 0x0d, 0xb8, .. new byte[12]])).Verdict);
        Assert.Equal("LEAK", Audited(Asked(Filled(s_imei, 16))).Verdict);
    }

    static byte[] Tagged(int tags) => Ethernet(0x8100, [.. Enumerable.Repeat((byte[])[0, 7, 0x81, 0], tags - 1).SelectMany(one => one), 0, 7, 8, 0, .. Made.Hello()]);

    static byte[][] Alerts(int count) => Tls([.. "example.com"u8], [.. "h2"u8]) is [var syn, ..] && Hello([.. "example.com"u8], [.. "h2"u8]) is var hello
        ? [syn, Ethernet(0x0800, Ip(6, Tcp(40_000, 443, 1000, 5000, Ack, [22, 3, 1, .. Big(2, (ulong)hello.Length), .. hello, .. Enumerable.Repeat((byte[])[21, 3, 3, 0, 2, 1, 90], count).SelectMany(one => one)])))] : [];

    public static TheoryData<string, byte[][], byte[][], int> Choices => new()
    {
        { "tags", [Ethernet(0x0800, Made.Hello())], [Tagged(7)], 14 },
        { "alerts", Alerts(0), Alerts(20), 40 },
        { "sizes of a table", Http2(Frame(1, [0x82, 0x86, 0x84], 5, 1)), Http2(Frame(1, [0x3f, 0x80, 1, 0x3f, 0x85, 1, 0x82, 0x86, 0x84], 5, 1)), 6 },
        { "empty frames", Http2(), Http2(Frame(0x20, [], 7, 77), Frame(0x20, [], 7, 78)), 12 },
        { "streams of empty bodies", Http2(), Http2(Frame(0, [], 0, 77), Frame(0, [], 0, 78)), 8 },
        { "streams of settings and pings", Http2(Frame(4, []), Frame(6, new byte[8])), Http2(Frame(4, [], 0, 77), Frame(6, new byte[8], 0, 78)), 8 },
        { "streams that are ended, and windows of them", Http2(Frame(8, new byte[4])), Http2(Frame(8, new byte[4], 0, 77), Frame(3, new byte[4], 0, 78)), 4 + 8 },
        { "blanks and zeros of chunks", Chunked("1", "0"), Chunked(" \t 1 \r", "0000"), 5 + 3 },
        { "classes", [Question()], [Question(77)], 2 },
        { "lifetimes", [Question()], [Question(answers: 2, rest: [.. Record(1, [192, 0, 2, 1]), .. Record(1, [192, 0, 2, 1], 0x12345678)])], 16 },
        { "padding and pings", [Initial(s_id, [], s_crypto)], [Initial(s_id, [], [.. Enumerable.Range(0, 400).SelectMany(at => (byte[])[0, (byte)(at % 3 & 1)]), .. s_crypto])], 100 },
    };

    [Theory, MemberData(nameof(Choices))]
    public void A_choice_is_in_the_budget(string name, byte[][] without, byte[][] with, int more)
    {
        long found = Audited(with).Budget.Capacity - Audited(without).Budget.Capacity;
        Assert.True(more == found, $"{name}: {found}");
    }
}
