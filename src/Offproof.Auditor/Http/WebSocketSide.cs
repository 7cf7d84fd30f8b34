using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Offproof.Auditor;

/// <summary>The frames of one direction of a WebSocket (RFC 6455 §5.2).</summary>
internal sealed class WebSocketSide(Flow flow, Examiner examiner, Sender sender, bool deflates, bool forgets)
{
    private const int Block = 16 << 10;
    private const int LongestControl = 125;

    private readonly Gathered _message = new(flow, examiner, sender);
    private readonly Gathered _control = new(flow, examiner, sender);
    private readonly Gathered _lost = new(flow, examiner, sender, Gathered.Stream);
    private readonly Held _held = new();
    private readonly byte[] _plain = new byte[Block];
    private readonly Inflation? _inflation = deflates ? new Inflation(flow, forgets) : null;
    private int _number;
    private long _packet;
    private long _heldPacket;
    private int _old;
    private bool _isLost;

    // The frame whose payload is being read, and the message to which it belongs.
    private long _left;
    private int _opcode;
    private int _code; // of a close, what is to come
    private bool _isFinal;
    private bool _isMasked;
    private uint _mask;
    private bool _isInMessage;
    private bool _isWhole;
    private bool _isDeflated;

    private bool IsControl => _opcode >= 8;

    internal void Data(ReadOnlySpan<byte> bytes, long packet)
    {
        _packet = packet;
        if (_held.Length == 0)
        {
            _old = 0;
            int used = Parse(bytes);
            if (used < bytes.Length) (_heldPacket, _old) = (packet, 0);
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
        if (_isLost) _lost.Gap(length);
        else if (_left > 0 && length > 0 && length <= _left)
        {
            Gap(length);
            // The mask goes on where the payload does.
            _mask = uint.RotateRight(_mask, 8 * (int)(length & 3));
            _left -= length;
            if (_left == 0) EndFrame();
        }
        else
        {
            DropHeld();
            Lose("bytes are lost where a WebSocket's frame begins");
        }
    }

    internal void End()
    {
        if (_isInMessage || _left > 0 || _held.Length > 0) flow.CutShort("the capture ends, or has a gap, inside a message");
        DropHeld();
        EndMessage();
        _lost.End();
        _inflation?.Dispose();
    }

    // A piece of a header. Only from outside of Parse: the bytes that it reads lie there.
    private void DropHeld()
    {
        flow.Count(sender, ByteKind.Opaque, _held.Length);
        _held.Free();
    }

    private void EndMessage()
    {
        if (_isInMessage && _isDeflated) _inflation!.End(_message, _packet);
        _message.End();
        _control.End();
        (_isInMessage, _left) = (false, 0);
    }

    private void Gap(long length)
    {
        _isWhole = false;
        if (IsControl)
        {
            _code = 0;
            _control.Gap(length);
            return;
        }
        if (_isDeflated) _inflation!.Break(_message, _packet);
        _message.Gap(length);
    }

    private void Lose(string why)
    {
        flow.Remark(why);
        EndMessage();
        _isLost = true;
        _lost.Begin(Carrier.Stream, 0, opaque: true);
    }

    private int Parse(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            long packet = at < _old ? _heldPacket : _packet;
            if (_isLost)
            {
                _lost.Add(bytes[at..], packet);
                return bytes.Length;
            }
            if (_left > 0)
            {
                int count = (int)Math.Min(_left, bytes.Length - at);
                Payload(bytes.Slice(at, count), packet);
                at += count;
                _left -= count;
                if (_left == 0) EndFrame();
                continue;
            }
            int header = Header(bytes[at..]);
            if (header < 0) break;
            at += header;
        }
        return at;
    }

