namespace Offproof.Auditor;

/// <summary>A way to write bytes differently, made independently of the decoder that must undo it.</summary>
/// <param name="Name">As the examiner calls it in a chain.</param>
/// <param name="Apply">Bytes in, bytes out.</param>
/// <param name="IsText">Whether the result is ASCII whatever the bytes were.</param>
/// <param name="NeedsText">Whether it makes sense of texts only.</param>
internal sealed record Disguise(string Name, Func<byte[], byte[]> Apply, bool IsText, bool NeedsText = false)
{
    internal static Disguise Of(string name) => All.First(d => d.Name == name);

    /// <summary>The eleven of leaky-forms (audit.md §9).</summary>
    internal static IReadOnlyList<Disguise> LeakyForms { get; } =
    [
        new("base16", Encoders.Base16, IsText: true),
        new("base32", bytes => Encoders.Base32(bytes, Encoders.Rfc4648), IsText: true),
        new("base58", bytes => Encoders.Base58(bytes, Encoders.Bitcoin), IsText: true),
        new("base64", Encoders.Base64, IsText: true),
        new("url", Encoders.Url, IsText: true),
        new("entity", Encoders.Entity, IsText: false, NeedsText: true),
        new("deflate", Encoders.Deflate, IsText: false),
        new("zlib", Encoders.Zlib, IsText: false),
        new("gzip", Encoders.Gzip, IsText: false),
        new("lz-string", bytes => LzEncoder.Uri(Encoders.Units(bytes)), IsText: true),
        new("custom map", Encoders.CustomMap, IsText: false, NeedsText: true),
    ];

    internal static IReadOnlyList<Disguise> All { get; } =
    [
        .. LeakyForms,
        new("base32hex", bytes => Encoders.Base32(bytes, "0123456789ABCDEFGHIJKLMNOPQRSTUV"), IsText: true),
        new("base32 crockford", bytes => Encoders.Base32(bytes, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), IsText: true),
        new("z-base-32", bytes => Encoders.Base32(bytes, "ybndrfg8ejkmcpqxot1uwisza345h769"), IsText: true),
        new("base58 flickr", bytes => Encoders.Base58(bytes, "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"), IsText: true),
        new("base58 ripple", bytes => Encoders.Base58(bytes, "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"), IsText: true),
        new("base64 url", Encoders.Base64Url, IsText: true),
        new("base64 lines", Encoders.Base64Lines, IsText: true),
        new("url all", Encoders.UrlAll, IsText: true),
        new("entity all", Encoders.EntityAll, IsText: true, NeedsText: true),
        new("escape", Encoders.UnicodeEscapes, IsText: true, NeedsText: true),
        new("escape x", Encoders.HexEscapes, IsText: true),
        new("quoted-printable", Encoders.QuotedPrintable, IsText: true),
        new("utf-16", Encoders.Utf16, IsText: false, NeedsText: true),
        new("utf-32", Encoders.Utf32, IsText: false, NeedsText: true),
        new("br", Encoders.Brotli, IsText: false),
        new("zstd", Encoders.Zstd, IsText: false),
        new("lz-string base64", bytes => LzEncoder.Base64(Encoders.Units(bytes)), IsText: true),
        new("lz-string utf-16", bytes => LzEncoder.Utf16(Encoders.Units(bytes)), IsText: false),
        new("lz-string bytes", bytes => LzEncoder.Bytes(Encoders.Units(bytes)), IsText: false),
        new("reversed", bytes => [.. bytes.Reverse()], IsText: false),
        new("rot13", Encoders.Rot13, IsText: false, NeedsText: true),
        new("xor", bytes => [.. bytes.Select(b => (byte)(b ^ 0x5A))], IsText: false),
    ];
}
