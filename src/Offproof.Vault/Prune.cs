namespace Offproof.Vault;

/// <summary>How far a prune is: files removed, of those that go.</summary>
public sealed record PruneProgress(long Done, long Total);

/// <summary>A vault is no longer the one that was planned for (vault.md §11.7). Nothing was removed; make the plan again.</summary>
public sealed class StalePlanException(string message) : VaultException(message);

/// <summary>Does what a plan says, in the order that leaves a whole repository wherever it stops (vault.md §11.6).</summary>
sealed class PruneRun(Repository repository, PrunePlan plan, VaultLock held, IProgress<PruneProgress>? progress, CancellationToken ct)
{
    readonly long _total = plan.Removes.Count + plan.Steps.Superseded.Count + plan.Steps.Going.Count;
    long _done;

    internal async Task ExecuteAsync()
    {
        await CompareAsync().ConfigureAwait(false);
        foreach (Snapshot snapshot in plan.Removes) await RemoveAsync(VaultFileKind.Snapshots, snapshot.FileId).ConfigureAwait(false);
        await WriteReplacementAsync().ConfigureAwait(false);
        foreach (ContentId index in plan.Steps.Superseded) await RemoveAsync(VaultFileKind.Index, index).ConfigureAwait(false);
        foreach (ContentId pack in plan.Steps.Going.Keys) await RemoveAsync(VaultFileKind.Data, pack).ConfigureAwait(false);
    }

    async Task CompareAsync()
    {
        bool same = plan.Steps.Snapshots.SetEquals(await NamesAsync(VaultFileKind.Snapshots).ConfigureAwait(false))
            && plan.Steps.Indexes.SetEquals(await NamesAsync(VaultFileKind.Index).ConfigureAwait(false));
        if (!same) throw new StalePlanException("the vault changed after the plan was made; nothing was removed. Make the plan again");
        Dictionary<ContentId, long> there = [];
        foreach (VaultEntry entry in await repository.Storage.ListAsync(VaultFileKind.Data, ct).ConfigureAwait(false))
            if (ContentId.TryParse(entry.Name, out ContentId id)) there[id] = entry.Size;
        foreach ((ContentId id, long size) in plan.Steps.Staying)
            if (!there.TryGetValue(id, out long now) || now != size) throw PrunePlanning.Unknown($"pack {id} is missing or was cut off");
    }

    async Task<IEnumerable<ContentId>> NamesAsync(VaultFileKind kind) => (await repository.Storage.ListAsync(kind, ct).ConfigureAwait(false))
        .Select(static e => ContentId.TryParse(e.Name, out ContentId id) ? id : (ContentId?)null).OfType<ContentId>();

    async Task WriteReplacementAsync()
    {
        List<PackRecord> next = [];
        foreach (PackRecord pack in plan.Steps.Replacement)
        {
            if (next.Count > 0 && next.Sum(static p => p.Blobs.Length) + pack.Blobs.Length > IndexFile.MostBlobs) await WriteAsync(next).ConfigureAwait(false);
            next.Add(pack);
        }
        if (next.Count > 0) await WriteAsync(next).ConfigureAwait(false);
    }

    // Read back before the old ones go: from then on it is the only one that says where these blobs lie.
    async Task WriteAsync(List<PackRecord> packs)
    {
        held.Demand();
        byte[] json = IndexFile.Write(packs);
        ContentId id = await repository.WriteUnpackedAsync(VaultFileKind.Index, json, ct).ConfigureAwait(false);
        byte[] there = await repository.ReadUnpackedAsync(VaultFileKind.Index, id, Repository.MostUnpacked, ct).ConfigureAwait(false);
        if (!there.AsSpan().SequenceEqual(json)) throw new CorruptVaultException($"index {id.Short} is not stored as it was written; the old ones stay");
        packs.Clear();
    }

    async Task RemoveAsync(VaultFileKind kind, ContentId id)
    {
        ct.ThrowIfCancellationRequested();
        held.Demand();
        await repository.Storage.RemoveAsync(new VaultFile(kind, id.ToString()), ct).ConfigureAwait(false);
        progress?.Report(new PruneProgress(++_done, _total));
    }
}
