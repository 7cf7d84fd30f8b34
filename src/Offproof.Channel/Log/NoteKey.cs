using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Offproof.Channel;

/// <summary>What a key's signatures say (the signature types of C2SP signed-note).</summary>
public enum NoteKeyKind
{
    /// <summary>Ed25519 over the text: a log's.</summary>
    Log = 1,

    /// <summary>cosignature/v1, Ed25519 over a time and the text: a witness's.</summary>
    Witness = 4,
}

/// <summary>A public key of notes, with its name; as text <c>NAME+ID+BASE64</c> (channel-log.md §4).</summary>
public sealed class NoteKey
{
    internal const int TimeSize = 8;

    readonly byte[] publicKey;

    internal NoteKey(string name, NoteKeyKind kind, byte[] publicKey)
    {
        (Name, Kind, this.publicKey) = (name, kind, publicKey);
        byte[] hash = SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', (byte)kind, .. publicKey]);
        Id = BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    /// <summary>Of a log also the first line of its checkpoints.</summary>
    public string Name { get; }

    /// <summary>What its signatures say.</summary>
    public NoteKeyKind Kind { get; }

    /// <summary>The short name of the key in signature lines. Not a fingerprint: others with the same one are easily made.</summary>
    internal uint Id { get; }

    internal ReadOnlySpan<byte> PublicKey => publicKey;

    /// <summary>Reads the text form; false for any other text, a key of a kind that is not used here, and a point that is no key.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NoteKey? key)
    {
        key = null;
        if (text.Split('+', 3) is not [var name, var id, var material] || !IsName(name) || !StrictBase64.TryDecode(material, out byte[]? bytes)
            || bytes.Length != 1 + Ed25519.PublicKeySize || (NoteKeyKind)bytes[0] is not (NoteKeyKind.Log or NoteKeyKind.Witness)
            || !Ed25519.ValidatePublicKeyFull(bytes, 1)) return false;
        NoteKey read = new(name, (NoteKeyKind)bytes[0], bytes[1..]);
        if (read.Id.ToString("x8", CultureInfo.InvariantCulture) != id) return false;
        key = read;
        return true;
    }

    /// <summary>The text form.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}+{Id:x8}+{Convert.ToBase64String([(byte)Kind, .. publicKey])}");

    internal bool Is(NoteSignature signature) => signature.KeyId == Id && signature.Name == Name;

    /// <summary>Whether a signature line that <see cref="Is"/> this key's is right for the text.</summary>
    internal bool Verify(string text, ReadOnlySpan<byte> signature)
    {
        if (Kind == NoteKeyKind.Log) return signature.Length == Ed25519.SignatureSize && Verify(signature, Encoding.UTF8.GetBytes(text));
        if (signature.Length != TimeSize + Ed25519.SignatureSize) return false;
        ulong time = BinaryPrimitives.ReadUInt64BigEndian(signature);
        return time <= long.MaxValue && Verify(signature[TimeSize..], CosignedMessage(text, (long)time));
    }

    /// <summary>C2SP tlog-cosignature: other first words than any checkpoint has, so that no signature of one kind is one of the other.</summary>
    internal static byte[] CosignedMessage(string text, long time) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {time}\n{text}"));

    /// <summary>Not empty, without white space of any script and without a plus.</summary>
    internal static bool IsName(string name) => name.Length > 0 && !name.Contains('+', StringComparison.Ordinal) && !name.EnumerateRunes().Any(static rune => Rune.IsWhiteSpace(rune) || rune.Value < 0x20 || rune == Rune.ReplacementChar);

    bool Verify(ReadOnlySpan<byte> signature, byte[] message) => Ed25519.Verify(signature.ToArray(), 0, publicKey, 0, message, 0, message.Length);
}
