namespace Offproof.Auditor;

/// <summary>Bytes that a decoder made. Used again for the next; what is in it holds until then.</summary>
internal sealed class Output
{
    private const int Kept = 1 << 20;

    internal byte[] Bytes { get; private set; } = new byte[4096];

    internal int Count { get; set; }

    internal ReadOnlySpan<byte> Written => Bytes.AsSpan(0, Count);

    internal Output Clear()
    {
        // One large thing does not keep its memory for all that come after it.
        if (Bytes.Length > Kept && Count < Kept / 4) Bytes = new byte[4096];
        Count = 0;
        return this;
    }

    /// <summary>Room for at least that many more; the writer adds to <see cref="Count"/> what it wrote.</summary>
    internal Span<byte> Room(int length)
    {
        if (Bytes.Length - Count < length) Grow(length);
        return Bytes.AsSpan(Count);
    }

    internal void Add(byte value)
    {
        if (Count == Bytes.Length) Grow(1);
        Bytes[Count++] = value;
    }

    internal void Add(ReadOnlySpan<byte> values)
    {
        values.CopyTo(Room(values.Length));
        Count += values.Length;
    }

    internal void Grow(int length)
    {
        byte[] larger = new byte[(int)Math.Min(Array.MaxLength, Math.Max((long)Bytes.Length * 2, (long)Count + length))];
        Bytes.AsSpan(0, Count).CopyTo(larger);
        Bytes = larger;
    }
}
