namespace Offproof.Auditor;

/// <summary>What the one who hands bytes over knows of them. Declarations are hints: they add a way to read, they never take one away.</summary>
/// <param name="ContentType">As declared, whole; null where nothing was.</param>
/// <param name="ContentEncoding">As declared: "gzip", "br, gzip"; null where nothing was.</param>
internal readonly record struct Declared(string? ContentType, string? ContentEncoding)
{
    // More codings than anybody lays over one another.
    private const int LongestEncoding = 256;

    /// <summary>A further declaration behind those that came before it. What is longer than any is passed over: other codings are tried anyway.</summary>
    internal static string Also(string? before, string encoding)
    {
        string all = before is null ? encoding : $"{before}, {encoding}";
        return all.Length <= LongestEncoding ? all : all[..LongestEncoding];
    }
}

/// <summary>64 hexadecimal digits in a head that leaves, which may be the SHA-256 of what is asked for (audit.md §6.7).</summary>
/// <param name="Offset">Of the first digit, in the examined bytes.</param>
/// <param name="Unread">How many bytes fewer would be unread if these digits were read.</param>
internal readonly record struct ContentName(int Offset, int Unread);

/// <summary>Takes the bytes that protocols carried.</summary>
internal abstract class Examiner
{
    /// <summary>Told which names were used for which addresses; null where nobody wants to know.</summary>
    internal Observations? Observed { get; set; }

    /// <summary>Examines bytes that belong together: searches them, and everything that can be decoded out of them (audit.md §5, §6). They are not kept.</summary>
    /// <returns>How many of them stayed unread: 0 when all is text or a known format, else those of the parts that are neither.</returns>
    internal abstract int Examine(in Place place, ReadOnlySpan<byte> bytes, in Declared declared = default);

    /// <summary>Of what was examined last.</summary>
    internal virtual IReadOnlyList<ContentName> ContentNames => [];

    /// <summary>Told of each whole handshake message of TLS that is read, before its pieces are examined.</summary>
    /// <returns>Who examines the pieces.</returns>
    internal virtual Examiner Handshake(in Place place, ReadOnlySpan<byte> message) => this;

    /// <summary>Who examines fields of free choice (<see cref="FreeChoice"/>): they are searched, and no message.</summary>
    internal virtual Examiner OfFields => this;
}
