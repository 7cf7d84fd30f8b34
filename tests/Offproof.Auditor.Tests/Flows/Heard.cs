namespace Offproof.Auditor.Tests.Flows;

/// <summary>Everything that a capture's flows carried.</summary>
sealed class Heard
{
    sealed class Nobody : Examiner
    {
        internal override int Examine(in Place place, ReadOnlySpan<byte> bytes, in Declared declared = default) => 0;
    }

    /// <summary>What one direction of a stream said.</summary>
    internal sealed class Said
    {
        internal List<byte> Bytes { get; } = [];

        internal List<(int At, long Length)> Holes { get; } = [];

        internal List<long> Packets { get; } = [];

        internal bool? EndedClean { get; set; }
    }

    sealed class Tape(Flow flow, Dictionary<(Flow, Sender), Said> said) : Conversation(flow, new Nobody())
    {
        Said Of(Sender sender)
        {
            if (!said.TryGetValue((Flow, sender), out Said? one)) said.Add((Flow, sender), one = new Said());
            Assert.Null(one.EndedClean);
            return one;
        }

        internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet)
        {
            Assert.False(bytes.IsEmpty);
            Of(sender).Bytes.AddRange(bytes);
            Of(sender).Packets.Add(packet);
            Flow.Count(sender, ByteKind.Decoded, bytes.Length);
        }

        internal override void Hole(Sender sender, long length, long packet)
        {
            Assert.True(length >= 0);
            Of(sender).Holes.Add((Of(sender).Bytes.Count, length));
        }

        internal override void End(Sender sender, bool clean) => Of(sender).EndedClean = clean;
    }

    readonly Dictionary<(Flow, Sender), Said> _said = [];

    internal List<Flow> Flows { get; } = [];

    internal List<(Flow Flow, Sender Sender, byte[] Payload, long Packet)> Datagrams { get; } = [];

    internal List<(Flow Flow, Sender Sender, byte[] Bytes)> Strays { get; } = [];

    internal List<(uint Type, byte[] Bytes)> Secrets { get; } = [];

    internal long Packets { get; private set; }

    internal long OnTheWire { get; private set; }

    internal long Lost { get; private set; }

    internal int FlowCount { get; private set; }

    internal CaptureEnd End { get; private set; }

    internal IReadOnlyCollection<string> Remarks { get; private set; } = [];

    internal long Dropped { get; private set; }

    internal List<(long Nanoseconds, int LinkType, int Captured, long Length)> Seen { get; } = [];

    internal Said Of(Flow flow, Sender sender) => _said.TryGetValue((flow, sender), out Said? said) ? said : new Said();

    internal int Count(string transport) => Flows.Count(flow => flow.Transport == transport);

    internal Flow Flow(string transport, int index = 0) => Flows.Where(flow => flow.Transport == transport).OrderBy(flow => flow.Number).ElementAt(index);

    internal static Heard In(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return In(stream);
    }

    internal static Heard In(byte[] capture) => In(new MemoryStream(capture, writable: false));

    internal static Heard In(Stream stream)
    {
        Heard heard = new();
        using CaptureFile file = new(stream, (type, secrets) => heard.Secrets.Add((type, secrets.ToArray())));
        Traffic traffic = new(heard.Readers());
        while (file.TryRead(out CapturedPacket packet))
        {
            Assert.Equal(++heard.Packets, packet.Number);
            heard.OnTheWire += packet.Length;
            heard.Seen.Add((packet.Nanoseconds, packet.LinkType, packet.Bytes.Length, packet.Length));
            traffic.Read(packet);
        }
        traffic.End();
        (heard.End, heard.Remarks, heard.Dropped, heard.Lost, heard.FlowCount) = (file.End, file.Remarks, file.Dropped, traffic.Lost, traffic.Flows);
        Assert.NotEqual(CaptureEnd.None, file.End);
        Assert.Equal(heard.Packets, file.Packets);
        heard.Balances();
        return heard;
    }

    internal FlowReaders Readers() => new()
    {
        Stream = flow => new Tape(flow, _said),
        Datagram = (flow, sender, payload, packet) =>
        {
            Assert.False(payload.IsEmpty);
            Datagrams.Add((flow, sender, payload.ToArray(), packet));
            flow.Count(sender, ByteKind.Decoded, payload.Length);
        },
        Stray = (flow, sender, bytes, _) => Strays.Add((flow, sender, bytes.ToArray())),
        Finished = Flows.Add,
    };

    // Every byte of every packet, and those that are known to be lost, once.
    void Balances()
    {
        Assert.Equal(FlowCount, Flows.Count);
        Assert.Equal(Enumerable.Range(1, FlowCount), Flows.Select(flow => flow.Number).Order());
        Assert.Equal(OnTheWire + Lost, Flows.Sum(Total));
        Assert.All(_said.Values, said => Assert.NotNull(said.EndedClean));
    }

    internal static long Total(Flow flow) => Enum.GetValues<Sender>().Sum(sender => Enum.GetValues<ByteKind>().Sum(kind => flow.Bytes(sender, kind)));

    internal long Sum(ByteKind kind) => Flows.Sum(flow => flow.Bytes(Sender.Client, kind) + flow.Bytes(Sender.Server, kind));
}
