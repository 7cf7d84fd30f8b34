using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>DNS over TCP, and inside of TLS: each message behind its length (RFC 1035 §4.2.2, RFC 7858).</summary>
internal sealed class DnsConversation : Conversation
{
    private readonly Side[] _sides;

    internal DnsConversation(Flow flow, Examiner examiner)
        : base(flow, examiner)
    {
        _sides = [new Side(flow, examiner, Sender.Client), new Side(flow, examiner, Sender.Server)];
        Protocols.Spoken(flow, "dns");
    }

    internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet)
    {
        Side side = _sides[(int)sender];
        if (side.IsLost)
        {
            side.Lost.Add(bytes, packet);
            return;
        }
        if (side.Held.Length == 0)
        {
            int used = Parse(sender, bytes, packet, packet, 0);
            if (used < bytes.Length) side.Packet = packet;
            side.Held.Add(bytes[used..]);
        }
        else
        {
            int old = side.Held.Length;
            side.Held.Add(bytes);
            int used = Parse(sender, side.Held.Span, side.Packet, packet, old);
            if (used >= old) side.Packet = packet;
            side.Held.Drop(used);
        }
    }

    // Where the next message begins, nobody knows.
    internal override void Hole(Sender sender, long length, long packet)
    {
        Side side = _sides[(int)sender];
        if (side.IsLost)
        {
            side.Lost.Gap(length);
            return;
        }
        Flow.Remark("bytes are lost inside of DNS over TCP: what follows is not read");
        End(sender, clean: false);
        side.IsLost = true;
        side.Lost.Begin(Carrier.Stream, 0, opaque: true);
    }

    internal override void End(Sender sender, bool clean)
    {
        Side side = _sides[(int)sender];
        Unread(sender, side.Held.Span, side.Packet);
        side.Held.Free();
        side.Lost.End();
    }

    private int Parse(Sender sender, ReadOnlySpan<byte> bytes, long first, long packet, int old)
    {
        int at = 0;
        while (bytes.Length - at >= 2)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            if (bytes.Length - at - 2 < length) break;
            ReadOnlySpan<byte> message = bytes.Slice(at + 2, length);
            long number = at < old ? first : packet;
            Flow.Count(sender, ByteKind.Structural, 2);
            if (length > 0 && !DnsMessage.TryRead(Flow, Examiner, sender, message, number, isPort: true))
            {
                Flow.Remark("a DNS message is broken");
                Unread(sender, message, number);
            }
            at += 2 + length;
        }
        return at;
    }

    private void Unread(Sender sender, ReadOnlySpan<byte> bytes, long packet)
    {
        if (bytes.IsEmpty) return;
        Examiner.Examine(new Place(Flow, sender, Carrier.Stream, packet, 0), bytes);
        Flow.Count(sender, ByteKind.Opaque, bytes.Length);
    }

    private sealed class Side(Flow flow, Examiner examiner, Sender sender)
    {
        internal Gathered Lost { get; } = new(flow, examiner, sender, Gathered.Stream);

        internal Held Held { get; } = new();

        internal long Packet { get; set; }

        internal bool IsLost { get; set; }
    }
}
