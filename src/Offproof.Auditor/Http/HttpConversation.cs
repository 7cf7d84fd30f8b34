namespace Offproof.Auditor;

/// <summary>HTTP/1 in both directions (RFC 9110, RFC 9112; audit.md §3.4): requests and their answers, and what a connection becomes after an upgrade.</summary>
internal sealed class HttpConversation : Conversation
{
    // A client that asks on and on and is not answered is not in step with anything.
    private const int MostAsked = 10_000;

    private readonly Queue<(Asked Kind, Awaited? Awaited)> _asked = new();
    private readonly Protocols _protocols;
    private readonly HttpSide _client;
    private readonly HttpSide _server;
    private Conversation? _inner;

    internal HttpConversation(Flow flow, Protocols protocols)
        : base(flow, protocols.Examiner)
    {
        _protocols = protocols;
        Tiles = new LogTiles(flow, Sender.Server);
        _client = new HttpSide(this, flow, protocols, Sender.Client);
        _server = new HttpSide(this, flow, protocols, Sender.Server);
        Protocols.Spoken(flow, "http/1.1");
    }

    /// <summary>What a request asked for, as far as the length of its answer depends on it (RFC 9112 §6.3).</summary>
    internal enum Asked
    {
        /// <summary>The request is not in the capture.</summary>
        Unknown,
        Content,
        Head,
        Connect,
        Simple,
    }

    internal LogTiles Tiles { get; }

    internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet) => Side(sender).Data(bytes, packet);

    internal override void Hole(Sender sender, long length, long packet) => Side(sender).Hole(length, packet);

    internal override void End(Sender sender, bool clean)
    {
        Side(sender).End(clean);
        if (sender == Sender.Server && _inner is not null && !_server.IsInner) _inner.End(Sender.Server, clean);
        // No answer will come. What the client sent after it asked for something else is that, unless it reads as HTTP.
        while (_client.IsOver && _server.IsOver && _client.IsWaiting) _client.ResumeByGuess();
    }

    internal void Ask(Asked asked, Awaited? awaited = null)
    {
        if (_asked.Count < MostAsked) _asked.Enqueue((asked, awaited));
    }

    /// <summary>To what the next answer belongs.</summary>
    /// <param name="isFinal">False for 1xx, which other answers to the same request follow.</param>
    internal (Asked Kind, Awaited? Awaited) Answers(bool isFinal) => _asked.Count == 0 ? (Asked.Unknown, null) : isFinal ? _asked.Dequeue() : _asked.Peek();

    internal bool IsAnsweredSimply => _asked.TryPeek(out (Asked Kind, Awaited?) asked) && asked.Kind == Asked.Simple;

    /// <summary>Answers are lost: nobody knows which.</summary>
    internal void ForgetAsked() => _asked.Clear();

    /// <summary>The answer did not switch: the client, if it waits, speaks HTTP as before.</summary>
    internal void StayAsItIs() => _client.Resume(null);

    /// <summary>From here on, both ends speak something else.</summary>
    internal Conversation Switch(string? to, string? extensions)
    {
        if (_inner is not null) return _inner;
        bool isWebSocket = string.Equals(to, "websocket", StringComparison.OrdinalIgnoreCase);
        if (isWebSocket) Protocols.Spoken(Flow, "websocket");
        else if (to is null) Protocols.Spoken(Flow, "connect");
        _inner = isWebSocket ? new WebSocketConversation(Flow, Examiner, extensions)
            : _protocols.For(Flow, string.Equals(to, "h2c", StringComparison.OrdinalIgnoreCase) ? "h2" : null);
        if (_server.IsOver) _inner.End(Sender.Server, clean: true);
        _client.Resume(_inner);
        return _inner;
    }

    private HttpSide Side(Sender sender) => sender == Sender.Client ? _client : _server;
}
