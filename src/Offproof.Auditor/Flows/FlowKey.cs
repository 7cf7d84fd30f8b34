using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Offproof.Auditor;

/// <summary>What tells flows apart: two ends in a fixed order, and what they speak.</summary>
internal readonly record struct FlowKey(UInt128 Low, UInt128 High, uint Ports, int Kind)
{
    // Kinds of packets that did not come as far as a transport protocol; below are the numbers of ethertypes and of protocols.
    internal const int Ethertype = 0x1_0000;
    internal const int Link = 0x2_0000;
    internal const int Ppp = 0x4_0000;
    internal const int Llc = 0x8_0000;
    internal const int Internet = 0x10_0000;
    internal const int Version6 = 0x200;
    internal const int Fragments = 0x100;
    internal const int Broken = 0x400; // its transport header cannot be read
    internal const int Tcp = 6;
    internal const int Udp = 17;

    /// <param name="isLow">Did the low end send?</param>
    internal static FlowKey Of(in Layers layers, int protocol, ushort source, ushort destination, out bool isLow)
    {
        int kind = Internet | protocol | (layers.IsVersion6 ? Version6 : 0);
        isLow = layers.Source < layers.Destination || (layers.Source == layers.Destination && source <= destination);
        return isLow
            ? new FlowKey(layers.Source, layers.Destination, (uint)source << 16 | destination, kind)
            : new FlowKey(layers.Destination, layers.Source, (uint)destination << 16 | source, kind);
    }

    internal ushort LowPort => (ushort)(Ports >> 16);

    internal ushort HighPort => (ushort)(Ports & 0xffff);

    internal IPEndPoint End(bool isLow)
    {
        if ((Kind & Internet) == 0) return new IPEndPoint(IPAddress.Any, 0);
        UInt128 address = isLow ? Low : High;
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new IPEndPoint(new IPAddress((Kind & Version6) != 0 ? bytes : bytes[12..]), isLow ? LowPort : HighPort);
    }

    /// <summary>In the words of a report.</summary>
    internal string Transport => Kind switch
    {
        _ when (Kind & Internet) != 0 => (Kind & Fragments) != 0 ? "ip fragments" : (Kind & 0xff) switch
        {
            1 => "icmp",
            2 => "igmp",
            Tcp => "tcp",
            Udp => "udp",
            47 => "gre",
            50 => "esp",
            58 => "icmpv6",
            132 => "sctp",
            _ => string.Create(CultureInfo.InvariantCulture, $"ip protocol {Kind & 0xff}"),
        },
        Llc => "llc",
        Ethertype | LinkTypes.Arp => "arp",
        _ when (Kind & Ppp) != 0 => string.Create(CultureInfo.InvariantCulture, $"ppp 0x{Kind & 0xffff:x4}"),
        Link | 0xffff => "unknown link",
        _ when (Kind & Link) != 0 => string.Create(CultureInfo.InvariantCulture, $"link type {Kind & 0xffff}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"ethertype 0x{Kind & 0xffff:x4}"),
    };

    public override int GetHashCode() => HashCode.Combine(Low, High, Ports, Kind);
}
