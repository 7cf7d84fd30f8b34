using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Offproof.Server;

/// <summary>
/// protocol.md §4. A nonce is `random 16 | expiry 8, big-endian | HMAC-SHA256 over both`, so nothing is kept for one that nobody uses; a used one is
/// remembered until it would expire.
/// </summary>
sealed class Nonces
{
    internal const int Seconds = 300;

    const int RandomSize = 16;
    const int BodySize = RandomSize + sizeof(long);
    const int Size = BodySize + HMACSHA256.HashSizeInBytes;

    readonly Database database;
    readonly Clerk clerk;
    readonly byte[] key;

    internal Nonces(Database database, Clerk clerk)
    {
        (this.database, this.clerk) = (database, clerk);
        database.Execute("INSERT OR IGNORE INTO secrets (name, value) VALUES ('nonces', $1)", RandomNumberGenerator.GetBytes(32));
        key = database.First("SELECT value FROM secrets WHERE name = 'nonces'", row => row.GetFieldValue<byte[]>(0))!;
    }

    internal (string Text, long Expires) Issue()
    {
        Span<byte> nonce = stackalloc byte[Size];
        long expires = clerk.Now + Seconds;
        RandomNumberGenerator.Fill(nonce[..RandomSize]);
        BinaryPrimitives.WriteInt64BigEndian(nonce[RandomSize..], expires);
        HMACSHA256.HashData(key, nonce[..BodySize], nonce[BodySize..]);
        return (Base64Url.EncodeToString(nonce), expires);
    }

    // One of ours and not expired. It is not used up by looking.
    internal bool TryRead(string text, [NotNullWhen(true)] out UsableNonce? nonce)
    {
        nonce = null;
        Span<byte> bytes = stackalloc byte[Size];
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (text.Length != Base64Url.GetEncodedLength(Size) || !Base64Url.IsValid(text, out int length) || length != Size) return false;
        if (Base64Url.DecodeFromChars(text, bytes) != Size) return false;
        HMACSHA256.HashData(key, bytes[..BodySize], expected);
        long expires = BinaryPrimitives.ReadInt64BigEndian(bytes[RandomSize..]);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[BodySize..]) || expires <= clerk.Now) return false;
        nonce = new(bytes[..RandomSize].ToArray(), expires);
        return true;
    }

    // Inside the transaction that gives what the nonce was for. False if it was used before.
    internal bool TryUse(UsableNonce nonce)
    {
        database.Execute("DELETE FROM nonces WHERE expires <= $1", clerk.Now);
        return database.Execute("INSERT OR IGNORE INTO nonces (nonce, expires) VALUES ($1, $2)", nonce.Random, nonce.Expires) == 1;
    }
}

/// <summary>A nonce of this server that has not expired.</summary>
sealed record UsableNonce(byte[] Random, long Expires);
