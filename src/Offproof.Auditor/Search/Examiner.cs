namespace Offproof.Auditor;

/// <summary>What the one who hands bytes over knows of them. Declarations are hints: they add a way to read, they never take one away.</summary>
/// <param name="ContentType">As declared, whole; null where nothing was.</param>
/// <param name="ContentEncoding">As declared: "gzip", "br, gzip"; null where nothing was.</param>
internal readonly record struct Declared(string? ContentType, string? ContentEncoding);

/// <summary>Takes the bytes that protocols carried.</summary>
internal abstract class Examiner
{
    /// <summary>Told which names were used for which addresses; null where nobody wants to know.</summary>
    internal Observations? Observed { get; set; }

    /// <summary>Examines bytes that belong together: searches them, and everything that can be decoded out of them (audit.md §5, §6). They are not kept.</summary>
    /// <returns>How many of them stayed unread: 0 when all is text or a known format, else those of the parts that are neither.</returns>
    internal abstract int Examine(in Place place, ReadOnlySpan<byte> bytes, in Declared declared = default);

    /// <summary>Told of each whole handshake message of TLS that is read, before its pieces are examined.</summary>
    /// <returns>Who examines the pieces.</returns>
    internal virtual Examiner Handshake(in Place place, ReadOnlySpan<byte> message) => this;
}
