namespace Offproof.Auditor;

// All frames but DATA, read whole (RFC 9113 §6).
internal sealed partial class Http2Side
{
    private bool Has(int flag) => (_flags & flag) != 0;

    private void Whole(ReadOnlySpan<byte> payload)
    {
        switch (_type)
        {
            case Frame.Headers:
                BeginBlock(payload);
                break;
            case Frame.Promise:
                BeginBlock(payload);
                break;
            case Frame.Continuation when _blockStream != 0 && _blockStream == _stream:
                Continue(payload);
                break;
            case Frame.Settings when payload.Length % 6 == 0:
                if (_stream != 0) _flow.Capacity(_sender, AnyStream);
                Chosen(payload);
                break;
            case Frame.Priority when payload.Length == 5:
                _flow.Capacity(_sender, AnyStream + 5);
                Structural(5);
                break;
            case Frame.Reset when payload.Length == 4:
                _flow.Capacity(_sender, AnyStream + 4);
                Structural(4);
                _conversation.Reset(_stream);
                break;
            case Frame.Ping when payload.Length == 8:
                if (_stream != 0) _flow.Capacity(_sender, AnyStream);
                Chosen(payload);
                break;
            case Frame.Window when payload.Length == 4:
                _flow.Capacity(_sender, _stream == 0 ? 4 : AnyStream + 4);
                Structural(4);
                break;
            case Frame.GoAway when payload.Length >= 8:
                if (_stream != 0) _flow.Capacity(_sender, AnyStream);
                Chosen(payload[..8]);
                Unknown(payload[8..]);
                break;
            default:
                _flow.Capacity(_sender, 6); // the type, the flags and the stream
                Unknown(payload);
                break;
        }
    }

    private void Chosen(ReadOnlySpan<byte> payload) => FreeChoice.Take(_protocols.Examiner, new Place(_flow, _sender, Carrier.Stream, _framePacket, 0), payload);

    private void Unknown(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return;
        int unread = Math.Clamp(_protocols.Examiner.Examine(new Place(_flow, _sender, Carrier.Stream, _framePacket, 0), payload), 0, payload.Length);
        if (unread > 0) _flow.Remark("HTTP/2 frames of an unknown kind");
        _flow.Count(_sender, ByteKind.Opaque, unread);
        _flow.Count(_sender, ByteKind.Decoded, payload.Length - unread);
    }

    private void BeginBlock(ReadOnlySpan<byte> payload)
    {
        _isPromise = _type == Frame.Promise;
        int padding = 0;
        if (Has(0x8) && payload.Length > 0)
        {
            padding = payload[0];
            payload = payload[1..];
            _flow.Capacity(_sender, 1);
            Structural(1);
        }
        int before = _isPromise ? 4 : Has(0x20) ? 5 : 0; // the promised stream; the priority
        if (before + padding > payload.Length)
        {
            Unread(payload, _framePacket);
            OutOfStep("a frame lies about its length");
            return;
        }
        Structural(before);
        _flow.Capacity(_sender, _isPromise ? 0 : before);
        Padding(payload[^padding..], _framePacket);
        (_blockStream, _blockFlags, _blockPacket) = (_stream, _flags, _framePacket);
        Continue(payload[before..^padding]);
    }

    private void Continue(ReadOnlySpan<byte> fragment)
    {
        bool ends = Has(0x4);
        if (_isOutOfStep || _block.Length + fragment.Length > FieldBlock.Most)
        {
            if (!_isOutOfStep) OutOfStep("a block of fields has more than 256 KiB");
            Unread(fragment, _framePacket);
        }
        else if (ends && _block.Length == 0)
        {
            Read(fragment);
        }
        else
        {
            _block.Add(fragment);
            if (ends) Read(_block.Span);
        }
        if (!ends) return;
        _block.Free();
        bool isEnd = !_isPromise && (_blockFlags & 0x1) != 0;
        int stream = _blockStream;
        _blockStream = 0;
        if (isEnd) Finish(stream);
    }

    private void EndBlockUnread()
    {
        Unread(_block.Span, _blockPacket);
        _block.Free();
        _blockStream = 0;
    }

    private void Read(ReadOnlySpan<byte> block)
    {
        bool isRead = _fields.TryRead(block);
        if (!isRead)
        {
            _flow.Remark("a block of fields is broken: no later one can be read");
            _isOutOfStep = true;
        }
        else if (_fields.IsTooLarge)
        {
            _flow.Remark("a block of fields grows without measure when it is read");
        }
        _flow.Capacity(_sender, _fields.Resizing);
        int message = Message(isRead);
        ReadOnlySpan<byte> lines = _fields.Lines;
        Place place = new(_flow, _sender, Carrier.Head, _blockPacket, message);
        int unread = lines.IsEmpty ? 0 : Math.Clamp(_protocols.Examiner.Examine(place, lines), 0, lines.Length);
        long opaque = !isRead || _fields.IsTooLarge ? block.Length : lines.IsEmpty ? 0 : Gathered.Part(block.Length, unread, lines.Length);
        _flow.Count(_sender, ByteKind.Opaque, opaque);
        _flow.Count(_sender, ByteKind.Decoded, block.Length - opaque);
        if (opaque < block.Length && isRead && IsRequest) Await(lines, block.Length, unread);
        if (isRead && _fields.IsMessage) _protocols.Seen?.Invoke(place, lines);
    }

    private bool IsRequest => _sender == Sender.Client && !_isPromise && _fields.IsMessage;

    // A name in :path counts as many of the block's bytes as reading it would have made fewer.
    private void Await(ReadOnlySpan<byte> lines, int captured, int unread)
    {
        int start = lines.IndexOf("\n:path: "u8) + 8;
        if (start < 8 || lines.IndexOf(":method: GET\r\n"u8) is var method && (method < 0 || (method > 0 && lines[method - 1] != '\n'))) return;
        IReadOnlyList<ContentName> names = _protocols.Examiner.ContentNames;
        // Of several, each rounded, the sum could be more than there is.
        if (names.Count > 1) names = [];
        else if (names.Count == 1) names = [names[0] with { Unread = (int)(Gathered.Part(captured, unread, lines.Length) - Gathered.Part(captured, unread - names[0].Unread, lines.Length)) }];
        int length = lines[start..].IndexOf((byte)'\r');
        if (length >= 0 && Awaited.Of(lines, start..(start + length), names) is { } awaited) _conversation.Await(_blockStream, awaited);
    }

    // To which message a block belongs; opens its body.
    private int Message(bool isRead)
    {
        if (_isPromise) return 0;
        if (_bodies.TryGetValue(_blockStream, out Body? body) && !body.IsInterim)
        {
            if (!isRead) body.IsWhole = false;
            return body.Message; // trailers
        }
        // What came behind an answer that is not the last one.
        body?.Bytes.End();
        body ??= Open(_blockStream);
        body.IsInterim = _fields.Status is >= 100 and < 200;
        body.IsWhole = isRead;
        if (_sender == Sender.Client && _fields.Authority is { Length: > 0 } authority)
        {
            _flow.ServerName ??= HttpSide.NameOf(authority);
            _protocols.Examiner.Observed?.Named(_flow, "host", HttpSide.NameOf(authority), _blockPacket);
        }
        body.Begin(_fields);
        if (_sender == Sender.Server && !body.IsInterim && _conversation.TakeAwaited(_blockStream) is { } awaited && _fields.Status == 200 && isRead) body.Awaited = awaited;
        return body.Message;
    }
}
