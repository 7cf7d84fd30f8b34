using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>One DNS message (RFC 1035 §4; audit.md §3.6): first checked to the end, then examined and counted.</summary>
internal ref partial struct DnsMessage
{
    internal const int HeaderSize = 12;

    private const int LongestName = 255;
    private const int MostRecords = 4096;

    private readonly Flow _flow;
    private readonly Examiner _examiner;
    private readonly Sender _sender;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly long _packet;
    private readonly bool _counts;
    private readonly Span<byte> _text;
    private int _at;
    private int _length; // of the name in _text
    private string? _asked;
    private bool _isAnswer;
    private int _decoded;
    private int _opaque;
    private int _free;

    private DnsMessage(Flow flow, Examiner examiner, Sender sender, ReadOnlySpan<byte> bytes, long packet, bool counts, Span<byte> text)
    {
        (_flow, _examiner, _sender, _packet, _counts) = (flow, examiner, sender, packet, counts);
        _bytes = bytes;
        _text = text;
    }

    /// <summary>Reads a message, has its names and texts examined, and counts all of its bytes. False when it is none: then nothing was counted.</summary>
    /// <param name="isPort">It came where DNS is expected: what is odd is let pass.</param>
    internal static bool TryRead(Flow flow, Examiner examiner, Sender sender, ReadOnlySpan<byte> bytes, long packet, bool isPort)
    {
        if (!IsMessage(bytes, isPort)) return false;
        Span<byte> text = stackalloc byte[LongestName + 1];
        DnsMessage message = new(flow, examiner, sender, bytes, packet, counts: true, text);
        message.Read();
        message.Rest();
        if (flow.Protocol.Length == 0) flow.Protocol = "dns";
        flow.Messages++;
        return true;
    }

    /// <summary>Are these bytes a whole message?</summary>
    internal static bool IsMessage(ReadOnlySpan<byte> bytes, bool isPort)
    {
        if (bytes.Length < HeaderSize || (!isPort && !IsPlainHeader(bytes))) return false;
        Span<byte> text = stackalloc byte[LongestName + 1];
        DnsMessage message = new(null!, null!, Sender.Client, bytes, 0, counts: false, text);
        return message.Read() && (isPort || message._at == bytes.Length);
    }

    /// <summary>Does a header stand here that no other protocol would have by accident?</summary>
    internal static bool IsPlainHeader(ReadOnlySpan<byte> bytes)
    {
        int flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        bool isAnswer = flags >= 0x8000;
        int questions = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        int answers = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        int others = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]) + BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]);
        return (flags & 0x7840) == 0 && (flags & 15) <= 10 && questions == 1 && (isAnswer || answers == 0) && answers <= 200 && others <= 200;
    }

    private bool Read()
    {
        if (_counts) _free += 2; // the identifier
        _at = HeaderSize;
        int questions = BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);
        int records = BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]) + BinaryPrimitives.ReadUInt16BigEndian(_bytes[8..]) + BinaryPrimitives.ReadUInt16BigEndian(_bytes[10..]);
        if (questions + records is 0 or > MostRecords) return false;
        for (int i = 0; i < questions; i++)
        {
            if (!Name(_bytes.Length) || _at + 4 > _bytes.Length) return false;
            // Another class than that of the internet, whose highest bit has a meaning of its own (RFC 6762 §5.4).
            if ((BinaryPrimitives.ReadUInt16BigEndian(_bytes[(_at + 2)..]) & 0x7FFF) != 1) _free += 2;
            _at += 4;
            if (_counts && i == 0 && _bytes[2] >= 0x80 && _examiner.Observed is not null) _asked = Observations.Word(_text[.._length]);
        }
        for (int i = 0; i < records; i++)
        {
            _isAnswer = i < BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]);
            if (!Record()) return false;
        }
        return true;
    }

    private void Rest()
    {
        if (_at < _bytes.Length)
        {
            _flow.Remark("bytes stand behind the end of a DNS message");
            Examine(_bytes[_at..], Carrier.Datagram);
            _opaque += _bytes.Length - _at;
        }
        _flow.Count(_sender, ByteKind.Decoded, _decoded);
        _flow.Count(_sender, ByteKind.Opaque, _opaque);
        _flow.Count(_sender, ByteKind.Structural, _bytes.Length - _decoded - _opaque);
        _flow.Capacity(_sender, _free);
    }

    // RFC 1035 §3.1, §4.1.4: labels, then the root or a pointer. Each pointer must point before the last: no loops.
    private bool Name(int end)
    {
        int at = _at;
        int before = _at;
        int length = 0;
        int own = 0;
        bool isElsewhere = false;
        while (true)
        {
            if (at >= end) return false;
            int label = _bytes[at];
            if (label >= 0xC0)
            {
                if (at + 2 > end) return false;
                int target = ((label & 0x3F) << 8) | _bytes[at + 1];
                if (target >= before || target < HeaderSize) return false;
                if (!isElsewhere) _at = at + 2;
                (at, before, end, isElsewhere) = (target, target, _bytes.Length, true);
                continue;
            }
            at++;
            if (label == 0) break;
            if (label >= 0x40 || at + label > end || length + label + 1 > LongestName) return false;
            if (length > 0) _text[length++] = (byte)'.';
            _bytes.Slice(at, label).CopyTo(_text[length..]);
            length += label;
            at += label;
            if (!isElsewhere) own += label;
        }
        if (!isElsewhere) _at = at;
        _length = length;
        if (_counts && own > 0)
        {
            ReadOnlySpan<byte> name = _text[..length];
            Share(own, Examine(name, Carrier.DnsName));
            NetBios(name);
        }
        return true;
    }

    // RFC 1001 §14.1: 16 bytes as 32 letters from A to P.
    private readonly void NetBios(ReadOnlySpan<byte> name)
    {
        int dot = name.IndexOf((byte)'.');
        ReadOnlySpan<byte> label = dot < 0 ? name : name[..dot];
        if (label.Length != 32 || label.IndexOfAnyExceptInRange((byte)'A', (byte)'P') >= 0) return;
        Span<byte> plain = stackalloc byte[16];
        for (int i = 0; i < 16; i++) plain[i] = (byte)(((label[2 * i] - 'A') << 4) | (label[2 * i + 1] - 'A'));
        Examine(plain[..15].TrimEnd((byte)' '), Carrier.DnsName);
    }

    private readonly int Examine(ReadOnlySpan<byte> bytes, Carrier carrier) =>
        bytes.IsEmpty ? 0 : _examiner.Examine(new Place(_flow, _sender, carrier, _packet, _flow.Messages + 1), bytes);

    private void Share(int bytes, int unread)
    {
        unread = Math.Clamp(unread, 0, bytes);
        _opaque += unread;
        _decoded += bytes - unread;
    }
}
