using System.Net;
using System.Runtime.InteropServices;

namespace Offproof.Auditor;

/// <summary>
/// Says which end of a flow is the phone (audit.md §3.1): whose address was stated, else the end that the capture's first packets have in common, else the one of a local network. Ports say nothing:
/// who sends is free to choose them.
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
            if (type is not (LinkTypes.Ip or LinkTypes.Ip6) || InternetLayers.Pass(ref layers, type == LinkTypes.Ip6, out _) < 0) continue;
            bool isVersion6 = layers.IsVersion6;
            UInt128 source = Network(isVersion6, layers.Source), destination = Network(isVersion6, layers.Destination);
            if (source == destination || !IsHost(isVersion6, layers.Source) || !IsHost(isVersion6, layers.Destination)) continue;
            Dictionary<UInt128, Seen> seen = isVersion6 ? seen6 : seen4;
            Enter(seen, source, destination);
            Enter(seen, destination, source);
        }
        (_usual4, _usual6) = (Usual(seen4), Usual(seen6));
    }

    /// <param name="isOpened">The client is known, since it was seen to open the flow.</param>
    internal PhoneSide Of(in FlowKey key, bool isClientLow, bool isOpened)
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
        // Hints that contradict each other decide nothing: a phone with a public address can speak to a server in a local network.
        if (common is not { } known) return local is { } one && !(isOpened && one == PhoneSide.Server) ? one : PhoneSide.Either;
        return (local ?? (isOpened ? PhoneSide.Client : known)) == known ? known : PhoneSide.Either;
    }

    static PhoneSide? One(bool isClient, bool isServer, out bool areBoth)
    {
        areBoth = isClient && isServer;
        return isClient == isServer ? null : isClient ? PhoneSide.Client : PhoneSide.Server;
    }

    // A phone has many addresses of version 6, of one network.
    static UInt128 Network(bool isVersion6, UInt128 address) => isVersion6 ? address >> 64 : address;

    // RFC 1918, RFC 6598, RFC 3927, RFC 1122 §3.2.1.3; RFC 4193, RFC 4291 §2.5.
    internal static bool IsLocal(bool isVersion6, UInt128 address)
    {
        if (isVersion6) return address <= 1 || address >> 121 == 0xfc >> 1 || address >> 118 == 0xfe80 >> 6;
        uint value = (uint)address;
        return value >> 24 is 0 or 10 or 127 || value >> 20 == 0xac1 || value >> 16 is 0xc0a8 or 0xa9fe || value >> 22 == 0x6440 >> 6;
    }

    // RFC 1112 §4, RFC 4291 §2.7, and to all of a link.
    static bool IsGroup(bool isVersion6, UInt128 address) => isVersion6 ? address >> 120 == 0xff : (uint)address >> 28 == 0xe || (uint)address == uint.MaxValue;

    static bool IsHost(bool isVersion6, UInt128 address) => address > 1 && !IsGroup(isVersion6, address) && !(isVersion6 && address >> 118 == 0xfe80 >> 6);

    static void Enter(Dictionary<UInt128, Seen> seen, UInt128 end, UInt128 peer)
    {
        if (seen.Count >= MostEnds && !seen.ContainsKey(end)) return;
        ref Seen? entry = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, end, out _);
        entry ??= new Seen();
        entry.Packets++;
        if (entry.Peers.Count < MostPeers && !entry.Peers.Contains(peer)) entry.Peers.Add(peer);
    }

    // The one end of nine packets in ten, with two peers or more.
    static UInt128? Usual(Dictionary<UInt128, Seen> seen)
    {
        UInt128? usual = null;
        long all = seen.Values.Sum(static end => end.Packets) / 2;
        foreach ((UInt128 end, Seen entry) in seen)
        {
            if (entry.Peers.Count < 2 || entry.Packets * 10 < all * 9) continue;
            if (usual is not null) return null;
            usual = end;
        }
        return usual;
    }

    sealed class Seen
    {
        internal long Packets;
        internal readonly List<UInt128> Peers = [];
    }
}
