namespace Offproof.Auditor;

/// <summary>One direction of HTTP/1: heads, bodies, gaps. Reads in place where a part lies in one span, and holds it back where not.</summary>
internal sealed partial class HttpSide
{
    private const int MostWaiting = 64 << 10;
    private const int LongestChunkLine = 16 << 10;

    private readonly HttpConversation _conversation;
    private readonly Flow _flow;
    private readonly Protocols _protocols;
    private readonly Sender _sender;
    private readonly Held _held = new();
    private readonly Gathered _body;
    private readonly Gathered _lost;
    private State _state = State.Head;
    private long _heldPacket;
    private long _packet;
    private int _old;      // of what is parsed now, how much came before this packet
    private int _scanned;  // of a head that is not whole yet, how much was looked through
    private bool _hasStart;
    private bool _isWhole; // nothing of this message is lost
    private bool _isFresh; // of unknown bytes, none was passed over yet
    private int _message;
    private long _left;
    private string? _upgrade;
    private bool _waits;   // for an answer, once this request is complete
    private bool _isFound; // a start line among unknown bytes
    private Awaited? _awaited; // what this answer can explain, if it comes whole
    private Conversation? _inner;
    private bool _isOver;
    private bool _isClean;

    internal HttpSide(HttpConversation conversation, Flow flow, Protocols protocols, Sender sender)
    {
        (_conversation, _flow, _protocols, _sender) = (conversation, flow, protocols, sender);
        _body = new Gathered(flow, protocols.Examiner, sender);
        _lost = new Gathered(flow, protocols.Examiner, sender, Gathered.Stream);
    }

    private enum State
    {
        Head,

        /// <summary>An answer to a request that nobody saw: is there a body at all?</summary>
        Doubt,
        Length,
        ChunkLine,
        Chunk,
        ChunkEnd,
        Trailer,
        UntilEnd,
        Lost,

        /// <summary>The client asked for something else, and the answer has not come.</summary>
        Waiting,
        Inner,
    }

    internal void Data(ReadOnlySpan<byte> bytes, long packet)
    {
        _packet = packet;
        if (_held.Length == 0)
        {
            _old = 0;
            int used = Parse(bytes);
            Hold(bytes[used..]);
        }
        else
        {
            _old = _held.Length;
            _held.Add(bytes);
            int used = Parse(_held.Span);
            if (used >= _old) _heldPacket = packet;
            _held.Drop(used);
        }
        if (_state == State.Waiting && _held.Length > MostWaiting) ResumeByGuess();
    }

    internal void Hole(long length, long packet)
    {
        _packet = packet;
        if (_state == State.Waiting) ResumeByGuess();
        if (_state == State.Doubt) SettleHeld();
        switch (_state)
        {
            case State.Inner:
                _inner!.Hole(_sender, length, packet);
                return;
            case State.Length when length > 0 && length <= _left:
                _body.Gap(length);
                _isWhole = false;
                _left -= length;
                if (_left == 0) Finish();
                return;
            case State.Chunk when length > 0 && length < _left:
                _body.Gap(length);
                _isWhole = false;
                _left -= length;
                return;
            case State.UntilEnd:
                _body.Gap(length);
                _isWhole = false;
                return;
            default:
                CutShort();
                if (_sender == Sender.Server) _conversation.ForgetAsked();
                Lose();
                return;
        }
    }

    internal void End(bool clean)
    {
        (_isOver, _isClean) = (true, clean);
        if (_state == State.Doubt && _held.Length > 0) SettleHeld();
        switch (_state)
        {
            case State.Waiting:
                return; // until the answer, or the other end's end
            case State.Inner:
                _inner!.End(_sender, clean);
                return;
            case State.UntilEnd:
                _isWhole &= clean;
                Finish();
                return;
            case State.Doubt:
                _state = State.Head; // an answer without a body, whose request is not in the capture
                Finish();
                return;
            default:
                CutShort();
                return;
        }
    }

    internal bool IsOver => _isOver;

    internal bool IsInner => _state == State.Inner;

    internal bool IsWaiting => _state == State.Waiting;

    /// <summary>The answer came: on with what the client sent meanwhile.</summary>
    internal void Resume(Conversation? inner)
    {
        if (_state != State.Waiting)
        {
            if (inner is null) return;
            CutShort(); // it did not wait for the answer: whatever this was, it is over
        }
        (_inner, _state) = (inner, inner is null ? State.Head : State.Inner);
        (_scanned, _hasStart) = (0, false);
        if (_held.Length > 0)
        {
            _old = _held.Length;
            int used = Parse(_held.Span);
            _held.Drop(used);
        }
        if (_isOver) End(_isClean);
    }

    internal void ResumeByGuess()
    {
        if (_state != State.Waiting) return;
        ReadOnlySpan<byte> held = _held.Span;
        bool isHttp = held.IsEmpty || StartLine.Find(held[..Math.Min(held.Length, StartLine.Longest)], fromClient: true, isFresh: true, out _) == 0;
        if (isHttp) Resume(null);
        else _conversation.Switch(_upgrade, null);
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        _heldPacket = _packet;
        _held.Add(bytes);
    }

