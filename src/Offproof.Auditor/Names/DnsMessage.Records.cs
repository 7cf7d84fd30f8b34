using System.Buffers.Binary;

namespace Offproof.Auditor;

// Resource records (RFC 1035 §3.2, and the registry of types).
internal ref partial struct DnsMessage
{
    private bool Record()
    {
        if (!Name(_bytes.Length) || _at + 10 > _bytes.Length) return false;
        int type = BinaryPrimitives.ReadUInt16BigEndian(_bytes[_at..]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(_bytes[(_at + 8)..]);
        // Who answers has them of others.
        if (Leaves) _free += 4 + ((BinaryPrimitives.ReadUInt16BigEndian(_bytes[(_at + 2)..]) & 0x7FFF) == 1 ? 0 : 2);
        _at += 10;
        int end = _at + length;
        if (end > _bytes.Length) return false;
        bool isGood = length == 0 || RecordData(type, end);
        if (!isGood) return false;
        _at = end;
        return true;
    }

    private readonly bool Leaves => _counts && _flow.Leaves(_sender);

    // What it leaves up to the end is examined as it is.
    private bool RecordData(int type, int end)
    {
        switch (type)
        {
            case 1 when end - _at == 4: // A
            case 28 when end - _at == 16: // AAAA
                if (_isAnswer && _asked is not null) Answered(_bytes[_at..end]);
                Chosen(end - _at);
                return true;
            case 1 or 28:
                return Unknown(end);
            case 43 or 46 or 47 or 48 or 50 or 51 or 52 or 44 or 59 or 60: // signatures, keys and their digests
                // Who answers has them of others; what a phone signs can be anything.
                if (Leaves) return Unknown(end);
                Free(end - _at);
                return true;
            case 2 or 3 or 4 or 5 or 7 or 8 or 9 or 12 or 39: // one name: NS, CNAME, PTR, DNAME, ...
                return Name(end) && Unknown(end);
            case 6: // SOA
                if (!Name(end) || !Name(end) || _at + 20 > end) return false;
                Chosen(20);
                return Unknown(end);
            case 15 or 18 or 21 or 36: // MX and its like
                return Skip(2, end) && Name(end) && Unknown(end);
            case 33 when _bytes.Length >= 6 && !IsNodeStatus(end): // SRV
                return Skip(6, end) && Name(end) && Unknown(end);
            case 13 or 16 or 99: // HINFO, TXT, SPF
                return Texts(int.MaxValue, end);
            case 35: // NAPTR
                return Skip(4, end) && Texts(3, end) && Name(end) && Unknown(end);
            case 256: // URI
                return Skip(4, end) && Unknown(end);
            case 257: // CAA
                return Skip(2, end) && Unknown(end);
            case 64 or 65: // SVCB, HTTPS
                if (!Skip(2, end) || !Name(end)) return false;
                if (Leaves) return Unknown(end);
                if (_counts) Examine(_bytes[_at..end], Carrier.DnsName);
                Free(end - _at);
                return true;
            case 41: // OPT (RFC 6891)
                return Extensions(end);
            case 32 when (end - _at) % 6 == 0: // NB: addresses of NetBIOS
                Chosen(end - _at);
                return true;
            default:
                return Unknown(end);
        }
    }

    // The same number means a list of names where NetBIOS is spoken (RFC 1002 §4.2.18): count, then 18 bytes each.
    private readonly bool IsNodeStatus(int end) => end - _at > 18 && _bytes[_at] * 18 + 1 <= end - _at && _bytes[_at] > 0;

    // Of the name that the record's own name still is.
    private readonly void Answered(ReadOnlySpan<byte> address)
    {
        if (address.Length is not (4 or 16)) return;
        _examiner.Observed!.Answered(_asked!, Observations.Word(_text[.._length]), Address.Of(new System.Net.IPAddress(address)), _packet);
    }

    private void Free(int count)
    {
        _free += count;
        _at += count;
    }

    // Numbers and addresses that leave are the sender's choice: searched, and opaque where they are too long for what they are.
    private void Chosen(int count)
    {
        int opaque = Leaves ? FreeChoice.Examine(_examiner, new Place(_flow, _sender, Carrier.Datagram, _packet, _flow.Messages + 1), _bytes.Slice(_at, count)) : 0;
        _opaque += opaque;
        _free += count - opaque;
        _at += count;
    }

    private bool Skip(int count, int end)
    {
        if (Leaves) _free += count;
        _at += count;
        return _at <= end;
    }

    private bool Unknown(int end)
    {
        if (_at > end) return false;
        if (_counts && _at < end) Share(end - _at, Examine(_bytes[_at..end], Carrier.DnsName));
        _at = end;
        return true;
    }

    // Strings behind their lengths, joined: one text may be longer than a string can be.
    private bool Texts(int most, int end)
    {
        Span<byte> joined = _counts ? new byte[end - _at] : default;
        int length = 0;
        for (int i = 0; i < most && _at < end; i++)
        {
            int one = _bytes[_at];
            if (_at + 1 + one > end) return false;
            if (_counts) _bytes.Slice(_at + 1, one).CopyTo(joined[length..]);
            length += one;
            _at += 1 + one;
        }
        if (_counts) Share(length, Examine(joined[..length], Carrier.DnsName));
        return true;
    }

    // RFC 7871 §6: a client's subnet; RFC 7873 §4: a cookie; RFC 7830 §3: padding, which should be zero.
    private static bool IsOrdinary(int code, ReadOnlySpan<byte> value) => code switch
    {
        8 => value.Length is >= 4 and <= 20 && value[0] == 0 && value[1] is 1 or 2,
        10 => value.Length is 8 or (>= 16 and <= 40),
        12 => !value.ContainsAnyExcept((byte)0),
        _ => false,
    };

    private bool Extensions(int end)
    {
        while (_at < end)
        {
            if (_at + 4 > end) return false;
            int code = BinaryPrimitives.ReadUInt16BigEndian(_bytes[_at..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(_bytes[(_at + 2)..]);
            _at += 4;
            if (_at + length > end) return false;
            if (IsOrdinary(code, _bytes.Slice(_at, length)))
            {
                if (_counts && code == 10) Examine(_bytes.Slice(_at, length), Carrier.DnsName);
                if (code == 8) Chosen(length);
                else Free(length);
            }
            else if (!Unknown(_at + length)) return false;
        }
        return true;
    }
}
