namespace Offproof.Auditor;

/// <summary>Takes a capture's packets and hands on what their flows carry (audit.md §2.2, §3.1). Each byte is counted once, at one flow.</summary>
internal sealed class Traffic
{
    const int MaxDepth = 8;

    readonly FlowTable _flows;
    readonly Fragments _fragments;
    readonly TcpLimits _limits;
    readonly List<(int Start, int Length)> _strange = [];

    /// <param name="firstNumber">The number of its first flow.</param>
    /// <param name="ends">Says which end is the phone's; null where all flows are opened by it.</param>
    internal Traffic(FlowReaders readers, int firstNumber = 1, Ends? ends = null)
    {
        _flows = new FlowTable(readers, firstNumber, ends);
        _fragments = new Fragments(this);
        _flows.Closing = _fragments.GiveUpOf;
        _limits = new TcpLimits(_flows);
    }

    /// <summary>How many flows there were so far.</summary>
    internal int Flows => _flows.Count;

    /// <summary>Bytes that are counted as missing and are of no packet of the capture: lost segments and fragments.</summary>
    internal long Lost { get; private set; }

    /// <summary>Bytes that wait for others, and those that are kept to compare with.</summary>
    internal long Held => _limits.Remembered + _limits.Waiting;

    /// <summary>An empty list for what nobody reads of one packet's headers.</summary>
    internal List<(int Start, int Length)> Strange
    {
        get
        {
            _strange.Clear();
            return _strange;
        }
    }

    internal void Read(in CapturedPacket packet)
    {
        Layers layers = new(packet.Bytes, packet.Length, packet.Number) { Strange = Strange, FrameCheck = (int)Math.Min(packet.FrameCheck, packet.Length) };
        layers.End -= layers.FrameCheck;
        _fragments.Expire(packet.Nanoseconds);
        int type = LinkTypes.Pass(ref layers, packet.LinkType);
        if (type is LinkTypes.Ip or LinkTypes.Ip6) Internet(ref layers, type == LinkTypes.Ip6, packet.Nanoseconds);
        else if (type == LinkTypes.Arp && IsArp(ref layers)) Count(OfFrame(FlowKey.Ethertype | LinkTypes.Arp), Sender.Client, ref layers);
        else if ((type & FlowKey.Link) != 0) Unknown(OfFrame(type), ref layers);
        else Raw(OfFrame(type < FlowKey.Ethertype ? FlowKey.Ethertype | type : type), Sender.Client, ref layers);
    }

    // Of a link type that is not known: whatever can be read of it.
    void Unknown(OpenFlow open, ref Layers layers)
    {
        Count(open, Sender.Client, ref layers);
        if (!layers.Payload.IsEmpty) Stray(open.Flow, Sender.Client, layers.Payload, layers.Packet);
    }

    /// <summary>The capture is over: what is open ends.</summary>
    internal void End()
    {
        _fragments.GiveUpAll();
        _flows.CloseAll();
    }

    OpenFlow OfFrame(int kind) => _flows.Get(new FlowKey(0, 0, 0, kind), true, true, out _);

    OpenFlow OfAddresses(in Layers layers, int protocol, out Sender sender)
    {
        OpenFlow open = _flows.Get(FlowKey.Of(layers, protocol, 0, 0, out bool isLow), isLow, isLow, out _);
        sender = open.SenderOf(isLow);
        return open;
    }

    void Internet(ref Layers layers, bool isVersion6, long time)
    {
        int outer = -1;
        while (true)
        {
            int protocol = layers.Depth < MaxDepth ? InternetLayers.Pass(ref layers, isVersion6, out Fragment fragment) : Deeper(ref layers, out fragment);
            if (protocol < 0)
            {
                layers.Remark ??= "headers are cut or broken";
                Sender sender = Sender.Client;
                Raw(outer < 0 ? OfFrame(FlowKey.Ethertype | (isVersion6 ? LinkTypes.Ip6 : LinkTypes.Ip)) : OfAddresses(layers, outer, out sender), sender, ref layers);
                return;
            }
            layers.Depth++;
            if (!fragment.IsWhole)
            {
                OpenFlow open = OfAddresses(layers, FlowKey.Fragments, out Sender sender);
                Count(open, sender, ref layers);
                _fragments.Add(layers, protocol, fragment, open.Flow, sender, time);
                return;
            }
            if (protocol is not (4 or 41))
            {
                Transport(ref layers, protocol);
                return;
            }
            (outer, isVersion6) = (protocol, protocol == 41);
        }
    }

    static int Deeper(ref Layers layers, out Fragment fragment)
    {
        fragment = default;
        layers.Remark = "more than 8 internet headers are nested";
        return -1;
    }

    /// <summary>A datagram that came in fragments.</summary>
    internal void Assembled(ref Layers layers, int protocol, long time)
    {
        if (protocol is 4 or 41) Internet(ref layers, protocol == 41, time);
        else Transport(ref layers, protocol);
    }

