using System.Text;

namespace Offproof.Auditor.Tests.Verdicts;

/// <summary>Real captures through the whole auditor, against the corpus' SOURCES.md.</summary>
public sealed class CorpusTests
{
    static string Corpus()
    {
        string? corpus = Repository.Corpus("captures");
        if (corpus is null) Assert.Skip("the corpus of captures (shared/corpus/captures beside the repository) is not on this machine");
        return corpus;
    }

    static (AuditReport Report, List<(long Packet, string Line)> Requests, int Answers) Run(string file, string? keys)
    {
        KeyLog? log = null;
        if (keys is not null)
        {
            log = new KeyLog();
            using FileStream stream = File.OpenRead(Path.Combine(Corpus(), "keys", keys));
            log.Add(stream);
        }
        using FileStream persona = File.OpenRead(Path.Combine(Repository.Root, "vectors", "phone", "persona.json"));
        List<(long, string)> requests = [];
        int answers = 0;
        using AuditRun run = new(Canaries.Read(persona, null), log, (in Place place, ReadOnlySpan<byte> head) =>
        {
            string text = Encoding.Latin1.GetString(head);
            if (text.StartsWith("HTTP/", StringComparison.Ordinal) || text.StartsWith(":status", StringComparison.Ordinal)) answers++;
            else requests.Add((place.Packet, text.Split('\n')[0].TrimEnd('\r')));
        });
        using FileStream capture = File.OpenRead(Path.Combine(Corpus(), "wireshark", file));
        run.Read(file, capture, CancellationToken.None);
        return (run.Report(), requests, answers);
    }

    // Requests and answers, in clear and within TLS. Where SOURCES.md differs, the reason stands beside.
    public static TheoryData<string, string?, int, int> Rows => new()
    {
        { "tls12-dsb.pcapng", null, 2, 2 },
        { "tls13-rfc8446.pcap", "tls13-rfc8446.keys", 3, 3 },
        { "tls13-rfc8446.pcap", "tls13-rfc8446-noearly.keys", 2, 3 },
        { "http2_follow_multistream.pcapng", null, 19, 19 }, // tshark shows 13 heads of answers; those of streams 29, 33, 35, 41, 43 and 49 are there too
        { "http-ooo.pcap", null, 5, 0 },
        { "http-ooo2.pcap", null, 1, 0 },
        { "tls-renegotiation.pcap", "derived/tls-renegotiation.keys", 1, 1 },
        { "rsa-p-lt-q.pcap", "derived/rsa-p-lt-q.keys", 1, 1 }, // the table has no answer, the plaintext has one
        { "tls12-aes256gcm.pcap", "derived/tls12-aes256gcm.keys", 1, 1 }, // likewise
        { "tls12-aes128ccm.pcap", "derived/tls12-aes128ccm.keys", 0, 0 }, // CCM is not read, and said
        { "rsasnakeoil2.pcap", "derived/rsasnakeoil2.keys", 0, 0 }, // SSL 3.0 likewise
        { "dhe1.pcapng.gz", "dhe1_keylog.dat", 0, 0 }, // TLS 1.0 likewise
        { "packet-h2-14_headers.pcapng", null, 6, 1 },
        { "http-brotli.pcapng", null, 1, 1 },
        { "http.pcap", null, 1, 0 },
        { "communityid.pcap.gz", null, 1, 1 },
    };

    [Theory, MemberData(nameof(Rows))]
    public void Requests_and_answers_are_as_many_as_the_table_says(string file, string? keys, int requests, int answers)
    {
        var (report, seen, answered) = Run(file, keys);
        Assert.Equal((requests, answers), (seen.Count, answered));
        if (requests + answers == 0) Assert.True(report.Bytes.Opaque > 0);
    }

    [Fact]
    public void Requests_within_TLS_stand_in_the_frames_of_the_table()
    {
        Assert.Equal([6L, 14L], Run("tls12-dsb.pcapng", null).Requests.Select(request => request.Packet));
        Assert.Equal([5L, 8L, 12L], Run("tls13-rfc8446.pcap", "tls13-rfc8446.keys").Requests.Select(request => request.Packet));
        Assert.Equal([13L, 30, 31, 32, 33, 34, 35, 58, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82], Run("http2_follow_multistream.pcapng", null).Requests.Select(request => request.Packet));
    }

    public static TheoryData<string> Files
    {
        get
        {
            TheoryData<string> files = [];
            if (Repository.Corpus("captures") is not { } corpus) files.Add("");
            else files.AddRange(Directory.GetFiles(corpus, "*", SearchOption.AllDirectories).Where(path => path.Contains(".pcap", StringComparison.Ordinal) || path.EndsWith(".har", StringComparison.Ordinal) || path.EndsWith(".mitm", StringComparison.Ordinal)).Select(path => Path.GetRelativePath(corpus, path)).Order(StringComparer.Ordinal).ToArray());
            return files;
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_byte_of_a_real_capture_is_counted_once_and_nothing_is_found_that_is_not_there(string file)
    {
        AuditReport report = Audit.Run(new AuditRequest([Path.Combine(Corpus(), file)], Path.Combine(Repository.Root, "vectors", "phone", "persona.json"), []));
        Assert.Equal(report.Bytes.Total, report.Bytes.Decoded + report.Bytes.Structural + report.Bytes.Opaque + report.Bytes.Missing);
        Assert.DoesNotContain(report.Findings, finding => finding.Standing != "weak");
        Assert.Equal(report.Reasons.Count == 0 ? "CLEAN" : "INCONCLUSIVE", report.Verdict);
        if (report.Bytes.Opaque + report.Bytes.Missing > 0 || report.Captures[0].Damage is not null) Assert.Equal("INCONCLUSIVE", report.Verdict);
    }
}
