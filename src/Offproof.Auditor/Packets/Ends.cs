using System.Net;
using System.Runtime.InteropServices;

namespace Offproof.Auditor;

/// <summary>
/// Says which end of a flow is the phone (audit.md §3.1): whose address was stated, else the end that the capture's first packets have in common, else the one of a local network. Ports and who spoke
/// first decide nothing alone, since who sends is free to choose them: they support a local network, or contradict.
/// </summary>
internal sealed class Ends
{
    // Of a capture's beginning, so many peers of one end are remembered: two are enough.
    const int MostPeers = 4, MostEnds = 4096;

    readonly HashSet<(bool IsVersion6, UInt128 Address)> _stated = [];
    UInt128? _usual4;
    UInt128? _usual6;

    /// <param name="stated">Addresses that are the phone's.</param>
    internal Ends(IReadOnlyList<IPAddress> stated)
    {
        foreach (IPAddress address in stated)
        {
            UInt128 value = 0;
            byte[] bytes = address.GetAddressBytes();
            foreach (byte one in bytes) value = value << 8 | one;
            _stated.Add((bytes.Length == 16, value));
        }
    }

    /// <summary>Looks at the beginning of a capture, whole or cut anywhere.</summary>
    internal void Look(byte[] beginning, int length)
    {
        Dictionary<UInt128, Seen> seen4 = [], seen6 = [];
        using CaptureFile capture = new(new MemoryStream(beginning, 0, length));
        while (capture.TryRead(out CapturedPacket packet))
        {
            Layers layers = new(packet.Bytes, packet.Length, packet.Number);
            int type = LinkTypes.Pass(ref layers, packet.LinkType);
            if (type is not (LinkTypes.Ip or LinkTypes.Ip6) || InternetLayers.Pass(ref layers, type == LinkTypes.Ip6, out Fragment fragment) is var protocol && protocol < 0) continue;
            bool isVersion6 = layers.IsVersion6;
            UInt128 source = Network(isVersion6, layers.Source), destination = Network(isVersion6, layers.Destination);
            if (source == destination || !IsHost(isVersion6, layers.Source) || !IsHost(isVersion6, layers.Destination)) continue;
            Dictionary<UInt128, Seen> seen = isVersion6 ? seen6 : seen4;
            bool? isServer = fragment.IsWhole ? IsServer(layers, protocol) : null;
            Enter(seen, source, destination, isServer);
            Enter(seen, destination, source, !isServer);
        }
        (_usual4, _usual6) = (Usual(seen4), Usual(seen6));
    }

    /// <param name="isFirstLow">Did the low end send the first packet that is here?</param>
    /// <param name="isOpened">The client is known, since it was seen to open the flow.</param>
    internal PhoneSide Of(in FlowKey key, bool isClientLow, bool isFirstLow, bool isOpened)
    {
        if ((key.Kind & FlowKey.Internet) == 0) return PhoneSide.Client;
        bool isVersion6 = (key.Kind & FlowKey.Version6) != 0;
        (UInt128 client, UInt128 server) = isClientLow ? (key.Low, key.High) : (key.High, key.Low);
        if (One(_stated.Contains((isVersion6, client)), _stated.Contains((isVersion6, server)), out bool areBoth) is { } stated) return stated;
        if (areBoth) return PhoneSide.Either;
        // Nobody sends from the address of a group.
        if (One(IsGroup(isVersion6, server), IsGroup(isVersion6, client), out _) is { } sender) return sender;
        UInt128? usual = isVersion6 ? _usual6 : _usual4;
        PhoneSide? common = One(Network(isVersion6, client) == usual, Network(isVersion6, server) == usual, out _);
        PhoneSide? local = One(IsLocal(isVersion6, client), IsLocal(isVersion6, server), out _);
        (ushort clientPort, ushort serverPort) = isClientLow ? (key.LowPort, key.HighPort) : (key.HighPort, key.LowPort);
        bool isService = serverPort is > 0 and < Segment.WellKnown && clientPort >= Segment.WellKnown;
        // Hints that contradict each other decide nothing: a phone with a public address can speak to a server in a local network, and a resolver has many peers.
        if (common is not { } known) return local == PhoneSide.Client && (isOpened || isService || isFirstLow == isClientLow) ? PhoneSide.Client : PhoneSide.Either;
        if (known == PhoneSide.Server && isService) return PhoneSide.Either;
        return (local ?? PhoneSide.Client) == known ? known : PhoneSide.Either;
    }

