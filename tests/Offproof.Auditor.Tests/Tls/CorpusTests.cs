namespace Offproof.Auditor.Tests.Tls;

/// <summary>Real captures, against the corpus' SOURCES.md: what their tables say of TLS.</summary>
public sealed class CorpusTests
{
    static readonly string? Corpus = Repository.Corpus("captures");

    static string At(string name)
    {
        if (Corpus is null) Assert.Skip("the corpus of captures (shared/corpus/captures beside the repository) is not on this machine");
        return Path.Combine(Corpus, name);
    }

    static TlsReading Read(string capture, params string[] keys) => new(new StreamsOf(At("wireshark/" + capture)), [.. keys.Select(name => At("keys/" + name))]);

    // Capture; keys; decrypted records; requests and answers, by their first bytes; protocols; remarks.
    public static TheoryData<string, string, long, string, int, int, string> Table => new()
    {
        { "tls12-dsb.pcapng", "", 12, "tls 1.2", 2, 2, "" },
        { "tls13-rfc8446.pcap", "tls13-rfc8446.keys", 13, "tls 1.3", 3, 3, "" },
        { "tls13-rfc8446.pcap", "tls13-rfc8446-noearly.keys", 11, "tls 1.3", 2, 3, "TLS 1.3 early data without their secret" },
        { "tls-renegotiation.pcap", "derived/tls-renegotiation.keys", 43, "tls 1.2", 1, 1, "" },
        { "rsa-p-lt-q.pcap", "derived/rsa-p-lt-q.keys", 5, "tls 1.2", 1, 1, "" },
        { "tls12-aes256gcm.pcap", "derived/tls12-aes256gcm.keys", 7, "tls 1.2", 1, 1, "" },
        { "tls12-aes128ccm.pcap", "derived/tls12-aes128ccm.keys", 0, "tls 1.2", 0, 0, "TLS 1.2: cipher suite 0xc0a4 is not read" },
        { "rsasnakeoil2.pcap", "derived/rsasnakeoil2.keys", 0, "ssl 3.0", 0, 0, "SSL 3.0 is not read; a hello in SSL 2's frame is not read" },
        { "dhe1.pcapng.gz", "dhe1_keylog.dat", 0, "tls 1.0", 0, 0, "TLS 1.0 is not read" },
        // tshark shows 92 of its 126 encrypted records: of those that make up one message, it shows one.
        { "http2_follow_multistream.pcapng", "", 126, "tls 1.2", 0, 0, "" },
    };

    [Theory, MemberData(nameof(Table))]
    public void A_capture_gives_what_is_written_of_it(string capture, string keys, long records, string protocol, int requests, int answers, string remarks)
    {
        TlsReading reading = Read(capture, keys.Length == 0 ? [] : [keys]);
        Assert.Equal(remarks, reading.Remarks);
        Assert.Equal(records, reading.Opened);
        Assert.All(reading.Flows, flow => Assert.Equal(protocol, flow.Protocol));
        if (records > 0 && remarks.Length == 0) Assert.Equal(0, reading.Opaque);
        Assert.True(reading.Keys.Matched > 0, "the key log is said to match nothing");
        Assert.Equal(0, reading.Keys.BadLines);
        if (capture.StartsWith("http2", StringComparison.Ordinal)) return;
        Assert.Equal(requests, Count(reading.Inner, Sender.Client, "GET ") + Count(reading.Inner, Sender.Client, "HEAD "));
        Assert.Equal(answers, Count(reading.Inner, Sender.Server, "HTTP/1."));
    }

    static int Count(List<RecordingConversation> inner, Sender sender, string word) => inner.Sum(conversation => conversation.Text(sender).Split('\n').Count(line => line.StartsWith(word, StringComparison.Ordinal)));

    [Fact]
    public void Hellos_that_were_cut_in_every_way_are_read_in_order()
    {
        TlsReading reading = Read("tls-fragmented-handshakes.pcap.gz");
        // Each hello ends with its extension's two bytes: 0001, 0002, ... 03e8.
        Assert.Equal(Enumerable.Range(1, 1000), reading.Examiner.Examined.Select(piece => (piece.Bytes[^2] << 8) | piece.Bytes[^1]));
        Assert.All(reading.Examiner.Examined, piece => Assert.Equal(53, piece.Bytes.Length));
        Assert.Equal((100, 0, ""), (reading.Flows.Count, reading.Opaque, reading.Remarks));
    }

    [Fact]
    public void A_repeated_byte_makes_no_second_record()
    {
        TlsReading reading = Read("retrans-tls.pcap");
        Assert.Equal(16, Assert.Single(reading.Examiner.Examined).Bytes.Length);
        Assert.Equal((16, "a TLS connection whose two hellos are not in the capture"), (reading.Opaque, reading.Remarks));
    }

    [Theory]
    [InlineData("tls13-rfc8446.pcap", "tls 1.3 "), InlineData("tls-renegotiation.pcap", "tls 1.2 ")]
    public void Without_keys_what_is_encrypted_is_opaque_and_said(string capture, string protocol)
    {
        TlsReading reading = Read(capture);
        Assert.Empty(reading.Inner);
        Assert.True(reading.Opaque > 500);
        Assert.Contains(protocol.Trim().ToUpperInvariant() + " without a key log", reading.Remarks, StringComparison.Ordinal);
        Assert.Contains("the key log has no secret of this connection", Read(capture, "dhe1_keylog.dat").Remarks, StringComparison.Ordinal);
        Assert.Equal((1, 0), (Read(capture, "dhe1_keylog.dat").Keys.Count, Read(capture, "dhe1_keylog.dat").Keys.Matched));
    }
}
