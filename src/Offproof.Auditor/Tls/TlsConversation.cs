using static Offproof.Auditor.TlsDirection;

namespace Offproof.Auditor;

/// <summary>
/// TLS over a reliable stream (audit.md §3.2): frames and handshakes are read here; what a key log opens goes to the conversation inside, which counts it. What cannot be opened is
/// opaque, and a remark says why.
/// </summary>
/// <param name="keyLog">Of the whole audit: sessions that one connection proves are resumed by others.</param>
/// <param name="inner">Makes the conversation inside, when its first bytes are there; is told the protocol that was agreed (ALPN), null where none was.</param>
internal sealed partial class TlsConversation(Flow flow, Examiner examiner, KeyLog keyLog, Func<Flow, string?, Conversation> inner) : Conversation(flow, examiner)
{
    internal const int ExaminedAtOnce = 1 << 14;

    private readonly TlsDirection[] _directions = [new(Sender.Client), new(Sender.Server)];
    private readonly string _outer = flow.Protocol; // TLS may be inside of something, behind a proxy
    private Conversation? _inner;

    /// <summary>How many encrypted records were opened.</summary>
    internal long OpenedRecords { get; private set; }

    /// <summary>Does a stream begin with TLS? Null when more bytes are needed to tell: 5 always suffice.</summary>
    internal static bool? Recognises(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> header = start[..Math.Min(start.Length, TlsRecord.HeaderSize)];
        if (IsHello2(header)) return true;
        if (!TlsRecord.MayBegin(header)) return header.Length is > 0 and < TlsRecord.HeaderSize && header[0] >= 0x80 && MayBeHello2(header) ? null : false;
        return header.Length == TlsRecord.HeaderSize ? true : null;
    }

    // SSL 2's frame around a hello for SSL 3 or later (RFC 5246 E.2): its length with the upper bit set, type 1, version 3.x.
    private static bool IsHello2(ReadOnlySpan<byte> header) => header.Length == TlsRecord.HeaderSize && MayBeHello2(header);

    private static bool MayBeHello2(ReadOnlySpan<byte> header) =>
        header.Length > 0 && header[0] is 0x80 or 0x81
        && (header.Length < 3 || header[2] == 1) && (header.Length < 4 || header[3] == 3) && (header.Length < 5 || header[4] <= 4);

    internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet)
    {
        TlsDirection direction = _directions[(int)sender];
        while (!bytes.IsEmpty)
        {
            int taken = direction.State switch
            {
                Reading.Begin or Reading.Records => TakeRecord(direction, bytes, packet),
                Reading.Lost => Search(direction, bytes, packet),
                _ => TakeUnread(direction, bytes, packet),
            };
            bytes = bytes[taken..];
        }
    }

    /// <returns>How many bytes were used up.</returns>
    private int TakeRecord(TlsDirection direction, ReadOnlySpan<byte> bytes, long packet)
    {
        int taken = 0;
        if (direction.Filled == 0)
        {
            if (bytes.Length >= TlsRecord.HeaderSize)
            {
                if (!TryLength(direction, bytes, out int whole))
                {
                    Break(direction, "TLS is followed by something else");
                    return 0;
                }
                if (bytes.Length >= whole)
                {
                    Record(direction, bytes[..whole], packet);
                    return whole;
                }
            }
            direction.Rent();
            direction.Packet = packet;
        }
        if (direction.Filled < TlsRecord.HeaderSize)
        {
            taken = Fill(direction, bytes, TlsRecord.HeaderSize);
            if (direction.Filled < TlsRecord.HeaderSize) return taken;
        }
        if (!TryLength(direction, direction.Buffer, out int length))
        {
            Break(direction, "TLS is followed by something else");
            TakeWaiting(direction);
            return taken;
        }
        taken += Fill(direction, bytes[taken..], length);
        if (direction.Filled < length) return taken;
        direction.Filled = 0;
        Record(direction, direction.Buffer.AsSpan(0, length), direction.Packet);
        direction.Return();
        return taken;
    }

    private static int Fill(TlsDirection direction, ReadOnlySpan<byte> bytes, int total)
    {
        int count = Math.Min(total - direction.Filled, bytes.Length);
        bytes[..count].CopyTo(direction.Buffer.AsSpan(direction.Filled));
        direction.Filled += count;
        return count;
    }

    private static bool TryLength(TlsDirection direction, ReadOnlySpan<byte> header, out int length)
    {
        header = header[..TlsRecord.HeaderSize];
        bool isHello2 = direction.State == Reading.Begin && IsHello2(header);
        length = isHello2 ? 2 + ((header[0] & 0x7F) << 8) + header[1] : TlsRecord.HeaderSize + TlsRecord.BodyLength(header);
        return length >= TlsRecord.HeaderSize && (isHello2 || TlsRecord.MayBegin(header));
    }

    private void Break(TlsDirection direction, string why)
    {
        direction.State = Reading.Broken;
        Flow.Remark(why);
    }

    /// <summary>After lost bytes: only a record that verifies says where the frames go on.</summary>
    private int Search(TlsDirection direction, ReadOnlySpan<byte> bytes, long packet, bool isLast = false)
    {
        direction.Rent();
        if (direction.Filled == 0) direction.Packet = packet;
        int taken = Fill(direction, bytes, BufferSize);
        int at = 0;
        while (true)
        {
            ReadOnlySpan<byte> waiting = direction.Buffer.AsSpan(0, direction.Filled);
            at += NextHeader(waiting[at..]);
            if (at > waiting.Length - TlsRecord.HeaderSize) break;
            int length = TlsRecord.HeaderSize + TlsRecord.BodyLength(waiting[at..]);
            if (length <= waiting.Length - at)
            {
                if (TryFind(direction, waiting.Slice(at, length), at))
                {
                    byte[] rest = waiting[(at + length)..].ToArray();
                    direction.Filled = 0;
                    direction.Return();
                    Data(direction.Sender, rest, packet);
                    return taken;
                }
                if (!direction.MayTry(keyLog))
                {
                    Break(direction, "after lost bytes, TLS could not be resumed");
                    TakeWaiting(direction);
                    return taken;
                }
            }
            else if (!isLast) break; // the candidate is not whole
            at++;
        }
        // What stands before the candidate cannot begin a record; without one, the last bytes may be the front of a header.
        Pass(direction, isLast ? direction.Filled : Math.Min(at, direction.Filled), packet);
        return taken;
    }

    private static int NextHeader(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (true)
        {
            int next = bytes[at..].IndexOfAnyInRange(TlsRecord.ChangeCipherSpec, TlsRecord.ApplicationData);
            if (next < 0) return bytes.Length;
            at += next;
            if (TlsRecord.MayBegin(bytes.Slice(at, Math.Min(TlsRecord.HeaderSize, bytes.Length - at)))) return at;
            at++;
        }
    }

    // Bytes at the front of what waits are no record.
    private void Pass(TlsDirection direction, int count, long packet)
    {
        if (count == 0) return;
        TakeUnread(direction, direction.Buffer.AsSpan(0, count), direction.Packet);
        direction.Buffer.AsSpan(count, direction.Filled - count).CopyTo(direction.Buffer);
        direction.Filled -= count;
        direction.Packet = packet;
        if (direction.Filled == 0) direction.Return();
    }

    private void TakeWaiting(TlsDirection direction)
    {
        if (direction.Filled > 0) TakeUnread(direction, direction.Buffer.AsSpan(0, direction.Filled), direction.Packet);
        direction.Filled = 0;
        direction.Return();
    }

    /// <summary>Bytes outside of records: opaque, and examined in pieces of a fixed size.</summary>
    private int TakeUnread(TlsDirection direction, ReadOnlySpan<byte> bytes, long packet)
    {
        Flow.Count(direction.Sender, ByteKind.Opaque, bytes.Length);
        for (ReadOnlySpan<byte> rest = bytes; !rest.IsEmpty;)
        {
            direction.RentUnread();
            if (direction.UnreadFilled == 0) direction.UnreadPacket = packet;
            int count = Math.Min(ExaminedAtOnce - direction.UnreadFilled, rest.Length);
            rest[..count].CopyTo(direction.Unread.AsSpan(direction.UnreadFilled));
            direction.UnreadFilled += count;
            direction.Offset += count;
            rest = rest[count..];
            if (direction.UnreadFilled == ExaminedAtOnce) ExamineUnread(direction);
        }
        return bytes.Length;
    }

    private void ExamineUnread(TlsDirection direction)
    {
        if (direction.UnreadFilled == 0) return;
        Examiner.Examine(new Place(Flow, direction.Sender, Carrier.Stream, direction.UnreadPacket, 0, direction.Offset - direction.UnreadFilled), direction.Unread.AsSpan(0, direction.UnreadFilled));
        direction.UnreadFilled = 0;
    }

    internal override void Hole(Sender sender, long length, long packet)
    {
        TlsDirection direction = _directions[(int)sender];
        Forget(direction);
        direction.Offset += length;
        direction.HasGap = true;
        if (direction.State == Reading.Broken) return;
        direction.Window = MostLost;
        if (MayResume()) direction.State = Reading.Lost;
        else Break(direction, "bytes are lost, and without its keys TLS cannot be resumed after them");
    }

    // What waits will not become whole.
    private void Forget(TlsDirection direction)
    {
        if (direction.State == Reading.Lost && direction.Filled > 0) Search(direction, default, direction.Packet, isLast: true);
        TakeWaiting(direction);
        ExamineUnread(direction);
        DropHandshake(direction);
    }

    internal override void End(Sender sender, bool clean)
    {
        TlsDirection direction = _directions[(int)sender];
        if (direction.IsEnded) return;
        if (direction.Filled > 0 && direction.State is not Reading.Lost) Flow.CutShort("ends inside a TLS record");
        Forget(direction);
        direction.IsEnded = true;
        direction.IsClean |= clean;
        direction.Dispose();
        if (_inner is not null) EndInner(direction);
    }

    private void EndInner(TlsDirection direction)
    {
        if (direction.HasGap) _inner!.Hole(direction.Sender, 0, direction.Packet);
        _inner!.End(direction.Sender, direction.IsClean);
    }
}
