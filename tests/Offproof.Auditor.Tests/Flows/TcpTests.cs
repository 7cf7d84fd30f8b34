using System.Globalization;
using static Offproof.Auditor.Tests.Packets.Made;

namespace Offproof.Auditor.Tests.Flows;

/// <summary>audit.md §3.1.</summary>
public sealed class TcpTests
{
    /// <summary>SplitMix64: the same cases everywhere.</summary>
    sealed class Dice(ulong state)
    {
        ulong _state = state;

        internal int Below(int limit)
        {
            unchecked
            {
                ulong z = _state += 0x9E3779B97F4A7C15;
                z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
                z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
                return (int)((z ^ (z >> 31)) % (ulong)limit);
            }
        }
    }

    // A text cut into segments that overlap, come twice and in any order; the sequence numbers wrap somewhere.
    static (string Text, List<(int Start, int Length)> Segments, uint Sequence) Case(ulong seed)
    {
        Dice dice = new(seed);
        string text = string.Concat(Enumerable.Range(0, 1 + dice.Below(600)).Select(index => (char)(33 + (index * 7 + index / 90) % 90)));
        List<(int Start, int Length)> segments = [];
        for (int at = 0; at < text.Length;)
        {
            int length = Math.Min(1 + dice.Below(60), text.Length - at), back = Math.Min(at, dice.Below(3) == 0 ? dice.Below(50) : 0);
            segments.Add((at - back, length + back));
            if (dice.Below(8) == 0) segments.Add((at, length));
            at += length;
        }
        for (int index = segments.Count - 1; index > 0; index--)
        {
            int other = dice.Below(index + 1);
            (segments[index], segments[other]) = (segments[other], segments[index]);
        }
        return (text, segments, unchecked((uint)-dice.Below(700)));
    }

    static byte[] Capture(string text, IEnumerable<(int Start, int Length)> segments, uint sequence) =>
        Pcap(1, [Up(unchecked(sequence - 1), "", Syn, 0), .. segments.Select(segment => Up(unchecked(sequence + (uint)segment.Start), text.Substring(segment.Start, segment.Length)))]);

    static string Text(Heard heard) => System.Text.Encoding.Latin1.GetString([.. heard.Of(heard.Flow("tcp"), Sender.Client).Bytes]);

    [Fact]
    public void Segments_in_any_order_make_one_text()
    {
        for (ulong seed = 0; seed < 2000; seed++)
        {
            (string text, List<(int Start, int Length)> segments, uint sequence) = Case(seed);
            Heard heard = Heard.In(Capture(text, segments, sequence));
            Flow flow = Assert.Single(heard.Flows);
            Assert.Equal(text, Text(heard));
            // What came more than once is structural, each time.
            Assert.Equal(segments.Sum(segment => segment.Length) - text.Length, flow.Bytes(Sender.Client, ByteKind.Structural) - 54 * heard.Packets);
            Assert.Empty(flow.Remarks);
            Assert.Empty(heard.Strays);
        }
    }

    [Fact]
    public void A_segment_that_never_comes_is_a_hole_of_its_length()
    {
        int holes = 0;
        for (ulong seed = 0; seed < 1000; seed++)
        {
            (string text, List<(int Start, int Length)> segments, uint sequence) = Case(seed);
            segments.RemoveAt((int)(seed % (ulong)segments.Count));
            bool[] comes = new bool[text.Length];
            foreach ((int start, int length) in segments) comes.AsSpan(start, length).Fill(true);
            int reach = Array.LastIndexOf(comes, true) + 1;
            Heard heard = Heard.In(Capture(text, segments, sequence));
            Flow flow = Assert.Single(heard.Flows);
            Assert.Equal(string.Concat(text.Where((_, index) => comes[index])), Text(heard));
            int lost = comes[..reach].Count(came => !came);
            Assert.Equal((lost, lost), (flow.Bytes(Sender.Client, ByteKind.Missing), heard.Lost));
            Assert.Equal(lost, heard.Of(flow, Sender.Client).Holes.Sum(hole => hole.Length));
            if (lost > 0) Assert.Contains("segments are not in the capture", flow.Remarks);
            holes += Math.Sign(lost);
        }
        Assert.True(holes > 300);
    }

