namespace Offproof.Auditor;

/// <summary>HTTP/2 in both directions (RFC 9113; audit.md §3.5).</summary>
internal sealed class Http2Conversation : Conversation
{
    private readonly Http2Side[] _sides;

    internal Http2Conversation(Flow flow, Protocols protocols)
        : base(flow, protocols.Examiner)
    {
        _sides = [new Http2Side(this, flow, protocols, Sender.Client), new Http2Side(this, flow, protocols, Sender.Server)];
        Protocols.Spoken(flow, "http/2");
    }

    internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet) => _sides[(int)sender].Data(bytes, packet);

    internal override void Hole(Sender sender, long length, long packet) => _sides[(int)sender].Hole(length);

    internal override void End(Sender sender, bool clean) => _sides[(int)sender].End();

    /// <summary>A stream is cut off, in both directions (RFC 9113 §6.4).</summary>
    internal void Reset(int stream)
    {
        foreach (Http2Side side in _sides) side.Close(stream, isWhole: false);
    }
}
