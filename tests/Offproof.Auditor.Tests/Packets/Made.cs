using System.Buffers.Binary;
using System.Net;

namespace Offproof.Auditor.Tests.Packets;

/// <summary>Makes packets and captures, byte by byte.</summary>
static class Made
{
    internal static readonly IPAddress Phone = IPAddress.Parse("192.0.2.10"), Server = IPAddress.Parse("198.51.100.7");
    internal static readonly IPAddress Phone6 = IPAddress.Parse("2001:db8::10"), Server6 = IPAddress.Parse("2001:db8:1::7");

    internal static byte[] Big(int size, ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes[(8 - size)..];
    }

    internal static byte[] Number(int size, ulong value, bool isBig) => isBig ? Big(size, value) : [.. Big(size, value).Reverse()];

    internal static byte[] Ethernet(int type, params byte[] payload) => [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, .. Big(2, (ulong)type), .. payload];

    internal static byte[] Ip(int protocol, byte[] payload, bool isBack = false, int identification = 1, int offset = 0, bool more = false, byte[]? options = null, int? total = null, IPAddress? from = null, IPAddress? to = null)
    {
        options ??= [];
        byte[] header =
        [
            (byte)(0x45 + options.Length / 4), 0, .. Big(2, (ulong)(total ?? 20 + options.Length + payload.Length)), .. Big(2, (ulong)identification), .. Big(2, (ulong)(offset / 8 | (more ? 0x2000 : 0))), 64, (byte)protocol, 0, 0,
            .. (from ?? (isBack ? Server : Phone)).GetAddressBytes(), .. (to ?? (isBack ? Phone : Server)).GetAddressBytes(), .. options,
        ];
        int sum = 0;
        for (int at = 0; at < header.Length; at += 2) sum += header[at] << 8 | header[at + 1];
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        Big(2, (ulong)(~sum & 0xffff)).CopyTo(header, 10);
        return [.. header, .. payload];
    }

    internal static byte[] Ip6(int next, byte[] payload, bool isBack = false, int? length = null) =>
        [0x60, 0, 0, 0, .. Big(2, (ulong)(length ?? payload.Length)), (byte)next, 64, .. (isBack ? Server6 : Phone6).GetAddressBytes(), .. (isBack ? Phone6 : Server6).GetAddressBytes(), .. payload];

    internal static byte[] Udp(int from, int to, byte[] payload, int? length = null) => [.. Big(2, (ulong)from), .. Big(2, (ulong)to), .. Big(2, (ulong)(length ?? 8 + payload.Length)), 0, 0, .. payload];

    internal const byte Fin = 1, Syn = 2, Rst = 4, Push = 8, Ack = 16;

    internal static byte[] Tcp(int from, int to, uint sequence, uint acknowledged, byte flags, byte[] payload) =>
        [.. Big(2, (ulong)from), .. Big(2, (ulong)to), .. Big(4, sequence), .. Big(4, acknowledged), 0x50, flags, 0xff, 0xff, 0, 0, 0, 0, .. payload];

    /// <summary>A segment from the phone's port 40000 to port 80, in Ethernet.</summary>
    internal static byte[] Up(uint sequence, string payload, byte flags = Ack, uint acknowledged = 5000, int port = 40_000) => Ethernet(0x0800, Ip(6, Tcp(port, 80, sequence, acknowledged, flags, Bytes(payload))));

    internal static byte[] Down(uint sequence, string payload, byte flags = Ack, uint acknowledged = 1000, int port = 40_000) => Ethernet(0x0800, Ip(6, Tcp(80, port, sequence, acknowledged, flags, Bytes(payload)), isBack: true));

    internal static byte[] Bytes(string text) => System.Text.Encoding.Latin1.GetBytes(text);

    /// <summary>The datagram that most vectors carry.</summary>
    internal static byte[] Hello(string payload = "hello") => Ip(17, Udp(40_000, 53, Bytes(payload)));

    internal static byte[] Pcap(int linkType, params byte[][] packets) => Pcap(linkType, false, 0xa1b2c3d4, packets);

    internal static byte[] Pcap(int linkType, bool isBig, uint magic, byte[][] packets, int minor = 4, int snapshot = int.MaxValue)
    {
        List<byte> file = [.. Number(4, magic, isBig), .. Number(2, 2, isBig), .. Number(2, (ulong)minor, isBig), .. new byte[8], .. Number(4, 65_535, isBig), .. Number(4, (uint)linkType, isBig)];
        uint fraction = 5;
        foreach (byte[] packet in packets)
        {
            byte[] captured = Number(4, (ulong)Math.Min(packet.Length, snapshot), isBig), wire = Number(4, (ulong)packet.Length, isBig);
            file.AddRange([.. Number(4, 1_767_225_600, isBig), .. Number(4, fraction++, isBig), .. minor < 3 ? wire : captured, .. minor < 3 ? captured : wire]);
            if (magic == 0xa1b2cd34) file.AddRange(new byte[8]);
            file.AddRange(packet.Take(snapshot));
        }
        return [.. file];
    }

    internal static byte[] Block(uint type, bool isBig, params byte[] body)
    {
        byte[] padded = [.. body, .. new byte[(4 - body.Length % 4) % 4]];
        byte[] length = Number(4, (ulong)(12 + padded.Length), isBig);
        return [.. Number(4, type, isBig), .. length, .. padded, .. length];
    }

    internal static byte[] Section(bool isBig = false) => Block(0x0a0d0d0a, isBig, [.. Number(4, 0x1a2b3c4d, isBig), .. Number(2, 1, isBig), 0, 0, .. Enumerable.Repeat((byte)255, 8)]);

    internal static byte[] Interface(int linkType, bool isBig = false, int snapshot = 0, params byte[] options) => Block(1, isBig, [.. Number(2, (ulong)linkType, isBig), 0, 0, .. Number(4, (ulong)snapshot, isBig), .. options]);

    internal static byte[] Option(int code, byte[] value, bool isBig = false) => [.. Number(2, (ulong)code, isBig), .. Number(2, (ulong)value.Length, isBig), .. value, .. new byte[(4 - value.Length % 4) % 4]];

    internal static byte[] Enhanced(byte[] packet, bool isBig = false, int number = 0, ulong time = 1_767_225_600_000_005, int? length = null, params byte[] options) => Block(6, isBig,
        [.. Number(4, (ulong)number, isBig), .. Number(4, time >> 32, isBig), .. Number(4, time & 0xffff_ffff, isBig), .. Number(4, (ulong)packet.Length, isBig), .. Number(4, (ulong)(length ?? packet.Length), isBig), .. packet,
            .. new byte[(4 - packet.Length % 4) % 4], .. options]);

    internal static byte[] Simple(byte[] packet, int length, bool isBig = false) => Block(3, isBig, [.. Number(4, (ulong)length, isBig), .. packet]);

    internal static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream zipped = new();
        using (System.IO.Compression.GZipStream zip = new(zipped, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true)) zip.Write(bytes);
        return zipped.ToArray();
    }
}
