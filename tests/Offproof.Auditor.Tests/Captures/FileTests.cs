using Offproof.Auditor.Tests.Flows;
using static Offproof.Auditor.Tests.Packets.Made;

namespace Offproof.Auditor.Tests.Captures;

/// <summary>audit.md §2.1.</summary>
public sealed class FileTests
{
    static byte[] Packet(int size) => Ethernet(0x88cc, new byte[size - 14]);

    [Fact]
    public void A_packet_is_at_most_1_MiB_and_a_block_16()
    {
        Assert.Equal(CaptureEnd.Whole, Heard.In(Pcap(1, Packet(1 << 20), Packet(60))).End);
        Assert.Equal(CaptureEnd.Corrupt, Heard.In(Pcap(1, Packet((1 << 20) + 1), Packet(60))).End);
        Assert.Equal(CaptureEnd.Whole, Heard.In([.. Section(), .. Interface(1), .. Enhanced(Packet(1 << 20))]).End);
        Assert.Equal(CaptureEnd.Corrupt, Heard.In([.. Section(), .. Interface(1), .. Enhanced(Packet((1 << 20) + 1))]).End);
        Assert.Equal(CaptureEnd.Whole, Heard.In([.. Section(), .. Block(0xbad, false, new byte[(16 << 20) - 12])]).End);
        Assert.Equal(CaptureEnd.Corrupt, Heard.In([.. Section(), .. Block(0xbad, false, new byte[(16 << 20) - 8])]).End);
    }

    [Fact]
    public void A_section_has_at_most_65536_interfaces()
    {
        byte[] many = [.. Enumerable.Repeat(Interface(1), CaptureFile.MaxInterfaces).SelectMany(block => block)];
        Assert.Equal(CaptureEnd.Whole, Heard.In([.. Section(), .. many, .. Section(), .. many]).End);
        Assert.Equal(CaptureEnd.Corrupt, Heard.In([.. Section(), .. many, .. Interface(1)]).End);
    }

    [Theory, InlineData("file-little.pcap", true), InlineData("file-cut.pcap", false), InlineData("file-long-packet.pcap", false), InlineData("ng-dropped.pcapng", false), InlineData("file-none.pcap", false), InlineData("file-more-behind.pcap.gz", false)]
    public void Only_a_whole_file_of_which_nothing_was_dropped_is_complete(string name, bool isComplete)
    {
        using CaptureFile file = new(File.OpenRead(Path.Combine(Repository.Root, "vectors", "audit", "packets", name)));
        while (file.TryRead(out _))
        {
        }
        Assert.Equal(isComplete, file.IsComplete);
        Assert.Equal(isComplete, file.Remarks.Count == 0);
    }

    // However long the capture is.
    [Theory, InlineData(false), InlineData(true)]
    public void Memory_does_not_grow_with_the_capture(bool isZipped)
    {
        byte[] once = Pcap(1, [.. Enumerable.Range(0, 1000).Select(index => Up((uint)(1000 + index * 1400), new string('x', 1400), port: 40_000 + index % 50))]);
        (long little, long much) = (Allocated(1), Allocated(40));
        Assert.True(much - little < 8 << 20, $"{little} bytes for one, {much} for forty");

        long Allocated(int times)
        {
            byte[] bytes = [.. once, .. Enumerable.Repeat(once[24..], times - 1).SelectMany(part => part)];
            if (isZipped) bytes = Gzip(bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            using CaptureFile file = new(new MemoryStream(bytes));
            long packets = 0;
            while (file.TryRead(out CapturedPacket packet)) packets += packet.Bytes.IsEmpty ? 0 : 1;
            Assert.Equal(1000 * times, packets);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    // The ordinary path of a packet allocates nothing: neither the reader, nor the layers, nor a flow that is open.
    [Fact]
    public void A_packet_in_order_allocates_nothing()
    {
        byte[] capture = Pcap(1, [Up(999, "", Syn, 0), .. Enumerable.Range(0, 4000).SelectMany(index => (byte[][])[Up((uint)(1000 + index * 100), new string('x', 100)), Down(5000, "", acknowledged: (uint)(1100 + index * 100))])]);
        using CaptureFile file = new(new MemoryStream(capture));
        Traffic traffic = new(new FlowReaders { Stream = flow => new Silent(flow), Datagram = (_, _, _, _) => { } });
        long before = 0;
        while (file.TryRead(out CapturedPacket packet))
        {
            traffic.Read(packet);
            // The buffer and the history have their size by then.
            if (packet.Number == 4000) before = GC.GetAllocatedBytesForCurrentThread();
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    sealed class Silent(Flow flow) : Conversation(flow, null!)
    {
        internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet) => Flow.Count(sender, ByteKind.Decoded, bytes.Length);

        internal override void Hole(Sender sender, long length, long packet)
        {
        }

        internal override void End(Sender sender, bool clean)
        {
        }
    }
}
