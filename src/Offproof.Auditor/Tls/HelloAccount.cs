using System.Globalization;

namespace Offproof.Auditor;

/// <summary>What is done with every hello, in TLS and in QUIC.</summary>
internal static class HelloAccount
{
    /// <summary>Examines a handshake message: names as names, the rest as a stream.</summary>
    /// <param name="place">Of the message.</param>
    /// <param name="header">How many bytes stand before its body.</param>
    internal static void Examine(Examiner examiner, Place place, ReadOnlySpan<byte> message, int header, Hello? hello)
    {
        if (hello?.ServerName is { } host && place.Sender == Sender.Client) examiner.Observed?.Named(place.Flow, "sni", host, place.Packet);
        examiner = examiner.Handshake(place, message);
        int at = 0;
        if (hello is not null)
        {
            foreach ((int offset, int length) in hello.Names)
            {
                int name = header + offset;
                if (name > at) examiner.Examine(place with { Offset = place.Offset + at }, message[at..name]);
                examiner.Examine(place with { Carrier = Carrier.ServerName, Offset = 0 }, message.Slice(name, length));
                at = name + length;
            }
        }
        if (message.Length > at) examiner.Examine(place with { Offset = place.Offset + at }, message[at..]);
    }

    internal static void Remark(Flow flow, Hello hello)
    {
        if (hello.HasEncryptedHello) flow.Remark("Encrypted ClientHello: the name that was asked for may be hidden in it");
        foreach (int type in hello.Unknown) flow.Remark($"a TLS extension of type {type.ToString(CultureInfo.InvariantCulture)} is not read");
    }
}
