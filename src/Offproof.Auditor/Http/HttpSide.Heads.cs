using static Offproof.Auditor.HttpConversation;

namespace Offproof.Auditor;

internal sealed partial class HttpSide
{
    private bool IsClient => _sender == Sender.Client;

    private int Head(ReadOnlySpan<byte> bytes, int offset)
    {
        if (!_hasStart)
        {
            // Empty lines before a message are ignored (RFC 9112 §2.2).
            if (bytes[0] == '\n') return Empty(1, isFree: true);
            if (bytes[0] == '\r' && bytes.Length == 1) return -1;
            if (bytes[0] == '\r' && bytes[1] == '\n') return Empty(2, isFree: true);
            if (!IsClient && _conversation.IsAnsweredSimply && !StartLine.MayBecomeAnswer(bytes))
            {
                _conversation.Answers(isFinal: true);
                _message++;
                UntilEnd(default);
                return 0;
            }
            switch (FirstLine(bytes, isAll: false))
            {
                case null:
                    return -1;
                case Start.None:
                    Lose();
                    return Pass(_isFound ? bytes[..1] : default, offset);
                case Start.Simple:
                    int line = bytes.IndexOf((byte)'\n') + 1;
                    _message++;
                    Examine(bytes[..line], PacketAt(offset));
                    _conversation.Ask(Asked.Simple);
                    _flow.Messages++;
                    return line;
                default:
                    _hasStart = true;
                    break;
            }
        }
        int end = HttpHead.End(bytes, Math.Min(_scanned, bytes.Length));
        if (end < 0 || end > HttpHead.Longest)
        {
            _scanned = Math.Max(0, bytes.Length - 2);
            if (end < 0 && bytes.Length <= HttpHead.Longest) return -1;
            _flow.Remark("a head is longer than 256 KiB");
            if (!IsClient) _conversation.ForgetAsked();
            Lose();
            return Pass(bytes[..HttpHead.Longest], offset);
        }
        Whole(bytes[..end], PacketAt(offset));
        return end;
    }

    private int Empty(int count, bool isFree = false)
    {
        if (isFree) _flow.Capacity(_sender, count);
        _flow.Count(_sender, ByteKind.Structural, count);
        return count;
    }

    // Bytes at which no message is looked for, though they may look like one.
    private int Pass(ReadOnlySpan<byte> bytes, int offset)
    {
        if (!bytes.IsEmpty) _isFresh = false;
        _lost.Add(bytes, PacketAt(offset));
        return bytes.Length;
    }

    // Null: the line has not come whole.
    private Start? FirstLine(ReadOnlySpan<byte> bytes, bool isAll)
    {
        int end = bytes[..Math.Min(bytes.Length, StartLine.Longest)].IndexOf((byte)'\n');
        if (end < 0 && !isAll && bytes.Length < StartLine.Longest) return null;
        ReadOnlySpan<byte> line = end < 0 ? (isAll ? bytes : default) : bytes[..end];
        if (line.EndsWith("\r"u8)) line = line[..^1];
        return end < 0 && isAll && IsClient && StartLine.IsCutRequest(line) ? Start.Request : StartLine.Read(line, IsClient);
    }

    private void Whole(ReadOnlySpan<byte> bytes, long packet)
    {
        _message++;
        _isWhole = true;
        DropAwaited();
        (_scanned, _hasStart, _isFound) = (0, false, false);
        int line = bytes.IndexOf((byte)'\n') + 1;
        ReadOnlySpan<byte> start = bytes[..(line - 1)].TrimEnd((byte)'\r');
        HttpHead head = new();
        head.Read(bytes[line..], isOldVersion: (IsClient ? start[^1] : start[7]) == '0');
        if (IsClient && head.Host is { Length: > 0 } host)
        {
            _flow.ServerName ??= NameOf(host);
            _protocols.Examiner.Observed?.Named(_flow, "host", NameOf(host), packet);
        }
        Examine(bytes, packet);
        if (head.HasStrangeLine) _flow.Remark("a head holds a line that is no field");
        if (IsClient) Request(bytes, start, head);
        else Answer(start, head);
    }

    private void Request(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> start, in HttpHead head)
    {
        bool isConnect = start.StartsWith("CONNECT "u8);
        _conversation.Ask(isConnect ? Asked.Connect : start.StartsWith("HEAD "u8) ? Asked.Head : Asked.Content, Awaited.Of(bytes, _protocols.Examiner.ContentNames));
        if (head.Ambiguous is { } why || (head.HasTransferEncoding && !head.IsChunked && (why = "a request whose end nobody knows") is not null))
        {
            Ambiguous(why);
            return;
        }
        _upgrade = isConnect ? null : head.Upgrade;
        _waits = isConnect || head.Upgrade is not null;
        if (head.IsChunked) Chunked(head.Declared);
        else if (head.HasLength && head.Length > 0) Known(head.Length, head.Declared);
        else Finish();
    }

    private void Answer(ReadOnlySpan<byte> start, in HttpHead head)
    {
        int status = StartLine.Status(start);
        (Asked asked, Awaited? awaited) = _conversation.Answers(isFinal: status >= 200 || status == 101);
        if (status == 101)
        {
            _flow.Messages++;
            _inner = _conversation.Switch(head.Upgrade ?? "", head.Extensions);
            _state = State.Inner;
            return;
        }
        if (asked == Asked.Connect && status is >= 200 and < 300)
        {
            _flow.Messages++;
            _inner = _conversation.Switch(null, null);
            _state = State.Inner;
            return;
        }
        if (status >= 200) _conversation.StayAsItIs();
        if (asked == Asked.Head || status is < 200 or 204 or 304)
        {
            Finish();
            return;
        }
        if (head.Ambiguous is { } why)
        {
            Ambiguous(why);
            return;
        }
        // Of 206 and of what only the end of the connection ends, nobody can say that it is whole.
        if (status == 200 && (head.IsChunked || (head.HasLength && !head.HasTransferEncoding))) _awaited = awaited;
        if (head.IsChunked) Chunked(head.Declared);
        else if (head.HasTransferEncoding || !head.HasLength) UntilEnd(head.Declared);
        else if (head.Length > 0) Known(head.Length, head.Declared);
        else Finish();
        if (asked == Asked.Unknown && _state is State.Length or State.ChunkLine) Doubt();
    }

    private void Doubt()
    {
        if (_state == State.ChunkLine) _left = long.MaxValue;
        _state = State.Doubt;
    }

    private void Ambiguous(string why)
    {
        _flow.Remark($"where a message ends is ambiguous: {why}");
        Lose();
    }

    private void Known(long length, in Declared declared)
    {
        _body.Begin(Carrier.Body, _message, declared);
        (_left, _state) = (length, State.Length);
    }

    private void Chunked(in Declared declared)
    {
        _body.Begin(Carrier.Body, _message, declared);
        _state = State.ChunkLine;
    }

    private void UntilEnd(in Declared declared)
    {
        _isWhole = true;
        _body.Begin(Carrier.Body, _message, declared);
        _state = State.UntilEnd;
    }

    // A name without its port: Host is uri-host [ ":" port ] (RFC 9110 §7.2).
    internal static string NameOf(string host)
    {
        int colon = host.LastIndexOf(':');
        return colon > 0 && host.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? host[..colon] : host;
    }
}
