using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>One direction of HTTP/2: its frames, its blocks of fields, and the bodies of its streams.</summary>
internal sealed partial class Http2Side
{
    private const int HeaderSize = 9;
    private const int MostStreams = 1000;
    private const long MostWaiting = 32 << 20;
    private const int LargestFrame = 1 << 20; // of those that are read whole

    // A frame can name any stream, and nobody can tell why it is this one.
    private const int AnyStream = 4;

    private readonly Http2Conversation _conversation;
    private readonly Flow _flow;
    private readonly Protocols _protocols;
    private readonly Sender _sender;
    private readonly Held _held = new();
    private readonly Held _block = new();
    private readonly FieldBlock _fields = new();
    private readonly Gathered _lost;
    private readonly Dictionary<int, Body> _bodies = [];
    private readonly Stack<Body> _spare = new();
    private bool _isBegun;
    private bool _isLost;
    private bool _isOutOfStep; // no block of fields can be read any more
    private long _packet;
    private long _heldPacket;
    private int _old;
    private int _message;
    private long _waiting; // in all bodies, at most

    // The frame that is being read.
    private bool _isInFrame;
    private Frame _type;
    private int _flags;
    private int _stream;
    private int _left;     // of its payload, padding included
    private int _padding;
    private bool _hasPadLength;
    private long _framePacket;

    // The block that is being gathered.
    private int _blockStream;
    private int _blockFlags;
    private long _blockPacket;
    private bool _isPromise;

    internal Http2Side(Http2Conversation conversation, Flow flow, Protocols protocols, Sender sender)
    {
        (_conversation, _flow, _protocols, _sender) = (conversation, flow, protocols, sender);
        _isBegun = sender == Sender.Server;
        _lost = new Gathered(flow, protocols.Examiner, sender, Gathered.Stream);
    }

    private enum Frame
    {
        Data = 0,
        Headers = 1,
        Priority = 2,
        Reset = 3,
        Settings = 4,
        Promise = 5,
        Ping = 6,
        GoAway = 7,
        Window = 8,
        Continuation = 9,
    }

    internal static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    internal void Data(ReadOnlySpan<byte> bytes, long packet)
    {
        _packet = packet;
        if (_held.Length == 0)
        {
            _old = 0;
            int used = Parse(bytes);
            if (used < bytes.Length) _heldPacket = packet;
            _held.Add(bytes[used..]);
        }
        else
        {
            _old = _held.Length;
            _held.Add(bytes);
            int used = Parse(_held.Span);
            if (used >= _old) _heldPacket = packet;
            _held.Drop(used);
        }
    }

    internal void Hole(long length)
    {
        if (_isLost)
        {
            _lost.Gap(length);
            return;
        }
        if (_isInFrame && _type == Frame.Data && _held.Length == 0 && !_hasPadLength && length > 0 && length <= _left - _padding)
        {
            Body body = BodyOf(_stream);
            body.Gap(length);
            _left -= (int)length;
            if (_left == 0) EndData();
            return;
        }
        if (_isInFrame && length > 0 && length <= _left - _held.Length)
        {
            _left -= _held.Length;
            DropHeld();
            _left -= (int)length;
            if (_type is Frame.Headers or Frame.Promise or Frame.Continuation) OutOfStep("bytes are lost inside of a block of fields: no later one can be read");
            if (_type is Frame.Data && BodyOf(_stream) is { } cut) cut.IsWhole = false;
            // What is left of the frame is nobody's.
            (_type, _hasPadLength, _padding) = ((Frame)255, false, 0);
            _isInFrame = _left > 0;
            return;
        }
        DropHeld();
        OutOfStep("bytes are lost where frames begin: no block of fields can be read");
        Lose();
    }

    internal void End()
    {
        if (_isInFrame || _held.Length > 0 || _bodies.Count > 0) _flow.CutShort("the capture ends, or has a gap, inside a message");
        DropHeld();
        EndBlockUnread();
        foreach (Body body in _bodies.Values) body.End();
        _bodies.Clear();
        _lost.End();
    }

    internal void Close(int stream, bool isWhole)
    {
        if (!_bodies.Remove(stream, out Body? body)) return;
        body.End();
        if (isWhole && body.IsWhole) _flow.Messages++;
        body.Awaited?.End(_flow, _sender.Other(), isWhole && body.IsWhole, body.Bytes.Opaque, _conversation.Tiles);
        body.Awaited = null;
        if (_spare.Count < 32) _spare.Push(body);
    }

    private void Lose()
    {
        _isLost = true;
        (_isInFrame, _left) = (false, 0);
        _lost.Begin(Carrier.Stream, 0, opaque: true);
    }

    private void OutOfStep(string why)
    {
        _flow.Remark(why);
        _isOutOfStep = true;
        EndBlockUnread();
    }

    // Only from outside of Parse: the bytes that it reads lie there.
    private void DropHeld()
    {
        Unread(_held.Span, _heldPacket);
        _held.Free();
    }

    private void Unread(ReadOnlySpan<byte> bytes, long packet)
    {
        if (bytes.IsEmpty) return;
        _protocols.Examiner.Examine(new Place(_flow, _sender, Carrier.Stream, packet, 0), bytes);
        _flow.Count(_sender, ByteKind.Opaque, bytes.Length);
    }

    private int Parse(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            int used = Step(bytes[at..], at < _old ? _heldPacket : _packet);
            if (used < 0) break;
            at += used;
        }
        return at;
    }

    private int Step(ReadOnlySpan<byte> bytes, long packet)
    {
        if (_isLost)
        {
            _lost.Add(bytes, packet);
            return bytes.Length;
        }
        if (!_isBegun)
        {
            if (bytes.Length < Preface.Length && Preface.StartsWith(bytes)) return -1;
            _isBegun = true;
            if (!bytes.StartsWith(Preface)) return 0;
            return Structural(Preface.Length);
        }
        if (!_isInFrame) return Header(bytes, packet);
        if (_type == Frame.Data) return DataPayload(bytes, packet);
        if (bytes.Length < _left) return -1;
        int length = _left;
        (_isInFrame, _left) = (false, 0);
        Whole(bytes[..length]);
        return length;
    }

    private int Structural(int count)
    {
        _flow.Count(_sender, ByteKind.Structural, count);
        return count;
    }

    private int Header(ReadOnlySpan<byte> bytes, long packet)
    {
        if (bytes.Length < HeaderSize) return -1;
        int length = (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
        Frame type = (Frame)bytes[3];
        if (type != Frame.Data && length > LargestFrame)
        {
            OutOfStep("a frame is larger than any that is read");
            Lose();
            return 0;
        }
        // RFC 9113 §6.10: nothing stands between a block and its continuation.
        if (_blockStream != 0 && type != Frame.Continuation) OutOfStep("a block of fields is not continued");
        (_type, _flags, _left, _padding, _framePacket) = (type, bytes[4], length, 0, packet);
        _stream = (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]) & int.MaxValue);
        _hasPadLength = type == Frame.Data && (_flags & 0x8) != 0;
        _isInFrame = length > 0;
        Structural(HeaderSize);
        if (type == Frame.Data)
        {
            MakeRoom(length);
            if (length == 0 && !_bodies.ContainsKey(_stream)) _flow.Capacity(_sender, AnyStream);
            if (length == 0) EndData();
        }
        else if (length == 0)
        {
            Whole(default);
        }
        return HeaderSize;
    }
}
