using System.Security.Cryptography;
using System.Text;

namespace Offproof.Auditor.Tests.Packets;

/// <summary>What a sender may put into headers (audit.md §2.2): ordinary options are structure, all others are searched and unread.</summary>
public sealed class OptionTests
{
    static readonly byte[] Android = [.. Convert.FromHexString(Identifier("androidId"))];

    internal static string Identifier(string name)
    {
        using System.Text.Json.JsonDocument persona = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "vectors", "phone", "persona.json")));
        return persona.RootElement.GetProperty("identifiers").GetProperty(name).GetString()!;
    }

    internal static AuditReport Audited(params byte[][] packets)
    {
        using FileStream persona = File.OpenRead(Path.Combine(Repository.Root, "vectors", "phone", "persona.json"));
        using AuditRun run = new(Canaries.Read(persona, null), null, phones: [Made.Phone, Made.Phone6]);
        run.Read("made.pcap", new MemoryStream(Made.Pcap(1, packets)), CancellationToken.None);
        AuditReport report = run.Report();
        Assert.Equal(report.Bytes.Total, report.Bytes.Decoded + report.Bytes.Structural + report.Bytes.Opaque + report.Bytes.Missing);
        return report;
    }

    static byte[] Tcp(params byte[] options)
    {
        byte[] header = Made.Tcp(40_000, 80, 1000, 5000, Made.Ack, []);
        header[12] = (byte)((20 + options.Length) / 4 << 4);
        return Made.Ethernet(0x0800, Made.Ip(6, [.. header, .. options]));
    }

    static byte[] Ip(params byte[] options) => Made.Ethernet(0x0800, Made.Ip(6, Made.Tcp(40_000, 80, 1000, 5000, Made.Ack, []), options: options));

    static byte[] Ip6(int kind, params byte[] header) => Made.Ethernet(0x86dd, Made.Ip6(kind, [6, (byte)(header.Length / 8), .. header, .. Made.Tcp(40_000, 80, 1000, 5000, Made.Ack, [])]));

    static byte[] Random(int length) => SHA256.HashData([(byte)length])[..length];

    public static TheoryData<string, byte[], int> Packets => new()
    {
        { "tcp, timestamps", Tcp(1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8), 0 },
        { "tcp, as a SYN has them", Tcp(2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 9), 0 },
        { "tcp, selective acknowledgements and an end", Tcp(5, 10, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0), 0 },
        { "tcp, an unknown kind", Tcp([0xfd, 18, .. Random(16), 1, 1]), 20 },
        { "tcp, behind the end", Tcp([0, .. Random(19)]), 20 },
        { "tcp, a timestamp that is too long", Tcp([8, 18, .. Random(16), 1, 1]), 20 },
        { "ip, the router alert", Ip(0x94, 4, 0, 0), 0 },
        { "ip, an unknown kind", Ip([0x9e, 18, .. Random(16), 0, 0]), 20 },
        { "ip, behind the end", Ip([0, .. Random(7)]), 8 },
        { "ipv6, padding", Ip6(60, 1, 4, 0, 0, 0, 0), 0 },
        { "ipv6, padding that is not zero", Ip6(60, 1, 4, 9, 8, 7, 6), 6 },
        { "ipv6, an unknown option", Ip6(0, [0x1e, 12, .. Random(12)]), 14 },
        { "ipv6, a route", Ip6(43, [4, 1, .. Random(12)]), 14 },
    };

    [Theory, MemberData(nameof(Packets))]
    public void Options(string name, byte[] packet, int opaque)
    {
        AuditReport report = Audited(packet, Made.Ethernet(0x0800, Made.Hello()));
        Assert.True(opaque == report.Bytes.Opaque, $"{name}: {report.Bytes.Opaque}");
        Assert.Equal(opaque > 0 ? "INCONCLUSIVE" : "CLEAN", report.Verdict);
    }

    [Fact] // each was CLEAN
    public void A_canary_in_an_option_is_a_leak()
    {
        Assert.Equal("LEAK", Audited(Tcp([0xfd, 10, .. Android, 1, 1])).Verdict);
        Assert.Equal("LEAK", Audited(Ip([0x9e, 18, .. SHA256.HashData(Encoding.ASCII.GetBytes(Identifier("imei")))[..16], 0, 0])).Verdict);
        Assert.Equal("LEAK", Audited(Ip6(60, [0x1e, 12, .. Android, 0, 0, 0, 0])).Verdict);
    }

    static byte[] Query(int option, byte[] value) => Made.Ethernet(0x0800, Made.Ip(17, Made.Udp(40_000, 53,
        [0, 5, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 3, .. "www"u8, 7, .. "example"u8, 3, .. "com"u8, 0, 0, 1, 0, 1, 0, 0, 41, 4, 0xd0, 0, 0, 0, 0, .. Made.Big(2, (ulong)value.Length + 4), .. Made.Big(2, (ulong)option), .. Made.Big(2, (ulong)value.Length), .. value])));

    [Theory]
    [InlineData(12, 32, 32)]
    [InlineData(10, 32, 0)]
    [InlineData(10, 12, 12)]
    [InlineData(8, 20, 20)]
    public void Options_of_DNS_that_are_random_are_unread(int option, int length, int opaque) => Assert.Equal(opaque, Audited(Query(option, Random(length))).Bytes.Opaque);

    [Fact]
    public void A_canary_in_the_padding_of_DNS_is_a_leak()
    {
        Assert.Equal("CLEAN", Audited(Query(12, new byte[40])).Verdict);
        Assert.Equal("LEAK", Audited(Query(12, Encoding.ASCII.GetBytes(Identifier("email")))).Verdict);
        Assert.Equal("LEAK", Audited(Query(10, Android)).Verdict);
    }

    [Fact]
    public void A_clock_that_is_asked_is_searched()
    {
        byte[] Asked(params byte[] time) => Made.Ethernet(0x0800, Made.Ip(17, Made.Udp(123, 123, [0x23, 0, 6, 0xec, .. new byte[28], .. time, .. Random(8)])));
        Assert.Equal("CLEAN", Audited(Asked(new byte[8])).Verdict);
        Assert.Equal("LEAK", Audited(Asked(Android)).Verdict);
    }
}
