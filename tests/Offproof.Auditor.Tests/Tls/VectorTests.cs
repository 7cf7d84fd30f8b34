using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Offproof.Auditor.Tests.Tls;

/// <summary>Sessions of OpenSSL that vectors/audit/tls/make.py recorded: every suite, and everything that changes keys.</summary>
public sealed class VectorTests
{
    static readonly string Folder = Path.Combine(Repository.Root, "vectors", "audit", "tls");

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    static string At(string name) => Path.Combine(Folder, name);

    internal static TlsReading Read(string name) => new(new StreamsOf(At(name + ".pcap")), At(name + ".keys"));

    /// <summary>The streams of a vector, as they were captured: one list for each connection.</summary>
    internal static List<(string Keys, List<Step> Steps)> Steps(string name)
    {
        string keys = File.ReadAllText(At(name + ".keys"));
        List<(string, List<Step>)> connections = [];
        new StreamsOf(At(name + ".pcap")).Replay(flow =>
        {
            List<Step> steps = [];
            connections.Add((keys, steps));
            return new Recorder(flow, new RecordingExaminer(), steps);
        });
        return connections;
    }

    sealed class Recorder(Flow flow, Examiner examiner, List<Step> steps) : Conversation(flow, examiner)
    {
        internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet) => steps.Add(new(sender, bytes.ToArray()));

        internal override void Hole(Sender sender, long length, long packet) => steps.Add(new(sender, [], length));