    // -1: more bytes are wanted. 0: it is no frame, and what follows is lost.
    private int Header(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2) return -1;
        int length = bytes[1] & 0x7F;
        bool isMasked = bytes[1] >= 0x80;
        int more = length switch { 126 => 2, 127 => 8, _ => 0 };
        int size = 2 + more + (isMasked ? 4 : 0);
        if (bytes.Length < size) return -1;
        ulong left = more switch { 2 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), 8 => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]), _ => (ulong)length };
        int opcode = bytes[0] & 0x0F;
        bool isFinal = bytes[0] >= 0x80;
        bool begins = opcode is not 0 and < 8;
        if (left > 1UL << 62 || (opcode >= 8 && (left > LongestControl || !isFinal)) || (opcode == 0 && !_isInMessage))
        {
            Lose("a WebSocket's frame is none");
            return 0;
        }
        if (begins && _isInMessage)
        {
            flow.Remark("a WebSocket's message begins inside another");
            if (_isDeflated) _inflation!.End(_message, _packet);
            _message.End();
        }
        flow.Count(sender, ByteKind.Structural, size);
        // A frame of nothing, reserved bits and names, and a length that could be shorter say what their sender likes.
        bool isFree = left == 0 || (bytes[0] & (deflates && begins ? 0x30 : 0x70)) != 0 || opcode is (> 2 and < 8) or > 10 || (more > 0 && left < (more == 2 ? 126UL : 1 << 16));
        flow.Capacity(sender, (isMasked ? 4 : 0) + (isFree ? 2 : 0));
        (_left, _opcode, _isFinal, _isMasked) = ((long)left, opcode, isFinal, isMasked);
        _mask = isMasked ? MemoryMarshal.Read<uint>(bytes[(2 + more)..]) : 0;
        if (begins)
        {
            _number++;
            (_isInMessage, _isWhole) = (true, true);
            _isDeflated = deflates && (bytes[0] & 0x40) != 0;
            _message.Begin(Carrier.WebSocket, _number, default, opaque: false);
            if (_isDeflated) _inflation!.Begin();
        }
        else if (IsControl)
        {
            _code = opcode == 8 ? 2 : 0;
            _control.Begin(Carrier.WebSocket, _number);
        }
        if (_left == 0) EndFrame();
        return size;
    }

    private void Payload(ReadOnlySpan<byte> bytes, long packet)
    {
        while (!bytes.IsEmpty)
        {
            int count = _isMasked ? Math.Min(bytes.Length, Block) : bytes.Length;
            ReadOnlySpan<byte> part = bytes[..count];
            if (_isMasked)
            {
                Unmask(part);
                part = _plain.AsSpan(0, count);
            }
            // RFC 6455 §7.1.5: a close begins with a number.
            if (_code > 0)
            {
                int code = Math.Min(_code, part.Length);
                _code -= code;
                flow.Count(sender, ByteKind.Structural, code);
                flow.Capacity(sender, code);
                part = part[code..];
            }
            if (part.IsEmpty) break;
            if (IsControl) _control.Add(part, packet);
            else if (_isDeflated) _inflation!.Add(part, _message, packet);
            else if (!_isMasked && _isFinal && count == _left && _message.Waiting == 0) _message.Whole(part, packet);
            else _message.Add(part, packet);
            bytes = bytes[count..];
        }
    }

    private void Unmask(ReadOnlySpan<byte> bytes)
    {
        ulong wide = _mask | ((ulong)_mask << 32);
        ReadOnlySpan<ulong> from = MemoryMarshal.Cast<byte, ulong>(bytes);
        Span<ulong> to = MemoryMarshal.Cast<byte, ulong>(_plain.AsSpan());
        for (int i = 0; i < from.Length; i++) to[i] = from[i] ^ wide;
        for (int i = 8 * from.Length; i < bytes.Length; i++) _plain[i] = (byte)((bytes[i] ^ (_mask >> (8 * (i & 3)))) & 0xFF);
        _mask = uint.RotateRight(_mask, 8 * (bytes.Length & 3));
    }

    private void EndFrame()
    {
        if (IsControl)
        {
            _control.End();
            return;
        }
        if (!_isFinal) return;
        if (_isDeflated) _inflation!.End(_message, _packet);
        _message.End();
        _isInMessage = false;
        if (_isWhole) flow.Messages++;
    }
}
