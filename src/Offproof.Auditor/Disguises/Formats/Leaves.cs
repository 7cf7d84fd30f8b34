namespace Offproof.Auditor;

/// <summary>A value inside a binary format: bytes that stand there, or a number.</summary>
/// <param name="Start">In the bytes of the format.</param>
/// <param name="Real">The number, where <paramref name="Kind"/> says so.</param>
internal readonly record struct Leaf(LeafKind Kind, int Start, int Length, Int128 Whole = default, double Real = 0);

internal enum LeafKind : byte
{
    Bytes,
    Whole,
    Real,
}

/// <summary>
/// Readers of binary formats without a mark take any bytes that happen to fit. What they take is asked to be likely as well (audit.md §6.2): so that random bytes
/// of 16 or more pass for a format once in thousands.
/// </summary>
internal static class Formats
{
    internal const int Deepest = 32;

    /// <summary>Texts of two characters or more.</summary>
    internal static bool IsText(ReadOnlySpan<byte> bytes) => bytes.IsEmpty || CanaryExaminer.IsText(bytes);
}
