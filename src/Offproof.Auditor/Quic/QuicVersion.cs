using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>What differs between versions in Initial and Retry packets: RFC 9001 §5.2 and §5.8, RFC 9369 §3, draft-ietf-quic-tls-29 §5.2 and §5.8.</summary>
internal sealed record QuicVersion(uint Number, string Name, byte[] Salt, string Prefix, byte[] RetryKey, byte[] RetryNonce)
{
    internal const uint Negotiation = 0;

    private static readonly QuicVersion[] Known =
    [
        new(1, "quic v1", Convert.FromHexString("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"), "quic", Convert.FromHexString("be0c690b9f66575a1d766b54e368c84e"), Convert.FromHexString("461599d35d632bf2239825bb")),
        new(0x6B3343CF, "quic v2", Convert.FromHexString("0dede3def700a6db819381be6e269dcbf9bd2ed9"), "quicv2", Convert.FromHexString("8fb4b01b56ac48e260fbcbcead7ccc92"), Convert.FromHexString("d86969bc2d7c6d9990efb04a")),
        new(0xFF00001D, "quic draft 29", Convert.FromHexString("afbfec289993d24c9e9786f19c6111e04390a899"), "quic", Convert.FromHexString("ccce187ed09a09d05728155a6cb96be1"), Convert.FromHexString("e54930f97f2136f0530a8c1c")),
    ];

    internal static QuicVersion? Of(uint number) => Array.Find(Known, version => version.Number == number);

    /// <summary>The type in a long header's first byte, in the numbers of version 1; version 2 turned them by one.</summary>
    internal int Type(byte first) => (((first >> 4) & 3) + (Number == 0x6B3343CF ? 3 : 0)) & 3;
}

/// <summary>The part of a long header that no version changes (RFC 8999 §5.1).</summary>
internal readonly ref struct QuicHeader
{
    internal uint Version { get; private init; }

    internal ReadOnlySpan<byte> Target { get; private init; }

    internal ReadOnlySpan<byte> Source { get; private init; }

    /// <summary>How many bytes it has.</summary>
    internal int Length { get; private init; }

    internal static bool TryRead(ReadOnlySpan<byte> packet, out QuicHeader header)
    {
        header = default;
        TlsBytes bytes = new(packet);
        if (!bytes.TryTake(5, out ReadOnlySpan<byte> start) || (start[0] & 0x80) == 0 || !bytes.TryVector8(out ReadOnlySpan<byte> target) || !bytes.TryVector8(out ReadOnlySpan<byte> source)) return false;
        header = new QuicHeader { Version = BinaryPrimitives.ReadUInt32BigEndian(start[1..]), Target = target, Source = source, Length = packet.Length - bytes.Rest.Length };
        return target.Length <= 20 && source.Length <= 20;
    }
}

/// <summary>Numbers of variable length (RFC 9000 §16).</summary>
internal static class QuicNumber
{
    internal static bool TryNumber(this ref TlsBytes bytes, out long value)
    {
        value = 0;
        if (bytes.IsEmpty || !bytes.TryTake(1 << (bytes.Rest[0] >> 6), out ReadOnlySpan<byte> number)) return false;
        value = number[0] & 0x3F;
        foreach (byte next in number[1..]) value = (value << 8) | next;
        return true;
    }
}
