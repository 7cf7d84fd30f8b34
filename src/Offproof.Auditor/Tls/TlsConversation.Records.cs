using System.Buffers;
using static Offproof.Auditor.TlsDirection;

namespace Offproof.Auditor;

internal sealed partial class TlsConversation
{
    /// <summary>So many records may be missing where one is taken again.</summary>
    private const ulong MostLost = 64;

    private TlsSession? _session;

    private void Record(TlsDirection direction, ReadOnlySpan<byte> record, long packet)
    {
        if (direction.State == Reading.Begin) direction.State = Reading.Records;
        if (record[0] >= 0x80) Opaque(direction, record, packet, 0, "a hello in SSL 2's frame is not read");
        else if (!IsEncrypted(direction, record))
        {
            Flow.Count(direction.Sender, ByteKind.Structural, TlsRecord.HeaderSize);
            Content(direction, record[0], record[TlsRecord.HeaderSize..], packet);
        }
        else
        {
            byte[] into = ArrayPool<byte>.Shared.Rent(record.Length);
            if (TryOpen(direction, record, into, out OpenedRecord opened)) Opened(direction, record.Length, into, opened, packet);
            else Unverified(direction, record, packet);
            ArrayPool<byte>.Shared.Return(into);
        }
        direction.Offset += record.Length;
    }

    private bool IsEncrypted(TlsDirection direction, ReadOnlySpan<byte> record)
    {
        byte type = record[0];
        if (direction.IsProtected) return true;
        if (_session is { Is13: true })
        {
            // RFC 8446 §5: what is encrypted says that it is application data; a single 1 between the records is for middleboxes (D.4).
            return type == TlsRecord.ApplicationData || (direction.At >= Epoch.Handshake && !record[TlsRecord.HeaderSize..].SequenceEqual("\u0001"u8));
        }
        // A client's ChangeCipherSpec before any ServerHello: with the server's side missing, this may be TLS 1.2 that resumes.
        if (direction.IsChanged && _session?.Server is null && type == TlsRecord.Handshake && record.Length > TlsRecord.HeaderSize && record[TlsRecord.HeaderSize] != ClientHello) direction.IsProtected = true;
        if (type == TlsRecord.ApplicationData && _session is null) direction.IsProtected = true;
        return direction.IsProtected || type == TlsRecord.ApplicationData;
    }

    private bool TryOpen(TlsDirection direction, ReadOnlySpan<byte> record, Span<byte> into, out OpenedRecord opened)
    {
        if (direction.Keys is not null && direction.TryOpen(direction.Keys, keyLog, record, into, out opened)) return true;
        opened = default;
        if (_session is null || !direction.MayTry(keyLog)) return false;
        return _session.Is13 || _session.Server is null ? TryOpen13(direction, record, into, out opened) : TryOpen12(direction, record, into, out opened);
    }

    private bool TryOpen12(TlsDirection direction, ReadOnlySpan<byte> record, Span<byte> into, out OpenedRecord opened)
    {
        opened = default;
        // After a loss, the ChangeCipherSpec to the newest handshake may be among what is lost.
        bool isLost = direction.State == Reading.Lost;
        TlsSession? session = direction.Keys is null && !isLost ? direction.Session : isLost && (direction.Keys is null || direction.Session != _session) ? _session : null;
        if (session?.Keys12(direction, record, into, out opened) is not { } keys) return false;
        Use(direction, keys);
        (direction.Session, direction.IsProtected) = (session, true);
        return true;
    }

    private bool TryOpen13(TlsDirection direction, ReadOnlySpan<byte> record, Span<byte> into, out OpenedRecord opened)
    {
        opened = default;
        if (_session!.Unread is not null || record[0] != TlsRecord.ApplicationData) return false;
        if (direction is { At: Epoch.Application, Keys: not null } && direction.State == Reading.Lost)
        {
            RecordKeys updated = direction.Keys.Updated();
            if (direction.TryOpen(updated, keyLog, record, into, out opened))
            {
                Use(direction, updated);
                return true;
            }
            updated.Dispose();
        }
        for (Epoch epoch = direction.At + 1; epoch <= Epoch.Application; epoch++)
        {
            if (epoch == Epoch.Early ? !TryEarly(direction, record, into, out opened) : !TryEpoch(direction, epoch, record, into, out opened)) continue;
            direction.At = epoch;
            return true;
        }
        return false;
    }

    private bool TryEpoch(TlsDirection direction, Epoch epoch, ReadOnlySpan<byte> record, Span<byte> into, out OpenedRecord opened)
    {
        opened = default;
        if (!_session!.Is13) return false;
        bool isClient = direction.Sender == Sender.Client;
        Secret secret = epoch == Epoch.Handshake ? isClient ? Secret.ClientHandshake : Secret.ServerHandshake : isClient ? Secret.ClientTraffic : Secret.ServerTraffic;
        ref RecordKeys? ahead = ref direction.Ahead[(int)epoch];
        ahead ??= _session.Keys13(secret, _session.Suite);
        if (ahead is null || !direction.TryOpen(ahead, keyLog, record, into, out opened)) return false;
        Use(direction, ahead);
        ahead = null;
        return true;
    }

    // RFC 8446 §4.2.10: early data have the suite of the session that they resume. Before the server chose it, only those that were offered can be it.
    private bool TryEarly(TlsDirection direction, ReadOnlySpan<byte> record, Span<byte> into, out OpenedRecord opened)
    {
        opened = default;
        if (direction.Sender != Sender.Client || _session!.Client is not { HasEarlyData: true } client) return false;
        foreach (ushort id in client.Offered13)
        {
            if (!CipherSuite.TryFind(id, out CipherSuite suite) || _session.Keys13(Secret.ClientEarly, suite) is not { } keys) continue;
            if (direction.TryOpen(keys, keyLog, record, into, out opened))
            {
                Use(direction, keys);
                return true;
            }
            keys.Dispose();
        }
        return false;
    }

