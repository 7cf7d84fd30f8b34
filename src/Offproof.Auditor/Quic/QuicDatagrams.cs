using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>The datagrams of one QUIC connection (audit.md §3.3): the hellos in their first packets are read, everything else is opaque.</summary>
/// <param name="keyLog">Nothing is opened with it; it learns which of its secrets are of this capture.</param>
internal sealed partial class QuicDatagrams(Flow flow, Examiner examiner, KeyLog keyLog) : IDisposable
{
    private const int Initial = 0;
    private const int Retry = 3;
    private const int MostKeys = 8;

    private readonly Dictionary<(uint Version, Sender Sender), QuicInitialKeys> _keys = [];
    private readonly QuicCrypto[] _crypto = [new(), new()];
    private readonly HandshakeStream[] _handshake = [new(), new()];
    private byte[] _connection = [];
    private int _changes;

    /// <summary>How many Initial packets were opened.</summary>
    internal long OpenedPackets { get; private set; }

    /// <summary>Is this datagram the beginning of QUIC? True only for an Initial packet that verifies, or a version negotiation.</summary>
    internal static bool Recognises(ReadOnlySpan<byte> datagram)
    {
        if (!QuicHeader.TryRead(datagram, out QuicHeader header)) return false;
        if (header.Version == QuicVersion.Negotiation) return IsNegotiation(datagram[header.Length..]);
        if (QuicVersion.Of(header.Version) is not { } version || version.Type(datagram[0]) != Initial || !TryProtected(datagram, header, isInitial: true, out int numberAt, out int length)) return false;
        byte[] into = ArrayPool<byte>.Shared.Rent(length);
        using QuicInitialKeys keys = new(version, header.Target, Sender.Client);
        bool isOpen = keys.TryOpen(datagram[..length], numberAt, into, out _);
        ArrayPool<byte>.Shared.Return(into);
        return isOpen;
    }

    /// <summary>RFC 9000 §17.2.1: nothing but versions.</summary>
    private static bool IsNegotiation(ReadOnlySpan<byte> versions) => versions.Length is >= 4 and <= 1024 && versions.Length % 4 == 0;

    /// <summary>Where the packet number begins, and how long the packet is (RFC 9000 §17.2).</summary>
    private static bool TryProtected(ReadOnlySpan<byte> datagram, in QuicHeader header, bool isInitial, out int numberAt, out int length)
    {
        (numberAt, length) = (0, 0);
        TlsBytes bytes = new(datagram[header.Length..]);
        if (isInitial && (!bytes.TryNumber(out long token) || token > bytes.Rest.Length || !bytes.TryTake((int)token, out _))) return false;
        if (!bytes.TryNumber(out long rest) || rest > bytes.Rest.Length) return false;
        numberAt = datagram.Length - bytes.Rest.Length;
        length = numberAt + (int)rest;
        return true;
    }

    /// <summary>Counts and reads a datagram; every byte of it is counted here, or when <see cref="Finish"/> is called.</summary>
    internal void Take(Sender sender, ReadOnlySpan<byte> datagram, long packet)
    {
        // Several packets may stand behind one another (RFC 9000 §12.2).
        while (!datagram.IsEmpty)
        {
            int taken = TakePacket(sender, datagram, packet);
            datagram = datagram[taken..];
        }
    }

    private int TakePacket(Sender sender, ReadOnlySpan<byte> datagram, long packet)
    {
        if (!datagram.ContainsAnyExcept((byte)0))
        {
            flow.Count(sender, ByteKind.Structural, datagram.Length); // padding between packets
            return datagram.Length;
        }
        if (!QuicHeader.TryRead(datagram, out QuicHeader header)) return Opaque(sender, datagram, packet, "QUIC: what follows its first packets is not read");
        if (header.Version == QuicVersion.Negotiation)
        {
            if (!IsNegotiation(datagram[header.Length..])) return Opaque(sender, datagram, packet, "QUIC: a strange version negotiation");
            Named("quic");
            return Chosen(sender, datagram, 5, 0, packet);
        }
        if (QuicVersion.Of(header.Version) is not { } version)
        {
            Named("quic");
            return Opaque(sender, datagram, packet, string.Create(CultureInfo.InvariantCulture, $"QUIC of version 0x{header.Version:x8} is not read"));
        }
        Named(version.Name);
        int type = version.Type(datagram[0]);
        if (type == Retry) return TakeRetry(sender, datagram, version, header, packet);
        if (!TryProtected(datagram, header, type == Initial, out int numberAt, out int length)) return Opaque(sender, datagram, packet, "QUIC: a broken packet");
        if (type != Initial) return Opaque(sender, datagram[..length], packet, "QUIC: what follows its first packets is not read");
        byte[] into = ArrayPool<byte>.Shared.Rent(length);
        if (TryOpen(sender, version, header, datagram[..length], numberAt, into, out int frames))
        {
            OpenedPackets++;
            Structural(sender, length - frames - numberAt, 0);
            Chosen(sender, datagram[..numberAt], 5, 0, packet);
            Frames(sender, into.AsSpan(0, frames), packet);
        }
        else Opaque(sender, datagram[..length], packet, "QUIC: a first packet that does not verify");
        ArrayPool<byte>.Shared.Return(into);
        return length;
    }

