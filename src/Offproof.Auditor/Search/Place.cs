namespace Offproof.Auditor;

/// <summary>What kind of thing the examined bytes are.</summary>
internal enum Carrier
{
    /// <summary>The start line and the header fields of a message, as lines ended by CR LF (made so, of HTTP/2).</summary>
    Head,

    /// <summary>A body or a piece of one, without its transfer coding; content codings are still on it.</summary>
    Body,

    /// <summary>A message of a WebSocket.</summary>
    WebSocket,

    /// <summary>The name in a DNS message, labels joined by dots, or the text of a record.</summary>
    DnsName,

    /// <summary>The server's name in a TLS or QUIC hello.</summary>
    ServerName,

    /// <summary>A datagram's payload.</summary>
    Datagram,

    /// <summary>Bytes of a stream in which no messages could be told apart.</summary>
    Stream,
}

/// <summary>Where examined bytes were captured.</summary>
/// <param name="Packet">The number of the packet, from 1, that brought the first of the bytes.</param>
/// <param name="Message">The number of the message in its direction, from 1; 0 where there are no messages.</param>
/// <param name="Offset">Where the examined bytes begin: in their message's body, in its head, or in the stream.</param>
internal readonly record struct Place(Flow Flow, Sender Sender, Carrier Carrier, long Packet, int Message, long Offset = 0);
