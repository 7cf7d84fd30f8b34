using System.Text;
using Offproof.Auditor.Tests.Packets;

namespace Offproof.Auditor.Tests.Verdicts;

/// <summary>audit.md §7 on the rebuilt stages and on what is added to them.</summary>
public sealed class VerdictTests
{
    static readonly string Persona = Path.Combine(Repository.Root, "vectors", "phone", "persona.json");

    static string Stage(string name) => Path.Combine(Repository.Root, "vectors", "audit", "stages", name);

    static AuditReport Audited(byte[] capture, params string[] keys)
    {
        using AuditRun run = new(Read(), null);
        run.Read("made.pcap", new MemoryStream(capture), CancellationToken.None);
        Assert.Empty(keys);
        return run.Report();
    }

    static Canaries Read()
    {
        using FileStream persona = File.OpenRead(Persona);
        return Canaries.Read(persona, null);
    }

    /// <summary>The packets of a stage, and some more behind them.</summary>
    static byte[] With(string stage, params byte[][] packets) => [.. File.ReadAllBytes(Stage(stage)), .. Made.Pcap(1, packets)[24..]];

    static byte[][] Connection(byte[] said)
    {
        List<byte[]> packets = [Made.Up(99, "", Made.Syn, 0, 50_000), Made.Down(199, "", Made.Syn | Made.Ack, 100, 50_000)];
        uint at = 100;
        foreach (byte[] chunk in said.Chunk(1400))
        {
            packets.Add(Made.Up(at, Encoding.Latin1.GetString(chunk), Made.Ack, 200, 50_000));
            at += (uint)chunk.Length;
        }
        packets.Add(Made.Up(at, "", Made.Fin | Made.Ack, 200, 50_000));
        packets.Add(Made.Down(200, "", Made.Fin | Made.Ack, at + 1, 50_000));
        return [.. packets];
    }

    static byte[] Random(int count)
    {
        byte[] bytes = new byte[count];
        ulong state = 0x9E3779B97F4A7C15;
        for (int i = 0; i < count; i++)
        {
            unchecked
            {
                state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 + (ulong)i;
            }
            bytes[i] = (byte)(state >> 56);
        }
        return bytes;
    }

    static void Balances(AuditReport report) =>
        Assert.Equal(report.Bytes.Total, report.Bytes.Decoded + report.Bytes.Structural + report.Bytes.Opaque + report.Bytes.Missing);

