using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Offproof.Channel;

/// <summary>
/// One secret key, one file, mode 600 (channel.md §9.1). Of metadata: <c>{"keytype":"ed25519","private":HEX,"public":HEX,"role":ROLE,"scheme":"ed25519"}</c>, where the role is a reminder
/// for people and believed by nobody. Of the log: the signer form of signed notes.
/// </summary>
static class KeyFile
{
    internal const string Ending = ".key";

    const int MostBytes = 4096;

    /// <summary>Never over a file: what is there may be the only copy of a key.</summary>
    internal static void Write(string path, SigningKey key, string role)
    {
        byte[] secret = new byte[SigningKey.SecretSize], text = new byte[MostBytes];
        try
        {
            key.CopySecret(secret);
            int length = Encoding.ASCII.GetBytes("{\"keytype\":\"ed25519\",\"private\":\"", text);
            if (!Convert.TryToHexStringLower(secret, text.AsSpan(length), out int written)) throw new InvalidOperationException("a secret of 32 bytes has 64 digits");
            length += written;
            length += Encoding.ASCII.GetBytes($"\",\"public\":\"{Convert.ToHexStringLower(key.PublicBytes.Span)}\",\"role\":\"{role}\",\"scheme\":\"ed25519\"}}\n", text.AsSpan(length));
            WriteNew(path, text.AsSpan(0, length));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    internal static void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        if (File.Exists(path)) throw Taken(path);
        DurableFile.Write(path, content, DurableFile.Private);
    }

    internal static PublishingException Taken(string path) => new(PublishingFault.Refused, $"{path} is already there: no key was made", "name another folder; a key that is overwritten is lost");

    /// <summary>The key. The caller disposes it.</summary>
    internal static SigningKey Read(string path)
    {
        byte[] text = ReadBytes(path), secret = new byte[SigningKey.SecretSize];
        try
        {
            if (!TryRead(text, secret)) throw new PublishingException(PublishingFault.WrongKey, $"{path} holds no Ed25519 key", "offproof publish init wrote the keys; the log's key signs no metadata");
            return SigningKey.FromSecret(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    internal static NoteSigner ReadLogKey(string path)
    {
        byte[] text = ReadBytes(path);
        try
        {
            return NoteSigner.TryParse(text, out NoteSigner? signer) && signer.Key.Kind == NoteKeyKind.Log
                ? signer
                : throw new PublishingException(PublishingFault.WrongKey, $"{path} holds no log's key");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Which public key a file is of, where it is a key at all; the secret is not kept.</summary>
    internal static string? KeyIdOf(string path)
    {
        try
        {
            using SigningKey key = Read(path);
            return key.KeyId;
        }
        catch (PublishingException)
        {
            return null;
        }
    }

    /// <summary>What a file says that it is a key for; null where it is none.</summary>
    internal static string? RoleOf(string path)
    {
        byte[] text = [];
        try
        {
            text = ReadBytes(path);
            Utf8JsonReader reader = new(text);
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("role"u8) && reader.Read()) return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }
            return null;
        }
        catch (Exception e) when (e is PublishingException or JsonException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    static byte[] ReadBytes(string path)
    {
        try
        {
            return DurableFile.Read(path, MostBytes) ?? throw new PublishingException(PublishingFault.Failure, $"{path} is not there");
        }
        catch (InvalidDataException e)
        {
            throw new PublishingException(PublishingFault.WrongKey, $"{path} is no key", null, e);
        }
    }

    // By the reader of tokens: no string of the secret is left behind in memory.
    static bool TryRead(ReadOnlySpan<byte> text, Span<byte> secret)
    {
        try
        {
            Utf8JsonReader reader = new(text);
            bool isEd25519 = false, hasSecret = false;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isPrivate = reader.ValueTextEquals("private"u8), isKind = reader.ValueTextEquals("keytype"u8);
                reader.Read();
                if (isPrivate && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length == 2 * SigningKey.SecretSize)
                    hasSecret = Convert.FromHexString(reader.ValueSpan, secret, out _, out int written) == System.Buffers.OperationStatus.Done && written == secret.Length;
                if (isKind) isEd25519 = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("ed25519"u8);
                reader.Skip();
            }
            return isEd25519 && hasSecret;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
