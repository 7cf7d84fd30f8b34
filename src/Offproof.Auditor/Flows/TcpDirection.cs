namespace Offproof.Auditor;

/// <summary>
/// One direction of a TCP flow: puts its segments in order and hands their bytes on once (audit.md §3.1). Offsets count from the first byte of the stream, and do not wrap.
/// </summary>
internal sealed class TcpDirection
{
    /// <summary>No window is larger (RFC 7323 §2.3).</summary>
    internal const long Window = 1 << 30;

    readonly TcpStreams _streams;
    readonly History _history;
    RepeatReader? _repeated;
    Ahead? _ahead;

    // Where the stream is: the byte that is next, by its offset and by its sequence number. Before it is placed, that of the first acknowledgement, or nothing.
    long _next;
    uint _sequence;
    bool _isPlaced;
    bool _isAssumed;
    long _acknowledged;
    long _fin = -1;
    long _packet;

    internal TcpDirection(TcpStreams streams, Sender sender)
    {
        (_streams, Sender, _history) = (streams, sender, new History(streams.Limits));
    }

    internal Sender Sender { get; }

    /// <summary>The number of its SYN.</summary>
    internal uint? Opening { get; private set; }

    internal bool IsOver { get; private set; }

    /// <summary>Did a FIN end it?</summary>
    internal bool IsClean { get; private set; }

    /// <summary>Nothing of it was handed on or is waited for.</summary>
    internal bool IsUntouched => _next == 0 && _ahead is not { IsEmpty: false } && !IsOver;

    // Serial number arithmetic (RFC 1982): the nearer one of the two is meant.
    long OffsetOf(uint sequence) => _next + unchecked((int)(sequence - _sequence));

    internal void Open(uint opening)
    {
        if (Opening == opening) return;
        if (Opening is null && IsUntouched)
        {
            Opening = opening;
            Place(unchecked(opening + 1));
        }
        else if (Opening is null && OffsetOf(unchecked(opening + 1)) == 0)
        {
            Opening = opening;
        }
        else
        {
            _streams.Flow.Remark("segments contradict each other about the stream's beginning");
        }
    }

    void Place(uint sequence)
    {
        _acknowledged = _isAssumed || _isPlaced ? _acknowledged - (OffsetOf(sequence) - _next) : 0;
        _sequence = sequence;
        _isPlaced = true;
    }

    internal void Acknowledge(uint sequence)
    {
        if (!_isPlaced && !_isAssumed)
        {
            _isAssumed = true;
            _sequence = sequence;
            return;
        }
        long offset = OffsetOf(sequence);
        if (offset <= _acknowledged || offset - _next > Window) return;
        _acknowledged = offset;
        if (_ahead is { IsEmpty: false }) Drain();
    }

    internal void Add(uint sequence, ReadOnlySpan<byte> payload, long cut, long packet)
    {
        if (!_isPlaced)
        {
            bool isKeepAlive = _isAssumed && payload is [0] && cut == 0 && OffsetOf(unchecked(sequence + 1)) == _acknowledged;
            Place(isKeepAlive ? unchecked(sequence + 1) : sequence);
        }
        long start = OffsetOf(sequence), wireEnd = start + payload.Length + cut;
        _packet = packet;
        if (Math.Abs(start - _next) > Window)
        {
            if (!payload.IsEmpty) _streams.Stray("segments are far from their turn", Sender, payload, packet);
            return;
        }
        // RFC 9293 §3.8.4: a byte of garbage before the next one asks whether the other side is alive.
        if (start == _next - 1 && payload is [0] && cut == 0)
        {
            _streams.Flow.Count(Sender, ByteKind.Structural, 1);
            return;
        }
        if (start < _next && !payload.IsEmpty)
        {
            int again = (int)Math.Min(payload.Length, _next - start);
            Repeated(start, payload[..again], packet);
            payload = payload[again..];
            start += again;
        }
        start = Math.Max(start, _next);
        long room = IsOver ? 0 : _fin >= 0 ? Math.Max(0, _fin - start) : long.MaxValue;
        if (payload.Length > room)
        {
            _streams.Stray("bytes come after the stream's end", Sender, payload[(int)room..], packet);
            payload = payload[..(int)room];
        }
        wireEnd = Math.Min(wireEnd, room == long.MaxValue ? wireEnd : start + room);
        if (wireEnd <= start) return;
        if (start == _next && _ahead is not { IsEmpty: false })
        {
            if (!payload.IsEmpty) Hand(payload, packet);
            if (wireEnd > _next) Skip(wireEnd, packet);
            EndWhenDone();
            return;
        }
        _ahead ??= new Ahead(_streams.Limits);
        _ahead.Insert(start, payload, wireEnd, packet, _repeated ??= Compare);
        Drain();
        while (_ahead.IsFull) GiveUpGap();
    }

