using System.Text;

namespace Offproof.Auditor.Tests.Recordings;

/// <summary>audit.md §3.7: recordings of our own, and such as lie.</summary>
public sealed class HostileTests
{
    const string Entry = """{"serverIPAddress":"192.0.2.7","request":{"method":"POST","url":"https://api.example.org:8443/up?x=1","httpVersion":"h2","headers":[{"name":"X-A","value":"b"}],"cookies":[{"name":"id","value":"00"}],"bodySize":9,"postData":{"mimeType":"text/plain","text":"","params":[{"name":"imei","value":"001"},{"name":"f","fileName":"a.jpg"}]}},"response":{"status":200,"statusText":"OK","httpVersion":"h2","headers":[{"name":"Content-Encoding","value":"gzip"}],"content":{"size":5,"mimeType":"text/plain","encoding":"base64","text":"aGVsbG8="}},"_webSocketMessages":[{"type":"send","opcode":2,"data":"AAEC"},{"type":"receive","opcode":1,"data":"text"}]}""";

    static string Har(params string[] entries) => """{"log":{"version":"1.2","pages":[{"title":"\"entries\":[{"}],"entries":[""" + string.Join(" ,\n", entries) + """],"comment":"after"}}""";

    static (RecordingEnd End, List<Flow> Flows, Http.Listener Listener) Read(string text, bool isHar) => CorpusTests.Read(new Trickle(Encoding.Latin1.GetBytes(text)), isHar);

    static string Net(object? value) => value switch
    {
        string text => $"{text.Length}:{text};",
        byte[] bytes => $"{bytes.Length}:{Encoding.Latin1.GetString(bytes)},",
        bool flag => flag ? "4:true!" : "5:false!",
        int number => $"{number.ToString(System.Globalization.CultureInfo.InvariantCulture).Length}:{number}#",
        double real => $"{real.ToString("F3", System.Globalization.CultureInfo.InvariantCulture).Length}:{real.ToString("F3", System.Globalization.CultureInfo.InvariantCulture)}^",
        null => "0:~",
        object?[] list => string.Concat(list.Select(Net)) is var all ? $"{all.Length}:{all}]" : "",
        Dictionary<string, object?> map => string.Concat(map.Select(pair => Net(pair.Key) + Net(pair.Value))) is var all ? $"{all.Length}:{all}}}" : "",
        _ => throw new ArgumentException("no tnetstring", nameof(value)),
    };

    static byte[] B(string text) => Encoding.Latin1.GetBytes(text);

    static Dictionary<string, object?> Flow(string type, params (string, object?)[] more)
    {
        Dictionary<string, object?> flow = new(StringComparer.Ordinal)
        {
            ["version"] = 21, ["type"] = type, ["client_conn"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["peername"] = new object?[] { "192.0.2.1", 40000 } },
            ["server_conn"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["peername"] = new object?[] { "192.0.2.2", 443, 0, 0 }, ["sni"] = "example.org" },
        };
        foreach ((string name, object? value) in more) flow[name] = value;
        return flow;
    }

    [Fact]
    public void Everything_of_an_entry_is_examined()
    {
        (RecordingEnd end, List<Flow> flows, Http.Listener listener) = Read(Har(Entry), isHar: true);
        Assert.Equal(new RecordingEnd(1, 0, null), end);
        Assert.Equal(("har", "192.0.2.7:8443", "api.example.org", "http/2/websocket"), (flows[0].Transport, flows[0].Server.ToString(), flows[0].ServerName, flows[0].Protocol));
        Assert.Equal(["POST https://api.example.org:8443/up?x=1 h2\r\nX-A: b\r\nCookie: id=00\r\n\r\n", "imei=001&f=; a.jpg", "h2 200 OK\r\nContent-Encoding: gzip\r\n\r\n", "hello", "\0\u0001\u0002", "text"], listener.Pieces.Take(6).Select(piece => piece.Text));
        Assert.Equal("gzip", listener.Pieces[3].Declared.ContentEncoding);
        Assert.Equal((Sender.Client, Sender.Server), (listener.Pieces[4].Sender, listener.Pieces[5].Sender));
    }

