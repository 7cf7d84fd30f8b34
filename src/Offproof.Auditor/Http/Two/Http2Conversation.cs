namespace Offproof.Auditor;

/// <summary>HTTP/2 in both directions (RFC 9113; audit.md §3.5).</summary>
internal sealed class Http2Conversation : Conversation
{
    private const int MostAwaited = 1000;

    private readonly Http2Side[] _sides;
    private readonly Dictionary<int, Awaited> _awaited = [];

    internal Http2Conversation(Flow flow, Protocols protocols)
        : base(flow, protocols.Examiner)
    {
        _sides = [new Http2Side(this, flow, protocols, Sender.Client), new Http2Side(this, flow, protocols, Sender.Server)];
        Tiles = new LogTiles(flow, Sender.Server);
        Protocols.Spoken(flow, "http/2");
    }

    internal LogTiles Tiles { get; }

    internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet) => _sides[(int)sender].Data(bytes, packet);

    internal override void Hole(Sender sender, long length, long packet) => _sides[(int)sender].Hole(length);

    internal override void End(Sender sender, bool clean) => _sides[(int)sender].End();

    internal void Await(int stream, Awaited awaited)
    {
        if (_awaited.Count < MostAwaited) _awaited[stream] = awaited;
    }

    /// <summary>What the answer on a stream can explain; once.</summary>
    internal Awaited? TakeAwaited(int stream) => _awaited.Remove(stream, out Awaited? awaited) ? awaited : null;

    /// <summary>A stream is cut off, in both directions (RFC 9113 §6.4).</summary>
    internal void Reset(int stream)
    {
        _awaited.Remove(stream);
        foreach (Http2Side side in _sides) side.Close(stream, isWhole: false);
    }
}
