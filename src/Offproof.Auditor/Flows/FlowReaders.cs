namespace Offproof.Auditor;

/// <summary>Takes the payload of a datagram, at least one byte of it, valid during the call, and counts each byte at the flow.</summary>
internal delegate void DatagramReader(Flow flow, Sender sender, ReadOnlySpan<byte> payload, long packet);

/// <summary>Takes bytes that belong to no stream or datagram and were counted: they are searched, and not counted again.</summary>
internal delegate void StrayReader(Flow flow, Sender sender, ReadOnlySpan<byte> bytes, long packet);

/// <summary>Who reads what flows carry.</summary>
internal sealed class FlowReaders
{
    /// <summary>Asked once for each TCP flow, when its first byte of payload comes.</summary>
    internal required Func<Flow, Conversation> Stream { get; init; }

    /// <summary>UDP, ICMP, and everything that was not understood.</summary>
    internal required DatagramReader Datagram { get; init; }

    internal StrayReader? Stray { get; init; }

    /// <summary>Bytes of headers that are free choice: they are searched, and were counted as structural.</summary>
    internal StrayReader? Chosen { get; init; }

    /// <summary>Nothing more will be counted at the flow. Flows are finished in any order.</summary>
    internal Action<Flow>? Finished { get; init; }
}
