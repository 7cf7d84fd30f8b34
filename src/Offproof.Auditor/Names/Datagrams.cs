using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>Reads datagrams that are no QUIC: DNS, DHCP and NTP, and the rest as far as the examiner can (audit.md §3.6).</summary>
internal static class Datagrams
{
    private const int DhcpHeader = 240; // with the cookie of RFC 2131 §3
    private const int NtpSize = 48;

    /// <summary>Has a payload examined, and counts all of it.</summary>
    internal static void Read(Flow flow, Examiner examiner, Sender sender, ReadOnlySpan<byte> payload, long packet)
    {
        if (payload.IsEmpty) return;
        if (flow.Transport is not ("udp" or "mitmproxy"))
        {
            Examine(flow, examiner, sender, payload, packet);
            return;
        }
        bool isName = Is(flow, 53) || Is(flow, 5353) || Is(flow, 5355) || Is(flow, 137);
        if (DnsMessage.TryRead(flow, examiner, sender, payload, packet, isName)) return;
        if ((Is(flow, 67) || Is(flow, 68)) && TryDhcp(flow, examiner, sender, payload, packet)) return;
        if (Is(flow, 123) && TryNtp(flow, examiner, sender, payload, packet)) return;
        if (isName) flow.Remark("a DNS message is broken");
        Examine(flow, examiner, sender, payload, packet);
        flow.Messages++;
    }

    private static bool Is(Flow flow, int port) => flow.Server.Port == port || flow.Client.Port == port;

    private static void Examine(Flow flow, Examiner examiner, Sender sender, ReadOnlySpan<byte> bytes, long packet)
    {
        if (bytes.IsEmpty) return;
        int unread = Math.Clamp(examiner.Examine(new Place(flow, sender, Carrier.Datagram, packet, flow.Messages + 1), bytes), 0, bytes.Length);
        flow.Count(sender, ByteKind.Opaque, unread);
        flow.Count(sender, ByteKind.Decoded, bytes.Length - unread);
    }

    private static void Known(Flow flow, string protocol)
    {
        if (flow.Protocol.Length == 0) flow.Protocol = protocol;
        flow.Messages++;
    }

    // RFC 2131 §2; options of RFC 2132.
    private static bool TryDhcp(Flow flow, Examiner examiner, Sender sender, ReadOnlySpan<byte> payload, long packet)
    {
        if (payload.Length <= DhcpHeader || payload[0] is not (1 or 2) || payload[2] > 16 || BinaryPrimitives.ReadUInt32BigEndian(payload[236..]) != 0x63825363) return false;
        int at = DhcpHeader;
        while (at < payload.Length && payload[at] != 255)
        {
            if (payload[at] == 0) at++;
            else if (at + 2 > payload.Length || (at += 2 + payload[at + 1]) > payload.Length) return false;
        }
        // The names of a server and a file, which most leave empty.
        ReadOnlySpan<byte> names = payload[44..236];
        bool hasNames = names.IndexOfAnyExcept((byte)0) >= 0;
        if (hasNames) Examine(flow, examiner, sender, names, packet);
        flow.Count(sender, ByteKind.Structural, DhcpHeader - (hasNames ? names.Length : 0));
        // All of the header but who asks: hops, the transaction's number, seconds, flags, four addresses, the hardware address.
        flow.Capacity(sender, 43);
        Place place = new(flow, sender, Carrier.Datagram, packet, flow.Messages + 1);
        FreeChoice.Examine(examiner, place, payload[4..28]);
        // A hardware address as every packet has it is not searched (audit.md §2.2), but what stands behind it.
        ReadOnlySpan<byte> hardware = payload[2] == 6 ? payload[34..44] : payload[28..44];
        if (hardware.ContainsAnyExcept((byte)0)) FreeChoice.Examine(examiner, place, hardware);
        int structural = 0;
        at = DhcpHeader;
        while (at < payload.Length && payload[at] != 255)
        {
            if (payload[at] == 0)
            {
                at++;
                structural++;
                continue;
            }
            int length = payload[at + 1];
            ReadOnlySpan<byte> option = payload.Slice(at + 2, length);
            structural += 2;
            (int size, bool isList) = Number(payload[at]);
            if (payload[at] == 53 && length == 1 && option[0] is > 0 and <= 18) structural++;
            // A client's identifier is its hardware address, a random number or a name.
            else if (payload[at] is 61 or 97 || (size > 0 && (isList ? length % size == 0 : length == size))) FreeChoice.Take(examiner, place, option);
            else
            {
                Examine(flow, examiner, sender, option, packet);
                if (size > 0) flow.Capacity(sender, length);
            }
            at += 2 + length;
        }
        int padding = payload[at..].IndexOfAnyExcept((byte)255, (byte)0);
        int tail = padding < 0 ? payload.Length - at : padding;
        // Zeros or ends, in any order: a bit each.
        if (tail > 1 && payload.Slice(at + 1, tail - 1).ContainsAnyExcept((byte)0)) flow.Capacity(sender, (tail + 7) / 8);
        flow.Count(sender, ByteKind.Structural, structural + tail);
        Examine(flow, examiner, sender, payload[(at + tail)..], packet);
        Known(flow, "dhcp");
        return true;

        // RFC 2132: addresses, times, numbers and lists of options that are wanted; in bytes, 0 for all others.
        static (int Size, bool IsList) Number(int option) => option switch
        {
            19 or 20 or 23 or 31 or 46 or 52 or 53 or 116 => (1, false),
            13 or 22 or 26 or 57 => (2, false),
            1 or 2 or 28 or 35 or 50 or 51 or 54 or 58 or 59 => (4, false),
            55 => (1, true),
            3 or 4 or 5 or 6 or 7 or 9 or 42 or 44 => (4, true),
            33 => (8, true),
            _ => (0, false),
        };
    }

    // RFC 5905 §7.3.
    private static bool TryNtp(Flow flow, Examiner examiner, Sender sender, ReadOnlySpan<byte> payload, long packet)
    {
        if (payload.Length < NtpSize || (payload[0] >> 3 & 7) is 0 or > 4 || (payload[0] & 7) is 0 or > 5) return false;
        flow.Count(sender, ByteKind.Structural, NtpSize);
        // But for the version and the mode, all of it is the sender's to choose.
        flow.Capacity(sender, NtpSize - 1);
        examiner.Examine(new Place(flow, sender, Carrier.Datagram, packet, flow.Messages + 1), payload[..NtpSize]);
        Examine(flow, examiner, sender, payload[NtpSize..], packet);
        Known(flow, "ntp");
        return true;
    }
}
