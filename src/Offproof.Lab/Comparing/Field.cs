namespace Offproof.Lab;

/// <summary>What a value is to a comparison.</summary>
internal enum Role
{
    /// <summary>Bytes that were said.</summary>
    Content,

    /// <summary>Drawn anew for each connection by TLS (compare.md §3).</summary>
    TlsRandom,

    /// <summary>A message of TLS that is a key, a signature, a ticket or a hash as a whole: parts of its form are not drawn, and signatures have lengths of their own.</summary>
    TlsMessage,

    /// <summary>That something is there: a flow, a message, a name.</summary>
    Presence,

    /// <summary>A number of bytes.</summary>
    Size,

    /// <summary>In which order things came.</summary>
    Order,

    /// <summary>Milliseconds since something.</summary>
    Gap,
}

/// <summary>One value at one place of a run.</summary>
/// <param name="Parent">The place that must be there in both runs for this one to be compared; null of those that stand alone.</param>
/// <param name="Template">The place without its ordinals: what is said there again and again.</param>
/// <param name="Value">Its bytes, as far as they are kept; of a number, its text.</param>
/// <param name="Length">Of the whole value.</param>
internal sealed record Field(string Place, string? Parent, string Template, Role Role, bool Leaves, long Packet, int Flow, long Offset, byte[] Value, long Length)
{
    internal long Number { get; init; }

    /// <summary>Of the packet with which it was whole.</summary>
    internal long? Time { get; init; }

    /// <summary>How many things had been said before it.</summary>
    internal int Turn { get; init; }

    /// <summary>Nobody could read it.</summary>
    internal bool IsOpaque { get; init; }

    /// <summary>Follows from what else is said there: a difference in it counts where that does not differ.</summary>
    internal bool Follows { get; init; }

    internal bool Is(Field other) => Length == other.Length && Value.AsSpan().SequenceEqual(other.Value);
}

/// <summary>A value in examined bytes, not yet at a place.</summary>
internal readonly record struct Piece(string Name, int Offset, byte[] Value, Role Role = Role.Content, bool Follows = false);