    // Does a server send, by the ports or by a SYN? Null where they say nothing.
    static bool? IsServer(in Layers layers, int protocol)
    {
        if (protocol is not (FlowKey.Tcp or FlowKey.Udp) || !layers.Has(protocol == FlowKey.Tcp ? 20 : 8)) return null;
        Segment segment = new(layers.Word(0), layers.Word(2), 0, 0, protocol == FlowKey.Tcp ? layers.Bytes[layers.At + 13] : (byte)0);
        if (segment.IsSyn) return segment.IsAcknowledging;
        bool isClient = Segment.IsClient(segment.From, segment.To);
        return isClient == Segment.IsClient(segment.To, segment.From) ? null : !isClient;
    }

    static PhoneSide? One(bool isClient, bool isServer, out bool areBoth)
    {
        areBoth = isClient && isServer;
        return isClient == isServer ? null : isClient ? PhoneSide.Client : PhoneSide.Server;
    }

    // A phone has many addresses of version 6, of one network.
    static UInt128 Network(bool isVersion6, UInt128 address) => isVersion6 ? address >> 64 : address;

    // RFC 1918, RFC 6598, RFC 3927, RFC 1122 §3.2.1.3, RFC 7335, RFC 2544; RFC 4193, RFC 4291 §2.5, RFC 3879.
    internal static bool IsLocal(bool isVersion6, UInt128 address)
    {
        if (isVersion6) return address <= 1 || address >> 121 == 0xfc >> 1 || address >> 119 == 0xfe80 >> 7;
        uint value = (uint)address;
        return value >> 24 is 0 or 10 or 127 || value >> 20 == 0xac1 || value >> 16 is 0xc0a8 or 0xa9fe || value >> 22 == 0x6440 >> 6 || value >> 17 == 0xc612 >> 1 || value >> 3 == 0xc000_0000 >> 3;
    }

    // RFC 1112 §4, RFC 4291 §2.7, and to all of a link.
    static bool IsGroup(bool isVersion6, UInt128 address) => isVersion6 ? address >> 120 == 0xff : (uint)address >> 28 == 0xe || (uint)address == uint.MaxValue;

    static bool IsHost(bool isVersion6, UInt128 address) => address > 1 && !IsGroup(isVersion6, address) && !(isVersion6 && address >> 118 == 0xfe80 >> 6);

    static void Enter(Dictionary<UInt128, Seen> seen, UInt128 end, UInt128 peer, bool? isServer)
    {
        if (seen.Count >= MostEnds && !seen.ContainsKey(end)) return;
        ref Seen? entry = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, end, out _);
        entry ??= new Seen();
        entry.Packets++;
        entry.Serves |= isServer == true;
        entry.Asks |= isServer == false;
        if (entry.Peers.Count < MostPeers && !entry.Peers.Contains(peer)) entry.Peers.Add(peer);
    }

    // The one end of nine packets in ten, with two peers or more. Who only serves - a resolver and a phone of changing addresses - is none.
    static UInt128? Usual(Dictionary<UInt128, Seen> seen)
    {
        UInt128? usual = null;
        long all = seen.Values.Sum(static end => end.Packets) / 2;
        foreach ((UInt128 end, Seen entry) in seen)
        {
            if (entry.Peers.Count < 2 || (entry.Serves && !entry.Asks) || entry.Packets * 10 < all * 9) continue;
            if (usual is not null) return null;
            usual = end;
        }
        return usual;
    }

    sealed class Seen
    {
        internal long Packets;
        internal bool Serves;
        internal bool Asks;
        internal readonly List<UInt128> Peers = [];
    }
}
