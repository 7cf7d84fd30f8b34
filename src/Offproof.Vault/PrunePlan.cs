namespace Offproof.Vault;

/// <summary>A snapshot that stays, and why.</summary>
public sealed record KeptSnapshot(Snapshot Snapshot, string Reason);

/// <summary>What a prune would do: a value, made without changing anything (vault.md §11).</summary>
public sealed record PrunePlan
{
    internal PrunePlan(PruneSteps steps) => Steps = steps;

    /// <summary>The snapshots that go, oldest first.</summary>
    public required IReadOnlyList<Snapshot> Removes { get; init; }

    /// <summary>The snapshots that stay, oldest first.</summary>
    public required IReadOnlyList<KeptSnapshot> Keeps { get; init; }

    /// <summary>Packs that go.</summary>
    public int Packs => Steps.Going.Count;

    /// <summary>Their bytes.</summary>
    public long Bytes => Steps.Going.Values.Sum();

    /// <summary>Packs that stay.</summary>
    public required int PacksKept { get; init; }

    /// <summary>Their bytes.</summary>
    public required long BytesKept { get; init; }

    /// <summary>Bytes of these that no staying snapshot needs: in packs of which a part is needed, or that came lately.</summary>
    public required long BytesUnused { get; init; }

    /// <summary>There is nothing to remove.</summary>
    public bool IsEmpty => Removes.Count == 0 && Steps.Going.Count == 0 && Steps.Superseded.Count == 0;

    internal PruneSteps Steps { get; }
}

/// <summary>What is done, and the circumstances for which it was planned.</summary>
/// <param name="Repository">Its id.</param>
/// <param name="Snapshots">All that were there.</param>
/// <param name="Indexes">All that were there.</param>
/// <param name="Staying">Packs that must be there, with their sizes.</param>
/// <param name="Going">Packs, with their sizes.</param>
/// <param name="Superseded">Indexes that name a pack which goes.</param>
/// <param name="Replacement">What only these name of the packs that stay.</param>
sealed record PruneSteps(string Repository, IReadOnlySet<ContentId> Snapshots, IReadOnlySet<ContentId> Indexes, IReadOnlyDictionary<ContentId, long> Staying,
    IReadOnlyDictionary<ContentId, long> Going, IReadOnlyList<ContentId> Superseded, IReadOnlyList<PackRecord> Replacement);