    private static void Use(TlsDirection direction, RecordKeys? keys)
    {
        direction.Keys?.Dispose();
        direction.Keys = keys;
    }

    private bool MayResume() => _session is { Server: not null, Unread: null, HasSecret: true };

    // A record that verifies, at some place of what waits in a search.
    private bool TryFind(TlsDirection direction, ReadOnlySpan<byte> record, int at)
    {
        byte[] into = ArrayPool<byte>.Shared.Rent(record.Length);
        bool isFound = TryOpen(direction, record, into, out OpenedRecord opened);
        if (isFound)
        {
            TakeUnread(direction, direction.Buffer.AsSpan(0, at), direction.Packet);
            ExamineUnread(direction);
            direction.State = Reading.Records;
            Opened(direction, record.Length, into, opened, direction.Packet);
            direction.Offset += record.Length;
        }
        ArrayPool<byte>.Shared.Return(into);
        return isFound;
    }

    private void Opened(TlsDirection direction, int length, byte[] into, OpenedRecord opened, long packet)
    {
        direction.Window = 0;
        OpenedRecords++;
        Flow.Count(direction.Sender, ByteKind.Structural, length - opened.Length);
        Flow.Capacity(direction.Sender, opened.Free);
        Content(direction, opened.Type, into.AsSpan(opened.Offset, opened.Length), packet, isOpened: true);
    }

    private void Unverified(TlsDirection direction, ReadOnlySpan<byte> record, long packet)
    {
        direction.HasGap = true;
        direction.Window = Math.Min(direction.Window + 1, MostLost);
        Opaque(direction, record, packet, TlsRecord.HeaderSize, null);
        Why why = _session switch
        {
            null => Why.NoBeginning,
            { Unread: not null } => Why.Unread,
            { Client: null } or { Server: null, Client.HasEarlyData: false } => Why.NoBeginning,
            { Client.HasEarlyData: true } when direction is { Sender: Sender.Client, At: Epoch.None } && keyLog.Find(Secret.ClientEarly, _session.Client.Random) is null => Why.NoEarlySecret,
            { HasSecret: false } => Why.NoSecret,
            _ => Why.DoesNotVerify,
        };
        if ((_said & (1 << (int)why)) != 0) return;
        _said |= 1 << (int)why;
        Flow.Remark(why switch
        {
            Why.NoBeginning => "a TLS connection whose two hellos are not in the capture",
            Why.Unread => _session!.Unread!,
            Why.NoEarlySecret => "TLS 1.3 early data without their secret",
            Why.NoSecret => keyLog.Count == 0 ? $"{_session!.Name} without a key log" : $"{_session!.Name}: the key log has no secret of this connection",
            _ => "a TLS record does not verify with the secret of the key log",
        });
    }

    private int _said;

    private enum Why
    {
        NoBeginning,
        Unread,
        NoEarlySecret,
        NoSecret,
        DoesNotVerify,
    }

    /// <param name="header">How many bytes at its front are structural.</param>
    private void Opaque(TlsDirection direction, ReadOnlySpan<byte> bytes, long packet, int header, string? why)
    {
        Flow.Count(direction.Sender, ByteKind.Structural, header);
        Flow.Count(direction.Sender, ByteKind.Opaque, bytes.Length - header);
        if (bytes.Length > header) Examiner.Examine(new Place(Flow, direction.Sender, Carrier.Stream, packet, 0, direction.Offset + header), bytes[header..]);
        if (why is not null) Flow.Remark(why);
    }

    private void Content(TlsDirection direction, byte type, ReadOnlySpan<byte> content, long packet, bool isOpened = false)
    {
        switch (type)
        {
            case TlsRecord.ApplicationData when isOpened:
                if (!content.IsEmpty) Inner(direction, packet).Data(direction.Sender, content, packet);
                break;
            case TlsRecord.Handshake:
                HandshakeBytes(direction, content, packet, isOpened);
                break;
            case TlsRecord.Alert when content.Length == 2:
                Flow.Count(direction.Sender, ByteKind.Structural, 2);
                Flow.Capacity(direction.Sender, 2);
                if (content[1] == 0) direction.IsClean = true; // close_notify
                break;
            case TlsRecord.ChangeCipherSpec when content.SequenceEqual("\u0001"u8):
                Flow.Count(direction.Sender, ByteKind.Structural, 1);
                Change(direction);
                break;
            default:
                Opaque(direction, content, packet, 0, type == TlsRecord.Heartbeat ? "a TLS heartbeat is not read" : "a TLS record with strange contents");
                break;
        }
    }

    // TLS 1.2: from here on the keys of the newest handshake are used (RFC 5246 §7.1).
    private void Change(TlsDirection direction)
    {
        direction.IsChanged = true;
        if (_session is null || _session.Is13 || (_session.Server is null && !_session.HasExchange)) return;
        direction.IsProtected = true;
        if (_session.Server is null || direction.Session == _session) return;
        direction.Session = _session;
        Use(direction, null);
    }

    private Conversation Inner(TlsDirection direction, long packet)
    {
        if (_inner is null)
        {
            if (_session?.Server is null) Named("tls 1.3"); // early data, before the server said so
            _inner = inner(Flow, _protocol ?? (_session?.Client is { Protocols.Count: 1 } client ? client.Protocols[0] : null));
            foreach (TlsDirection ended in _directions)
            {
                if (ended.IsEnded) EndInner(ended);
            }
        }
        if (direction.HasGap) _inner.Hole(direction.Sender, 0, packet);
        direction.HasGap = false;
        return _inner;
    }
}
