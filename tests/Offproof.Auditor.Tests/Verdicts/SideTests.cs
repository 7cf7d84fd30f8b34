using System.Net;
using System.Security.Cryptography;
using System.Text;
using Offproof.Auditor.Tests.Packets;

namespace Offproof.Auditor.Tests.Verdicts;

/// <summary>Which end is the phone's (audit.md §3.1), whatever the ports and whoever called.</summary>
public sealed class SideTests
{
    const string Mail = "jonas.fairweather.a652e3@example.org";

    // Nobody can read it, and from a server nobody has to.
    static string Token(int seed) => Convert.ToBase64String(SHA256.HashData([(byte)seed]))[..42];

    static AuditReport Audited(byte[][] packets, params string[] phones)
    {
        using FileStream persona = File.OpenRead(Path.Combine(Repository.Root, "vectors", "phone", "persona.json"));
        using AuditRun run = new(Canaries.Read(persona, null), null, phones: [.. phones.Select(IPAddress.Parse)]);
        run.Read("made.pcap", new MemoryStream(Made.Pcap(1, packets)), CancellationToken.None);
        return run.Report();
    }

    static byte[] Datagram(string from, int fromPort, string to, int toPort, string text) =>
        Made.Ethernet(0x0800, Made.Ip(17, Made.Udp(fromPort, toPort, Encoding.ASCII.GetBytes(text)), from: IPAddress.Parse(from), to: IPAddress.Parse(to)));

    static byte[] Segment(string from, int fromPort, string to, int toPort, uint sequence, byte flags, string text, uint acknowledged = 0) =>
        Made.Ethernet(0x0800, Made.Ip(6, Made.Tcp(fromPort, toPort, sequence, acknowledged, flags, Encoding.ASCII.GetBytes(text)), from: IPAddress.Parse(from), to: IPAddress.Parse(to)));

    // A phone that is called, and answers.
    static byte[][] Called(string phone, string caller, string answer) =>
    [
        Segment(caller, 40_000, phone, 8080, 99, Made.Syn, ""),
        Segment(phone, 8080, caller, 40_000, 199, Made.Syn | Made.Ack, "", 100),
        Segment(caller, 40_000, phone, 8080, 100, Made.Ack, "GET /dump HTTP/1.1\r\nHost: p\r\n\r\n", 200),
        Segment(phone, 8080, caller, 40_000, 200, Made.Ack, $"HTTP/1.1 200 OK\r\nContent-Length: {answer.Length}\r\n\r\n{answer}", 131),
    ];

    static byte[][] Peers(string phone) => [Datagram(phone, 40_001, "198.51.100.1", 7000, "hello"), Datagram(phone, 40_002, "198.51.100.2", 7000, "hello"), Datagram("198.51.100.2", 7000, phone, 40_002, "hello")];

    [Theory] // each was CLEAN when the ports told
    [InlineData("192.168.1.23", "198.51.100.9")]
    [InlineData("10.8.0.2", "198.51.100.9")]
    [InlineData("100.64.3.4", "198.51.100.9")]
    [InlineData("192.0.2.10", "198.51.100.9")]
    public void A_datagram_from_a_low_port_leaves_the_phone(string phone, string other)
    {
        AuditReport report = Audited([Datagram(phone, 5000, other, 40_000, Mail)]);
        Assert.Equal("LEAK", report.Verdict);
        Assert.Equal("INCONCLUSIVE", Audited([Datagram(phone, 5000, other, 40_000, Token(1))]).Verdict);
    }

    [Theory]
    [InlineData("192.168.1.23")]
    [InlineData("192.0.2.10")]
    public void A_phone_that_is_called_is_the_phone(string phone)
    {
        Assert.Equal("LEAK", Audited(Called(phone, "198.51.100.9", Mail)).Verdict);
        Assert.Equal("INCONCLUSIVE", Audited(Called(phone, "198.51.100.9", Token(2))).Verdict);
        AuditReport report = Audited([.. Peers(phone), .. Called(phone, "198.51.100.9", Mail)]);
        Assert.Equal("LEAK", report.Verdict);
        Assert.Contains(AuditText.Lines(report), line => line.Contains(" to 198.51.100.9:40000", StringComparison.Ordinal));
    }

