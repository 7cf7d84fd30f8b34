using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>A piece of a datagram that was too long for a link.</summary>
/// <param name="Identification">Pieces of one datagram have the same.</param>
/// <param name="Offset">Where it begins, in bytes of the datagram's payload.</param>
/// <param name="IsLast">No piece comes behind it.</param>
internal readonly record struct Fragment(uint Identification, int Offset, bool IsLast)
{
    internal bool IsWhole => Offset == 0 && IsLast;
}

/// <summary>Passes the headers of IPv4 (RFC 791) and IPv6 (RFC 8200), with their options and extension headers.</summary>
internal static class InternetLayers
{
    const int MaxExtensions = 16;

    /// <returns>The protocol of the payload; -1 when the header is cut or makes no sense, and nothing was passed.</returns>
    internal static int Pass(ref Layers layers, bool isVersion6, out Fragment fragment)
    {
        fragment = new Fragment(0, 0, IsLast: true);
        return isVersion6 ? Pass6(ref layers, ref fragment) : Pass4(ref layers, ref fragment);
    }

    static int Pass4(ref Layers layers, ref Fragment fragment)
    {
        if (!layers.Has(20)) return -1;
        ReadOnlySpan<byte> header = layers.Bytes[layers.At..];
        int size = (header[0] & 0x0f) * 4, total = layers.Word(2);
        if (header[0] >> 4 != 4 || size < 20 || !layers.Has(size) || (total != 0 && total < size)) return -1;
        if (total != 0) layers.Limit(total);
        int flags = layers.Word(6);
        fragment = new Fragment(layers.Word(4), (flags & 0x1fff) * 8, (flags & 0x2000) == 0);
        layers.Source = BinaryPrimitives.ReadUInt32BigEndian(header[12..]);
        layers.Destination = BinaryPrimitives.ReadUInt32BigEndian(header[16..]);
        layers.IsVersion6 = false;
        layers.Capacity += 4 + size - 20;
        if (size > 20 && !Options.AreOrdinary4(header[20..size])) layers.Leave(20, size - 20);
        layers.At += size;
        return header[9] == 51 ? Extensions(ref layers, 51, ref fragment) : header[9];
    }

    static int Pass6(ref Layers layers, ref Fragment fragment)
    {
        if (!layers.Has(40)) return -1;
        ReadOnlySpan<byte> header = layers.Bytes[layers.At..];
        if (header[0] >> 4 != 6) return -1;
        // 0: a jumbogram (RFC 2675), or segmentation that was left to the card.
        if (layers.Word(4) is > 0 and ushort length) layers.Limit(40 + length);
        layers.Source = BinaryPrimitives.ReadUInt128BigEndian(header[8..]);
        layers.Destination = BinaryPrimitives.ReadUInt128BigEndian(header[24..]);
        layers.IsVersion6 = true;
        layers.Capacity += 5;
        layers.At += 40;
        return Extensions(ref layers, header[6], ref fragment);
    }

    // An extension header that is cut, or one too many, is the payload.
    static int Extensions(ref Layers layers, int next, ref Fragment fragment)
    {
        for (int count = 0; count < MaxExtensions && layers.Has(8) && next is 0 or 43 or 44 or 51 or 60 or 135 or 139 or 140; count++)
        {
            ReadOnlySpan<byte> header = layers.Bytes[layers.At..];
            int size = next switch { 44 => 8, 51 => (header[1] + 2) * 4, _ => (header[1] + 1) * 8 };
            if (!layers.Has(size)) break;
            if (next == 44)
            {
                int offset = layers.Word(2);
                fragment = new Fragment(layers.Long(4), offset & 0xfff8, (offset & 1) == 0);
            }
            layers.Capacity += next == 44 ? 4 : size - 2;
            if (next != 44 && !(next is 0 or 60 && Options.AreOrdinary6(header[2..size]))) layers.Leave(2, size - 2);
            layers.At += size;
            next = header[0];
            // What follows in a later piece is the middle of something.
            if (!fragment.IsWhole) break;
        }
        return next;
    }
}
