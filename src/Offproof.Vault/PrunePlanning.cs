namespace Offproof.Vault;

/// <summary>Makes the plan, and refuses a vault of which it cannot be known what is needed (vault.md §11.5).</summary>
sealed class PrunePlanning(Repository repository, PruneRules rules, CancellationToken ct)
{
    readonly List<IndexedFile> _files = [];
    readonly VaultIndex _index = new();
    readonly Dictionary<ContentId, long> _staying = [], _going = [];
    readonly DateTimeOffset _now = repository.Time.GetUtcNow();

    sealed record IndexedFile(ContentId Id, DateTimeOffset Received, List<PackRecord> Packs);

    internal async Task<PrunePlan> MakeAsync()
    {
        // Snapshots before indexes: whatever a snapshot refers to is then in an index that is read.
        SnapshotList list = await repository.ListSnapshotsAsync(ct).ConfigureAwait(false);
        if (list.Damage is { } damage) throw Unknown($"a snapshot cannot be read: {damage}");
        foreach (Snapshot snapshot in list.Readable) _ = Known(snapshot.Received);
        await ReadIndexesAsync().ConfigureAwait(false);
        IReadOnlyList<VaultEntry> listing = await repository.Storage.ListAsync(VaultFileKind.Data, ct).ConfigureAwait(false);

        List<(Snapshot Snapshot, string? Stays)> judged = [.. rules.Judge(list.Readable, _now)];
        NeededBlobs needed = new(repository, _index, ct);
        await needed.WalkAsync(judged.Where(static j => j.Stays is not null).Select(static j => j.Snapshot)).ConfigureAwait(false);
        Dictionary<ContentId, BlobEntry[]> packs = MergedPacks();
        long unused = Sort(packs, listing, needed);
        List<IndexedFile> superseded = _files.FindAll(f => f.Packs.Exists(p => _going.ContainsKey(p.Id)));
        PruneSteps steps = new(repository.Id, list.Readable.Select(static s => s.FileId).ToHashSet(), _files.Select(static f => f.Id).ToHashSet(), _staying, _going,
            [.. superseded.Select(static f => f.Id)], Replacement(superseded, packs));
        return new PrunePlan(steps)
        {
            Removes = [.. judged.Where(static j => j.Stays is null).Select(static j => j.Snapshot).OrderBy(static s => s.Received)],
            Keeps = [.. judged.Where(static j => j.Stays is not null).Select(static j => new KeptSnapshot(j.Snapshot, j.Stays!)).OrderBy(static k => k.Snapshot.Received)],
            PacksKept = listing.Count - _going.Count,
            BytesKept = listing.Sum(static e => e.Size) - _going.Values.Sum(),
            BytesUnused = unused,
        };
    }

    async Task ReadIndexesAsync()
    {
        foreach (VaultEntry entry in await repository.Storage.ListAsync(VaultFileKind.Index, ct).ConfigureAwait(false))
        {
            if (!ContentId.TryParse(entry.Name, out ContentId id)) continue;
            DateTimeOffset received = Known(entry.Received);
            try
            {
                _files.Add(new IndexedFile(id, received, IndexFile.Read(await repository.ReadUnpackedAsync(VaultFileKind.Index, id, Repository.MostUnpacked, ct).ConfigureAwait(false))));
            }
            catch (Exception e) when (e is CorruptVaultException or StorageFileMissingException)
            {
                throw Unknown($"index {id.Short} cannot be read: {e.Message}", e);
            }
            foreach (PackRecord pack in _files[^1].Packs) _index.Add(pack);
        }
    }

    // One pack may stand in several index files, in part or whole. Where they disagree, the blobs overlap or do not add up to the pack's size.
    Dictionary<ContentId, BlobEntry[]> MergedPacks()
    {
        Dictionary<ContentId, BlobEntry[]> packs = [];
        foreach (IGrouping<ContentId, PackRecord> pack in _index.Packs.GroupBy(static p => p.Id))
        {
            BlobEntry[] blobs = [.. pack.SelectMany(static p => p.Blobs).Distinct().OrderBy(static b => b.Offset)];
            long end = 0;
            foreach (BlobEntry blob in blobs)
            {
                if (blob.Offset != end) throw Unknown($"the indexes disagree about pack {pack.Key}, or leave something of it out");
                end += blob.Length;
            }
            packs.Add(pack.Key, blobs);
        }
        return packs;
    }

    /// <summary>Which packs stay and which go.</summary>
    /// <returns>The bytes that stay although nothing needs them.</returns>
    long Sort(Dictionary<ContentId, BlobEntry[]> packs, IReadOnlyList<VaultEntry> listing, NeededBlobs needed)
    {
        HashSet<ContentId> bound = [.. _files.Where(f => IsYoung(f.Received)).SelectMany(static f => f.Packs).Select(static p => p.Id)];
        HashSet<ContentId> met = [];
        long unused = 0;
        foreach (VaultEntry entry in listing)
        {
            if (!ContentId.TryParse(entry.Name, out ContentId id)) continue;
            bool young = IsYoung(Known(entry.Received));
            if (!packs.TryGetValue(id, out BlobEntry[]? blobs))
            {
                if (young) unused += entry.Size;
                else _going.Add(id, entry.Size);
                continue;
            }
            met.Add(id);
            if (entry.Size != PackHeader.PackSize(blobs)) throw Unknown($"pack {id} has {entry.Size} bytes; by its index it has {PackHeader.PackSize(blobs)}");
            bool stays = young || bound.Contains(id) || blobs.Any(needed.Contains);
            (stays ? _staying : _going).Add(id, entry.Size);
            if (stays) unused += blobs.Where(b => !needed.Contains(b)).Sum(static b => (long)b.Length);
        }
        foreach (ContentId id in packs.Keys)
            if (!met.Contains(id)) throw Unknown($"pack {id} is missing");
        return unused;
    }

    /// <summary>A pack that another index names as a whole needs no new one: a prune that was stopped before it removed the old index had written that already.</summary>
    List<PackRecord> Replacement(List<IndexedFile> superseded, Dictionary<ContentId, BlobEntry[]> packs)
    {
        HashSet<ContentId> told = [.. _files.Except(superseded).SelectMany(static f => f.Packs).Where(p => p.Blobs.Distinct().Count() == packs[p.Id].Length).Select(static p => p.Id)];
        return [.. superseded.SelectMany(static f => f.Packs).Select(static p => p.Id).Distinct().Where(id => _staying.ContainsKey(id) && !told.Contains(id)).Select(id => new PackRecord(id, packs[id]))];
    }

    bool IsYoung(DateTimeOffset received) => received >= _now - rules.KeepWithin;

    static DateTimeOffset Known(DateTimeOffset? received) =>
        received ?? throw new StorageRefusedException("this storage does not tell when it received its files, and a prune decides by nothing else: it works in a folder, and with an Offproof server");

    internal static CorruptVaultException Unknown(string what, Exception? inner = null) =>
        new($"{what}. What the snapshots need cannot be known, so nothing was removed", inner);
}
