namespace Offproof.Auditor;

/// <summary>Told of each head that was read: of HTTP/1 as sent, of HTTP/2 as lines. The bytes are valid during the call.</summary>
internal delegate void HeadSeen(in Place place, ReadOnlySpan<byte> head);

/// <summary>Makes the conversations that are read here (audit.md §3.4 to §3.6).</summary>
/// <param name="Tls">Makes what reads TLS; null where nobody does, and TLS stays opaque.</param>
internal sealed record Protocols(Examiner Examiner, Func<Flow, Conversation>? Tls = null, HeadSeen? Seen = null)
{
    // Tunnels in tunnels: each is a call deeper, and a stack has an end.
    private const int MostNested = 12;

    /// <summary>What reads a stream whose protocol was agreed on (ALPN), or is found out when it was not.</summary>
    internal Conversation For(Flow flow, string? alpn)
    {
        if (flow.Protocol.AsSpan().Count('/') >= MostNested)
        {
            flow.Remark("protocols are nested deeper than anybody needs");
            return new RawConversation(flow, Examiner);
        }
        return alpn switch
        {
            "h2" => new Http2Conversation(flow, this),
            "http/1.1" or "http/1.0" => new HttpConversation(flow, this),
            "dot" => new DnsConversation(flow, Examiner),
            _ => new Recognition(flow, this),
        };
    }

    /// <summary>Adds the name of a protocol that was recognised inside of those that were before.</summary>
    internal static void Spoken(Flow flow, string protocol) => flow.Protocol = flow.Protocol.Length == 0 ? protocol : $"{flow.Protocol}/{protocol}";
}
