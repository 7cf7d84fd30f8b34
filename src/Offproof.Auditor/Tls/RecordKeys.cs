using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>The keys of one direction from one change of keys to the next, and the number of the record that is due.</summary>
internal sealed class RecordKeys : IDisposable
{
    private const int TagSize = 16;
    private const int BlockSize = 16;
    private readonly CipherSuite _suite;
    private readonly bool _is13;
    private readonly bool _macIsOutside;
    private readonly byte[] _iv;
    private readonly byte[] _secret;
    private readonly AesGcm? _gcm;
    private readonly ChaCha20Poly1305? _chaCha;
    private readonly Aes? _aes;
    private readonly IncrementalHash? _mac;

    private RecordKeys(CipherSuite suite, bool is13, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> macKey, bool macIsOutside, ReadOnlySpan<byte> secret)
    {
        (_suite, _is13, _macIsOutside) = (suite, is13, macIsOutside);
        _iv = iv.ToArray();
        _secret = secret.ToArray();
        switch (suite.Cipher)
        {
            case RecordCipher.AesGcm:
                _gcm = new AesGcm(key, TagSize);
                break;
            case RecordCipher.ChaCha20Poly1305:
                _chaCha = new ChaCha20Poly1305(key);
                break;
            default:
                _aes = Aes.Create();
                _aes.Key = key.ToArray();
                _mac = IncrementalHash.CreateHMAC(suite.MacSize == 20 ? HashAlgorithmName.SHA1 : suite.MacSize == 32 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384, macKey);
                break;
        }
    }

    /// <summary>The number of the record that is due (RFC 5246 §6.1, RFC 8446 §5.3).</summary>
    internal ulong Next { get; private set; }

    /// <summary>TLS 1.3 (RFC 8446 §7.3).</summary>
    internal static RecordKeys Of13(CipherSuite suite, ReadOnlySpan<byte> secret)
    {
        Span<byte> key = stackalloc byte[suite.KeySize];
        Span<byte> iv = stackalloc byte[12];
        KeySchedule.Expand(suite.IsSha384, secret, "key"u8, key);
        KeySchedule.Expand(suite.IsSha384, secret, "iv"u8, iv);
        return new RecordKeys(suite, true, key, iv, default, false, secret);
    }

    /// <summary>TLS 1.3: what follows a KeyUpdate (RFC 8446 §7.2).</summary>
    internal RecordKeys Updated()
    {
        Span<byte> secret = stackalloc byte[_suite.IsSha384 ? 48 : 32];
        KeySchedule.Expand(_suite.IsSha384, _secret, "traffic upd"u8, secret);
        return Of13(_suite, secret);
    }

    /// <summary>TLS 1.2 (RFC 5246 §6.3): the sender's part of the key block.</summary>
    /// <param name="block">PRF(master, "key expansion", server random + client random), at least 176 bytes.</param>
    /// <param name="macIsOutside">Encrypt-then-MAC was agreed (RFC 7366).</param>
    internal static RecordKeys Of12(CipherSuite suite, Sender sender, ReadOnlySpan<byte> block, bool macIsOutside)
    {
        int which = (int)sender;
        int ivSize = suite.Cipher switch { RecordCipher.AesGcm => 4, RecordCipher.ChaCha20Poly1305 => 12, _ => 0 };
        ReadOnlySpan<byte> keys = block[(2 * suite.MacSize)..];
        return new RecordKeys(suite, false, keys.Slice(which * suite.KeySize, suite.KeySize), keys[(2 * suite.KeySize)..].Slice(which * ivSize, ivSize), block.Slice(which * suite.MacSize, suite.MacSize), macIsOutside, default);
    }

    /// <summary>Opens the record of a number; the one after it is due from then on.</summary>
    /// <param name="record">Whole, with its header of 5 bytes.</param>
    /// <param name="into">At least as long as the record.</param>
    /// <returns>False when it does not verify: then nothing of it is known.</returns>
    internal bool TryOpen(ulong number, ReadOnlySpan<byte> record, Span<byte> into, out OpenedRecord opened)
    {
        bool isOpen = _suite.Cipher is RecordCipher.AesCbc
            ? _macIsOutside ? TryOpenOutside(number, record, into, out opened) : TryOpenInside(number, record, into, out opened)
            : _is13 ? TryOpen13(number, record, into, out opened) : TryOpenAead(number, record, into, out opened);
        if (isOpen) Next = unchecked(number + 1);
        return isOpen;
    }

    // RFC 8446 §5.2: the header is authenticated as it stands; the type follows the content, zeros follow the type.
    private bool TryOpen13(ulong number, ReadOnlySpan<byte> record, Span<byte> into, out OpenedRecord opened)
    {
        opened = default;
        int length = record.Length - TlsRecord.HeaderSize - TagSize;
        if (length < 1) return false;
        Span<byte> nonce = stackalloc byte[12];
        Nonce(number, nonce);
        Span<byte> plain = into[..length];
        if (!TryDecrypt(nonce, record[TlsRecord.HeaderSize..], plain, record[..TlsRecord.HeaderSize])) return false;
        int type = plain.LastIndexOfAnyExcept((byte)0);
        // All zeros has no type: forbidden, and of a type that nobody knows (RFC 8446 §5.4).
        opened = type < 0 ? new(0, 0, 0, length) : new(plain[type], 0, type, length - type - 1);
        return true;
    }

