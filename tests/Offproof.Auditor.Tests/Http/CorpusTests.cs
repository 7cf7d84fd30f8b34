using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Offproof.Auditor.Tests.Http;

/// <summary>Real captures in clear text, against the corpus' SOURCES.md.</summary>
public sealed class CorpusTests
{
    internal static string At(string name)
    {
        string? corpus = Repository.Corpus("captures/wireshark");
        if (corpus is null) Assert.Skip("the corpus of captures (shared/corpus/captures beside the repository) is not on this machine");
        return Path.Combine(corpus, name);
    }

    // What is in SOURCES.md, with the frame that brought the end of the head, and how many messages are whole in all. "C" of the client.
    public static TheoryData<string, string, string> Facts => new()
    {
        { "http-ooo.pcap", "C 1 PUT /1 HTTP/1.1, C 7 GET /2 HTTP/1.1, C 8 PUT /3 HTTP/1.1, C 10 PUT /4 HTTP/1.1, C 12 PUT /5 HTTP/1.1", "http/1.1 5" },
        { "http-ooo2.pcap", "C 3 PUT /0 HTTP/1.1", "http/1.1 1" },
        { "http-brotli.pcapng", "C 4 GET /test.txt HTTP/1.1, S 6 HTTP/1.1 200 OK", "http/1.1 2" },
        { "http.pcap", "C 1 HEAD /v4/iuident.cab?0307011208 HTTP/1.1", "http/1.1 1" },
        { "communityid.pcap.gz", "C 95 GET /images/sf.net_box.gif HTT, S 95 HTTP/1.1 200 OK", "dns 2" }, // cut by the recorder: seen in frame 93, told from other text once the answer comes; the third DNS message of the list stands in an ICMP error
        { "packet-h2-14_headers.pcapng", "C 6 GET /doc/manual/html/index.html HTTP/2, S 10 HTTP/2 200, C 13 GET /doc/manual/html/_static/css/theme.css HTTP/2, C 14 GET /doc/manual/html/_static/jquery.js HTTP/2, C 14 GET /doc/manual/html/_static/underscore.js HTTP/2, C 14 GET /doc/manual/html/_static/doctools.js HTTP/2, C 14 GET /doc/manual/html/_static/js/theme.js HTTP/2", "http/2 7" },
        { "grpc_person_search_json_with_image.pcapng.gz", "C 12 POST /tutorial.PersonSearchService/Search HTTP/2, S 14 HTTP/2 200", "http/2 2" },
        { "grpc_stream_reassembly_sample.pcapng.gz", "C 12 POST /streamtest.StreamTest/StreamCall HTTP/2, C 145 POST /TestService/Unary HTTP/2, S 167 HTTP/2 200", "http/2 2" },
        { "grpc_web.pcapng.gz", "C 4 POST /greet.Greeter/SayHello HTTP/1.1, S 6 HTTP/1.1 200 OK, C 8 POST /greet.Greeter/SayHello HTTP/1.1, S 10 HTTP/1.1 200 OK, C 22 POST /greet.Greeter/SayHello HTTP/2, S 24 HTTP/2 200, C 30 POST /greet.Greeter/SayHello HTTP/2, S 32 HTTP/2 200, "
            + "C 46 POST /greet.Greeter/SayHello HTTP/2, S 60 HTTP/2 200, C 77 POST /greet.Greeter/SayHellos HTTP/2, S 87 HTTP/2 200, C 137 POST /greet.Greeter/SayHello HTTP/1.1, S 139 HTTP/1.1 200 OK, C 145 POST /greet.Greeter/SayHello HTTP/1.1, S 147 HTTP/1.1 200 OK, C 161 POST /greet.Greeter/SayHello HTTP/2, S 163 HTTP/2 200, "
            + "C 169 POST /greet.Greeter/SayHello HTTP/2, S 171 HTTP/2 200, C 183 POST /greet.Greeter/SayHello HTTP/1.1, S 237 HTTP/1.1 200 OK, C 250 POST /greet.Greeter/SayHello HTTP/2, S 264 HTTP/2 200, C 283 POST /greet.Greeter/SayHellos HTTP/2, S 293 HTTP/2 200", "http/1.1 10, http/2 14" },
        { "dns-ooo.pcap", "", "dns 1" },
        { "dns_port.pcap", "", "dns 4" },
        { "dns+icmp.pcapng.gz", "", "dns 11" },
        { "dhcp.pcap", "", "dhcp 4" },
        { "dhcp-nanosecond.pcapng", "", "dhcp 4" },
        { "ntp.pcap", "", "ntp 1" },
        { "sip.pcapng", "", "udp 6" },
        { "many_interfaces.pcapng.1", "", "dns 14, ntp 2, udp 16" },
        { "many_interfaces.pcapng.2", "", "dns 14" },
        { "many_interfaces.pcapng.3", "", "dns 4, udp 3" },
    };

