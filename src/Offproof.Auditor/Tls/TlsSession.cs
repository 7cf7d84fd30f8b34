using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>One handshake: the two hellos, and the secrets that belong to them.</summary>
internal sealed class TlsSession(KeyLog keyLog)
{
    private const int MostTickets = 16;
    private const int MostHashed = 1 << 18;
    private readonly List<byte[]> _tickets = [];
    private ArrayBufferWriter<byte>? _messages;
    private byte[] _exchange = [];
    private List<byte[]>? _candidates;
    private byte[]? _master;

    internal Hello? Client { get; private set; }

    internal Hello? Server { get; private set; }

    internal CipherSuite Suite { get; private set; }

    internal bool Is13 => Server is { Version: 0x0304 };

    internal bool Is12 => Server is { Version: 0x0303 };

    /// <summary>Why its records cannot be read; null when they can, or when the server's hello was not seen.</summary>
    internal string? Unread { get; private set; }

    internal void Add(Hello hello, bool isServer)
    {
        if (!isServer)
        {
            Client = hello;
            return;
        }
        Server = hello;
        bool isSuite = CipherSuite.TryFind(hello.Suite, out CipherSuite suite);
        Suite = suite;
        Unread = !Is12 && !Is13 ? $"{Name} is not read"
            : !isSuite || CipherSuite.IsOf13(hello.Suite) != Is13 ? $"{Name}: cipher suite 0x{hello.Suite.ToString("x4", CultureInfo.InvariantCulture)} is not read"
            : hello.IsCompressed ? $"{Name}: its compression is not read"
            : hello.HasTruncatedMac && suite.MacSize > 0 && Is12 ? $"{Name}: its truncated HMAC is not read"
            : null;
        // Even where nothing can be decrypted with it: the log is of this capture.
        if (Unread is null) return;
        Candidates();
        if (Client is not null) Find13(Secret.ClientHandshake);
    }

    internal string Name => Server?.Version switch
    {
        null => "TLS",
        0x0300 => "SSL 3.0",
        0x0301 => "TLS 1.0",
        0x0302 => "TLS 1.1",
        0x0303 => "TLS 1.2",
        0x0304 => "TLS 1.3",
        >= 0x7F00 and <= 0x7FFF => $"TLS 1.3 draft {(Server!.Version & 0xFF).ToString(CultureInfo.InvariantCulture)}",
        _ => $"TLS of version 0x{Server!.Version.ToString("x4", CultureInfo.InvariantCulture)}",
    };

    /// <summary>For the extended master secret: the messages from the ClientHello to the ClientKeyExchange (RFC 7627 §3).</summary>
    internal void Hash(byte type, ReadOnlySpan<byte> message)
    {
        HasExchange |= type == TlsConversation.ClientKeyExchange;
        if (!keyLog.HasPremasters || _exchange.Length > 0) return;
        _messages ??= new ArrayBufferWriter<byte>();
        if (_messages.WrittenCount + message.Length > MostHashed) return;
        _messages.Write(message);
        if (type == TlsConversation.ClientKeyExchange) _exchange = message[HandshakeStream.HeaderSize..].ToArray();
    }

    /// <summary>A ClientKeyExchange was seen: TLS 1.2 or older.</summary>
    internal bool HasExchange { get; private set; }

    /// <summary>A ticket of this session. Whoever shows it resumes the session.</summary>
    internal void AddTicket(ReadOnlySpan<byte> ticket)
    {
        if (_master is not null) keyLog.Remember(ticket, _master);
        else if (_tickets.Count < MostTickets) _tickets.Add(ticket.ToArray());
    }

    /// <summary>The keys of TLS 1.2 for a direction, proven on one of its records, which is opened.</summary>
    /// <returns>Null when no secret fits.</returns>
    internal RecordKeys? Keys12(TlsDirection direction, ReadOnlySpan<byte> record, Span<byte> into, out OpenedRecord opened)
    {
        opened = default;
        if (Client is null || !Is12 || Unread is not null) return null;
        Span<byte> block = stackalloc byte[2 * (48 + 32 + 16)];
        foreach (byte[] master in _master is not null ? [_master] : Candidates())
        {
            KeySchedule.Prf(Suite.IsSha384, master, "key expansion"u8, [.. Server!.Random, .. Client.Random], block);
            RecordKeys keys = RecordKeys.Of12(Suite, direction.Sender, block, Server.MacIsOutside && Suite.Cipher is RecordCipher.AesCbc);
            CryptographicOperations.ZeroMemory(block);
            if (direction.TryOpen(keys, keyLog, record, into, out opened))
            {
                Proven(master);
                return keys;
            }
            keys.Dispose();
        }
        return null;
    }

    private void Proven(byte[] master)
    {
        if (_master is not null) return;
        _master = master;
        keyLog.Remember(Server!.SessionId, master);
        foreach (byte[] ticket in _tickets) keyLog.Remember(ticket, master);
        _tickets.Clear();
    }

    /// <summary>Whether there is anything to try: of a connection without a secret this is said, of one with a secret that does not fit something else.</summary>
    internal bool HasSecret => Is13 ? Client is not null && (Find13(Secret.ClientHandshake) ?? Find13(Secret.ServerHandshake) ?? Find13(Secret.ClientTraffic) ?? Find13(Secret.ServerTraffic)) is not null
        : Client is not null && Candidates().Count > 0;

    private byte[]? Find13(Secret secret) => keyLog.Find(secret, Client!.Random);

    // What the log says of this client's random is tried first, what an earlier session left last.
    private List<byte[]> Candidates()
    {
        if (_candidates is not null) return _candidates;
        _candidates = [];
        Add(Client is null ? null : keyLog.Find(Secret.Master, Client.Random));
        Add(Server is null ? null : keyLog.Find(Secret.MasterOfSession, Server.SessionId));
        if (Client is not null && Server is not null)
        {
            AddPremaster(keyLog.Find(Secret.Premaster, Client.Random));
            if (_exchange.Length >= 10) AddPremaster(keyLog.Find(Secret.PremasterOfExchange, _exchange.AsSpan(2, 8)));
            Add(keyLog.Resume(Client.Ticket));
            Add(keyLog.Resume(Server.SessionId));
        }
        return _candidates;

        void Add(byte[]? master)
        {
            if (master is not null) _candidates.Add(master);
        }
    }

    private void AddPremaster(byte[]? premaster)
    {
        if (premaster is null) return;
        ReadOnlySpan<byte> hash = default;
        if (Server!.HasExtendedMaster && _messages is not null) hash = Suite.IsSha384 ? SHA384.HashData(_messages.WrittenSpan) : SHA256.HashData(_messages.WrittenSpan);
        _candidates!.Add(KeySchedule.Master(Suite.IsSha384, premaster, Client!.Random, Server.Random, hash));
    }

    /// <summary>The keys of TLS 1.3 for one of the three epochs of a direction; null without their secret.</summary>
    internal RecordKeys? Keys13(Secret secret, CipherSuite suite)
    {
        byte[]? bytes = Client is null ? null : Find13(secret);
        return bytes is null || bytes.Length != (suite.IsSha384 ? 48 : 32) ? null : RecordKeys.Of13(suite, bytes);
    }
}
