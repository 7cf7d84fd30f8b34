using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>The keys of the Initial packets of one sender, which anybody can derive (RFC 9001 §5.2).</summary>
internal sealed class QuicInitialKeys : IDisposable
{
    private const int TagSize = 16;
    private const int SampleSize = 16;
    private readonly AesGcm _gcm;
    private readonly Aes _mask;
    private readonly byte[] _iv = new byte[12];

    /// <param name="connection">The connection id that the client made up for the server.</param>
    internal QuicInitialKeys(QuicVersion version, ReadOnlySpan<byte> connection, Sender sender)
    {
        Span<byte> secret = stackalloc byte[32];
        Span<byte> key = stackalloc byte[16];
        HKDF.Extract(HashAlgorithmName.SHA256, connection, version.Salt, secret);
        KeySchedule.Expand(false, secret, sender == Sender.Client ? "client in"u8 : "server in"u8, secret);
        KeySchedule.Expand(false, secret, Label(version, " key"), key);
        _gcm = new AesGcm(key, TagSize);
        KeySchedule.Expand(false, secret, Label(version, " iv"), _iv);
        KeySchedule.Expand(false, secret, Label(version, " hp"), key);
        _mask = Aes.Create();
        _mask.Key = key.ToArray();
    }

    private static byte[] Label(QuicVersion version, string what) => System.Text.Encoding.ASCII.GetBytes(version.Prefix + what);

    /// <summary>The highest packet number that was opened.</summary>
    internal long Largest { get; private set; } = -1;

    /// <summary>Takes off the protection of header and payload (RFC 9001 §5.3, §5.4).</summary>
    /// <param name="packet">Whole.</param>
    /// <param name="numberAt">Where its packet number begins.</param>
    /// <param name="into">At least as long; receives the frames.</param>
    internal bool TryOpen(ReadOnlySpan<byte> packet, int numberAt, Span<byte> into, out int length)
    {
        length = 0;
        if (packet.Length < numberAt + 4 + SampleSize) return false;
        Span<byte> mask = stackalloc byte[SampleSize];
        _mask.EncryptEcb(packet.Slice(numberAt + 4, SampleSize), mask, PaddingMode.None);
        byte first = (byte)(packet[0] ^ (mask[0] & 0x0F));
        int size = (first & 3) + 1;
        Span<byte> header = new byte[numberAt + size];
        packet[..header.Length].CopyTo(header);
        header[0] = first;
        long number = 0;
        for (int at = 0; at < size; at++)
        {
            header[numberAt + at] ^= mask[1 + at];
            number = (number << 8) | header[numberAt + at];
        }
        number = Whole(number, size * 8);
        Span<byte> nonce = stackalloc byte[12];
        _iv.CopyTo(nonce);
        BinaryPrimitives.WriteInt64BigEndian(nonce[4..], BinaryPrimitives.ReadInt64BigEndian(nonce[4..]) ^ number);
        ReadOnlySpan<byte> body = packet[header.Length..];
        try
        {
            _gcm.Decrypt(nonce, body[..^TagSize], body[^TagSize..], into[..(body.Length - TagSize)], header);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        length = body.Length - TagSize;
        Largest = Math.Max(Largest, number);
        return true;
    }

    // RFC 9000 A.3: the number nearest to the one that is due which ends in the bits that were sent.
    private long Whole(long sent, int bits)
    {
        long due = Largest + 1, window = 1L << bits, half = window / 2;
        long candidate = (due & ~(window - 1)) | sent;
        if (candidate <= due - half && candidate < (1L << 62) - window) return candidate + window;
        return candidate > due + half && candidate >= window ? candidate - window : candidate;
    }

    public void Dispose()
    {
        _gcm.Dispose();
        _mask.Dispose();
    }
}
