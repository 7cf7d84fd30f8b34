namespace Offproof.Auditor;

/// <summary>The hashes of all forms, made when first asked for (audit.md §5.3).</summary>
internal abstract class Digests
{
    /// <summary>Is this whole value, already decoded from hex or base64, a hash of a form, or its first or last 8 or more bytes?</summary>
    internal abstract void Find(ReadOnlySpan<byte> value, List<Hit> hits);

    /// <summary>The same at any offset of binary bytes.</summary>
    internal abstract void FindWithin(ReadOnlySpan<byte> bytes, List<Hit> hits);

    /// <summary>Is this whole value of a parameter - 8 hexadecimal digits, or a decimal number below 2^32 or from -2^31 - a 32-bit hash of a form?</summary>
    internal abstract void FindShort(ReadOnlySpan<byte> text, List<Hit> hits);

    /// <summary>Is this value a hash of a form with one of these salts before or after it, or keyed with one of them (HMAC)?</summary>
    internal abstract void FindSalted(ReadOnlySpan<byte> value, IReadOnlyList<byte[]> salts, List<Hit> hits);
}