    [Fact]
    public void What_arrives_at_a_local_address_arrives()
    {
        AuditReport report = Audited([.. Peers("192.168.1.23"), Datagram("198.51.100.9", 40_000, "192.168.1.23", 5000, Mail)]);
        Assert.Equal("arriving", Assert.Single(report.Findings).Standing);
        Assert.Equal("CLEAN", Audited([.. Peers("192.168.1.23"), Datagram("198.51.100.9", 40_000, "192.168.1.23", 5000, Token(3))]).Verdict);
        // The answer of a service, with or without the question.
        Assert.Equal("CLEAN", Audited([Datagram("198.51.100.9", 443, "192.168.1.23", 50_000, Token(3))]).Verdict);
        Assert.Equal("client", Assert.Single(Audited([Datagram("192.168.1.23", 5000, "198.51.100.9", 80, "hello")]).Flows).Phone);
    }

    [Fact] // a token that "arrived" from the phone's own port was taken for an echo
    public void What_the_phone_said_first_is_no_echo()
    {
        string token = Token(4);
        byte[][] packets = [Datagram("192.168.1.23", 5000, "198.51.100.9", 40_000, token), Datagram("192.168.1.23", 40_000, "198.51.100.8", 7000, $"id={token}")];
        Assert.Equal(2 * token.Length, Audited(packets).Bytes.Opaque);
        packets[0] = Datagram("198.51.100.9", 40_000, "192.168.1.23", 5000, token);
        Assert.Equal("CLEAN", Audited(packets).Verdict);
    }

    [Fact]
    public void The_usual_end_decides_and_hints_that_contradict_each_other_do_not()
    {
        AuditReport report = Audited([.. Peers("203.0.113.5"), Datagram("203.0.113.9", 7, "203.0.113.5", 40_000, Token(5))]);
        Assert.Equal("CLEAN", report.Verdict);
        Assert.All(report.Flows, flow => Assert.Equal("client", flow.Phone));
        // The usual end is public, and one is called from a local network.
        Assert.Contains(Audited([.. Peers("203.0.113.5"), Datagram("203.0.113.5", 40_000, "10.0.0.1", 7, "hello")]).Flows, flow => flow.Phone == "undecided");
        // With a public address it may be the phone that calls a server in a local network.
        Assert.All(Audited(Called("10.0.0.1", "203.0.113.5", "hello")).Flows, flow => Assert.Equal("undecided", flow.Phone));
        // Somebody opens a connection to the usual end.
        Assert.Contains(Audited([.. Peers("203.0.113.5"), .. Called("203.0.113.5", "198.51.100.9", "hello")]).Flows, flow => flow.Phone == "undecided");
    }

    [Fact]
    public void Where_nothing_decides_both_ends_are_judged_and_it_is_said()
    {
        byte[][] packets = [Datagram("203.0.113.5", 40_000, "198.51.100.9", 53, "hello"), Datagram("198.51.100.9", 53, "203.0.113.5", 40_000, Token(6))];
        AuditReport report = Audited(packets);
        Assert.Equal("INCONCLUSIVE", report.Verdict);
        Assert.Equal(Token(6).Length, report.Budget.Opaque);
        Assert.Contains(report.Notes, note => note.Contains("--phone", StringComparison.Ordinal));
        Assert.Equal("CLEAN", Audited(packets, "203.0.113.5").Verdict);
        Assert.Equal("INCONCLUSIVE", Audited(packets, "198.51.100.9").Verdict);
        Assert.Equal("server", Assert.Single(Audited(packets, "198.51.100.9").Flows).Phone);
    }

    [Fact] // each of a server's two peers is a phone's address
    public void Addresses_of_one_network_are_one_end()
    {
        byte[] From(int host) => Made.Ethernet(0x86dd, [0x60, 0, 0, 0, 0, 50, 17, 64, .. IPAddress.Parse($"2001:db8:0:1::{host}").GetAddressBytes(), .. Made.Server6.GetAddressBytes(), .. Made.Udp(5000, 40_000, Encoding.ASCII.GetBytes(Token(host)))]);
        AuditReport report = Audited([From(16), From(17), From(18)]);
        Assert.All(report.Flows, flow => Assert.Equal("undecided", flow.Phone));
        Assert.Equal(3 * 42, report.Bytes.Opaque);
    }

    static byte[] Datagram6(string from, int fromPort, string to, int toPort, string text)
    {
        byte[] datagram = Made.Udp(fromPort, toPort, Encoding.ASCII.GetBytes(text));
        return Made.Ethernet(0x86dd, [0x60, 0, 0, 0, 0, (byte)datagram.Length, 17, 64, .. IPAddress.Parse(from).GetAddressBytes(), .. IPAddress.Parse(to).GetAddressBytes(), .. datagram]);
    }

    static byte[] Between(string from, int fromPort, string to, int toPort, string text) =>
        from.Contains(':', StringComparison.Ordinal) ? Datagram6(from, fromPort, to, toPort, text) : Datagram(from, fromPort, to, toPort, text);