    static string[] Kinds(AuditReport report) => [.. report.Findings.Select(static finding => finding.Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    [Fact]
    public void Stage_A_is_numbers_and_the_carrier_and_no_text()
    {
        AuditReport report = Audited(With("stage-a.pcap"));
        Assert.Equal("LEAK", report.Verdict);
        Assert.Equal(["carrier", "contact-phone", "imei", "message-number", "phone"], Kinds(report));
        Assert.Equal(0, report.Bytes.Opaque + report.Bytes.Missing);
        Assert.All(report.Findings, finding => Assert.Equal("evidence", finding.Standing));
        Balances(report);
    }

    [Fact]
    public void Stage_B_is_three_identifiers() => Assert.Equal(["imei", "imsi", "phone"], Kinds(Audited(With("stage-b.pcap"))));

    [Fact]
    public void Stage_C_is_clean_and_every_byte_was_read()
    {
        AuditReport report = Audited(With("stage-c.pcap"));
        Assert.Equal("CLEAN", report.Verdict);
        Assert.Empty(report.Findings);
        Assert.Empty(report.Reasons);
        Balances(report);
    }

    [Fact]
    public void Stage_D_is_inconclusive_without_keys_and_a_leak_in_base64_with_them()
    {
        AuditReport blind = Audit.Run(new AuditRequest([Stage("stage-d.pcap")], Persona, []));
        Assert.Equal("INCONCLUSIVE", blind.Verdict);
        Assert.Empty(blind.Findings);
        AuditReport report = Audit.Run(new AuditRequest([Stage("stage-d.pcap")], Persona, [Stage("stage-d.keys")]));
        Assert.Equal("LEAK", report.Verdict);
        Assert.Equal(["imsi", "message-number", "phone"], Kinds(report));
        Assert.All(report.Findings, finding => Assert.Equal(["base64"], finding.Chain));
        Assert.Equal(new KeysReport(1, 1, 0), report.Keys);
        Balances(report);
    }

    [Theory, InlineData(12), InlineData(20), InlineData(5000)]
    public void Random_bytes_as_one_more_flow_turn_clean_into_inconclusive(int count)
    {
        AuditReport report = Audited(With("stage-c.pcap", Connection(Random(count))));
        Assert.Equal("INCONCLUSIVE", report.Verdict);
        Assert.Equal(count, report.Bytes.Opaque);
        Balances(report);
    }

    [Fact]
    public void Random_bytes_in_a_datagram_turn_clean_into_inconclusive() =>
        Assert.Equal("INCONCLUSIVE", Audited(With("stage-c.pcap", Made.Ethernet(0x0800, Made.Ip(17, Made.Udp(40_000, 9_999, Random(64)))))).Verdict);

    [Theory]
    [InlineData("001017981670485")]
    [InlineData("say: jonas.fairweather.a652e3@example.org")]
    [InlineData("+44 7700 900-028")]
    public void A_planted_canary_as_one_more_flow_turns_clean_into_a_leak(string text) =>
        Assert.Equal("LEAK", Audited(With("stage-c.pcap", Connection(Encoding.ASCII.GetBytes(text + "\n")))).Verdict);

    [Fact] // a leak among what cannot be read is a leak
    public void Leak_stands_over_inconclusive()
    {
        AuditReport report = Audited(With("stage-b.pcap", Connection(Random(100))));
        Assert.Equal("LEAK", report.Verdict);
        Assert.Contains(report.Reasons, reason => reason.Contains("100 bytes could not be read", StringComparison.Ordinal));
    }

    [Fact]
    public void What_only_arrives_is_no_leak_and_not_clean()
    {
        byte[][] packets = [Made.Up(99, "", Made.Syn, 0, 50_000), Made.Down(199, "", Made.Syn | Made.Ack, 100, 50_000), Made.Down(200, "imei 001017981670485\n", Made.Ack, 100, 50_000)];
        AuditReport report = Audited(With("stage-c.pcap", packets));
        Assert.Equal("INCONCLUSIVE", report.Verdict);
        Assert.Equal("arriving", Assert.Single(report.Findings).Standing);
    }

    [Fact]
    public void A_capture_that_stops_inside_of_a_packet_is_not_clean()
    {
        byte[] capture = With("stage-c.pcap");
        AuditReport report = Audited(capture[..^3]);
        Assert.Equal("INCONCLUSIVE", report.Verdict);
        Assert.NotNull(Assert.Single(report.Captures).Damage);
        Assert.Contains(AuditText.Lines(report), static line => line.StartsWith("unseen    of what could be read of the captures, at most ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_flow_that_begins_in_the_middle_of_a_text_is_not_clean()
    {
        byte[][] packets = [Made.Up(500, "the rest of a text\n", Made.Ack, 200, 50_000)];
        Assert.Contains(Audited(With("stage-c.pcap", packets)).Reasons, reason => reason.StartsWith("1 flow begins in the middle", StringComparison.Ordinal));
    }

    [Fact]
    public void A_flow_that_ends_inside_of_a_message_is_not_clean()
    {
        AuditReport report = Audited(With("stage-c.pcap", Connection("POST /a HTTP/1.1\r\nHost: example.org\r\nContent-Length: 100\r\n\r\nfirst"u8.ToArray())));
        Assert.Equal("INCONCLUSIVE", report.Verdict);
        Assert.Contains("1 flow ends inside of a message", report.Reasons);
    }

    [Fact] // a message that is whole is whole without its SYN, and that is said
    public void A_flow_whose_first_byte_begins_a_message_is_whole()
    {
        byte[][] packets = [Made.Up(500, "GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n", Made.Ack, 200, 50_000), Made.Down(200, "HTTP/1.1 204 No Content\r\n\r\n", Made.Ack, 538, 50_000)];
        AuditReport report = Audited(With("stage-c.pcap", packets));
        Assert.Equal("CLEAN", report.Verdict);
        Assert.Contains(report.Flows, flow => flow.Remarks.Contains("its opening is not in the capture"));
    }

    [Fact]
    public void A_number_that_is_a_contact_s_and_a_message_s_names_both()
    {
        FindingReport finding = Assert.Single(Audited(With("stage-c.pcap", Connection("to +447700900989\n"u8.ToArray()))).Findings);
        Assert.Equal("contacts[4].phones[0]", finding.Canary);
        Assert.Contains(finding.Also, id => id.StartsWith("messages[", StringComparison.Ordinal));
    }

    [Fact]
    public void A_report_is_also_SARIF()
    {
        AuditReport report = Audit.Run(new AuditRequest([Stage("stage-a.pcap")], Persona, []));
        using MemoryStream stream = new();
        Sarif.Write(report, stream);
        using System.Text.Json.JsonDocument log = System.Text.Json.JsonDocument.Parse(stream.ToArray());
        var run = log.RootElement.GetProperty("runs")[0];
        Assert.Equal("2.1.0", log.RootElement.GetProperty("version").GetString());
        Assert.Equal(report.Findings.Count, run.GetProperty("results").GetArrayLength());
        Assert.Contains(run.GetProperty("results").EnumerateArray(), result => result.GetProperty("ruleId").GetString() == "imei" && result.GetProperty("level").GetString() == "error");
        foreach (var result in run.GetProperty("results").EnumerateArray())
        {
            var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
            Assert.True(place.GetProperty("region").GetProperty("byteLength").GetInt32() > 0 && place.GetProperty("region").GetProperty("byteOffset").GetInt64() >= 0);
            // The message lies in the capture.
            var message = run.GetProperty("artifacts")[place.GetProperty("artifactLocation").GetProperty("index").GetInt32()];
            Assert.Equal(place.GetProperty("artifactLocation").GetProperty("uri").GetString(), message.GetProperty("location").GetProperty("uri").GetString());
            Assert.Equal(0, message.GetProperty("parentIndex").GetInt32());
        }
    }

    [Fact]
    public void What_was_inside_of_TLS_is_not_said_to_be_in_clear()
    {
        FindingReport finding = new("a", [], "imei", "1", "digits", 1, 1, 1, "client", "body", null, 1, 0, 15, [], 0, "evidence", null, []);
        FlowReport flow = new(1, "tcp", "tls 1.3/http/1.1", "192.0.2.1:1", "192.0.2.2:443", "client", null, 1, new(0, 0, 0, 0, 0), new(0, 0, 0, 0, 0), 0, []);
        Assert.Contains("in clear inside TLS", AuditText.Sentence(finding, flow), StringComparison.Ordinal);
        Assert.DoesNotContain("TLS", AuditText.Sentence(finding with { Carrier = "server-name" }, flow), StringComparison.Ordinal);
        Assert.DoesNotContain("TLS", AuditText.Sentence(finding, flow with { Protocol = "http/1.1" }), StringComparison.Ordinal);
    }

    // Stage D as a pcapng, whose last block holds its keys.
    static byte[] KeysBehind()
    {
        using MemoryStream to = new();
        byte[] pcap = File.ReadAllBytes(Stage("stage-d.pcap")), keys = File.ReadAllBytes(Stage("stage-d.keys"));
        Block(0x0a0d0d0a, [.. BitConverter.GetBytes(0x1a2b3c4du), 1, 0, 0, 0, .. BitConverter.GetBytes(-1L)]);
        Block(1, [1, 0, 0, 0, 0, 0, 4, 0]);
        for (int at = 24; at < pcap.Length;)
        {
            int length = BitConverter.ToInt32(pcap, at + 8);
            Block(6, [.. new byte[12], .. BitConverter.GetBytes(length), .. BitConverter.GetBytes(length), .. pcap.AsSpan(at + 16, length)]);
            at += 16 + length;
        }
        Block(10, [.. BitConverter.GetBytes(0x544c534bu), .. BitConverter.GetBytes(keys.Length), .. keys]);
        return to.ToArray();

        void Block(uint type, byte[] body)
        {
            byte[] padded = [.. body, .. new byte[-body.Length & 3]];
            to.Write([.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(padded.Length + 12), .. padded, .. BitConverter.GetBytes(padded.Length + 12)]);
        }
    }

    [Fact]
    public void Keys_of_a_file_open_what_stands_before_them()
    {
        AuditReport report = Audited(KeysBehind());
        Assert.Equal("LEAK", report.Verdict);
        Assert.Equal(0, report.Bytes.Opaque);
        Assert.True(report.Keys!.Matched > 0);
        Assert.Equal(Audited(File.ReadAllBytes(Stage("stage-d.pcap"))).Captures[0].Packets, report.Captures[0].Packets);
    }

    [Fact]
    public void Of_a_pipe_they_come_too_late_and_that_is_said()
    {
        using AuditRun run = new(Read(), null);
        run.Read("pipe", new Continued(ReadOnlyMemory<byte>.Empty, new MemoryStream(KeysBehind())), CancellationToken.None);
        AuditReport report = run.Report();
        Assert.Equal("INCONCLUSIVE", report.Verdict);
        Assert.Equal(0, report.Keys!.Matched);
    }
}
