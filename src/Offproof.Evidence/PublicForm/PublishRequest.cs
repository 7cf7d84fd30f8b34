namespace Offproof.Evidence;

/// <summary>What is to be published.</summary>
/// <param name="Bundle">A private bundle: folder or .zip.</param>
/// <param name="Folder">Of the public form: made, or empty.</param>
/// <param name="Openings">A file that is not there yet, and in no bundle: whoever has it can open everything.</param>
/// <param name="Key">Signs; stays the caller's.</param>
public sealed record PublishRequest(string Bundle, string Folder, string Openings, MinisignSecretKey Key, PackTool Tool)
{
    /// <summary>Who must have signed the private bundle; null where its own word is enough.</summary>
    public MinisignKey? SignedBy { get; init; }

    /// <summary>The persona's seed may be one that is found by trying, and with it every value (evidence.md §6.1): the bundle then says so.</summary>
    public bool IncludeGuessable { get; init; }

    /// <summary>One line; null for none.</summary>
    public string? Title { get; init; }

    /// <summary>The publisher's own words; null for none.</summary>
    public string? Note { get; init; }
}

/// <summary>What was published.</summary>
/// <param name="Commitments">How many values were committed to.</param>
public sealed record PublishResult(PackResult Packed, string Openings, int Commitments);
