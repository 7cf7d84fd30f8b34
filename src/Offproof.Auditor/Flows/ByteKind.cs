namespace Offproof.Auditor;

/// <summary>What became of a captured byte (audit.md §7).</summary>
internal enum ByteKind
{
    /// <summary>Read: its meaning is accounted for by a grammar, and it was searched.</summary>
    Decoded,

    /// <summary>Frames, lengths, checksums, handshakes: carries no content, except what its budget says.</summary>
    Structural,

    /// <summary>Captured, and not understood: encrypted, random, an unknown or broken format.</summary>
    Opaque,

    /// <summary>Known to have been sent, and not in the capture: cut packets, lost segments.</summary>
    Missing,
}