    private bool TryOpen(Sender sender, QuicVersion version, in QuicHeader header, ReadOnlySpan<byte> packet, int numberAt, Span<byte> into, out int frames)
    {
        frames = 0;
        if (_connection.Length > 0 && Keys(version, sender).TryOpen(packet, numberAt, into, out frames)) return true;
        // The first packet, or another connection between the same two ports.
        if (sender != Sender.Client || _changes == MostKeys || header.Target.SequenceEqual(_connection)) return false;
        QuicInitialKeys keys = new(version, header.Target, sender);
        if (!keys.TryOpen(packet, numberAt, into, out frames))
        {
            keys.Dispose();
            _changes++;
            return false;
        }
        Begin(header.Target);
        _keys[(version.Number, sender)] = keys;
        return true;
    }

    private QuicInitialKeys Keys(QuicVersion version, Sender sender)
    {
        if (!_keys.TryGetValue((version.Number, sender), out QuicInitialKeys? keys)) _keys[(version.Number, sender)] = keys = new QuicInitialKeys(version, _connection, sender);
        return keys;
    }

    private void Begin(ReadOnlySpan<byte> connection)
    {
        Finish();
        _changes++;
        _connection = connection.ToArray();
        for (int side = 0; side < 2; side++) (_crypto[side], _handshake[side]) = (new(), new());
    }

    // RFC 9001 §5.8: the tag proves that the server saw the client's first packet. The client then begins anew with the connection id that it was given.
    private int TakeRetry(Sender sender, ReadOnlySpan<byte> datagram, QuicVersion version, in QuicHeader header, long packet)
    {
        const int tagSize = 16;
        if (sender == Sender.Client || _connection.Length == 0 || datagram.Length < header.Length + tagSize || _changes == MostKeys) return Opaque(sender, datagram, packet, "QUIC: a retry that does not verify");
        Span<byte> tag = stackalloc byte[tagSize];
        using AesGcm gcm = new(version.RetryKey, tagSize);
        gcm.Encrypt(version.RetryNonce, default, default, tag, [(byte)_connection.Length, .. _connection, .. datagram[..^tagSize]]);
        if (!tag.SequenceEqual(datagram[^tagSize..])) return Opaque(sender, datagram, packet, "QUIC: a retry that does not verify");
        Begin(header.Source);
        return Chosen(sender, datagram, 5, tagSize, packet);
    }

    private void Named(string name)
    {
        if (flow.Protocol.Length == 0 || flow.Protocol == "quic") flow.Protocol = name;
    }

    /// <param name="free">Of them, those that the sender chose.</param>
    private int Structural(Sender sender, int bytes, int free)
    {
        flow.Count(sender, ByteKind.Structural, bytes);
        flow.Capacity(sender, free);
        return bytes;
    }

    /// <summary>Connection ids, tokens, versions and numbers, between what is of the protocol: searched, and opaque where they leave and are too long for what they are.</summary>
    private int Chosen(Sender sender, ReadOnlySpan<byte> bytes, int before, int behind, long packet)
    {
        Structural(sender, before + behind, 0);
        FreeChoice.Take(examiner, new Place(flow, sender, Carrier.Datagram, packet, 0), bytes[before..^behind]);
        return bytes.Length;
    }

    private int Opaque(Sender sender, ReadOnlySpan<byte> bytes, long packet, string why)
    {
        flow.Count(sender, ByteKind.Opaque, bytes.Length);
        flow.Remark(why);
        examiner.Examine(new Place(flow, sender, Carrier.Datagram, packet, 0), bytes);
        return bytes.Length;
    }

    /// <summary>The flow is over: what waits is not whole.</summary>
    internal void Finish()
    {
        for (int side = 0; side < 2; side++)
        {
            foreach ((_, byte[] bytes, long packet) in _crypto[side].TakeWaiting()) Opaque((Sender)side, bytes, packet, "QUIC: a handshake that is not whole");
            ReadOnlySpan<byte> rest = _handshake[side].Clear();
            if (!rest.IsEmpty) Opaque((Sender)side, rest, _handshake[side].Packet, "QUIC: a handshake that is not whole");
            _handshake[side].Return();
        }
        foreach (QuicInitialKeys keys in _keys.Values) keys.Dispose();
        _keys.Clear();
    }

    public void Dispose() => Finish();
}
