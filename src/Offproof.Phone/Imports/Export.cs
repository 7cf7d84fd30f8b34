namespace Offproof.Phone;

/// <summary>Which entries of a tree an export takes; all where nothing is said. Conditions add up.</summary>
public sealed record Selection
{
    /// <summary>Everything.</summary>
    public static Selection All { get; } = new();

    /// <summary>Only entries of this moment and later. Entries without a time are taken.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only this conversation: a number or address as exported (blanks, hyphens and parentheses do not count), a name, or the tree's own CONV.</summary>
    public string? Conversation { get; init; }

    /// <summary>Only contacts whose UID, name, number or e-mail this is.</summary>
    public string? Contact { get; init; }
}

/// <summary>What an export wrote.</summary>
/// <param name="Entries">Contacts, messages or notes written.</param>
/// <param name="Files">The files written, relative to the target, with '/' separators.</param>
/// <param name="Problems">Entries that could not be written, and why; the rest was.</param>
/// <param name="Notices">What the format cannot hold, one sentence each: nothing is left out silently.</param>
public sealed record ExportReport(long Entries, IReadOnlyList<string> Files, IReadOnlyList<SkippedEntry> Problems, IReadOnlyList<string> Notices)
{
    /// <summary>Where nothing was chosen: how it is asked for, and what comes nearest. Null where there is nothing to say.</summary>
    public string? Hint { get; init; }

    /// <summary>Of <see cref="Entries"/>: files that stood beside notes.</summary>
    public long OtherFiles { get; init; }
}