    [Theory, MemberData(nameof(Facts))]
    public void A_capture_holds_its_messages(string file, string heads, string messages)
    {
        Eavesdropper heard = Eavesdropper.In(At(file));
        Assert.Equal(heads, string.Join(", ", heard.Messages.Select(message => string.Create(CultureInfo.InvariantCulture, $"{message.Sender.Word().ToUpperInvariant()[0]} {message.Frame} {message.Line}"))));
        Assert.Equal(messages, string.Join(", ", heard.Flows.Where(flow => flow.Messages > 0).GroupBy(flow => flow.Protocol.Length > 0 ? flow.Protocol : flow.Transport).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} {group.Sum(flow => flow.Messages)}"))));
    }

    [Theory]
    [InlineData("dns-ooo.pcap", "example.com"), InlineData("dns_port.pcap", "us.pool.ntp.org"), InlineData("dns+icmp.pcapng.gz", "www.wireshark.org")]
    public void A_capture_holds_its_names(string file, string name) =>
        Assert.Contains(Eavesdropper.In(At(file)).Listener.Pieces, piece => piece.Carrier == Carrier.DnsName && piece.Text == name);

    // Complete in frames 4, 7, 10, 11 and 15: each request comes in pieces that are out of order.
    [Fact]
    public void Requests_out_of_order_are_complete_where_their_list_says() =>
        Assert.Equal([4, 7, 10, 11, 15], Eavesdropper.In(At("http-ooo.pcap")).Complete);

    [Theory]
    [InlineData("packet-h2-14_headers.pcapng", "http2.headers.path"), InlineData("grpc_web.pcapng.gz", "http2.headers.path"), InlineData("grpc_web.pcapng.gz", "http.request.uri"), InlineData("http-ooo.pcap", "http.request.uri"), InlineData("grpc_stream_reassembly_sample.pcapng.gz", "http2.headers.path")]
    public void tshark_sees_the_same_targets(string file, string field)
    {
        string[] seen = Tshark(At(file), field);
        bool isTwo = field.StartsWith("http2", StringComparison.Ordinal);
        string[] ours = [.. Eavesdropper.In(At(file)).Messages.Where(message => message.Sender == Sender.Client && message.Line.EndsWith("/2", StringComparison.Ordinal) == isTwo).Select(message => message.Line.Split(' ')[1])];
        Assert.Equal(seen.Order(StringComparer.Ordinal), ours.Order(StringComparer.Ordinal));
    }

    static string[] Tshark(string path, string field)
    {
        try
        {
            using Process tshark = Process.Start(new ProcessStartInfo("tshark", ["-r", path, "-o", "tcp.reassemble_out_of_order:TRUE", "-d", "tcp.port==50051,http2", "-d", "tcp.port==3000,http2", "-d", "tcp.port==57228,http2", "-d", "tcp.port==44363,http2", "-T", "fields", "-E", "aggregator=,", "-e", field]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            tshark.BeginErrorReadLine();
            string[] lines = tshark.StandardOutput.ReadToEnd().Split(['\n', ','], StringSplitOptions.RemoveEmptyEntries);
            tshark.WaitForExit();
            Assert.Equal(0, tshark.ExitCode);
            return lines;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("tshark is not installed");
            throw;
        }
    }
}

/// <summary>The conversations of a capture.</summary>
sealed class Eavesdropper
{
    internal List<Flow> Flows { get; } = [];

    internal List<(Flow Flow, Sender Sender, long Frame, string Line)> Messages { get; } = [];

    internal Listener Listener { get; } = new();

    /// <summary>The frame that completed each message of streams.</summary>
    internal List<long> Complete { get; } = [];

    internal static Eavesdropper In(string path)
    {
        Eavesdropper heard = new();
        using FileStream stream = File.OpenRead(path);
        using CaptureFile file = new(stream, (_, _) => { });
        long frame = 0;
        List<Flow> open = [];
        Protocols protocols = new(heard.Listener, Seen: (in Place place, ReadOnlySpan<byte> head) => heard.Messages.Add((place.Flow, place.Sender, frame, Line(Encoding.Latin1.GetString(head)))));
        Traffic traffic = new(new FlowReaders
        {
            Stream = flow =>
            {
                open.Add(flow);
                return protocols.For(flow, null);
            },
            Datagram = (flow, sender, payload, packet) => Datagrams.Read(flow, heard.Listener, sender, payload, packet),
            Finished = heard.Flows.Add,
        });
        long length = 0;
        while (file.TryRead(out CapturedPacket packet))
        {
            frame = packet.Number;
            length += packet.Length;
            traffic.Read(packet);
            while (heard.Complete.Count < open.Sum(flow => flow.Messages)) heard.Complete.Add(frame);
        }
        traffic.End();
        Assert.Equal(length + traffic.Lost, heard.Flows.Sum(Total));
        return heard;
    }

    static string Line(string head)
    {
        if (!head.StartsWith(':')) return head.Split('\n')[0].TrimEnd('\r');
        Dictionary<string, string> fields = head.Split("\r\n").Where(line => line.StartsWith(':')).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return fields.TryGetValue(":status", out string? status) ? $"HTTP/2 {status}" : $"{fields[":method"]} {fields[":path"]} HTTP/2";
    }

    public override string ToString() => string.Join('\n', Messages.Select(message => $"{message.Flow.Number} {message.Sender} {message.Frame} {message.Line}")
        .Concat(Flows.OrderBy(flow => flow.Number).Select(flow => $"flow {flow.Number} {flow.Transport} {flow.Server.Port} {flow.Protocol} {flow.ServerName} {flow.Messages} d{Sum(flow, ByteKind.Decoded)} s{Sum(flow, ByteKind.Structural)} o{Sum(flow, ByteKind.Opaque)} m{Sum(flow, ByteKind.Missing)} {string.Join("; ", flow.Remarks)}")));

    static long Sum(Flow flow, ByteKind kind) => flow.Bytes(Sender.Client, kind) + flow.Bytes(Sender.Server, kind);

    static long Total(Flow flow) => Enum.GetValues<ByteKind>().Sum(kind => Sum(flow, kind));
}