    private long PacketAt(int offset) => offset < _old ? _heldPacket : _packet;

    private int Parse(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            int used = Step(bytes[at..], at);
            if (used < 0) break;
            at += used;
        }
        return at;
    }

    // Takes what it can at the beginning. -1: it takes more bytes to know.
    private int Step(ReadOnlySpan<byte> bytes, int offset)
    {
        switch (_state)
        {
            case State.Head:
                return Head(bytes, offset);
            case State.Doubt:
                if (bytes.Length < 13 && StartLine.MayBecomeAnswer(bytes)) return -1;
                if (StartLine.BeginsAnswer(bytes)) Finish();
                else Settle();
                return 0;
            case State.Length:
                return Length(bytes, offset);
            case State.ChunkLine:
                return ChunkLine(bytes, offset);
            case State.Chunk:
                int chunk = (int)Math.Min(_left, bytes.Length);
                _awaited?.Add(bytes[..chunk]);
                _body.Add(bytes[..chunk], PacketAt(offset));
                _left -= chunk;
                if (_left == 0) _state = State.ChunkEnd;
                return chunk;
            case State.ChunkEnd:
                return ChunkEnd(bytes);
            case State.Trailer:
                return Trailer(bytes, offset);
            case State.UntilEnd:
                _body.Add(bytes, PacketAt(offset));
                return bytes.Length;
            case State.Lost:
                return Lost(bytes, offset);
            case State.Inner:
                _inner!.Data(_sender, bytes, PacketAt(offset));
                return bytes.Length;
            default:
                return -1;
        }
    }

    private int Length(ReadOnlySpan<byte> bytes, int offset)
    {
        int count = (int)Math.Min(_left, bytes.Length);
        long packet = PacketAt(offset);
        _awaited?.Add(bytes[..count]);
        if (count == _left)
        {
            _body.Whole(bytes[..count], packet);
            Finish();
        }
        else
        {
            _body.Add(bytes[..count], packet);
            _left -= count;
        }
        return count;
    }

    private void Finish()
    {
        _body.End();
        if (_isWhole) _flow.Messages++;
        _awaited?.End(_flow, _sender.Other(), _isWhole, _body.Opaque, _conversation.Tiles);
        _awaited = null;
        _state = _waits ? State.Waiting : State.Head;
        (_scanned, _hasStart, _waits) = (0, false, false);
    }

    // The answer has a body.
    private void Settle() => _state = _left == long.MaxValue ? State.ChunkLine : State.Length;

    private void SettleHeld()
    {
        Settle();
        _old = _held.Length;
        int used = Parse(_held.Span);
        _held.Drop(used);
    }

    // What is held is examined as what it is, and counted.
    private void CutShort()
    {
        if (_state is not (State.Lost or State.Head) || (_state == State.Head && _held.Length > 0)) _flow.CutShort("the capture ends, or has a gap, inside a message");
        ReadOnlySpan<byte> rest = _held.Span;
        if (_state == State.Head && !rest.IsEmpty)
        {
            if (_hasStart || FirstLine(rest, isAll: true) is Start.Request or Start.Answer or Start.Simple)
            {
                _message++;
                Examine(rest, _heldPacket);
            }
            else
            {
                _lost.Begin(Carrier.Stream, 0, opaque: true);
                _lost.Add(rest, _heldPacket);
            }
        }
        else if (_state == State.Lost)
        {
            _lost.Add(rest, _heldPacket);
        }
        else if (!rest.IsEmpty)
        {
            // A line around a chunk, or a trailer.
            Examine(rest, _heldPacket);
        }
        _held.Free();
        DropAwaited();
        _body.End();
        _lost.End();
        (_scanned, _hasStart, _waits) = (0, false, false);
        _state = State.Head;
    }

    private void DropAwaited()
    {
        _awaited?.Drop();
        _awaited = null;
    }

    private void Lose()
    {
        DropAwaited();
        _lost.Begin(Carrier.Stream, 0, opaque: true);
        (_state, _isFresh, _scanned, _hasStart) = (State.Lost, true, 0, false);
    }

    private int Lost(ReadOnlySpan<byte> bytes, int offset)
    {
        int found = StartLine.Find(bytes, _sender == Sender.Client, _isFresh, out int passed);
        if (passed > 0)
        {
            _flow.Remark("bytes stand where a message should begin");
            _lost.Add(bytes[..passed], PacketAt(offset));
            _isFresh = false;
        }
        if (found >= 0)
        {
            _lost.End();
            (_state, _isFound) = (State.Head, true);
            (_scanned, _hasStart) = (0, false);
            return found;
        }
        return passed > 0 ? passed : -1;
    }

    private void Examine(ReadOnlySpan<byte> head, long packet)
    {
        Place place = new(_flow, _sender, Carrier.Head, packet, _message);
        int unread = Math.Clamp(_protocols.Examiner.Examine(place, head), 0, head.Length);
        _flow.Count(_sender, ByteKind.Opaque, unread);
        _flow.Count(_sender, ByteKind.Decoded, head.Length - unread);
        if (_state is State.Head) _protocols.Seen?.Invoke(place, head);
    }
}