    [Fact]
    public void A_byte_that_is_not_what_it_was_is_opaque_and_said()
    {
        int noticed = 0;
        for (ulong seed = 0; seed < 1000; seed++)
        {
            (string text, List<(int Start, int Length)> segments, uint sequence) = Case(seed);
            // The last segment that only repeats brings one other byte.
            bool[] came = new bool[text.Length];
            (int Start, int Length)? repeat = null;
            foreach ((int start, int length) in segments)
            {
                if (came.AsSpan(start, length).IndexOf(false) < 0) repeat = (start, length);
                came.AsSpan(start, length).Fill(true);
            }
            if (repeat is not { } twice) continue;
            string other = string.Concat(text.AsSpan(twice.Start, twice.Length - 1), "~");
            if (other == text.Substring(twice.Start, twice.Length)) continue;
            byte[] capture = [.. Capture(text, segments, sequence), .. Pcap(1, Up(unchecked(sequence + (uint)twice.Start), other))[24..]];
            Heard heard = Heard.In(capture);
            Flow flow = Assert.Single(heard.Flows);
            Assert.Equal(text, Text(heard)); // the first ones stand
            Assert.Equal(other, string.Concat(heard.Strays.Select(stray => System.Text.Encoding.Latin1.GetString(stray.Bytes))));
            Assert.True(flow.Bytes(Sender.Client, ByteKind.Opaque) >= 1);
            Assert.Contains("segments contradict each other", flow.Remarks);
            noticed++;
        }
        Assert.True(noticed > 300);
    }

    // 64 KiB are held to compare with; more while it is not acknowledged.
    [Theory, InlineData(false, 40_000, true), InlineData(false, 900_000, true), InlineData(true, 40_000, true), InlineData(true, 900_000, false)]
    public void What_comes_again_is_compared_as_far_as_it_is_held(bool isAcknowledged, int back, bool isCompared)
    {
        string block = new('x', 1000);
        List<byte[]> packets = [Up(999, "", Syn, 0), Down(4999, "", Syn | Ack, 1000)];
        uint sequence = 1000;
        for (int count = 0; count < 1000; count++, sequence += 1000)
        {
            packets.Add(Up(sequence, block));
            if (isAcknowledged) packets.Add(Down(5000, "", acknowledged: sequence + 1000));
        }
        packets.Add(Up(sequence - (uint)back, block));
        Heard heard = Heard.In(Pcap(1, [.. packets]));
        Flow flow = Assert.Single(heard.Flows);
        Assert.Equal(isCompared ? [] : ["segments come again and cannot be compared"], flow.Remarks);
        Assert.Equal(isCompared ? 0 : 1000, flow.Bytes(Sender.Client, ByteKind.Opaque));
    }

    [Fact]
    public void Behind_a_gap_no_more_is_kept_than_4_MiB_or_4096_pieces()
    {
        string block = new('x', 1400);
        Heard heard = Heard.In(Pcap(1, [Up(999, "", Syn, 0), .. Enumerable.Range(1, 4000).Select(index => Up((uint)(1000 + index * 1400), block)), Up(1000, block)]));
        Flow flow = Assert.Single(heard.Flows);
        // The gap was given up before what belongs there came.
        Assert.Equal(1400, heard.Lost);
        Assert.Equal(4000 * 1400, heard.Of(flow, Sender.Client).Bytes.Count);
        Assert.Equal(block, System.Text.Encoding.Latin1.GetString(Assert.Single(heard.Strays).Bytes));

        Heard pieces = Heard.In(Pcap(1, [Up(999, "", Syn, 0), .. Enumerable.Range(0, 5000).Select(index => Up((uint)(1001 + index * 2), "y")), Up(1000, "x")]));
        Assert.Equal(5000, pieces.Of(pieces.Flow("tcp"), Sender.Client).Bytes.Count);
        Assert.Equal("x", System.Text.Encoding.Latin1.GetString(Assert.Single(pieces.Strays).Bytes));
    }

