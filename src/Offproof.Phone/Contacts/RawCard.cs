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
sealed class RawProperty(long line, string head)
{
    readonly (string? Group, string Name, List<CardParameter> Parameters) _head = CardHead.Parse(head);

    /// <summary>Where it begins.</summary>
    internal long Line => line;

    internal string? Group => _head.Group;

    internal string Name => _head.Name;

    internal List<CardParameter> Parameters => _head.Parameters;

    internal bool IsBase64 => Parameters.Exists(parameter => Encodes(parameter) && parameter.Values.Exists(CardHead.IsBase64));

    internal bool IsQuotedPrintable => Parameters.Exists(parameter => Encodes(parameter) && parameter.Values.Exists(CardHead.IsQuotedPrintable));

    /// <summary>Bytes of the property's own character set.</summary>
    internal byte[] Value { get; set; } = [];

    /// <summary>A text instead of bytes: the name of the card that stood here.</summary>
    internal string? Text { get; set; }

    internal bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    static bool Encodes(CardParameter parameter) => parameter.Name.Length == 0 || parameter.Is("ENCODING");
}