    void Transport(ref Layers layers, int protocol)
    {
        if (protocol == FlowKey.Tcp && layers.Has(20) && layers.Bytes[layers.At + 12] >> 4 is >= 5 and int words && layers.Has(words * 4))
        {
            Segment segment = new(layers.Word(0), layers.Word(2), layers.Long(4), layers.Long(8), layers.Bytes[layers.At + 13]);
            if (words > 5 && !Options.AreOrdinaryTcp(layers.Bytes.Slice(layers.At + 20, words * 4 - 20))) layers.Leave(20, words * 4 - 20);
            layers.At += words * 4;
            layers.Capacity += 6 + words * 4 - 20 + (segment.IsSyn ? 4 : 0);
            Tcp(ref layers, segment);
        }
        else if (protocol == FlowKey.Udp && layers.Has(8) && layers.Word(4) is 0 or >= 8)
        {
            ushort from = layers.Word(0), to = layers.Word(2);
            // 0 in a jumbogram, or where segmentation was left to the card.
            if (layers.Word(4) is > 0 and ushort length) layers.Limit(length);
            layers.At += 8;
            layers.Capacity += 4;
            FlowKey key = FlowKey.Of(layers, FlowKey.Udp, from, to, out bool isLow);
            OpenFlow open = _flows.Get(key, Segment.IsClient(from, to) == isLow, isLow, out _);
            Raw(open, open.SenderOf(isLow), ref layers);
        }
        else
        {
            int kind = protocol;
            if (!Neighbours.Pass(ref layers, protocol) && protocol is 1 or 58 && layers.Has(8))
            {
                layers.At += 8;
                layers.Capacity += 6;
            }
            else if (protocol is FlowKey.Tcp or FlowKey.Udp)
            {
                layers.Remark ??= "headers are cut or broken";
                kind |= FlowKey.Broken;
            }
            OpenFlow open = OfAddresses(layers, kind, out Sender sender);
            Raw(open, sender, ref layers);
        }
    }

    void Tcp(ref Layers layers, in Segment segment)
    {
        FlowKey key = FlowKey.Of(layers, FlowKey.Tcp, segment.From, segment.To, out bool isLow);
        bool isClientLow = segment.IsFromClient == isLow;
        OpenFlow open = _flows.Get(key, isClientLow, isLow, out bool isNew, segment.IsSyn);
        if (!isNew && segment is { IsSyn: true, IsAcknowledging: false } && open.Streams!.IsAnother(open.SenderOf(isLow), segment))
        {
            _flows.Close(open);
            open = _flows.Get(key, isClientLow, isLow, out _, segment.IsSyn);
        }
        open.Streams ??= new TcpStreams(open.Flow, _flows.Readers, _limits, this);
        Sender sender = open.SenderOf(isLow);
        Count(open, sender, ref layers);
        open.Streams.Take(sender, segment, layers.Payload, layers.Cut, layers.Packet);
    }

    void Raw(OpenFlow open, Sender sender, ref Layers layers)
    {
        Count(open, sender, ref layers);
        if (!layers.Payload.IsEmpty) _flows.Readers.Datagram(open.Flow, sender, layers.Payload, layers.Packet);
    }

    // Everything of the packet but the captured bytes of its payload.
    void Count(OpenFlow open, Sender sender, ref Layers layers)
    {
        Flow flow = open.Flow;
        ReadOnlySpan<byte> padding = layers.Padding;
        if (!padding.IsEmpty)
        {
            // The frame check, as far as it was captured.
            int check = (int)Math.Clamp(layers.Bytes.Length - (layers.Length - layers.FrameCheck), 0, padding.Length);
            layers.Capacity += check;
            if (padding[..^check].ContainsAnyExcept((byte)0))
            {
                flow.Remark("packets have bytes behind their payload");
                Stray(flow, sender, padding[..^check], layers.Packet);
                flow.Count(sender, ByteKind.Structural, check);
            }
            else
            {
                flow.Count(sender, ByteKind.Structural, padding.Length);
            }
        }
        int strange = 0;
        if (layers.Strange is { Count: > 0 } list)
        {
            flow.Remark("headers of packets hold options that are not read");
            foreach ((int start, int length) in list)
            {
                strange += length;
                Stray(flow, sender, layers.Bytes.Slice(start, length), layers.Packet);
            }
            list.Clear();
        }
        if (layers.Chosen.Length > 0) _flows.Readers.Chosen?.Invoke(flow, sender, layers.Bytes.Slice(layers.Chosen.Start, layers.Chosen.Length), layers.Packet);
        flow.Count(sender, ByteKind.Structural, layers.At - strange);
        flow.Capacity(sender, layers.Capacity);
        if (layers.Remark is not null) flow.Remark(layers.Remark);
        if (layers.Length > layers.Bytes.Length)
        {
            flow.Remark("packets were cut by the recorder");
            flow.Count(sender, ByteKind.Missing, layers.Length - layers.Bytes.Length);
        }
        Lose(flow, sender, layers.Beyond);
    }

    /// <summary>Bytes that were sent, and are of no packet of the capture.</summary>
    internal void Lose(Flow flow, Sender sender, long bytes)
    {
        flow.Count(sender, ByteKind.Missing, bytes);
        Lost += bytes;
    }

    /// <summary>Captured bytes that belong nowhere.</summary>
    internal void Stray(Flow flow, Sender sender, ReadOnlySpan<byte> bytes, long packet)
    {
        flow.Count(sender, ByteKind.Opaque, bytes.Length);
        _flows.Readers.Stray?.Invoke(flow, sender, bytes, packet);
    }

    internal void Datagram(Flow flow, Sender sender, ReadOnlySpan<byte> bytes, long packet) => _flows.Readers.Datagram(flow, sender, bytes, packet);

    // RFC 826, for IPv4 over Ethernet: addresses and nothing else. That of the sought end is the sender's choice in a question.
    static bool IsArp(ref Layers layers)
    {
        if (!layers.Has(28) || layers.Long(0) != 0x0001_0800 || layers.Long(4) is not (0x0604_0001 or 0x0604_0002)) return false;
        layers.At += 28;
        layers.End = layers.At;
        layers.Capacity += 6;
        return true;
    }
}
