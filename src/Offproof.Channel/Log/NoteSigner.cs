using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Offproof.Channel;

/// <summary>A key that signs notes: a log's or a witness's. A secret; zeroed when disposed.</summary>
public sealed class NoteSigner : IDisposable
{
    const string Start = "PRIVATE+KEY+";

    readonly byte[] seed;

    NoteSigner(string name, NoteKeyKind kind, byte[] seed)
    {
        this.seed = seed;
        byte[] publicKey = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(seed, 0, publicKey, 0);
        Key = new NoteKey(name, kind, publicKey);
    }

    /// <summary>What verifies its signatures.</summary>
    public NoteKey Key { get; }

    /// <summary>A new key. Throws <see cref="ArgumentException"/> for a name that is empty or has a space or a plus.</summary>
    public static NoteSigner Create(string name, NoteKeyKind kind) => NoteKey.IsName(name)
        ? new NoteSigner(name, kind, RandomNumberGenerator.GetBytes(Ed25519.SecretKeySize))
        : throw new ArgumentException("a key's name is not empty and has neither spaces nor +", nameof(name));

    /// <summary>Reads <c>PRIVATE+KEY+NAME+ID+BASE64</c>, with or without a line feed behind it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out NoteSigner? signer)
    {
        signer = null;
        if (text.Length > 4096) return false;
        string[] parts = Encoding.UTF8.GetString(text).TrimEnd('\n').Split('+', 5);
        if (parts is not ["PRIVATE", "KEY", var name, var id, var material] || !NoteKey.IsName(name) || !StrictBase64.TryDecode(material, out byte[]? bytes)) return false;
        try
        {
            if (bytes.Length != 1 + Ed25519.SecretKeySize || (NoteKeyKind)bytes[0] is not (NoteKeyKind.Log or NoteKeyKind.Witness)) return false;
            NoteSigner read = new(name, (NoteKeyKind)bytes[0], bytes[1..]);
            if (read.Key.Id.ToString("x8", CultureInfo.InvariantCulture) == id) signer = read;
            else read.Dispose();
            return signer is not null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The text form with a line feed, for a file of mode 600. The caller zeroes it.</summary>
    public byte[] Export()
    {
        byte[] material = [(byte)Key.Kind, .. seed];
        byte[] text = new byte[4096];
        int length = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Start}{Key.Name}+{Key.Id:x8}+"), text);
        System.Buffers.Text.Base64.EncodeToUtf8(material, text.AsSpan(length), out _, out int written);
        text[length + written] = (byte)'\n';
        byte[] result = text[..(length + written + 1)];
        CryptographicOperations.ZeroMemory(material);
        CryptographicOperations.ZeroMemory(text);
        return result;
    }

    /// <summary>A signature of a log's key over the text, or of a witness's over it and the time.</summary>
    internal NoteSignature Sign(string text, DateTimeOffset time)
    {
        long seconds = time.ToUnixTimeSeconds();
        if (Key.Kind == NoteKeyKind.Witness) ArgumentOutOfRangeException.ThrowIfLessThan(seconds, 1, nameof(time)); // no verifier takes one of before 1970, and 0 says nothing
        byte[] message = Key.Kind == NoteKeyKind.Log ? Encoding.UTF8.GetBytes(text) : NoteKey.CosignedMessage(text, seconds);
        int start = Key.Kind == NoteKeyKind.Log ? 0 : NoteKey.TimeSize;
        byte[] signature = new byte[start + Ed25519.SignatureSize];
        if (start > 0) BinaryPrimitives.WriteInt64BigEndian(signature, seconds);
        Ed25519.Sign(seed, 0, message, 0, message.Length, signature, start);
        return new NoteSignature(Key.Name, Key.Id, signature);
    }

    /// <summary>Zeroes the secret.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(seed);
}
