using Offproof.Auditor.Tests.Flows;

namespace Offproof.Auditor.Tests.Captures;

/// <summary>Real captures, against the corpus' SOURCES.md.</summary>
public sealed class CorpusTests
{
    static string At(string name)
    {
        string? corpus = Repository.Corpus("captures/wireshark");
        if (corpus is null) Assert.Skip("the corpus of captures (shared/corpus/captures beside the repository) is not on this machine");
        return Path.Combine(corpus, name);
    }

    // Packets, TCP flows, UDP flows, packets that say something of the file.
    public static TheoryData<string, int, int, int, string> Facts => new()
    {
        { "tls12-dsb.pcapng", 17, 2, 0, "228" },
        { "tls13-rfc8446.pcap", 13, 2, 0, "1" },
        { "http2_follow_multistream.pcapng", 197, 1, 0, "1" },
        { "quic_follow_multistream.pcapng", 905, 0, 1, "1" },
        { "http-ooo.pcap", 16, 1, 0, "228" },
        { "http-ooo2.pcap", 7, 1, 0, "228" },
        { "retrans-tls.pcap", 2, 1, 0, "228" },
        { "tcp-badsegments.pcap", 25, 1, 0, "228" },
        { "tls-fragmented-handshakes.pcap.gz", 589, 100, 0, "228" },
        { "rsasnakeoil2.pcap", 58, 2, 0, "1" },
        { "tls-renegotiation.pcap", 53, 1, 0, "1" },
        { "rsa-p-lt-q.pcap", 7, 1, 0, "1" },
        { "dhe1.pcapng.gz", 16, 1, 0, "1" },
        { "tls12-aes128ccm.pcap", 9, 1, 0, "1" },
        { "tls12-aes256gcm.pcap", 9, 1, 0, "1" },
        { "packet-h2-14_headers.pcapng", 15, 1, 0, "1" },
        { "http-brotli.pcapng", 10, 1, 0, "1" },
        { "http.pcap", 1, 1, 0, "1" },
        { "grpc_web.pcapng.gz", 340, 9, 0, "0" },
        { "grpc_person_search_json_with_image.pcapng.gz", 27, 1, 0, "0" },
        { "grpc_stream_reassembly_sample.pcapng.gz", 173, 2, 0, "1 113" },
        { "communityid.pcap.gz", 105, 2, 1, "1" }, // 14 in SOURCES.md: there, those that ICMP quotes are counted as well
        { "dns-ooo.pcap", 4, 1, 0, "1" },
        { "dns_port.pcap", 4, 0, 2, "1" },
        { "dns+icmp.pcapng.gz", 33, 0, 5, "1" },
        { "dhcp.pcap", 4, 0, 2, "1" },
        { "dhcp.pcapng", 4, 0, 2, "1" },
        { "dhcp-nanosecond.pcap", 4, 0, 2, "1" },
        { "dhcp-nanosecond.pcapng", 4, 0, 2, "1" },
        { "many_interfaces.pcapng.1", 64, 2, 13, "0 1 12" },
        { "many_interfaces.pcapng.2", 15, 1, 7, "0 1 12" },
        { "many_interfaces.pcapng.3", 9, 0, 3, "0 1 12" },
        { "sip.pcapng", 6, 0, 3, "101" },
        { "icmp.pcapng.gz", 2, 0, 0, "1" },
        { "ntp.pcap", 1, 0, 1, "1" },
        { "ipv6.pcap", 1, 0, 0, "1" },
        { "arp.pcap", 1, 0, 0, "107" },
        { "ipoipoip.pcap", 2, 1, 1, "228" },
        { "empty.pcap", 0, 0, 0, "" },
    };

    [Theory, MemberData(nameof(Facts))]
    public void A_capture_has_its_packets_and_flows(string file, int packets, int tcp, int udp, string linkTypes)
    {
        Heard heard = Heard.In(At(file));
        Assert.Equal((packets, tcp, udp, CaptureEnd.Whole), (heard.Packets, heard.Count("tcp"), heard.Count("udp"), heard.End));
        Assert.All(heard.Seen, packet => Assert.Contains(packet.LinkType.ToString(System.Globalization.CultureInfo.InvariantCulture), linkTypes.Split(' ')));
        TestContext.Current.SendDiagnosticMessage(string.Join("\n", heard.Flows.OrderBy(flow => flow.Number).Select(flow => $"{file} {flow.Number} {flow.Transport} {flow.Client} {flow.Server} {string.Join("; ", flow.Remarks)}").Concat(heard.Remarks)));
    }

    [Theory, InlineData("tls12-dsb.pcapng", 2), InlineData("http2_follow_multistream.pcapng", 1), InlineData("quic_follow_multistream.pcapng", 1), InlineData("dhcp.pcapng", 0)]
    public void Secrets_are_handed_out(string file, int blocks)
    {
        Heard heard = Heard.In(At(file));
        Assert.Equal(blocks, heard.Secrets.Count);
        Assert.All(heard.Secrets, secrets => Assert.Equal(0x544c534bU, secrets.Type));
        Assert.All(heard.Secrets, secrets => Assert.Contains(file.StartsWith("quic", StringComparison.Ordinal) ? "_HANDSHAKE_TRAFFIC_SECRET " : "CLIENT_RANDOM ", System.Text.Encoding.ASCII.GetString(secrets.Bytes), StringComparison.Ordinal));
    }

    [Theory, InlineData("dhcp.pcap"), InlineData("dhcp.pcapng"), InlineData("dhcp-nanosecond.pcap"), InlineData("dhcp-nanosecond.pcapng")]
    public void Times_are_the_same_in_all_formats(string file) =>
        Assert.Equal([1102274184_317453000, 1102274184_317748000, 1102274184_387484000, 1102274184_387798000], Heard.In(At(file)).Seen.Select(packet => packet.Nanoseconds));

    [Fact]
    public void Every_capture_of_the_corpus_is_here() =>
        Assert.Equal(Directory.GetFiles(At("")).Select(Path.GetFileName).Where(name => !name!.EndsWith(".txt", StringComparison.Ordinal)).Order(), Facts.Select(row => row.Data.Item1).Order());
}
