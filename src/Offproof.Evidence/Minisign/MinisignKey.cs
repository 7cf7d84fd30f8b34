using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Offproof.Evidence;

/// <summary>A minisign public key (evidence.md §3): <c>Ed</c>, eight bytes that name it, the Ed25519 key.</summary>
public sealed class MinisignKey
{
    internal const int IdSize = 8;
    internal const int PointSize = 32;
    internal const int Size = 2 + IdSize + PointSize;

    /// <summary>The longest file that is read as a key.</summary>
    internal const int FileLimit = 4096;

    readonly byte[] id;
    readonly byte[] point;

    internal MinisignKey(ReadOnlySpan<byte> id, ReadOnlySpan<byte> point) => (this.id, this.point) = (id.ToArray(), point.ToArray());

    /// <summary>Sixteen upper-case hex digits, as minisign shows it. A name and no fingerprint: whoever makes a key chooses it.</summary>
    public string Id => BinaryPrimitives.ReadUInt64LittleEndian(id).ToString("X16", CultureInfo.InvariantCulture);

    /// <summary>The key in one line, as <c>minisign -P</c> takes it. This, not <see cref="Id"/>, is what is compared.</summary>
    public string Text => Convert.ToBase64String([.. "Ed"u8, .. id, .. point]);

    internal ReadOnlySpan<byte> IdBytes => id;

    /// <summary>Whether both are the same key: a key id alone is easily made twice.</summary>
    public bool IsSame(MinisignKey other) => id.AsSpan().SequenceEqual(other.id) && point.AsSpan().SequenceEqual(other.point);

    /// <summary>Reads the one line, or a key file: a comment and that line. False for any other text, and for a point that is no key.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MinisignKey? key)
    {
        key = null;
        if (text.Length > FileLimit) return false;
        string line = text.TrimEnd('\n', '\r', ' ');
        if (line.StartsWith(MinisignText.Untrusted, StringComparison.Ordinal))
        {
            int end = line.IndexOf('\n', StringComparison.Ordinal);
            if (end < 0) return false;
            line = line[(end + 1)..];
        }
        if (!MinisignText.TryDecode(line, Size, out byte[]? bytes) || !bytes.AsSpan().StartsWith("Ed"u8) || !Ed25519.ValidatePublicKeyFull(bytes, 2 + IdSize)) return false;
        key = new MinisignKey(bytes.AsSpan(2, IdSize), bytes.AsSpan(2 + IdSize));
        return true;
    }

    /// <summary>A key file as minisign writes it.</summary>
    public string FileText => $"{MinisignText.Untrusted}minisign public key {Id}\n{Text}\n";

    internal bool Verify(ReadOnlySpan<byte> signature, byte[] message) => Ed25519.Verify(signature.ToArray(), 0, point, 0, message, 0, message.Length);
}

/// <summary>What minisign's files have in common.</summary>
static class MinisignText
{
    internal const string Untrusted = "untrusted comment: ";
    internal const string Trusted = "trusted comment: ";

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Exactly so many bytes, in the one way that base64 has of writing them: two texts of one key would be two keys to whoever compares texts.</summary>
    internal static bool TryDecode(string line, int size, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (line.Length != (size + 2) / 3 * 4 || !Ascii.IsValid(line)) return false;
        byte[] read = new byte[line.Length];
        if (!Convert.TryFromBase64String(line, read, out int length) || length != size || Convert.ToBase64String(read, 0, length) != line) return false;
        bytes = read[..length];
        return true;
    }

    /// <summary>The lines of a file in UTF-8, each without LF or CR LF; null where it is not text, or where its last line does not end.</summary>
    internal static string[]? Lines(ReadOnlySpan<byte> file)
    {
        if (file.Length == 0 || file[^1] != (byte)'\n') return null;
        try
        {
            return [.. Strict.GetString(file[..^1]).Split('\n').Select(static line => line.EndsWith('\r') ? line[..^1] : line)];
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>No control character, none that turns the direction of what follows: a comment is shown in terminals and on pages.</summary>
    internal static bool IsPlain(string text) => text.EnumerateRunes().All(static rune => rune.Value == '\t' || Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse));
}