        internal override void End(Sender sender, bool clean)
        {
        }
    }

    static Dictionary<string, string> Expected(string name) => File.ReadAllLines(At(name + ".txt")).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    static string Hex(string text) => Encoding.Latin1.GetString(Convert.FromHexString(text));

    [Theory, MemberData(nameof(Names))]
    public void A_session_is_read_whole(string name)
    {
        Dictionary<string, string> expected = Expected(name);
        TlsReading reading = Read(name);
        Assert.Equal(expected["remarks"], reading.Remarks);
        Assert.Equal(Hex(expected["client"]), reading.Text(Sender.Client));
        Assert.Equal(Hex(expected["server"]), reading.Text(Sender.Server));
        Assert.Equal(expected["records"], reading.Opened.ToString(CultureInfo.InvariantCulture));
        Assert.All(reading.Flows, flow => Assert.Equal((expected["protocol"], "cloud.example.org"), (flow.Protocol, flow.ServerName)));
        Assert.Equal(reading.Flows.Select(_ => "cloud.example.org"), reading.Examiner.Names.Where(text => text.Contains('.', StringComparison.Ordinal) && text != "http/1.1").Distinct(StringComparer.Ordinal).SelectMany(text => reading.Flows.Select(_ => text)));
        if (expected["remarks"].Length == 0) Assert.Equal(0, reading.Opaque);
        Assert.All(reading.Inner, inner => Assert.Equal(["Client ended cleanly", "Server ended cleanly"], inner.Events));
        Assert.True(reading.Keys.Matched > 0);
        Assert.All(reading.Flows, flow => Assert.InRange(flow.Capacity(Sender.Client), 64, 3000));
    }

    /// <summary>One changed bit in the last record of data that the client sent: it is opaque, and nothing of it is taken for plaintext.</summary>
    [Theory, MemberData(nameof(Names))]
    public void A_record_with_a_changed_bit_is_opaque(string name)
    {
        foreach (int at in (int[])[0, 20, -1])
        {
            (string keys, List<Step> steps) = Steps(name)[0];
            long opened = new TlsRun(steps, keys).Opened;
            if (opened == 0) return;
            byte[] stream = [.. steps.Where(step => step.Sender == Sender.Client).SelectMany(step => step.Bytes)];
            int last = 0, length = 0;
            for (int record = 0; record < stream.Length; record += 5 + ((stream[record + 3] << 8) | stream[record + 4]))
            {
                if (stream[record] != 23 || ((stream[record + 3] << 8) | stream[record + 4]) < 60) continue; // an alert in TLS 1.3 is shorter
                (last, length) = (record, (stream[record + 3] << 8) | stream[record + 4]);
            }
            int rest = last + 5 + (at < 0 ? length - 1 : at);
            int which = steps.FindIndex(step => step.Sender == Sender.Client && (rest -= step.Bytes.Length) < 0);
            byte[] changed = [.. steps[which].Bytes];
            changed[rest + changed.Length] ^= 1;
            steps[which] = steps[which] with { Bytes = changed };
            TlsRun run = new(steps, keys);
            Assert.Equal((opened - 1, length, "a TLS record does not verify with the secret of the key log"), (run.Opened, run.Flow.Bytes(Sender.Client, ByteKind.Opaque), run.Remarks));
        }
    }

    /// <summary>What was said does not depend on how it was cut: byte by byte, and in pieces of any size.</summary>
    [Theory, MemberData(nameof(Names))]
    public void A_session_is_the_same_in_other_pieces(string name)
    {
        TlsReading whole = Read(name);
        foreach (int size in (int[])[1, 3, 7, 1000])
        {
            TlsReading cut = new(new StreamsOf(At(name + ".pcap")), size, At(name + ".keys"));
            Assert.Equal((whole.Remarks, whole.Opened, whole.Text(Sender.Client), whole.Text(Sender.Server)), (cut.Remarks, cut.Opened, cut.Text(Sender.Client), cut.Text(Sender.Server)));
            Assert.Equal(whole.Account, cut.Account);
            Assert.Equal(whole.Examiner.Examined.Select(piece => Convert.ToHexString(piece.Bytes)), cut.Examiner.Examined.Select(piece => Convert.ToHexString(piece.Bytes)));
        }
    }

    /// <summary>Another reader of the same captures, all of them as one, says the same.</summary>
    [Fact]
    public void Tshark_reads_the_same()
    {
        if (!File.Exists("/usr/bin/tshark")) Assert.Skip("tshark is not installed");
        string[] names = [.. Names.Select(row => row.Data)];
        string folder = Directory.CreateTempSubdirectory("offproof-tls-").FullName;
        try
        {
            string all = Path.Combine(folder, "all.pcap"), keys = Path.Combine(folder, "all.keys");
            byte[][] captures = [.. names.Select(name => File.ReadAllBytes(At(name + ".pcap")))];
            File.WriteAllBytes(all, [.. captures[0], .. captures.Skip(1).SelectMany(bytes => bytes[24..])]);
            File.WriteAllText(keys, string.Concat(names.Select(name => File.ReadAllText(At(name + ".keys")))));
            RecordingConversation?[] inner = [.. names.SelectMany(name => Read(name) is { Inner.Count: > 0 } reading ? reading.Inner.Cast<RecordingConversation?>() : [null])];
            string[] said = Tshark(all, keys, inner.Length);
            for (int stream = 0; stream < inner.Length; stream++)
            {
                string client = inner[stream]?.Text(Sender.Client) ?? "", server = inner[stream]?.Text(Sender.Server) ?? "";
                // It takes the one who speaks first for the client, and names what it cannot open.
                if (inner[stream] is not null) Assert.Contains(said[stream], (string[])[client + "|" + server, server + "|" + client]);
                else Assert.DoesNotContain(said[stream], (string[])["|"]);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string[] Tshark(string capture, string keys, int streams)
    {
        using Process process = Process.Start(new ProcessStartInfo("/usr/bin/tshark",
            ["-r", capture, "-o", "tls.keylog_file:" + keys, "-q", .. Enumerable.Range(0, streams).SelectMany(stream => (string[])["-z", "follow,tls,raw," + stream.ToString(CultureInfo.InvariantCulture)])])
        { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return [.. output.Split("Filter: tcp.stream eq ").Skip(1)
            .Select(text => (Number: int.Parse(text[..text.IndexOf('\n', StringComparison.Ordinal)], CultureInfo.InvariantCulture), Lines: text.Split('\n').Skip(1).Where(line => line.Trim().Length > 0 && line.Trim().All(char.IsAsciiHexDigitLower)).ToArray()))
            .OrderBy(pair => pair.Number)
            .Select(pair => string.Concat(pair.Lines.Where(line => line[0] != '\t').Select(Hex)) + "|" + string.Concat(pair.Lines.Where(line => line[0] == '\t').Select(line => Hex(line[1..]))))];
    }
}