    void Repeated(long start, ReadOnlySpan<byte> bytes, long packet)
    {
        // What is older than the history, and what never came here.
        int unknown = (int)Math.Clamp(_history.Start - start, 0, bytes.Length);
        if (unknown > 0) _streams.Stray("segments come again and cannot be compared", Sender, bytes[..unknown], packet);
        if (unknown == bytes.Length) return;
        bytes = bytes[unknown..];
        if (_history.Equals(start + unknown, bytes)) _streams.Flow.Count(Sender, ByteKind.Structural, bytes.Length);
        else Contradict(bytes, packet);
    }

    void Compare(ReadOnlySpan<byte> first, ReadOnlySpan<byte> again, long packet)
    {
        if (first.SequenceEqual(again)) _streams.Flow.Count(Sender, ByteKind.Structural, again.Length);
        else Contradict(again, packet);
    }

    void Contradict(ReadOnlySpan<byte> bytes, long packet) => _streams.Stray("segments contradict each other", Sender, bytes, packet);

    // In order, and as far as nothing is lost for certain.
    void Drain()
    {
        while (_ahead is { IsEmpty: false } && !IsOver)
        {
            Piece first = _ahead.First;
            if (first.Start > _next)
            {
                if (_acknowledged < first.Start || !Lose(first)) break;
            }
            HandFirst(first);
        }
        EndWhenDone();
    }

    void HandFirst(in Piece first)
    {
        int room = _fin >= 0 ? (int)Math.Clamp(_fin - _next, 0, first.Length) : first.Length;
        if (room > 0) Hand(first.Bytes[..room], first.Packet);
        if (room < first.Length) _streams.Stray("bytes come after the stream's end", Sender, first.Bytes[room..], first.Packet);
        _ahead!.TakeFirst();
        long cutEnd = _ahead.IsEmpty ? first.CutEnd : Math.Min(first.CutEnd, _ahead.First.Start);
        if (_fin >= 0) cutEnd = Math.Min(cutEnd, _fin);
        if (cutEnd > _next) Skip(cutEnd, first.Packet);
    }

    void Hand(ReadOnlySpan<byte> bytes, long packet)
    {
        _streams.Data(Sender, bytes, packet);
        _next += bytes.Length;
        _sequence = unchecked(_sequence + (uint)bytes.Length);
        _history.Append(bytes, _next - _acknowledged);
    }

    // Over bytes that are counted already.
    void Skip(long to, long packet)
    {
        _streams.Hole(Sender, to - _next, packet);
        _sequence = unchecked(_sequence + (uint)(to - _next));
        _next = to;
        _history.Restart(to);
    }

    void Lose(long to, long packet)
    {
        if (to <= _next) return;
        _streams.Flow.Remark("segments are not in the capture");
        _streams.Traffic.Lose(_streams.Flow, Sender, to - _next);
        Skip(to, packet);
    }

    void GiveUpGap()
    {
        Piece first = _ahead!.First;
        if (first.Start <= _next || Lose(first)) HandFirst(first);
        Drain();
    }

    // What is before a piece; false when the stream ends there already.
    bool Lose(in Piece first)
    {
        bool isReached = _fin < 0 || first.Start <= _fin;
        Lose(isReached ? first.Start : _fin, first.Packet);
        return isReached;
    }

    internal void GiveUp()
    {
        while (_ahead is { IsEmpty: false } && !IsOver) GiveUpGap();
    }

    internal void Forget() => _history.Free();

    internal void Finish(uint sequence)
    {
        if (IsOver) return;
        if (!_isPlaced) Place(sequence);
        long offset = OffsetOf(sequence);
        if (offset < _next || offset - _next > Window || (_fin >= 0 && _fin != offset))
        {
            _streams.Flow.Remark("segments contradict each other about the stream's end");
            return;
        }
        _fin = offset;
        EndWhenDone();
    }

    void EndWhenDone()
    {
        if (_fin >= 0 && _next >= _fin) End(clean: true);
    }

    internal void Reset(uint sequence)
    {
        if (IsOver) return;
        if (_isPlaced)
        {
            // Others are no resets of this stream (RFC 5961 §3.2).
            long offset = OffsetOf(sequence);
            if (offset != _next && !(_ahead is { IsEmpty: false } && offset == _ahead.End)) return;
            GiveUp();
        }
        if (!IsOver) End(clean: false);
    }

    void End(bool clean)
    {
        if (IsOver) return;
        (IsOver, IsClean) = (true, clean);
        while (_ahead is { IsEmpty: false })
        {
            Piece left = _ahead.First;
            if (left.Length > 0) _streams.Stray("bytes come after the stream's end", Sender, left.Bytes, left.Packet);
            _ahead.TakeFirst();
        }
        _streams.End(Sender, clean);
    }

    /// <summary>Nothing more comes.</summary>
    internal void Close()
    {
        GiveUp();
        if (!IsOver)
        {
            long sent = _fin >= 0 ? _fin : _acknowledged;
            if (_fin < 0 && sent - _next == 1) _streams.Flow.Remark("the stream's end, or its last byte, is not in the capture");
            else if (sent > _next) Lose(sent, _packet);
            if (!IsOver) End(_fin >= 0);
        }
        _history.Free();
    }
}
