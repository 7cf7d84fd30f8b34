namespace Offproof.Phone;

/// <summary>A card as its lines say it, before its version is known.</summary>
sealed class RawCard(long line)
{
    internal long Line => line;

    internal List<RawProperty> Properties { get; } = [];

    /// <summary>Bytes of its lines.</summary>
    internal long Bytes { get; set; }

    /// <summary>Properties and parameters, which memory grows with.</summary>
    internal long Pieces { get; set; }

    /// <summary>Why it cannot be kept, or null.</summary>
    internal string? Damage { get; private set; }

    /// <summary>The AGENT of the card around this one.</summary>
    internal RawProperty? AgentOf { get; init; }

    internal void Refuse(string reason)
    {
        Damage ??= reason;
        Properties.Clear();
    }
}

/// <summary>A line of a card, unfolded; quoted-printable is decoded.</summary>
/// <param name="Line">Where it begins.</param>
/// <param name="Head">What stands before the colon.</param>
/// <param name="Value">Bytes of the property's own character set.</param>
sealed record RawProperty(long Line, string Head, byte[] Value)
{
    /// <summary>A text instead of bytes: the name of the card that stood here.</summary>
    internal string? Text { get; set; }
}
