namespace Offproof.Vault;

/// <summary>What lies in <c>data/</c> against what the indexes say (vault.md §8.7): the listing of one moment, taken after the indexes were read.</summary>
sealed class StoredPacks
{
    readonly List<PackRecord> _lost;

    StoredPacks(VaultIndex index, List<PackRecord> unindexed, List<PackRecord> lost) => (Index, Unindexed, _lost) = (index, unindexed, lost);

    /// <summary>The indexes without the packs that are not there.</summary>
    internal VaultIndex Index { get; }

    /// <summary>Packs that lie there and that no index names, by their own tables: of a run that was stopped, or of an index that is gone.</summary>
    internal IReadOnlyList<PackRecord> Unindexed { get; }

    internal static async Task<StoredPacks> CompareAsync(Repository repository, VaultIndex named, CancellationToken ct)
    {
        IReadOnlyList<VaultEntry> listing = await repository.Storage.ListAsync(VaultFileKind.Data, ct).ConfigureAwait(false);
        Dictionary<ContentId, long> sizes = [];
        foreach (VaultEntry entry in listing)
            if (ContentId.TryParse(entry.Name, out ContentId id)) sizes[id] = entry.Size;
        List<PackRecord> gone = [.. named.Packs.GroupBy(static p => p.Id).Where(g => !IsWhole(g, sizes)).Select(static g => new PackRecord(g.Key, Blobs(g)))];
        VaultIndex index = named;
        if (gone.Count > 0)
        {
            HashSet<ContentId> names = [.. gone.Select(static p => p.Id)];
            index = new VaultIndex();
            foreach (PackRecord pack in named.Packs)
                if (!names.Contains(pack.Id)) index.Add(pack);
        }
        List<PackRecord> unindexed = await new PackTables(repository).ReadAsync(index, listing, ct).ConfigureAwait(false);
        foreach (PackRecord table in unindexed) index.Add(table);
        return new StoredPacks(index, unindexed, [.. gone.Where(p => Lacks(index, p))]);
    }

    /// <summary>What is said about packs that are gone, once a run has stored what it has; null where their content lies elsewhere too, so that nothing was lost.</summary>
    internal string? Loss
    {
        get
        {
            if (_lost.Count == 0) return null;
            string packs = _lost.Count == 1 ? "1 pack is" : $"{_lost.Count} packs are";
            return _lost.Exists(p => Lacks(Index, p))
                ? $"{packs} missing or cut off: what this backup holds of the content was stored again, earlier snapshots lack the rest"
                : $"{packs} missing or cut off: the content was stored again";
        }
    }

    static bool Lacks(VaultIndex index, PackRecord pack) => pack.Blobs.Any(b => !index.Contains(b.Id, b.Tree));

    // A pack may stand in several index files, in part or whole.
    static BlobEntry[] Blobs(IEnumerable<PackRecord> records) => [.. records.SelectMany(static p => p.Blobs).Distinct()];

    static bool IsWhole(IGrouping<ContentId, PackRecord> records, Dictionary<ContentId, long> sizes) =>
        sizes.TryGetValue(records.Key, out long size) && (records.Any(p => PackHeader.PackSize(p.Blobs) == size) || PackHeader.PackSize(Blobs(records)) == size);
}
