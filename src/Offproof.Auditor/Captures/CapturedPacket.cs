namespace Offproof.Auditor;

/// <summary>One packet of a capture.</summary>
internal readonly ref struct CapturedPacket
{
    /// <summary>From 1, in the order of the file.</summary>
    internal required long Number { get; init; }

    /// <summary>Since 1970-01-01 UTC, as the file says: any number is possible.</summary>
    internal required long Nanoseconds { get; init; }

    /// <summary>A LINKTYPE_ value; -1 when the file does not say.</summary>
    internal required int LinkType { get; init; }

    /// <summary>How many bytes at the end on the wire are a frame check.</summary>
    internal int FrameCheck { get; init; }

    /// <summary>What was kept of it; the reader's own buffer, valid until the next packet is read.</summary>
    internal required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>How long it was on the wire; never less than <see cref="Bytes"/>.</summary>
    internal required long Length { get; init; }
}
