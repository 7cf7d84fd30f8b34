using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Device;

/// <summary>
/// Seals and opens small age files (age-encryption.org/v1) with X25519 recipients. Stock <c>age</c> opens what this writes; this opens
/// what stock age writes to an X25519 recipient, stanzas of other kinds being skipped.
/// </summary>
internal static class AgeFile
{
    private const string Version = "age-encryption.org/v1";
    private const string X25519Label = "age-encryption.org/v1/X25519";
    private const int FileKeySize = 16;
    private const int TagSize = 16;
    private const int NonceSize = 12;
    private const int StreamNonceSize = 16;
    private const int ChunkSize = 64 * 1024;
    private const int MaximumStanzas = 64;

    internal static byte[] Seal(ReadOnlySpan<byte> plaintext, AgeRecipient recipient)
    {
        Span<byte> fileKey = stackalloc byte[FileKeySize];
        RandomNumberGenerator.Fill(fileKey);
        using AgeIdentity ephemeral = AgeIdentity.Generate();
        byte[] nonce = RandomNumberGenerator.GetBytes(StreamNonceSize);
        try
        {
            return Seal(plaintext, recipient, fileKey, ephemeral, nonce);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    /// <summary>The deterministic part, so that a vector can fix every input.</summary>
    internal static byte[] Seal(
        ReadOnlySpan<byte> plaintext, AgeRecipient recipient, ReadOnlySpan<byte> fileKey, AgeIdentity ephemeral, byte[] streamNonce)
    {
        Span<byte> wrapKey = stackalloc byte[32];
        if (!TryWrapKey(ephemeral, recipient.Point, ephemeral.Recipient.Point, recipient.Point, wrapKey))
            throw new ArgumentException("the recipient is a point of small order", nameof(recipient));

        byte[] wrapped = new byte[FileKeySize + TagSize];
        using (ChaCha20Poly1305 cipher = new(wrapKey))
            cipher.Encrypt(new byte[NonceSize], fileKey, wrapped.AsSpan(0, FileKeySize), wrapped.AsSpan(FileKeySize));
        CryptographicOperations.ZeroMemory(wrapKey);

        string header = $"{Version}\n-> X25519 {ToBase64(ephemeral.Recipient.Point)}\n{ToBase64(wrapped)}\n---";
        byte[] mac = HeaderMac(fileKey, Encoding.ASCII.GetBytes(header));

        using MemoryStream file = new();
        file.Write(Encoding.ASCII.GetBytes($"{header} {ToBase64(mac)}\n"));
        file.Write(streamNonce);
        WriteStream(file, plaintext, fileKey, streamNonce);
        return file.ToArray();
    }

    /// <summary>False when no stanza is for this identity, or when anything of the file was altered.</summary>
    internal static bool TryOpen(ReadOnlySpan<byte> file, AgeIdentity identity, [NotNullWhen(true)] out byte[]? plaintext)
    {
        plaintext = null;
        if (!AgeHeader.TryRead(file, MaximumStanzas, out AgeHeader? header)) return false;

        Span<byte> fileKey = stackalloc byte[FileKeySize];
        try
        {
            foreach (AgeHeader.Stanza stanza in header.Stanzas)
            {
                if (!TryUnwrap(stanza, identity, fileKey)) continue;
                // Only now is there a key for the header's MAC: nothing of the header was believed before.
                byte[] mac = HeaderMac(fileKey, file[..header.MacInputLength]);
                if (!CryptographicOperations.FixedTimeEquals(mac, header.Mac)) return false;
                return TryReadStream(file[header.Length..], fileKey, out plaintext);
            }
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    private static bool TryUnwrap(AgeHeader.Stanza stanza, AgeIdentity identity, Span<byte> fileKey)
    {
        if (stanza.Arguments is not ["X25519", string share] || stanza.Body.Length != FileKeySize + TagSize) return false;
        if (!AgeHeader.TryFromBase64(share, out byte[]? point) || point.Length != AgeRecipient.Size) return false;
        Span<byte> wrapKey = stackalloc byte[32];
        if (!TryWrapKey(identity, point, point, identity.Recipient.Point, wrapKey)) return false;
        using ChaCha20Poly1305 cipher = new(wrapKey);
        CryptographicOperations.ZeroMemory(wrapKey);
        try
        {
            cipher.Decrypt(new byte[NonceSize], stanza.Body.AsSpan(0, FileKeySize), stanza.Body.AsSpan(FileKeySize), fileKey);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false; // a stanza for somebody else
        }
    }

    private static bool TryWrapKey(AgeIdentity own, ReadOnlySpan<byte> peer, ReadOnlySpan<byte> share, ReadOnlySpan<byte> recipient, Span<byte> wrapKey)
    {
        Span<byte> shared = stackalloc byte[32];
        if (!own.TryAgree(peer, shared)) return false;
        Span<byte> salt = stackalloc byte[64];
        share.CopyTo(salt);
        recipient.CopyTo(salt[32..]);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, wrapKey, salt, Encoding.ASCII.GetBytes(X25519Label));
        CryptographicOperations.ZeroMemory(shared);
        return true;
    }

    private static byte[] HeaderMac(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> header)
    {
        Span<byte> key = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, key, [], "header"u8);
        byte[] mac = HMACSHA256.HashData(key, header);
        CryptographicOperations.ZeroMemory(key);
        return mac;
    }

    private static ChaCha20Poly1305 StreamCipher(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> nonce)
    {
        Span<byte> key = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, key, nonce, "payload"u8);
        ChaCha20Poly1305 cipher = new(key);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }

    private static void WriteStream(MemoryStream file, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> fileKey, byte[] streamNonce)
    {
        using ChaCha20Poly1305 cipher = StreamCipher(fileKey, streamNonce);
        Span<byte> nonce = stackalloc byte[NonceSize];
        for (ulong counter = 0; ; counter++)
        {
            ReadOnlySpan<byte> chunk = plaintext[..Math.Min(ChunkSize, plaintext.Length)];
            plaintext = plaintext[chunk.Length..];
            ChunkNonce(nonce, counter, last: plaintext.IsEmpty);
            byte[] sealedChunk = new byte[chunk.Length + TagSize];
            cipher.Encrypt(nonce, chunk, sealedChunk.AsSpan(0, chunk.Length), sealedChunk.AsSpan(chunk.Length));
            file.Write(sealedChunk);
            if (plaintext.IsEmpty) return;
        }
    }

    private static bool TryReadStream(ReadOnlySpan<byte> body, ReadOnlySpan<byte> fileKey, [NotNullWhen(true)] out byte[]? plaintext)
    {
        plaintext = null;
        if (body.Length < StreamNonceSize + TagSize) return false;
        using ChaCha20Poly1305 cipher = StreamCipher(fileKey, body[..StreamNonceSize]);
        body = body[StreamNonceSize..];
        Span<byte> nonce = stackalloc byte[NonceSize];
        // Of its final size from the start: a buffer that grows leaves copies of a secret behind.
        int chunks = (body.Length + ChunkSize + TagSize - 1) / (ChunkSize + TagSize);
        if (body.Length < chunks * TagSize) return false;
        byte[] opened = new byte[body.Length - chunks * TagSize];
        Span<byte> rest = opened;
        for (ulong counter = 0; ; counter++)
        {
            ReadOnlySpan<byte> chunk = body[..Math.Min(ChunkSize + TagSize, body.Length)];
            body = body[chunk.Length..];
            // An empty last chunk is legal only as the whole file: otherwise the same plaintext would have two forms.
            bool legal = chunk.Length > TagSize || (chunk.Length == TagSize && counter == 0);
            ChunkNonce(nonce, counter, last: body.IsEmpty);
            if (!legal || !TryDecrypt(cipher, nonce, chunk, rest[..(chunk.Length - TagSize)]))
            {
                CryptographicOperations.ZeroMemory(opened);
                return false;
            }
            rest = rest[(chunk.Length - TagSize)..];
            if (body.IsEmpty) break;
        }
        plaintext = opened;
        return true;
    }

    private static bool TryDecrypt(ChaCha20Poly1305 cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> chunk, Span<byte> opened)
    {
        try
        {
            cipher.Decrypt(nonce, chunk[..^TagSize], chunk[^TagSize..], opened);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>STREAM: an 11-byte big-endian counter, then 1 for the last chunk.</summary>
    private static void ChunkNonce(Span<byte> nonce, ulong counter, bool last)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[3..], counter);
        nonce[11] = last ? (byte)1 : (byte)0;
    }

    private static string ToBase64(ReadOnlySpan<byte> data) => Convert.ToBase64String(data).TrimEnd('=');
}
