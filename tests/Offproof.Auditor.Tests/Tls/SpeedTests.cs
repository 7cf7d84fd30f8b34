namespace Offproof.Auditor.Tests.Tls;

/// <summary>Run by hand: `--explicit on --filter-class '*SpeedTests'`.</summary>
public sealed class SpeedTests
{
    [Theory(Explicit = true)]
    [InlineData(false, 16_000, 1400), InlineData(false, 16_000, 1 << 20), InlineData(false, 1300, 1400), InlineData(true, 16_000, 1400)]
    public void A_hundred_megabytes_are_opened_in_three_tenths_of_a_second(bool is13, int record, int segment)
    {
        TlsWriter writer = new(is13);
        List<Step> steps = writer.Handshake();
        byte[] content = new byte[record];
        List<byte> joined = [];
        while (joined.Count < 100_000_000) joined.AddRange(writer.Seal(Sender.Server, 23, content));
        byte[] stream = [.. joined];
        KeyLog keys = new();
        keys.Add(System.Text.Encoding.ASCII.GetBytes(writer.KeyLog));
        Flow flow = new(1, "tcp", new System.Net.IPEndPoint(0, 1), new System.Net.IPEndPoint(0, 2));
        RecordingExaminer examiner = new();
        Sink sink = new(flow, examiner);
        TlsConversation tls = new(flow, examiner, keys, (_, _) => sink);
        foreach (Step step in steps) tls.Data(step.Sender, step.Bytes, 1);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (int at = 0; at < stream.Length; at += segment) tls.Data(Sender.Server, stream.AsSpan(at, Math.Min(segment, stream.Length - at)), 1);
        TimeSpan took = Environment.CpuUsage.TotalTime - before;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.Fail($"{stream.Length} bytes, {sink.Bytes} of content: {took.TotalSeconds:F2} CPU s, {allocated} bytes allocated");
    }

    sealed class Sink(Flow flow, Examiner examiner) : Conversation(flow, examiner)
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
}
