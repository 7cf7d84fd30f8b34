namespace Offproof.Auditor;

/// <summary>Both directions of a TCP flow.</summary>
internal sealed class TcpStreams
{
    readonly FlowReaders _readers;
    readonly TcpDirection _client;
    readonly TcpDirection _server;
    Conversation? _conversation;

    internal TcpStreams(Flow flow, FlowReaders readers, TcpLimits limits, Traffic traffic)
    {
        (Flow, _readers, Limits, Traffic) = (flow, readers, limits, traffic);
        (_client, _server) = (new TcpDirection(this, Sender.Client), new TcpDirection(this, Sender.Server));
    }

    internal Flow Flow { get; }

    internal TcpLimits Limits { get; }

    internal Traffic Traffic { get; }

    /// <summary>Did both directions end?</summary>
    internal bool IsOver => _client.IsOver && _server.IsOver;

    TcpDirection Of(Sender sender) => sender == Sender.Client ? _client : _server;

    /// <summary>Does this SYN begin another flow between the same ends?</summary>
    internal bool IsAnother(Sender sender, in Segment segment)
    {
        TcpDirection own = Of(sender), other = Of(sender.Other());
        if (own.Opening is { } opening) return opening != segment.Sequence || own.IsOver;
        // RFC 9293 §3.5: both may open at once.
        return !(other.Opening is not null && other.IsUntouched && own.IsUntouched);
    }

    internal void Take(Sender sender, in Segment segment, ReadOnlySpan<byte> payload, long cut, long packet)
    {
        TcpDirection own = Of(sender);
        uint sequence = segment.Sequence;
        if (segment.IsSyn)
        {
            Flow.OpeningSeen = true;
            own.Open(sequence);
            sequence = unchecked(sequence + 1);
        }
        if (segment.IsReset)
        {
            if (!payload.IsEmpty) Stray("a reset carries bytes", sender, payload, packet);
            own.Reset(sequence);
            return;
        }
        if (segment.IsAcknowledging) Of(sender.Other()).Acknowledge(segment.Acknowledged);
        if (!payload.IsEmpty || cut > 0) own.Add(sequence, payload, cut, packet);
        if (segment.IsFin) own.Finish(unchecked(sequence + (uint)payload.Length + (uint)cut));
        Limits.Relieve();
    }

    internal void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet) => Conversation().Data(sender, bytes, packet);

    internal void Hole(Sender sender, long length, long packet) => Conversation().Hole(sender, length, packet);

    internal void End(Sender sender, bool clean)
    {
        _conversation?.End(sender, clean);
        // What was read is not held longer than its flow is at work.
        if (IsOver && _conversation is not null) _conversation = null;
    }

    Conversation Conversation()
    {
        if (_conversation is not null) return _conversation;
        _conversation = _readers.Stream(Flow);
        foreach (TcpDirection direction in (ReadOnlySpan<TcpDirection>)[_client, _server])
        {
            if (direction.IsOver) _conversation.End(direction.Sender, direction.IsClean);
        }
        return _conversation;
    }

    internal void Stray(string remark, Sender sender, ReadOnlySpan<byte> bytes, long packet)
    {
        Flow.Remark(remark);
        Traffic.Stray(Flow, sender, bytes, packet);
    }

    internal void Forget()
    {
        _client.Forget();
        _server.Forget();
    }

    internal void GiveUp()
    {
        _client.GiveUp();
        _server.GiveUp();
    }

    internal void Close()
    {
        _client.Close();
        _server.Close();
    }
}
