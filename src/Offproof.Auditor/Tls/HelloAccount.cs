using System.Globalization;

namespace Offproof.Auditor;

/// <summary>What is done with every hello, in TLS and in QUIC.</summary>
internal static class HelloAccount
{
    /// <summary>Counts a handshake message that is read, and has it examined: names as names, which are opaque where nobody can read them; the rest as a stream.</summary>
    /// <param name="place">Of the message.</param>
    /// <param name="header">How many bytes stand before its body.</param>
    internal static void Take(Examiner examiner, Place place, ReadOnlySpan<byte> message, int header, Hello? hello)
    {
        if (hello?.ServerName is { } host && place.Sender == Sender.Client) examiner.Observed?.Named(place.Flow, "sni", host, place.Packet);
        examiner = examiner.Handshake(place, message);
        int at = 0, names = 0, unread = 0;
        if (hello is not null)
        {
            foreach ((int offset, int length) in hello.Names)
            {
                int name = header + offset;
                if (name > at) examiner.Examine(place with { Offset = place.Offset + at }, message[at..name]);
                unread += Math.Clamp(examiner.Examine(place with { Carrier = Carrier.ServerName, Offset = 0 }, message.Slice(name, length)), 0, length);
                names += length;
                at = name + length;
            }
        }
        if (message.Length > at) examiner.Examine(place with { Offset = place.Offset + at }, message[at..]);
        if (unread > 0) place.Flow.Remark("names in a TLS hello that are none of a host or a protocol");
        int opaque = unread + (hello?.Opaque ?? 0);
        place.Flow.Count(place.Sender, ByteKind.Decoded, names - unread);
        place.Flow.Count(place.Sender, ByteKind.Opaque, opaque);
        place.Flow.Count(place.Sender, ByteKind.Structural, message.Length - names + unread - opaque);
    }

    internal static void Remark(Flow flow, Hello hello)
    {
        if (hello.HasEncryptedHello) flow.Remark("Encrypted ClientHello: the name that was asked for may be hidden in it");
        foreach (int type in hello.Unknown) flow.Remark($"a TLS extension of type {type.ToString(CultureInfo.InvariantCulture)} is not read");
    }
}