    [Theory] // each was CLEAN: the server in a local network was taken for the phone
    [InlineData("2001:db8:1::5", 43_000, "fd00::1", 53)]
    [InlineData("2001:db8:1::5", 43_000, "fd00::1", 514)]
    [InlineData("2001:db8:1::5", 5000, "fd00::1", 5000)]
    [InlineData("2001:db8:1::5", 5000, "fd00::1", 40_000)]
    [InlineData("2001:db8:1::5", 43_000, "fec0::1", 53)]
    [InlineData("203.0.113.5", 43_000, "10.0.0.1", 53)]
    [InlineData("26.26.26.1", 5000, "10.0.0.1", 5000)]
    [InlineData("203.0.113.5", 5000, "169.254.1.1", 5000)]
    [InlineData("192.0.0.4", 43_000, "10.0.0.1", 53)]
    [InlineData("192.0.0.4", 5000, "10.0.0.1", 5000)]
    [InlineData("198.18.0.1", 5000, "10.0.0.1", 5000)]
    public void A_server_in_a_local_network_is_not_the_phone(string phone, int port, string server, int service)
    {
        string token = Token(7);
        AuditReport report = Audited([Between(phone, port, server, service, $"id={token}"), Between(server, service, phone, port, "ok")]);
        Assert.Equal("undecided", Assert.Single(report.Flows).Phone);
        Assert.Equal(token.Length, report.Budget.Opaque);
        // What it said there is no echo of what it says elsewhere.
        report = Audited([Between(phone, port, server, service, $"id={token}"), Datagram("192.168.1.23", 43_000, "198.51.100.9", 443, $"id={token}")]);
        Assert.Equal(2 * token.Length, report.Budget.Opaque);
        // The capture begins behind the question.
        if (service < 1024) Assert.Equal("undecided", Assert.Single(Audited([Between(server, service, phone, port, "ok")]).Flows).Phone);
    }

    [Theory] // without its SYN
    [InlineData("192.168.1.23", 50_000, "198.51.100.9", 80, "client")]
    [InlineData("192.168.1.23", 50_000, "198.51.100.9", 5228, "client")]
    [InlineData("203.0.113.5", 50_000, "10.0.0.1", 80, "undecided")]
    [InlineData("203.0.113.5", 50_000, "10.0.0.1", 8080, "undecided")]
    public void Without_a_SYN_the_ports_and_who_speaks_first_may_not_contradict(string client, int port, string server, int service, string phone)
    {
        AuditReport report = Audited([Segment(client, port, server, service, 100, Made.Ack, $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 42\r\n\r\n{Token(8)}", 200)]);
        Assert.Equal(phone, Assert.Single(report.Flows).Phone);
        Assert.Equal("INCONCLUSIVE", report.Verdict);
    }

    [Theory] // the resolver is the end of all packets, since the phone's address changes
    [InlineData("2001:db8:1::5", "2001:db8:2::5", "fd00::1")]
    [InlineData("2001:db8:1::5", "2001:db8:2::5", "2606:4700::1111")]
    [InlineData("203.0.113.5", "203.0.113.6", "10.0.0.1")]
    [InlineData("203.0.113.5", "203.0.113.6", "198.51.100.9")]
    public void Who_only_serves_is_not_the_usual_end(string phone, string later, string resolver)
    {
        AuditReport report = Audited([Between(phone, 43_000, resolver, 53, Token(9)), Between(resolver, 53, phone, 43_000, "ok"), Between(later, 43_000, resolver, 53, Token(10)), Between(resolver, 53, later, 43_000, "ok")]);
        Assert.All(report.Flows, flow => Assert.Equal("undecided", flow.Phone));
        Assert.Equal(2 * Token(9).Length, report.Budget.Opaque);
    }

    [Fact] // recorded on a resolver of the home that answers by itself and asks others
    public void The_usual_end_is_not_the_phone_where_it_serves()
    {
        AuditReport report = Audited([.. Peers("192.168.1.2"), Datagram("192.168.1.23", 43_000, "192.168.1.2", 53, Token(11)), Datagram("192.168.1.23", 43_000, "192.168.1.2", 5514, Token(12))]);
        Assert.Equal(2 * Token(11).Length, report.Budget.Opaque);
    }

    [Fact]
    public void A_group_sends_nothing() =>
        Assert.All(Audited([Datagram("203.0.113.5", 5353, "224.0.0.251", 5353, "hello"), Datagram("203.0.113.5", 9, "255.255.255.255", 40_000, "hello")]).Flows, flow => Assert.NotEqual("undecided", flow.Phone));
}