    [Fact]
    public void Of_too_many_flows_the_one_that_was_silent_longest_is_closed()
    {
        byte[][] packets = [.. Enumerable.Range(0, FlowTable.MaxOpen + 1).Select(index => Ethernet(0x0800, Ip(6, Tcp(40_000, 80, 1, 1, Ack, Bytes("a")), from: new System.Net.IPAddress([10, 0, (byte)(index >> 8), (byte)(index & 0xff)]))))];
        Heard heard = Heard.In(Pcap(1, [.. packets, packets[1], packets[0]]));
        Assert.Equal(FlowTable.MaxOpen + 2, heard.FlowCount);
        Assert.Equal(["10.0.0.0", "10.0.0.2"], heard.Flows.Where(flow => flow.Remarks.Count > 0).Select(flow => flow.Client.Address.ToString()));
        Assert.Contains("it was closed before its end, for newer ones", heard.Flows[0].Remarks);
    }

    // Many flows that each want the most: what all hold together has a limit, and nothing is silently taken for compared.
    [Fact]
    public void All_flows_together_hold_no_more_than_their_limits()
    {
        FlowTable table = new(new Heard().Readers(), 1);
        TcpLimits limits = new(table);
        List<History> histories = [];
        for (int count = 0; count < 100; count++)
        {
            History history = new(limits);
            for (int block = 0; block < 1024; block++) history.Append(new byte[1024], long.MaxValue / 4);
            histories.Add(history);
        }
        Assert.Equal(100L * History.Most, limits.Remembered);
        histories.ForEach(history => history.Free());
        Assert.Equal(0, limits.Remembered);

        string block64 = new('x', 60_000);
        byte[][] packets = [.. Enumerable.Range(0, 200).SelectMany(flow => Enumerable.Range(0, 60).Select(index => Up((uint)(1000 + index * 60_000), index > 0 ? block64 : "", index > 0 ? Ack : Syn, port: 30_000 + flow)))];
        packets = [.. packets.Select((packet, index) => index % 60 == 0 ? Up(0, "", Syn, 0, 30_000 + index / 60) : packet)];
        long most = 0;
        using CaptureFile file = new(new MemoryStream(Pcap(1, packets)));
        Heard heard = new();
        Traffic traffic = new(heard.Readers());
        while (file.TryRead(out CapturedPacket packet))
        {
            traffic.Read(packet);
            most = Math.Max(most, traffic.Held);
        }
        traffic.End();
        Assert.InRange(most, TcpLimits.MaxWaiting / 2, TcpLimits.MaxWaiting + TcpLimits.MaxRemembered + (8 << 20));
        Assert.Equal(0, traffic.Held);
        Assert.Equal(200, heard.Flows.Count);
        Assert.All(heard.Flows, flow => Assert.True(flow.Bytes(Sender.Client, ByteKind.Missing) > 0, flow.Number.ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Contradicting_segments_of_a_real_capture_are_marked()
    {
        string? corpus = Repository.Corpus("captures/wireshark");
        if (corpus is null) Assert.Skip("the corpus of captures (shared/corpus/captures beside the repository) is not on this machine");
        Heard heard = Heard.In(Path.Combine(corpus, "tcp-badsegments.pcap"));
        Flow flow = Assert.Single(heard.Flows);
        Assert.Equal(["segments are not in the capture", "segments contradict each other"], flow.Remarks);
        string text = Text(heard);
        // Each of the two versions stands once: the first in the stream, the second beside it.
        Assert.StartsWith("GET / HTTP/1.1\r\nHost:localhost\r\nX-Swapped: 1st\r\nX-Swapped: 2nd\r\nX-Overlap-Packet", text, StringComparison.Ordinal);
        Assert.DoesNotContain("IGNORE", text, StringComparison.Ordinal);
        Assert.Contains(heard.Strays, stray => System.Text.Encoding.Latin1.GetString(stray.Bytes) == "X-Overlap-IGNORE");
        Assert.True(flow.Bytes(Sender.Client, ByteKind.Opaque) > 0 && flow.Bytes(Sender.Client, ByteKind.Missing) > 0);
    }
}
