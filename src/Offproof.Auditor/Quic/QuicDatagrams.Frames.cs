using System.Globalization;

namespace Offproof.Auditor;

internal sealed partial class QuicDatagrams
{
    /// <summary>The frames that an Initial packet may hold (RFC 9000 §12.4).</summary>
    private void Frames(Sender sender, ReadOnlySpan<byte> frames, long packet)
    {
        TlsBytes bytes = new(frames);
        int bits = 0; // which bytes in front of a frame are PADDING, and which PING
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> frame = bytes.Rest;
            if (frame[0] == 0) // PADDING: of value 0, so that it carries nothing
            {
                int padding = frame.IndexOfAnyExcept((byte)0);
                bytes.TryTake(padding < 0 ? frame.Length : padding, out ReadOnlySpan<byte> zeros);
                Structural(sender, zeros.Length, 0);
                if (padding > 0) bits += padding;
                else flow.Capacity(sender, (bits + 7) / 8);
                continue;
            }
            if (frame[0] == 1) bits++;
            bytes.TryByte(out byte type);
            bool isRead = type switch
            {
                1 => Passed(sender, frame, ref bytes, packet), // PING
                2 or 3 => TryAck(ref bytes, type) && Passed(sender, frame, ref bytes, packet),
                6 => TryCrypto(sender, frame, ref bytes, packet),
                0x1C => TryClose(sender, frame, ref bytes, packet),
                _ => false,
            };
            if (isRead) continue;
            Opaque(sender, frame, packet, string.Create(CultureInfo.InvariantCulture, $"QUIC: a frame of type 0x{type:x2} is not read"));
            return;
        }
    }

    private bool Passed(Sender sender, ReadOnlySpan<byte> frame, ref TlsBytes bytes, long packet)
    {
        int length = frame.Length - bytes.Rest.Length;
        Chosen(sender, frame[..length], 1, 0, packet);
        return true;
    }

    // RFC 9000 §19.3
    private static bool TryAck(ref TlsBytes bytes, byte type)
    {
        if (!bytes.TryNumber(out _) || !bytes.TryNumber(out _) || !bytes.TryNumber(out long ranges) || !bytes.TryNumber(out _)) return false;
        for (; ranges > 0; ranges--)
        {
            if (!bytes.TryNumber(out _) || !bytes.TryNumber(out _)) return false;
        }
        return type == 2 || (bytes.TryNumber(out _) && bytes.TryNumber(out _) && bytes.TryNumber(out _));
    }

    // RFC 9000 §19.19: an error, the frame that caused it, and a reason in words.
    private bool TryClose(Sender sender, ReadOnlySpan<byte> frame, ref TlsBytes bytes, long packet)
    {
        if (!bytes.TryNumber(out _) || !bytes.TryNumber(out _) || !bytes.TryNumber(out long length) || length > bytes.Rest.Length) return false;
        Passed(sender, frame, ref bytes, packet);
        bytes.TryTake((int)length, out ReadOnlySpan<byte> reason);
        if (reason.IsEmpty) return true;
        int unread = examiner.Examine(new Place(flow, sender, Carrier.Datagram, packet, 0), reason);
        flow.Count(sender, ByteKind.Opaque, unread);
        flow.Count(sender, ByteKind.Decoded, reason.Length - unread);
        return true;
    }

    private bool TryCrypto(Sender sender, ReadOnlySpan<byte> frame, ref TlsBytes bytes, long packet)
    {
        if (!bytes.TryNumber(out long offset) || !bytes.TryNumber(out long length) || length > bytes.Rest.Length) return false;
        Structural(sender, frame.Length - bytes.Rest.Length, 0);
        bytes.TryTake((int)length, out ReadOnlySpan<byte> data);
        _crypto[(int)sender].Take(offset, data, packet, out ReadOnlySpan<byte> fresh, out int repeated, out int refused);
        Structural(sender, repeated, 0);
        if (refused > 0)
        {
            flow.Count(sender, ByteKind.Opaque, refused);
            flow.Remark("QUIC: a handshake that contradicts itself, or is longer than this reader keeps");
            if (!data.IsEmpty) examiner.Examine(new Place(flow, sender, Carrier.Datagram, packet, 0), data);
        }
        Handshake(sender, fresh, packet);
        return true;
    }

    private void Handshake(Sender sender, ReadOnlySpan<byte> bytes, long packet)
    {
        HandshakeStream stream = _handshake[(int)sender];
        while (!bytes.IsEmpty)
        {
            int skipped = stream.Skip(bytes);
            if (skipped > 0) Opaque(sender, bytes[..skipped], packet, "QUIC: a handshake message is not read");
            bytes = bytes[skipped..];
            if (!stream.TryNext(ref bytes, packet, 0, out ReadOnlySpan<byte> message, out bool isTooLong)) return;
            Hello? hello = isTooLong ? null : (message[0], sender) switch
            {
                (TlsConversation.ClientHello, Sender.Client) => Hello.ReadClient(message[HandshakeStream.HeaderSize..]),
                (TlsConversation.ServerHello, Sender.Server) => Hello.ReadServer(message[HandshakeStream.HeaderSize..]),
                _ => null,
            };
            if (hello is null) Opaque(sender, message, stream.Packet, "QUIC: a handshake message is not read");
            else Take(sender, message, hello, stream.Packet);
        }
    }

    private void Take(Sender sender, ReadOnlySpan<byte> message, Hello hello, long packet)
    {
        flow.Capacity(sender, hello.Free);
        HelloAccount.Take(examiner, new Place(flow, sender, Carrier.Datagram, packet, 0), message, HandshakeStream.HeaderSize, hello);
        HelloAccount.Remark(flow, hello);
        if (sender != Sender.Client) return;
        if (hello.ServerName is not null) flow.ServerName ??= hello.ServerName;
        keyLog.Find(Secret.ClientHandshake, hello.Random);
        keyLog.Find(Secret.ClientTraffic, hello.Random);
    }
}
