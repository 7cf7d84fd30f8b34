using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>From the first byte of a packet to the protocol that the link carried (audit.md §2.2).</summary>
internal static class LinkTypes
{
    const int MaxTags = 8;
    internal const int Ip = 0x0800;
    internal const int Ip6 = 0x86dd;
    internal const int Arp = 0x0806;

    /// <summary>Passes the link's headers. What it carries is an ethertype, or one of <see cref="FlowKey"/>'s other kinds.</summary>
    internal static int Pass(ref Layers layers, int linkType) => linkType switch
    {
        1 => Ethernet(ref layers),
        12 or 14 or 101 => Raw(ref layers, FlowKey.Link | linkType),
        228 when layers.Bytes is [>= 0x40 and < 0x50, ..] => Ip,
        229 when layers.Bytes is [>= 0x60 and < 0x70, ..] => Ip6,
        0 or 108 => Loopback(ref layers, linkType),
        9 or 50 => Ppp(ref layers, linkType),
        51 => PppOverEthernet(ref layers, FlowKey.Link | 51),
        113 => Cooked(ref layers, 16, 14, linkType),
        276 => Cooked(ref layers, 20, 0, linkType),
        _ => FlowKey.Link | (linkType & 0xffff),
    };

    static int Ethernet(ref Layers layers)
    {
        if (!layers.Has(14)) return FlowKey.Link | 1;
        layers.At = 12;
        return Type(ref layers);
    }

    // At an ethertype, which may be a tag's or a length.
    static int Type(ref Layers layers)
    {
        int type = layers.Word(0);
        for (int tags = 0; type is 0x8100 or 0x88a8 or 0x9100 or 0x9200; tags++)
        {
            if (tags == MaxTags || !layers.Has(6)) return type;
            layers.At += 4;
            layers.Capacity += 2;
            type = layers.Word(0);
        }
        layers.At += 2;
        if (type == 0x8864) return PppOverEthernet(ref layers, type);
        if (type >= 0x0600) return type;
        // IEEE 802.3: the length of what follows, an LLC header at first.
        layers.Limit(type);
        if (!layers.Has(8) || layers.Long(0) != 0xaaaa0300 || layers.Bytes[layers.At + 4] != 0) return FlowKey.Llc;
        layers.At += 8;
        return BinaryPrimitives.ReadUInt16BigEndian(layers.Bytes[(layers.At - 2)..]);
    }

    static int Raw(ref Layers layers, int other) => !layers.Has(1) ? other : (layers.Bytes[layers.At] >> 4) switch { 4 => Ip, 6 => Ip6, _ => other };

    // An address family in the byte order of the machine that captured; 24, 28 and 30 are IPv6 of three BSDs, 10 is Linux'.
    static int Loopback(ref Layers layers, int linkType)
    {
        if (!layers.Has(4)) return FlowKey.Link | linkType;
        uint family = layers.Long(0);
        if (family > 0xffff) family = BinaryPrimitives.ReverseEndianness(family);
        int type = family switch { 2 => Ip, 10 or 24 or 28 or 30 => Ip6, _ => FlowKey.Link | linkType };
        if (type is Ip or Ip6) layers.At += 4;
        return type;
    }

    static int Ppp(ref Layers layers, int linkType)
    {
        if (layers.Has(4) && layers.Word(0) == 0xff03) layers.At += 2;
        return PppProtocol(ref layers, FlowKey.Link | linkType);
    }

    // RFC 2516 §4
    static int PppOverEthernet(ref Layers layers, int other)
    {
        if (!layers.Has(8) || layers.Word(0) != 0x1100) return other;
        layers.At += 6;
        layers.Limit(BinaryPrimitives.ReadUInt16BigEndian(layers.Bytes[(layers.At - 2)..]));
        return PppProtocol(ref layers, other);
    }

    static int PppProtocol(ref Layers layers, int other)
    {
        if (!layers.Has(2)) return other;
        int protocol = layers.Word(0), size = 2;
        // RFC 1661 §6.5: the high byte may be left out.
        if ((protocol & 0x0100) != 0) (protocol, size) = (protocol >> 8, 1);
        layers.At += size;
        return protocol switch { 0x21 => Ip, 0x57 => Ip6, _ => FlowKey.Ppp | protocol };
    }

    static int Cooked(ref Layers layers, int header, int at, int linkType)
    {
        if (!layers.Has(header)) return FlowKey.Link | linkType;
        int type = layers.Word(at);
        layers.At += header;
        if (type is not (0x8100 or 0x88a8 or 0x9100 or 0x9200)) return type >= 0x0600 ? type : FlowKey.Llc;
        // The tag's type stands in the header, its other half behind it.
        if (!layers.Has(4)) return type;
        layers.At += 2;
        layers.Capacity += 2;
        return Type(ref layers);
    }
}
