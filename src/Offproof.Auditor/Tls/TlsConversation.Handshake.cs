using System.Globalization;
using static Offproof.Auditor.TlsDirection;

namespace Offproof.Auditor;

internal sealed partial class TlsConversation
{
    // The types of messages (RFC 8446 §4, IANA).
    internal const byte ClientHello = 1;
    internal const byte ClientKeyExchange = 16;
    private const byte HelloRequest = 0;
    internal const byte ServerHello = 2;
    private const byte NewSessionTicket = 4;
    private const byte EndOfEarlyData = 5;
    private const byte EncryptedExtensions = 8;
    private const byte ServerHelloDone = 14;
    private const byte Finished = 20;
    private const byte KeyUpdate = 24;

    private string? _protocol;

    private void HandshakeBytes(TlsDirection direction, ReadOnlySpan<byte> bytes, long packet, bool isOpened)
    {
        while (!bytes.IsEmpty)
        {
            int skipped = direction.Handshake.Skip(bytes);
            if (skipped > 0) Opaque(direction, bytes[..skipped], packet, 0, null);
            bytes = bytes[skipped..];
            if (!direction.Handshake.TryNext(ref bytes, packet, direction.Offset, out ReadOnlySpan<byte> message, out bool isTooLong)) return;
            if (isTooLong) Opaque(direction, message, packet, 0, "a TLS handshake message is longer than this reader keeps");
            else Message(direction, message, isOpened);
        }
    }

    // It will not become whole.
    private void DropHandshake(TlsDirection direction)
    {
        ReadOnlySpan<byte> rest = direction.Handshake.Clear();
        if (!rest.IsEmpty) Opaque(direction, rest, direction.Handshake.Packet, 0, "a TLS handshake message is not whole");
    }

    private void Message(TlsDirection direction, ReadOnlySpan<byte> message, bool isOpened)
    {
        byte type = message[0];
        ReadOnlySpan<byte> body = message[HandshakeStream.HeaderSize..];
        bool isServer = direction.Sender == Sender.Server;
        Hello? hello = null;
        bool isRead = type switch
        {
            ClientHello => !isServer && (hello = Hello.ReadClient(body)) is not null,
            ServerHello => isServer && (hello = Hello.ReadServer(body)) is not null,
            EncryptedExtensions => isServer && isOpened && (hello = Hello.ReadExtensions(body)) is not null,
            HelloRequest or EndOfEarlyData or ServerHelloDone => body.IsEmpty,
            KeyUpdate => isOpened && body.Length == 1 && body[0] <= 1,
            // Always encrypted, and as long as the session's hash, or 12 bytes.
            Finished => isOpened && body.Length is 12 or 32 or 48,
            NewSessionTicket or (>= 11 and <= 13) or 15 or ClientKeyExchange or (>= 21 and <= 23) or 25 or 67 or 203 => true,
            _ => false,
        };
        Place place = new(Flow, direction.Sender, Carrier.Stream, direction.Handshake.Packet, 0, direction.Handshake.Offset);
        if (!isRead)
        {
            Flow.Count(direction.Sender, ByteKind.Opaque, message.Length);
            Flow.Remark(string.Create(CultureInfo.InvariantCulture, $"a TLS handshake message of type {type} is not read"));
            Examiner.Examine(place, message);
            return;
        }
        // What the end of a handshake says is computed of it; a second one would say anything.
        bool isComputed = type is KeyUpdate || (type is Finished && !direction.HasFinished);
        direction.HasFinished |= type is Finished;
        Flow.Capacity(direction.Sender, hello?.Free ?? (isComputed ? 0 : body.Length));
        HelloAccount.Take(Examiner, place, message, HandshakeStream.HeaderSize, hello);
        if (hello is not null) HelloAccount.Remark(Flow, hello);
        if (type is 11 && isServer && Examiner.Observed is { } observed) observed.Presented(Flow, body, isOpened && _session is { Is13: true }, direction.Handshake.Packet);
        if (type is ClientHello) AddClientHello(hello!);
        else if (type is ServerHello) AddServerHello(hello!);
        else if (type is EncryptedExtensions && hello!.Protocols.Count > 0) _protocol = hello.Protocols[0];
        if (isOpened && _session is { Is13: true }) Follow13(direction, type);
        else if (type is NewSessionTicket) AddTicket(body);
        _session?.Hash(type, message);
    }

    private void AddClientHello(Hello hello)
    {
        if (_session is { Client: null }) _session.Add(hello, isServer: false); // the server's came first: the capture mixed them up
        else if (_session is { Server.IsRetry: true } && _session.Client!.Random.AsSpan().SequenceEqual(hello.Random)) _session.Add(hello, isServer: false);
        else
        {
            _session = new TlsSession(keyLog);
            _session.Add(hello, isServer: false);
        }
        if (hello.ServerName is not null) Flow.ServerName ??= hello.ServerName;
        if (_inner is null && _session.Server is null) Named("tls");
    }

    private void Named(string name) => Flow.Protocol = _outer.Length == 0 ? name : _outer + "/" + name;

    private void AddServerHello(Hello hello)
    {
        _session ??= new TlsSession(keyLog);
        _session.Add(hello, isServer: true);
        if (hello.Protocols.Count > 0) _protocol = hello.Protocols[0];
        if (_inner is null) Named(_session.Name.ToLowerInvariant());
        if (_session.Unread is { } why) Flow.Remark(why);
    }

    // RFC 8446 §7: the keys change where these messages end.
    private static void Follow13(TlsDirection direction, byte type)
    {
        if (type is KeyUpdate && direction is { At: Epoch.Application, Keys: not null }) Use(direction, direction.Keys.Updated());
        else if ((type is Finished && direction.At == Epoch.Handshake) || (type is EndOfEarlyData && direction.At == Epoch.Early)) Use(direction, null);
    }

    // RFC 5077 §3.3: a lifetime, and the ticket.
    private void AddTicket(ReadOnlySpan<byte> body)
    {
        TlsBytes bytes = new(body);
        if (bytes.TryTake(4, out _) && bytes.TryVector16(out ReadOnlySpan<byte> ticket) && !ticket.IsEmpty) _session?.AddTicket(ticket);
    }
}