    [Fact]
    public void A_body_that_was_not_recorded_is_missing()
    {
        (_, List<Flow> flows, _) = Read(Har("""{"request":{"method":"POST","url":"/","bodySize":77},"response":{"status":200,"content":{"size":1000}}}"""), isHar: true);
        Assert.Equal((77, 1000), (flows[0].Bytes(Sender.Client, ByteKind.Missing), flows[0].Bytes(Sender.Server, ByteKind.Missing)));
        (_, flows, _) = Read(Net(Flow("http", ("response", new Dictionary<string, object?>(StringComparer.Ordinal) { ["status_code"] = 200, ["content"] = null, ["headers"] = new object?[] { new object?[] { B("content-length"), B("55") } } }))), isHar: false);
        Assert.Equal(55, flows[0].Bytes(Sender.Server, ByteKind.Missing));
    }

    [Theory] // a proxy that passes a body on keeps none of it
    [InlineData("POST", "HTTP/1.1", "Transfer-Encoding", "chunked", 1)]
    [InlineData("GET", "HTTP/1.1", "transfer-encoding", "gzip, Chunked", 1)]
    [InlineData("GET", "HTTP/1.1", "Content-Length", "5000", 5000)]
    [InlineData("POST", "HTTP/1.1", "Content-Length", "3000000000", 3_000_000_000)]
    [InlineData("POST", "HTTP/1.1", "Content-Length", "9223372036854775807", 1)]
    [InlineData("POST", "HTTP/1.1", "Content-Length", "30000000000000000000", 1)]
    [InlineData("POST", "HTTP/2.0", "content-type", "application/json", 1)]
    [InlineData("PATCH", "HTTP/3", "content-type", "application/json", 1)]
    [InlineData("GET", "HTTP/2.0", "content-type", "application/json", 0)]
    [InlineData("POST", "HTTP/1.1", "content-type", "application/json", 0)]
    [InlineData("PUT", "HTTP/2.0", "content-length", "0", 0)]
    public void A_body_that_was_passed_on_and_not_kept_is_missing(string method, string version, string field, string value, long missing)
    {
        Assert.Equal(missing, Missing(null));
        Assert.Equal(0, Missing(Array.Empty<byte>()));

        long Missing(byte[]? content) => Read(Net(Flow("http", ("request", new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["method"] = B(method), ["http_version"] = B(version), ["content"] = content, ["headers"] = new object?[] { new object?[] { B(field), B(value) } },
        }))), isHar: false).Flows[0].Bytes(Sender.Client, ByteKind.Missing);
    }

    [Theory]
    [InlineData("GET", 200, "Transfer-Encoding", "chunked", 1)]
    [InlineData("GET", 200, "Content-Type", "text/html", 1)]
    [InlineData("HEAD", 200, "Content-Type", "text/html", 0)]
    [InlineData("GET", 304, "Content-Type", "text/html", 0)]
    public void So_is_that_of_an_answer(string method, int status, string field, string value, int missing) =>
        Assert.Equal(missing, Read(Net(Flow("http", ("request", new Dictionary<string, object?>(StringComparer.Ordinal) { ["method"] = B(method), ["content"] = B("") }),
            ("response", new Dictionary<string, object?>(StringComparer.Ordinal) { ["status_code"] = status, ["content"] = null, ["headers"] = new object?[] { new object?[] { B(field), B(value) } } }))), isHar: false).Flows[0].Bytes(Sender.Server, ByteKind.Missing));

    [Theory]
    [InlineData("POST", "-1", "Content-Type", "application/json", 1)]
    [InlineData("PUT", "null", "content-type", "application/json", 1)]
    [InlineData("POST", "0", "Transfer-Encoding", "chunked", 1)]
    [InlineData("GET", "-1", "Content-Type", "application/json", 0)]
    [InlineData("POST", "0", "Content-Type", "application/json", 0)]
    [InlineData("POST", "-1", "Content-Length", "0", 0)]
    [InlineData("POST", "-1", "X-A", "b", 0)]
    public void A_HAR_that_does_not_know_the_size_of_a_body_lacks_it(string method, string size, string field, string value, int missing)
    {
        string entry = $$$"""{"request":{"method":"{{{method}}}","url":"http://a/","bodySize":{{{size}}},"headers":[{"name":"{{{field}}}","value":"{{{value}}}"}]}}""";
        Assert.Equal(missing, Read(Har(entry), isHar: true).Flows[0].Bytes(Sender.Client, ByteKind.Missing));
        Assert.Equal(0, Read(Har(entry.Replace("\"bodySize\"", "\"postData\":{\"mimeType\":\"a/b\",\"text\":\"x\"},\"bodySize\"", StringComparison.Ordinal)), isHar: true).Flows[0].Bytes(Sender.Client, ByteKind.Missing));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("{\"request\":[]}")]
    [InlineData("{\"request\":{\"url\":\"\\ud800\"}}")]
    [InlineData("{\"request\":{\"headers\":[{\"name\":{}}]},,}")]
    [InlineData("\"a \\\" ]\"")]
    [InlineData("[1,{\"request\":3}]")]
    public void A_bad_entry_is_said_and_the_next_is_read(string bad)
    {
        (RecordingEnd end, List<Flow> flows, Http.Listener listener) = Read(Har(Entry, bad, Entry), isHar: true);
        Assert.Equal(new RecordingEnd(3, 1, null), end);
        Assert.NotEmpty(flows[1].Remarks);
        Assert.True(flows[1].Bytes(Sender.Client, ByteKind.Opaque) > 0);
        Assert.Equal([1, 3], listener.Heads.Select(head => head.Place.Packet).Distinct());
    }

    [Theory]
    [InlineData(""), InlineData("[]"), InlineData("{\"log\":[]}"), InlineData("{\"log\":{\"entries\":{}}}"), InlineData("{\"log\""), InlineData("{\"log\":\u0001{\"entries\":[]}}"), InlineData("{\"a\":[\u0001],\"log\":{\"entries\":[]}}"), InlineData("\u00ff\u00fe")]
    public void What_is_no_HAR_is_said(string text) => Assert.NotNull(Read(text, isHar: true).End.Stopped);

    [Fact]
    public void A_recording_that_is_cut_anywhere_ends_in_words()
    {
        string har = Har(Entry, Entry);
        for (int cut = 0; cut < har.LastIndexOf(']'); cut += 7) Assert.NotNull(Read(har[..cut], isHar: true).End.Stopped);
        string flows = Net(Flow("tcp", ("messages", new object?[] { new object?[] { true, B("GET / HTTP/1.1\r\n\r\n"), 1.5 } }))) + Net(Flow("dns"));
        for (int cut = 1; cut < flows.Length; cut++)
        {
            (RecordingEnd end, List<Flow> made, _) = Read(flows[..cut], isHar: false);
            bool isBetween = cut == flows.IndexOf('}') || Read(flows[..cut], isHar: false).End.Entries == 1 && end.Bad == 0;
            Assert.True(isBetween || (end.Stopped is not null && made[^1].Remarks.Count > 0));
        }
    }

    [Fact]
    public void An_entry_that_is_too_long_is_passed_over()
    {
        string longEntry = "{\"request\":{\"url\":\"" + new string('x', 300_000) + "\"}}";
        Http.Listener listener = new();
        List<Flow> flows = [];
        RecordingEnd end = Auditor.Har.Read(new MemoryStream(B(Har(Entry, longEntry, Entry))), listener.Protocols, (transport, client, server) => { flows.Add(new Flow(flows.Count + 1, transport, client, server)); return flows[^1]; }, longest: 100_000);
        Assert.Equal(new RecordingEnd(3, 1, null), end);
        Assert.Equal(longEntry.Length, flows[1].Bytes(Sender.Client, ByteKind.Opaque));
        flows.Clear();
        string longFlow = Net(Flow("http", ("x", new string('y', 300_000))));
        end = Mitmproxy.Read(new MemoryStream(B(Net(Flow("dns")) + longFlow + Net(Flow("dns")))), listener.Protocols, (transport, client, server) => { flows.Add(new Flow(flows.Count + 1, transport, client, server)); return flows[^1]; }, longest: 100_000);
        Assert.Equal((3, 1, null), (end.Entries, end.Bad, end.Stopped));
        Assert.InRange(flows[1].Bytes(Sender.Client, ByteKind.Opaque), longFlow.Length - 8, longFlow.Length);
    }

    [Fact]
    public void Every_kind_of_flow_is_read()
    {
        object?[] fields = [new object?[] { B("Content-Type"), B("text/plain") }, new object?[] { B("Content-Encoding"), B("br") }];
        string file = Net(Flow("http", ("request", new Dictionary<string, object?>(StringComparer.Ordinal) { ["method"] = B("PUT"), ["scheme"] = B("https"), ["host"] = "example.org", ["port"] = 443, ["path"] = B("/a"), ["http_version"] = B("HTTP/2.0"), ["headers"] = fields, ["content"] = B("body"), ["trailers"] = new object?[] { new object?[] { B("t"), B("u") } } }),
                ("websocket", new Dictionary<string, object?>(StringComparer.Ordinal) { ["messages"] = new object?[] { new object?[] { 1, true, B("said"), 1.0, false, false } } })))
            + Net(Flow("tcp", ("messages", new object?[] { new object?[] { true, B("GET /in HTTP/1.1\r\nHost: a\r\n\r\n"), 1.0 }, new object?[] { false, B("HTTP/1.1 204 No\r\n\r\n"), 1.0 } })))
            + Net(Flow("udp", ("messages", new object?[] { new object?[] { true, B("datagram"), 1.0 } })))
            + Net(Flow("dns", ("request", new Dictionary<string, object?>(StringComparer.Ordinal) { ["questions"] = new object?[] { new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = "imei-001.example.org", ["type"] = 1 } } })))
            + Net(Flow("websocket", ("messages", new object?[] { new object?[] { 1, false, B("old form"), 1.0 } })));
        (RecordingEnd end, List<Flow> flows, Http.Listener listener) = Read(file, isHar: false);
        Assert.Equal(new RecordingEnd(5, 0, null), end);
        Assert.Equal(["http/2/websocket", "http/1.1", "", "dns", "websocket"], flows.Select(flow => flow.Protocol));
        Assert.Equal(["PUT https://example.org:443/a HTTP/2.0\r\nContent-Type: text/plain\r\nContent-Encoding: br\r\n\r\n", "body", "t: u\r\n\r\n", "said", "GET /in HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 204 No\r\n\r\n", "datagram", "imei-001.example.org", "old form"], listener.Pieces.Where(static piece => piece.Carrier != Carrier.ServerName).Select(piece => piece.Text));
        Assert.Equal(new Declared("text/plain", "br"), listener.Pieces[1].Declared);
        Assert.All(flows, flow => Assert.Equal("192.0.2.2:443", flow.Server.ToString()));
    }

    [Theory]
    [InlineData("5:hello,")]                                  // no dictionary
    [InlineData("13:4:type;4:http;}")]                        // no version
    [InlineData("30:7:version;2:21#4:type;5:other;}")]        // of no known kind
    [InlineData("14:4:type;999:xx;}")]                        // lies inside
    [InlineData("2:0:}")]                                     // a lie about its type
    public void A_flow_that_is_none_is_opaque_and_the_next_is_read(string bad)
    {
        (RecordingEnd end, List<Flow> flows, _) = Read(bad + Net(Flow("dns")), isHar: false);
        if (end.Stopped is null) Assert.Equal((2, 1), (end.Entries, end.Bad));
        Assert.Equal(ByteKind.Opaque, Enum.GetValues<ByteKind>().Single(kind => flows[0].Bytes(Sender.Client, kind) > 0));
        Assert.NotEmpty(flows[0].Remarks);
    }

    [Theory]
    [InlineData("99999999999999:x"), InlineData("abc"), InlineData("-5:x,"), InlineData("12345678901234567890:"), InlineData("3")]
    public void A_length_that_lies_ends_the_reading(string bad)
    {
        (RecordingEnd end, List<Flow> flows, _) = Read(Net(Flow("dns")) + bad, isHar: false);
        Assert.NotNull(end.Stopped);
        Assert.Equal(2, flows.Count);
        Assert.NotEmpty(flows[1].Remarks);
    }

    [Fact]
    public void Nesting_has_an_end()
    {
        string nested = "0:]";
        for (int i = 0; i < 40; i++) nested = $"{nested.Length}:{nested}]";
        string inside = "4:deep;" + nested + "7:version;2:21#4:type;3:dns;";
        Assert.Equal(1, Read($"{inside.Length}:{inside}}}", isHar: false).End.Bad);
        Assert.Equal(1, Read(Har(string.Concat(Enumerable.Repeat("[", 100_000)) + string.Concat(Enumerable.Repeat("]", 100_000))), isHar: true).End.Bad);
    }

    /// <summary>Gives few bytes at a time, as a pipe does.</summary>
    sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1 + (int)(Position % 97)));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1 + (int)(Position % 97))]);
    }
}