    // RFC 5246 §6.2.3.3, RFC 5288 §3, RFC 7905 §2: GCM sends 8 bytes of its nonce, ChaCha20-Poly1305 none.
    private bool TryOpenAead(ulong number, ReadOnlySpan<byte> record, Span<byte> into, out OpenedRecord opened)
    {
        opened = default;
        int sent = _gcm is null ? 0 : 8;
        int length = record.Length - TlsRecord.HeaderSize - sent - TagSize;
        if (length < 0) return false;
        Span<byte> nonce = stackalloc byte[12];
        if (sent == 0) Nonce(number, nonce);
        else
        {
            _iv.CopyTo(nonce);
            record.Slice(TlsRecord.HeaderSize, 8).CopyTo(nonce[4..]);
        }
        Span<byte> authenticated = stackalloc byte[13];
        Authenticated(number, record, length, authenticated);
        if (!TryDecrypt(nonce, record[(TlsRecord.HeaderSize + sent)..], into[..length], authenticated)) return false;
        opened = new(record[0], 0, length, sent);
        return true;
    }

    private void Nonce(ulong number, Span<byte> nonce)
    {
        _iv.CopyTo(nonce);
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], BinaryPrimitives.ReadUInt64BigEndian(nonce[4..]) ^ number);
    }

    private bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedBytes, Span<byte> plain, ReadOnlySpan<byte> authenticated)
    {
        try
        {
            if (_gcm is not null) _gcm.Decrypt(nonce, sealedBytes[..^TagSize], sealedBytes[^TagSize..], plain, authenticated);
            else _chaCha!.Decrypt(nonce, sealedBytes[..^TagSize], sealedBytes[^TagSize..], plain, authenticated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    // RFC 5246 §6.2.3.2: IV, then content, MAC and padding encrypted.
    private bool TryOpenInside(ulong number, ReadOnlySpan<byte> record, Span<byte> into, out OpenedRecord opened)
    {
        opened = default;
        ReadOnlySpan<byte> body = record[TlsRecord.HeaderSize..];
        int length = body.Length - BlockSize;
        if (length < _suite.MacSize + 1 || length % BlockSize != 0) return false;
        Span<byte> plain = into[..length];
        _aes!.DecryptCbc(body[BlockSize..], body[..BlockSize], plain, PaddingMode.None);
        if (!IsPadded(plain, out int padding)) return false;
        int content = length - padding - _suite.MacSize;
        if (content < 0) return false;
        Authenticate(number, record, content);
        _mac!.AppendData(plain[..content]);
        if (!IsMac(plain.Slice(content, _suite.MacSize))) return false;
        opened = new(record[0], 0, content, BlockSize + Superfluous(padding));
        return true;
    }

    // RFC 7366 §3: IV, then content and padding encrypted, then the MAC over all of it.
    private bool TryOpenOutside(ulong number, ReadOnlySpan<byte> record, Span<byte> into, out OpenedRecord opened)
    {
        opened = default;
        ReadOnlySpan<byte> body = record[TlsRecord.HeaderSize..];
        int length = body.Length - BlockSize - _suite.MacSize;
        if (length < BlockSize || length % BlockSize != 0) return false;
        Authenticate(number, record, BlockSize + length);
        _mac!.AppendData(body[..(BlockSize + length)]);
        if (!IsMac(body[(BlockSize + length)..])) return false;
        Span<byte> plain = into[..length];
        _aes!.DecryptCbc(body.Slice(BlockSize, length), body[..BlockSize], plain, PaddingMode.None);
        if (!IsPadded(plain, out int padding)) return false;
        opened = new(record[0], 0, length - padding, BlockSize + Superfluous(padding));
        return true;
    }

    private void Authenticate(ulong number, ReadOnlySpan<byte> record, int length)
    {
        Span<byte> authenticated = stackalloc byte[13];
        Authenticated(number, record, length, authenticated);
        _mac!.AppendData(authenticated);
    }

    private static void Authenticated(ulong number, ReadOnlySpan<byte> record, int length, Span<byte> authenticated)
    {
        BinaryPrimitives.WriteUInt64BigEndian(authenticated, number);
        record[..3].CopyTo(authenticated[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(authenticated[11..], (ushort)length);
    }

    private bool IsMac(ReadOnlySpan<byte> expected)
    {
        Span<byte> mac = stackalloc byte[48];
        int size = _mac!.GetHashAndReset(mac);
        return CryptographicOperations.FixedTimeEquals(mac[..size], expected);
    }

    private static bool IsPadded(ReadOnlySpan<byte> plain, out int padding)
    {
        byte last = plain[^1];
        padding = last + 1;
        return padding <= plain.Length && !plain[^padding..].ContainsAnyExcept(last);
    }

    // Less than a block is needed; more was chosen.
    private static int Superfluous(int padding) => padding - (((padding - 1) % BlockSize) + 1);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_secret);
        _gcm?.Dispose();
        _chaCha?.Dispose();
        _aes?.Dispose();
        _mac?.Dispose();
    }
}
