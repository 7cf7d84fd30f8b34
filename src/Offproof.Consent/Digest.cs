using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Offproof.Consent;

/// <summary>A SHA-256 as 64 lower-case hexadecimal digits: the hash of a record (consent.md §1.6) or of a file.</summary>
public readonly record struct Digest
{
    static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    readonly string? text;

    Digest(string text) => this.text = text;

    /// <summary>The 64 digits. The default value of the struct names nothing and throws.</summary>
    public string Text => text ?? throw new InvalidOperationException("this digest was never set");

    /// <summary>The SHA-256 of these bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return FromHash(hash);
    }

    /// <summary>Names a hash that was computed elsewhere. Throws <see cref="ArgumentException"/> unless it has 32 bytes.</summary>
    public static Digest FromHash(ReadOnlySpan<byte> hash) => hash.Length == SHA256.HashSizeInBytes
        ? new(Convert.ToHexStringLower(hash))
        : throw new ArgumentException("a SHA-256 has 32 bytes", nameof(hash));

    /// <summary>False for anything but exactly 64 digits of 0-9 and a-f.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        bool good = text is { Length: 2 * SHA256.HashSizeInBytes } && !text.AsSpan().ContainsAnyExcept(LowerHex);
        digest = good ? new(text!) : default;
        return good;
    }

    /// <summary>Reads text that is known to be good. Throws <see cref="FormatException"/> where <see cref="TryParse"/> says false.</summary>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException("a SHA-256 is written as 64 lower-case hexadecimal digits");

    /// <summary>The 64 digits, or nothing for a value that was never set.</summary>
    public override string ToString() => text ?? "";
}

/// <summary>The RFC 7638 thumbprint of a public key, in 64 lower-case hexadecimal digits: ACCOUNT, DEVICE or SERVER (consent.md §2).</summary>
public readonly record struct Thumbprint
{
    readonly Digest digest;

    internal Thumbprint(Digest digest) => this.digest = digest;

    /// <summary>The 64 digits. The default value of the struct names nobody and throws.</summary>
    public string Text => digest.Text;

    /// <summary>False for anything but exactly 64 digits of 0-9 and a-f.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Thumbprint thumbprint)
    {
        bool good = Digest.TryParse(text, out var digest);
        thumbprint = new(digest);
        return good;
    }

    /// <summary>Reads text that is known to be good. Throws <see cref="FormatException"/> where <see cref="TryParse"/> says false.</summary>
    public static Thumbprint Parse(string text) => new(Digest.Parse(text));

    /// <summary>The 64 digits, or nothing for a value that was never set.</summary>
    public override string ToString() => digest.ToString();
}
