namespace Offproof.Auditor;

/// <summary>A WebSocket in both directions (RFC 6455), with permessage-deflate where the answer agreed to it (RFC 7692).</summary>
internal sealed class WebSocketConversation : Conversation
{
    private readonly WebSocketSide[] _sides;

    /// <param name="extensions">The field Sec-WebSocket-Extensions of the answer.</param>
    internal WebSocketConversation(Flow flow, Examiner examiner, string? extensions)
        : base(flow, examiner)
    {
        bool deflates = extensions is not null && extensions.Contains("permessage-deflate", StringComparison.OrdinalIgnoreCase);
        bool Forgets(string side) => extensions!.Contains(side + "_no_context_takeover", StringComparison.OrdinalIgnoreCase);
        _sides =
        [
            new WebSocketSide(flow, examiner, Sender.Client, deflates, deflates && Forgets("client")),
            new WebSocketSide(flow, examiner, Sender.Server, deflates, deflates && Forgets("server")),
        ];
    }

    internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet) => _sides[(int)sender].Data(bytes, packet);

    internal override void Hole(Sender sender, long length, long packet) => _sides[(int)sender].Hole(length);

    internal override void End(Sender sender, bool clean) => _sides[(int)sender].End();
}
