using System.Globalization;
using System.Net;
using Offproof.Auditor.Tests.Http;

namespace Offproof.Auditor.Tests.Recordings;

/// <summary>Real recordings, against the corpus' SOURCES.md.</summary>
public sealed class CorpusTests
{
    internal static (RecordingEnd End, List<Flow> Flows, Listener Listener) Read(Stream stream, bool isHar)
    {
        Listener listener = new();
        List<Flow> flows = [];
        Flow New(string transport, IPEndPoint client, IPEndPoint server)
        {
            flows.Add(new Flow(flows.Count + 1, transport, client, server));
            return flows[^1];
        }
        RecordingEnd end = isHar ? Har.Read(stream, listener.Protocols, New) : Mitmproxy.Read(stream, listener.Protocols, New);
        return (end, flows, listener);
    }

    static (RecordingEnd End, List<Flow> Flows, Listener Listener) Read(string name)
    {
        string? corpus = Repository.Corpus("captures/mitmproxy");
        if (corpus is null) Assert.Skip("the corpus of captures (shared/corpus/captures beside the repository) is not on this machine");
        using FileStream stream = File.OpenRead(Path.Combine(corpus, name));
        return Read(stream, name.EndsWith(".har", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("har_files/chrome.har", "GET https://mitmproxy.org/ http/2.0 | http/2.0 304  ; GET https://www.google.com/  ; GET https://www.google.com/images/branding/googlelogo/2x/googlelogo_light_color_272x92dp.png h3 | h3 200 ", "", 23866 + 7108)]
    [InlineData("har_files/charles.har", "GET https://mitmproxy.org/?= HTTP/1.1 | HTTP/1.1 200 OK", "", 23866)]
    [InlineData("har_files/insomnia.har", "GET http://mitm.it/ HTTP/1.1 | HTTP/1.1 200 OK", "", 250)]
    [InlineData("dumpfile-018.mitm", "GET https://www.example.com:443/ HTTP/1.1 | HTTP/1.1 200 OK", "", 1270)]
    [InlineData("dumpfile-19.mitm", "GET https://cloudflare-quic.com:443/ HTTP/3 | HTTP/3 200 ", "", 125959)]
    [InlineData("flows/websocket.mitm", "GET https://demo.piesocket.com:443/v3/channel_123? HTTP/1.1 | HTTP/1.1 101 Switching Protocols ; GET https://demo.piesocket.com:443/v3/channel_123 HTTP/1.1 | HTTP/1.1 101 Switching Protocols ; GET https://demo.piesocket.com:443/v3/channel_123? HTTP/1.1 | HTTP/1.1 101 Switching Protocols",
        "1 Server {\"error\":\"Unknown api key\"} 2 Server {\"error\":\"Missing apiKey\"} 3 Server {\"error\":\"Unknown api key\"} 3 Client foo 3 Client bar", 0)]
    [InlineData("flows/websocket.har", "GET https://demo.piesocket.com/v3/channel_123? HTTP/1.1 | HTTP/1.1 101 Switching Protocols ; GET https://demo.piesocket.com/v3/channel_123 HTTP/1.1 | HTTP/1.1 101 Switching Protocols ; GET https://demo.piesocket.com/v3/channel_123? HTTP/1.1 | HTTP/1.1 101 Switching Protocols",
        "1 Server {\"error\":\"Unknown api key\"} 2 Server {\"error\":\"Missing apiKey\"} 3 Server {\"error\":\"Unknown api key\"} 3 Client foo 3 Client bar", 0)]
    [InlineData("flows/corrupted_gzip_body.mitm", "GET http://127.0.0.1:5000/ HTTP/1.1 | HTTP/1.1 200 OK", "", 24)]
    [InlineData("flows/corrupted_gzip_body.har", "GET http://127.0.0.1:5000/ HTTP/1.1 | HTTP/1.1 200 OK", "", 24)]
    public void A_recording_holds_its_requests_answers_and_messages(string file, string heads, string messages, int bodies)
    {
        (RecordingEnd end, List<Flow> flows, Listener listener) = Read(file);
        Assert.Equal((null, 0, flows.Count(flow => !flow.Remarks.Contains("what the recording says of itself"))), (end.Stopped, end.Bad, end.Entries));
        Assert.Equal(heads, string.Join(" ; ", listener.Heads.GroupBy(head => head.Place.Packet).Select(entry => string.Join(" | ", entry.Select(head => Without(head.Head.Split("\r\n")[0]))))));
        Assert.Equal(messages, string.Join(' ', listener.Pieces.Where(piece => piece.Carrier == Carrier.WebSocket).Select(piece => string.Create(CultureInfo.InvariantCulture, $"{piece.Packet} {piece.Sender} {piece.Text}"))));
        Assert.Equal(bodies, listener.Pieces.Where(piece => piece.Carrier == Carrier.Body && piece.Packet <= end.Entries).Sum(piece => piece.Bytes.Length));
        Assert.Equal(listener.Pieces.Sum(piece => piece.Bytes.Length), flows.Sum(flow => Enum.GetValues<Sender>().Sum(sender => flow.Bytes(sender, ByteKind.Decoded) + flow.Bytes(sender, ByteKind.Opaque) + flow.Bytes(sender, ByteKind.Structural))));
        Assert.All(flows, flow => Assert.Equal((0, 0), (flow.Bytes(Sender.Client, ByteKind.Missing), flow.Bytes(Sender.Server, ByteKind.Missing))));

        // A public key of a demo service.
        static string Without(string line) => System.Text.RegularExpressions.Regex.Replace(line, @"\?api_key=\S*&notify_self", "?", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
    }
}
