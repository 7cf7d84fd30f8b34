namespace Offproof.Vault;

/// <summary>How far a check is.</summary>
public sealed record CheckProgress(long PacksDone, long PacksTotal);

/// <summary>What a check found.</summary>
public sealed record CheckReport
{
    /// <summary>Damage: something that a snapshot needs, or that an index promises, is missing or wrong.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>Remarkable but harmless: packs in no index, packs of mixed sort, blobs that no snapshot uses.</summary>
    public required IReadOnlyList<string> Notices { get; init; }

    /// <summary>Snapshot files seen. Compare with what you remember: a deleted snapshot leaves no trace but unused blobs.</summary>
    public required int Snapshots { get; init; }

    /// <summary>Packs in the indexes.</summary>
    public required int Packs { get; init; }

    /// <summary>Different blobs in the indexes.</summary>
    public required long Blobs { get; init; }

    /// <summary>Blobs that no readable snapshot refers to.</summary>
    public required long UnusedBlobs { get; init; }

    /// <summary>Packs that were read and verified to the last byte.</summary>
    public required int PacksRead { get; init; }

    /// <summary>No errors.</summary>
    public bool Sound => Errors.Count == 0;
}

/// <summary>The check (vault.md §10): goes on after every failure, so that one report names them all.</summary>
sealed class CheckRun(Repository repository, IProgress<CheckProgress>? progress, CancellationToken ct)
{
    const int Readers = 2;
    const int MostPack = 256 << 20;
    const int MostDepth = 1000;

    readonly Lock _lock = new();
    readonly List<string> _errors = [], _notices = [];
    readonly VaultIndex _index = new();
    readonly HashSet<ContentId> _usedData = [], _usedTrees = [];
    int _read, _done;

    internal async Task<CheckReport> ExecuteAsync(bool readData)
    {
        await CheckKeysAsync().ConfigureAwait(false);
        List<Snapshot> snapshots = [];
        int snapshotFiles = await EachAsync(VaultFileKind.Snapshots, (id, json) => snapshots.Add(Snapshot.Read(id, json))).ConfigureAwait(false);
        await EachAsync(VaultFileKind.Index, (_, json) =>
        {
            foreach (PackRecord pack in IndexFile.Read(json.Span)) _index.Add(pack);
        }).ConfigureAwait(false);
        Dictionary<ContentId, List<BlobEntry>> packs = await CheckPacksAsync().ConfigureAwait(false);
        foreach (Snapshot snapshot in snapshots) await WalkAsync(snapshot.TreeId, $"snapshot {snapshot.FileId.Short}:", 0).ConfigureAwait(false);
        if (readData) await ReadPacksAsync(packs).ConfigureAwait(false);

        (long blobs, long unused) = CountUnused();
        if (unused > 0) Notice($"{unused} blobs are used by no snapshot (an interrupted backup, or a snapshot that was removed)");
        return new CheckReport
        {
            Errors = _errors,
            Notices = _notices,
            Snapshots = snapshotFiles,
            Packs = packs.Count,
            Blobs = blobs,
            UnusedBlobs = unused,
            PacksRead = _read,
        };
    }

    async Task CheckKeysAsync()
    {
        foreach (VaultEntry entry in await repository.Storage.ListAsync(VaultFileKind.Keys, ct).ConfigureAwait(false))
            await TryAsync($"key file {entry.Name[..8]}", async () =>
            {
                byte[] file = await repository.Storage.ReadAsync(new VaultFile(VaultFileKind.Keys, entry.Name), ConfigFile.MostBytes, ct).ConfigureAwait(false);
                if (!string.Equals(ContentId.Of(file).ToString(), entry.Name, StringComparison.Ordinal)) throw new CorruptVaultException("does not match its name");
                KeyFile.Parse(file);
            }).ConfigureAwait(false);
    }

    async Task<int> EachAsync(VaultFileKind kind, Action<ContentId, ReadOnlyMemory<byte>> read)
    {
        int count = 0;
        foreach (VaultEntry entry in await repository.Storage.ListAsync(kind, ct).ConfigureAwait(false))
        {
            if (!ContentId.TryParse(entry.Name, out ContentId id)) continue;
            count++;
            await TryAsync($"{FolderStorage.NameOf(kind)}/{id.Short}", async () =>
                read(id, await repository.ReadUnpackedAsync(kind, id, Repository.MostUnpacked, ct).ConfigureAwait(false))).ConfigureAwait(false);
        }
        return count;
    }

    /// <summary>Index against listing: every pack there, of the size that its blobs and header add up to, its blobs side by side.</summary>
    async Task<Dictionary<ContentId, List<BlobEntry>>> CheckPacksAsync()
    {
        Dictionary<ContentId, long> there = [];
        foreach (VaultEntry entry in await repository.Storage.ListAsync(VaultFileKind.Data, ct).ConfigureAwait(false))
            if (ContentId.TryParse(entry.Name, out ContentId id)) there[id] = entry.Size;

        // One pack may stand in several index files, in part or whole.
        Dictionary<ContentId, HashSet<BlobEntry>> merged = [];
        foreach (PackRecord pack in _index.Packs)
        {
            if (!merged.TryGetValue(pack.Id, out HashSet<BlobEntry>? blobs)) merged.Add(pack.Id, blobs = []);
            blobs.UnionWith(pack.Blobs);
        }
        Dictionary<ContentId, List<BlobEntry>> packs = [];
        foreach ((ContentId id, HashSet<BlobEntry> blobs) in merged)
        {
            List<BlobEntry> ordered = [.. blobs.OrderBy(static b => b.Offset)];
            packs.Add(id, ordered);
            BlobEntry[] table = [.. ordered];
            if (!there.Remove(id, out long size)) Error($"pack {id} is missing");
            else if (size != PackHeader.PackSize(table)) Error($"pack {id} has {size} bytes; by its index it has {PackHeader.PackSize(table)}");
            long end = 0;
            foreach (BlobEntry blob in table)
            {
                if (blob.Offset != end)
                {
                    Error($"pack {id}: the index leaves a gap or overlaps at {blob.Offset}");
                    break;
                }
                end += blob.Length;
            }
            if (table.Any(static b => b.Tree) && table.Any(static b => !b.Tree)) Notice($"pack {id} holds both trees and data (as old versions wrote)");
        }
        foreach (ContentId id in there.Keys) Notice($"pack {id} is in no index (left by an interrupted backup, or the index was lost)");
        return packs;
    }

