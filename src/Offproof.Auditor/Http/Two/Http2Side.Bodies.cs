namespace Offproof.Auditor;

// DATA, and the bodies that it makes (RFC 9113 §6.1).
internal sealed partial class Http2Side
{
    private int DataPayload(ReadOnlySpan<byte> bytes, long packet)
    {
        if (_hasPadLength)
        {
            _hasPadLength = false;
            _left--;
            _padding = Math.Min(bytes[0], _left);
            _flow.Capacity(_sender, 1);
            if (_left == 0) EndData();
            return Structural(1);
        }
        int content = Math.Min(_left - _padding, bytes.Length);
        if (content > 0)
        {
            BodyOf(_stream).Add(bytes[..content], packet);
            _left -= content;
            if (_left == 0) EndData();
            return content;
        }
        // All that is left.
        if (bytes.Length < _left) return -1;
        int padding = _left;
        (_left, _padding) = (0, 0);
        Padding(bytes[..padding], packet);
        EndData();
        return padding;
    }

    // RFC 9113 §6.1: zeros.
    private void Padding(ReadOnlySpan<byte> padding, long packet)
    {
        if (padding.ContainsAnyExcept((byte)0))
        {
            _flow.Remark("HTTP/2 padding that is not zero");
            Unread(padding, packet);
            return;
        }
        _flow.Capacity(_sender, padding.Length);
        Structural(padding.Length);
    }

    private void EndData()
    {
        _isInFrame = false;
        if ((_flags & 0x1) != 0) Finish(_stream);
    }

    // At a frame's beginning: so it does not depend on how the bytes came. Counted anew only when there may be too much.
    private void MakeRoom(int length)
    {
        _waiting += length;
        if (_waiting <= MostWaiting) return;
        Body? largest = null;
        _waiting = length;
        foreach (Body body in _bodies.Values)
        {
            _waiting += body.Bytes.Waiting;
            if (largest is null || body.Bytes.Waiting > largest.Bytes.Waiting) largest = body;
        }
        if (_waiting <= MostWaiting || largest is null) return;
        _waiting -= largest.Bytes.Waiting;
        largest.Bytes.Press();
    }

    private Body BodyOf(int stream)
    {
        if (_bodies.TryGetValue(stream, out Body? body)) return body;
        body = Open(stream);
        body.IsWhole = false; // its fields were not seen
        body.Begin();
        return body;
    }

    private Body Open(int stream)
    {
        if (_bodies.Count >= MostStreams)
        {
            _flow.Remark("more streams are open at once than are followed");
            foreach (int other in _bodies.Keys)
            {
                Close(other, isWhole: false);
                break;
            }
        }
        Body body = _spare.Count > 0 ? _spare.Pop() : new Body(_flow, _protocols.Examiner, _sender);
        body.Message = ++_message;
        (body.IsWhole, body.IsInterim) = (true, false);
        body.Begin();
        _bodies[stream] = body;
        return body;
    }

    private void Finish(int stream)
    {
        if (!_bodies.ContainsKey(stream)) Open(stream);
        Close(stream, isWhole: true);
    }

    private sealed class Body(Flow flow, Examiner examiner, Sender sender)
    {
        internal Gathered Bytes { get; } = new(flow, examiner, sender);

        internal int Message { get; set; }

        internal bool IsWhole { get; set; }

        /// <summary>What it can explain, if it comes whole.</summary>
        internal Awaited? Awaited { get; set; }

        private GrpcMessages? Messages { get; set; }

        /// <summary>Only an interim answer came (1xx): the fields of the real one follow.</summary>
        internal bool IsInterim { get; set; }

        internal void Begin()
        {
            Messages = null;
            Bytes.Begin(Carrier.Body, Message);
        }

        internal void Begin(FieldBlock fields)
        {
            Bytes.Begin(Carrier.Body, Message, new Declared(fields.ContentType, fields.ContentEncoding));
            bool isGrpc = fields.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) && !type.StartsWith("application/grpc-web", StringComparison.OrdinalIgnoreCase);
            Messages = isGrpc ? new GrpcMessages(flow, sender, Bytes, Message, fields.ContentType, fields.GrpcEncoding) : null;
        }

        internal void Add(ReadOnlySpan<byte> bytes, long packet)
        {
            Awaited?.Add(bytes);
            if (Messages is null) Bytes.Add(bytes, packet);
            else Messages.Add(bytes, packet);
        }

        internal void Gap(long length)
        {
            IsWhole = false;
            Messages?.Stop();
            Bytes.Gap(length);
        }

        internal void End()
        {
            Messages?.End();
            Bytes.End();
            Messages = null;
        }
    }
}
