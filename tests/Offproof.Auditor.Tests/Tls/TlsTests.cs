using System.Text;

namespace Offproof.Auditor.Tests.Tls;

public sealed class TlsTests
{
    [Fact]
    public void The_trace_of_RFC_8448_gives_its_fifty_bytes_each_way()
    {
        string folder = Path.Combine(Repository.Root, "vectors", "audit", "tls");
        Step[] steps = [.. File.ReadLines(Path.Combine(folder, "rfc8448.records")).Select(line => new Step(line[0] == 'c' ? Sender.Client : Sender.Server, Convert.FromHexString(line[7..])))];
        TlsRun run = new(steps, File.ReadAllText(Path.Combine(folder, "rfc8448.keys")));
        string fifty = string.Concat(Enumerable.Range(0, 50).Select(at => (char)at));
        Assert.Equal((fifty, fifty, 7L, "", "tls 1.3", "server"), (run.Text(Sender.Client), run.Text(Sender.Server), run.Opened, run.Remarks, run.Flow.Protocol, run.Flow.ServerName));
        Assert.Equal((4, 4), (run.Keys.Count, run.Keys.Matched));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void After_lost_bytes_the_next_record_that_verifies_is_read(bool is13)
    {
        for (int lost = 1; lost < 40; lost++)
        {
            TlsWriter writer = new(is13);
            List<Step> steps = writer.Handshake();
            byte[] sent = [.. Enumerable.Range(0, 50).SelectMany(at => writer.Data(Sender.Client, $"<{at:00} +447700900123>").Bytes)];
            int size = sent.Length / 50;
            steps.AddRange([new(Sender.Client, sent[..(size + 7)]), new(Sender.Client, [], lost * size), new(Sender.Client, sent[(size + 7 + (lost * size))..]), writer.Data(Sender.Server, "fine")]);
            TlsRun run = new(steps, writer.KeyLog);
            string expected = string.Concat(Enumerable.Range(0, 50).Where(at => at < 1 || at > 1 + lost).Select(at => $"<{at:00} +447700900123>"));
            Assert.Equal((expected, "fine"), (run.Text(Sender.Client), run.Text(Sender.Server)));
            Assert.Equal(["Client hole at 18", "Client ended cleanly", "Server ended cleanly"], run.Inner!.Events);
            Assert.Equal(size, run.Flow.Bytes(Sender.Client, ByteKind.Opaque));
            Assert.Equal(run.Everything, new TlsRun(steps, writer.KeyLog, 1).Everything);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void What_cannot_be_proven_after_lost_bytes_is_opaque_to_the_end(bool is13)
    {
        TlsWriter writer = new(is13);
        List<Step> steps = writer.Handshake();
        byte[][] sent = [.. Enumerable.Range(0, 100).Select(at => writer.Data(Sender.Client, $"<{at:00}>").Bytes)];
        steps.AddRange([new(Sender.Client, sent[0]), new(Sender.Client, [], 0), .. sent[70..].Select(bytes => new Step(Sender.Client, bytes))]);
        TlsRun run = new(steps, writer.KeyLog);
        Assert.Equal("<00>", run.Text(Sender.Client));
        Assert.Equal(sent[70..].Sum(bytes => bytes.Length), run.Flow.Bytes(Sender.Client, ByteKind.Opaque));
        Assert.Equal(["Server ended cleanly"], run.Inner!.Events.Where(said => said.StartsWith("Server", StringComparison.Ordinal)));
        Assert.Equal(["Client hole at 4", "Client ended cleanly"], run.Inner!.Events.Where(said => said.StartsWith("Client", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_key_update_among_lost_bytes_is_found_again()
    {
        TlsWriter writer = new(is13: true);
        List<Step> steps = [.. writer.Handshake(), writer.Data(Sender.Client, "one")];
        writer.KeyUpdate(Sender.Client);
        writer.Data(Sender.Client, "two");
        steps.AddRange([new(Sender.Client, [], 60), writer.Data(Sender.Client, "three"), writer.KeyUpdate(Sender.Client), writer.Data(Sender.Client, "four")]);
        Assert.Equal("onethreefour", new TlsRun(steps, writer.KeyLog).Text(Sender.Client));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_handshake_of_which_bytes_are_lost_goes_on_with_what_verifies(bool is13)
    {
        TlsWriter writer = new(is13);
        List<Step> steps = writer.Handshake();
        // The server's Finished, and in TLS 1.2 its ChangeCipherSpec.
        steps = [.. steps.Where(step => step.Sender == Sender.Client || step.Bytes[5] == 2), new(Sender.Server, [], 51), writer.Data(Sender.Server, "HTTP/1.1 200"), writer.Data(Sender.Client, "GET")];
        TlsRun run = new(steps, writer.KeyLog);
        Assert.Equal(("HTTP/1.1 200", "GET"), (run.Text(Sender.Server), run.Text(Sender.Client)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_record_that_does_not_verify_is_opaque_and_the_next_one_is_read(bool is13)
    {
        TlsWriter writer = new(is13);
        Step[] data = [.. Enumerable.Range(0, 5).Select(at => writer.Data(Sender.Client, $"<{at}>"))];
        writer = new(is13);
        List<Step> steps = writer.Handshake();
        data = [.. Enumerable.Range(0, 5).Select(at => writer.Data(Sender.Client, $"<{at}>"))];
        data[2].Bytes[^1] ^= 1;
        TlsRun run = new([.. steps, .. data], writer.KeyLog);
        Assert.Equal("<0><1><3><4>", run.Text(Sender.Client));
        Assert.Equal("a TLS record does not verify with the secret of the key log", run.Remarks);
        Assert.Equal("Client hole at 6", run.Inner!.Events[0]);
        Assert.Equal(data[2].Bytes.Length - 5, run.Flow.Bytes(Sender.Client, ByteKind.Opaque));
        // One that somebody put in between has no number.
        run = new([.. steps, data[0], new(Sender.Client, [23, 3, 3, 0, 40, .. new byte[40]]), data[1]], writer.KeyLog);
        Assert.Equal(("<0><1>", 40L), (run.Text(Sender.Client), run.Flow.Bytes(Sender.Client, ByteKind.Opaque)));
    }

    [Fact]
    public void Failures_are_tried_so_long_and_no_longer()
    {
        TlsWriter writer = new(is13: true);
        List<Step> steps = writer.Handshake();
        Step data = writer.Data(Sender.Client, "read");
        Step[] broken = [.. Enumerable.Repeat(new Step(Sender.Client, TlsWriter.Clear(23, new byte[3000])), 60)];
        // 1, 2, 3 ... trials of 4,029 bytes: more than 4 MiB.
        Assert.Equal("", new TlsRun([.. steps, .. broken, data], writer.KeyLog).Text(Sender.Client));
        Assert.Equal("read", new TlsRun([.. steps, .. broken[..20], data], writer.KeyLog).Text(Sender.Client));
        // What others spent takes nothing from a connection that is whole, and nearly all from one that is not.
        Assert.Equal("read", new TlsRun([.. steps, data], writer.KeyLog, trials: 0).Text(Sender.Client));
        Assert.Equal("read", new TlsRun([.. steps, broken[0], data], writer.KeyLog, trials: 0).Text(Sender.Client));
        Assert.Equal("", new TlsRun([.. steps, .. broken[..3], data], writer.KeyLog, trials: 0).Text(Sender.Client));
    }

    [Fact]
    public void A_wrong_secret_opens_nothing_and_is_said()
    {
        TlsWriter writer = new(is13: false);
        string log = writer.KeyLog;
        TlsRun run = new([.. writer.Handshake(), writer.Data(Sender.Client, "+447700900123")], log[..^3] + "ff\n");
        Assert.Null(run.Inner);
        Assert.Equal((0L, "a TLS record does not verify with the secret of the key log"), (run.Opened, run.Remarks));
    }

    [Fact]
    public void Padding_is_structural_and_counted_as_chosen()
    {
        TlsWriter writer = new(is13: true);
        List<Step> steps = writer.Handshake();
        TlsRun without = new(steps, writer.KeyLog);
        TlsRun with = new([.. steps, writer.Data(Sender.Client, "x", padding: 1000)], writer.KeyLog);
        Assert.Equal(1000, with.Flow.Capacity(Sender.Client) - without.Flow.Capacity(Sender.Client));
        Assert.Equal(5 + 16 + 1 + 1000, with.Flow.Bytes(Sender.Client, ByteKind.Structural) - without.Flow.Bytes(Sender.Client, ByteKind.Structural));
    }

    [Fact]
    public void Something_else_behind_TLS_is_opaque_and_examined()
    {
        TlsWriter writer = new(is13: true);
        byte[] secret = Encoding.ASCII.GetBytes("+447700900123" + new string('.', 20_000) + "+447700900123");
        TlsRun run = new([.. writer.Handshake(), new(Sender.Client, secret)], writer.KeyLog);
        Assert.Equal("TLS is followed by something else", run.Remarks);
        Assert.Equal(secret.Length, run.Flow.Bytes(Sender.Client, ByteKind.Opaque));
        Assert.Equal(2, run.Examiner.Examined.Count(piece => piece.Bytes.AsSpan().IndexOf("+447700900123"u8) >= 0));
    }

    [Fact]
    public void What_is_hidden_in_a_frame_without_encryption_is_examined()
    {
        TlsRun run = new([new(Sender.Client, TlsWriter.Clear(23, [.. "IMEI 004999010640000"u8]))], "");
        Assert.Equal((20L, 5L), (run.Flow.Bytes(Sender.Client, ByteKind.Opaque), run.Flow.Bytes(Sender.Client, ByteKind.Structural)));
        Assert.Equal("IMEI 004999010640000", Encoding.ASCII.GetString(Assert.Single(run.Examiner.Examined).Bytes));
    }

    [Theory, InlineData(false, 16_000), InlineData(false, 1300), InlineData(true, 16_000)]
    public void Nothing_is_allocated_for_a_record(bool is13, int size)
    {
        TlsWriter writer = new(is13);
        List<Step> steps = writer.Handshake();
        KeyLog keys = new();
        keys.Add(Encoding.ASCII.GetBytes(writer.KeyLog));
        Flow flow = new(1, "tcp", new System.Net.IPEndPoint(0, 1), new System.Net.IPEndPoint(0, 2));
        Sink sink = new(flow);
        TlsConversation tls = new(flow, new RecordingExaminer(), keys, (_, _) => sink);
        foreach (Step step in steps) tls.Data(step.Sender, step.Bytes, 1);
        tls.Data(Sender.Server, writer.Seal(Sender.Server, 23, default), 1); // the keys are made with the first record
        byte[] stream = [.. Enumerable.Range(0, 1000).SelectMany(_ => writer.Seal(Sender.Server, 23, new byte[size]))];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int at = 0; at < stream.Length; at += 1400) tls.Data(Sender.Server, stream.AsSpan(at, Math.Min(1400, stream.Length - at)), 1);
        // Buffers that the pool did not have yet, once.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 80_000);
        Assert.Equal(1000L * size, sink.Bytes);
    }

    sealed class Sink(Flow flow) : Conversation(flow, new RecordingExaminer())
    {
        internal long Bytes { get; private set; }

        internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet) => Bytes += bytes.Length;

        internal override void Hole(Sender sender, long length, long packet)
        {
        }

        internal override void End(Sender sender, bool clean)
        {
        }
    }

    [Fact]
    public void A_handshake_message_of_16_megabytes_is_not_kept()
    {
        byte[] record = TlsWriter.Clear(22, new byte[16_000]);
        TlsRun run = new([new(Sender.Client, TlsWriter.Clear(22, [1, 0xFF, 0xFF, 0xFF])), .. Enumerable.Repeat(new Step(Sender.Client, record), 200)], "");
        Assert.Equal(4 + (200L * 16_000), run.Flow.Bytes(Sender.Client, ByteKind.Opaque));
        Assert.Equal("a TLS handshake message is longer than this reader keeps", run.Remarks);
    }

    /// <summary>Where the other side's bytes were captured first, the connection is read all the same as far as it is known when its records come.</summary>
    [Fact]
    public void A_server_hello_before_the_clients_is_joined_to_it()
    {
        TlsWriter writer = new(is13: true);
        List<Step> steps = writer.Handshake();
        (steps[0], steps[1]) = (steps[1], steps[0]);
        Assert.Equal("late", new TlsRun([.. steps, writer.Data(Sender.Client, "late")], writer.KeyLog).Text(Sender.Client));
    }

    [Theory, InlineData(true), InlineData(false)] // what is computed can hide nothing; what comes again can
    public void A_handshake_ends_once(bool is13)
    {
        TlsWriter writer = new(is13);
        List<Step> steps = writer.Handshake();
        TlsRun Run(params Step[] more) => new([.. steps, .. more], writer.KeyLog);
        long before = Run().Flow.Capacity(Sender.Client);
        Step again = new(Sender.Client, writer.Seal(Sender.Client, 22, TlsWriter.Message(20, new byte[12])));
        Assert.True(Run(again).Flow.Capacity(Sender.Client) - before >= 12);
    }

    [Theory]
    [InlineData("1603010200", true), InlineData("170303004000", true), InlineData("1403", null), InlineData("16", null), InlineData("", null), InlineData("474554202f", false), InlineData("160400", false),
     InlineData("16030148ff", false), InlineData("8042010300", true), InlineData("804201", null), InlineData("8042020300", false), InlineData("1503050002", false)]
    public void A_stream_is_recognised_by_its_first_bytes(string start, bool? isTls) => Assert.Equal(isTls, TlsConversation.Recognises(Convert.FromHexString(start)));
}