    async Task WalkAsync(ContentId tree, string path, int depth)
    {
        if (!_usedTrees.Add(tree)) return;
        List<Node>? nodes = null;
        await TryAsync($"{path} tree {tree.Short}", async () =>
        {
            if (depth > MostDepth) throw new CorruptVaultException($"folders nest more than {MostDepth} deep");
            nodes = await repository.ReadTreeAsync(_index, tree, ct).ConfigureAwait(false);
        }).ConfigureAwait(false);
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (Node node in nodes ?? [])
        {
            string shown = $"{path}/{node.Shown}";
            if (!seen.Add(node.Shown)) Error($"{shown} is listed twice");
            if (node.Type == NodeType.Directory)
            {
                if (node.Subtree is { } subtree) await WalkAsync(subtree, shown, depth + 1).ConfigureAwait(false);
                else Error($"{shown} is a folder without a list");
            }
            else if (node.Type == NodeType.File)
                CheckContent(node, shown);
        }
    }

    void CheckContent(Node node, string shown)
    {
        ulong length = 0;
        foreach (ContentId id in node.Content)
        {
            _usedData.Add(id);
            if (_index.TryFind(id, tree: false, out BlobPlace place)) length += (ulong)Math.Max(0, place.Entry.ContentLength);
            else Error($"{shown} needs blob {id}, which is in no index");
        }
        if (length != node.Size && node.Content.All(id => _index.Contains(id, tree: false))) Notice($"{shown} says {node.Size} bytes; its content has {length}");
    }

    (long Blobs, long Unused) CountUnused()
    {
        HashSet<(ContentId, bool)> all = [];
        foreach (PackRecord pack in _index.Packs)
            foreach (BlobEntry blob in pack.Blobs) all.Add((blob.Id, blob.Tree));
        return (all.Count, all.LongCount(b => !(b.Item2 ? _usedTrees : _usedData).Contains(b.Item1)));
    }

    async Task ReadPacksAsync(Dictionary<ContentId, List<BlobEntry>> packs)
    {
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Readers, CancellationToken = ct };
        await Parallel.ForEachAsync(packs, parallel, async (pack, _) =>
        {
            await TryAsync($"pack {pack.Key}", () => ReadPackAsync(pack.Key, pack.Value)).ConfigureAwait(false);
            progress?.Report(new CheckProgress(Interlocked.Increment(ref _done), packs.Count));
        }).ConfigureAwait(false);
    }

    async Task ReadPackAsync(ContentId id, List<BlobEntry> promised)
    {
        VaultFile file = new(VaultFileKind.Data, id.ToString());
        long size = await repository.Storage.FindAsync(file, ct).ConfigureAwait(false) ?? throw new StorageFileMissingException("is missing");
        if (size > MostPack) throw new CorruptVaultException($"has {size} bytes; at most 256 MiB are read");
        Workbench bench = repository.Rent();
        try
        {
            Memory<byte> pack = bench.RoomForPack((int)size);
            await repository.Storage.ReadRangeAsync(file, 0, pack, ct).ConfigureAwait(false);
            Verify(bench, id, pack.Span, promised);
            Interlocked.Increment(ref _read);
        }
        finally
        {
            repository.Return(bench);
        }
    }

    void Verify(Workbench bench, ContentId id, ReadOnlySpan<byte> pack, List<BlobEntry> promised)
    {
        if (ContentId.Of(pack) != id) Error($"pack {id} does not match its name");
        BlobEntry[] header = PackHeader.Open(pack, bench.Sealer);
        if (!header.AsSpan().SequenceEqual(promised.ToArray())) Error($"pack {id}: its header and its index differ");
        foreach (BlobEntry blob in header)
        {
            if (blob.ClaimsTooMuch)
            {
                Error($"pack {id}: blob {blob.Id} claims more than 128 MiB");
                continue;
            }
            try
            {
                bench.Open(blob, pack.Slice((int)blob.Offset, (int)blob.Length), bench.RoomForContent((int)blob.ContentLength));
            }
            catch (CorruptVaultException e)
            {
                Error($"pack {id}: {e.Message}");
            }
        }
    }

    async Task TryAsync(string what, Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception e) when (e is CorruptVaultException or StorageFileMissingException or HostileParametersException)
        {
            Error($"{what}: {e.Message}");
        }
    }

    void Error(string text)
    {
        lock (_lock) _errors.Add(text);
    }

    void Notice(string text)
    {
        lock (_lock) _notices.Add(text);
    }
}

public sealed partial class Repository
{
    /// <summary>
    /// Structure: every file's hash and tag outside packs, every snapshot's trees, every blob they need in an index, every pack of an index there with the
    /// right size. With <paramref name="readData"/> also every byte of every pack. Damage is in the report, not an exception.
    /// </summary>
    public Task<CheckReport> CheckAsync(bool readData, IProgress<CheckProgress>? progress = null, CancellationToken ct = default) =>
        ReadingAsync(() => new CheckRun(this, progress, ct).ExecuteAsync(readData), ct);
}
