using System.Diagnostics;
using System.Globalization;

namespace Offproof.Auditor.Tests.Flows;

/// <summary>Streams of real captures, put together by us and by tshark.</summary>
public sealed class TsharkTests
{
    static string At(string name)
    {
        string? corpus = Repository.Corpus("captures/wireshark");
        if (corpus is null) Assert.Skip("the corpus of captures (shared/corpus/captures beside the repository) is not on this machine");
        return Path.Combine(corpus, name);
    }

    public static TheoryData<string> Captures =>
    [
        "http-ooo.pcap", "http-ooo2.pcap", "dns-ooo.pcap", "retrans-tls.pcap", "tls12-dsb.pcapng", "tls13-rfc8446.pcap", "rsasnakeoil2.pcap", "http2_follow_multistream.pcapng", "grpc_web.pcapng.gz",
        "grpc_stream_reassembly_sample.pcapng.gz", "many_interfaces.pcapng.1", "ipoipoip.pcap",
    ];

    [Theory, MemberData(nameof(Captures))]
    public void Streams_have_the_bytes_that_tshark_finds(string name)
    {
        string path = At(name);
        Heard heard = Heard.In(path);
        int streams = heard.Count("tcp");
        Assert.True(streams > 0);
        // One run for all: most of its time is its start.
        string[] follow = [.. Enumerable.Range(0, streams).SelectMany(stream => (string[])["-z", $"follow,tcp,raw,{stream}"])];
        string[] found = Tshark(["-r", path, "-q", .. follow]).Split("Follow: tcp,raw\n")[1..];
        Assert.Equal(streams, found.Length);
        foreach (string one in found)
        {
            string[] lines = one.Split('\n');
            Flow flow = heard.Flow("tcp", int.Parse(lines.Single(line => line.StartsWith("Filter: tcp.stream eq ", StringComparison.Ordinal))[22..], CultureInfo.InvariantCulture));
            // "Node 0" is who sent first, and its lines are not indented.
            bool isFirstClient = lines.Single(line => line.StartsWith("Node 0: ", StringComparison.Ordinal)).EndsWith($":{flow.Client.Port}", StringComparison.Ordinal);
            foreach (Sender sender in Enum.GetValues<Sender>())
            {
                bool isIndented = sender == Sender.Client != isFirstClient;
                string bytes = string.Concat(lines.Where(line => line.Length > 0 && line.StartsWith('\t') == isIndented && line.Trim('\t').All(char.IsAsciiHexDigit)).Select(line => line.Trim('\t')));
                Assert.Equal(bytes, Convert.ToHexStringLower([.. heard.Of(flow, sender).Bytes]));
            }
        }
    }

    static string Tshark(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("tshark", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
