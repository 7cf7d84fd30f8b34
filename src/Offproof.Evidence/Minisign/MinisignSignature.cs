using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Org.BouncyCastle.Crypto.Digests;

namespace Offproof.Evidence;

/// <summary>What a signature turned out to be.</summary>
enum SignatureCheck
{
    /// <summary>The key signed these bytes, and the trusted comment.</summary>
    Good,

    /// <summary>It names another key.</summary>
    ForeignKey,

    /// <summary>It names this key, and is not its signature of these bytes.</summary>
    OtherBytes,

    /// <summary>The bytes are those that were signed, the trusted comment is not.</summary>
    OtherComment,
}

/// <summary>
/// A .minisig file (evidence.md §3): <c>Ed</c> signs the bytes themselves, <c>ED</c> their BLAKE2b-512; a second signature covers the first one and the trusted comment.
/// The untrusted comment is covered by nothing.
/// </summary>
sealed class MinisignSignature
{
    /// <summary>The longest file that is read as a signature: minisign's own comments end at 1 and 8 KiB.</summary>
    internal const int FileLimit = 16_384;

    internal const int SignatureSize = 64;

    const int Size = 2 + MinisignKey.IdSize + SignatureSize;

    readonly byte[] head;
    readonly byte[] global;

    MinisignSignature(byte[] head, byte[] global, string untrusted, string comment) => (this.head, this.global, UntrustedComment, TrustedComment) = (head, global, untrusted, comment);

    /// <summary>True for <c>ED</c>: over the BLAKE2b-512 of the bytes.</summary>
    internal bool IsPrehashed => head[1] == (byte)'D';

    /// <summary>The key that it names; believed only once <see cref="Verify"/> said <see cref="SignatureCheck.Good"/>.</summary>
    internal string KeyId => BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(2)).ToString("X16", CultureInfo.InvariantCulture);

    /// <summary>Plain text without control characters; believed as <see cref="KeyId"/> is.</summary>
    internal string TrustedComment { get; }

    /// <summary>Covered by nothing: anybody can have written it.</summary>
    internal string UntrustedComment { get; }

    /// <summary>Reads exactly four lines; false for any other file, of which <paramref name="why"/> then says what is wrong.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> file, [NotNullWhen(true)] out MinisignSignature? signature, [NotNullWhen(false)] out string? why)
    {
        signature = null;
        why = Read(file, ref signature);
        return why is null;
    }

    static string? Read(ReadOnlySpan<byte> file, ref MinisignSignature? signature)
    {
        if (file.Length > FileLimit) return "it is longer than any signature";
        if (MinisignText.Lines(file) is not [var untrusted, var first, var trusted, var second]) return "it is not four lines of text";
        if (!untrusted.StartsWith(MinisignText.Untrusted, StringComparison.Ordinal)) return $"its first line does not begin with \"{MinisignText.Untrusted}\"";
        if (!MinisignText.TryDecode(first, Size, out byte[]? head) || head[0] != (byte)'E' || head[1] is not ((byte)'d' or (byte)'D')) return "its second line is no signature";
        if (!trusted.StartsWith(MinisignText.Trusted, StringComparison.Ordinal)) return $"its third line does not begin with \"{MinisignText.Trusted}\"";
        if (!MinisignText.TryDecode(second, SignatureSize, out byte[]? global)) return "its fourth line is no signature";
        string comment = trusted[MinisignText.Trusted.Length..];
        if (!MinisignText.IsPlain(comment)) return "its trusted comment has control characters";
        signature = new MinisignSignature(head, global, untrusted[MinisignText.Untrusted.Length..], comment);
        return null;
    }

    internal SignatureCheck Verify(MinisignKey key, ReadOnlySpan<byte> bytes)
    {
        if (!head.AsSpan(2, MinisignKey.IdSize).SequenceEqual(key.IdBytes)) return SignatureCheck.ForeignKey;
        var signature = head.AsSpan(2 + MinisignKey.IdSize);
        if (!key.Verify(signature, IsPrehashed ? Prehash(bytes) : bytes.ToArray())) return SignatureCheck.OtherBytes;
        return key.Verify(global, [.. signature, .. Encoding.UTF8.GetBytes(TrustedComment)]) ? SignatureCheck.Good : SignatureCheck.OtherComment;
    }

    internal static byte[] Prehash(ReadOnlySpan<byte> bytes)
    {
        Blake2bDigest digest = new(512);
        byte[] hash = new byte[64];
        digest.BlockUpdate(bytes);
        digest.DoFinal(hash, 0);
        return hash;
    }
}
