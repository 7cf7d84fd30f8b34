namespace Offproof.Vault;

/// <summary>The first stage of a backup: takes the items one by one, skips what the parent already holds, reads and cuts the rest.</summary>
sealed class BackupReader(Repository repository, VaultIndex index, ParentTree before, BackupRun run, BackupOptions options, IProgress<BackupProgress>? progress)
{
    // Read ahead of the cut by this much: what lies behind a cut is copied to the next chunk's buffer.
    const int Step = 256 * 1024;
    const int SmallFile = 64 * 1024;

    readonly RabinCutter _cutter = new(repository.Config.Polynomial);
    readonly List<Skipped> _unreadable = [];

    // Whether they came out as before shows when their chunks are hashed; to ask the parent would be a request a folder.
    readonly List<List<Chunk>> _readAlways = [];
    long _files, _bytes, _unchanged, _bytesRead;

    internal TreeDraft Draft { get; } = new();

    internal long Files => _files;

    internal long Bytes => _bytes;

    internal async Task ReadAllAsync(IAsyncEnumerable<BackupItem> items)
    {
        await foreach (BackupItem item in items.WithCancellation(run.Stopping).ConfigureAwait(false))
        {
            if (item.Kind == BackupItemKind.Unreadable)
            {
                Skip(item.Path, item.Reason ?? "the source could not read it");
                continue;
            }
            if (TreeDraft.Refusal(item.Path) is { } refusal)
            {
                Skip(item.Path, refusal);
                continue;
            }
            Node? node = null;
            if (!Draft.TryAdd(item.Path, name => node = NodeOf(item, name)))
            {
                Skip(item.Path, "the path was handed over twice");
                continue;
            }
            if (item.Kind == BackupItemKind.File && !await StoreFileAsync(item, node!).ConfigureAwait(false)) Draft.Remove(item.Path);
        }
    }


    static Node NodeOf(BackupItem item, string name)
    {
        uint permissions = GoMode((uint)(item.Mode ?? (item.Kind == BackupItemKind.Directory ? 0b111_000_000 : 0b110_000_000)));
        return item.Kind switch
        {
            BackupItemKind.Directory => Node.Named(name, NodeType.Directory, TreeDraft.DirectoryBit | permissions, item.ModifiedAt),
            BackupItemKind.Symlink => Node.Named(name, NodeType.Symlink, TreeDraft.SymlinkBit | 0b111_111_111, item.ModifiedAt, item.LinkTarget ?? ""),
            _ => Node.Named(name, NodeType.File, permissions, item.ModifiedAt),
        };
    }

    // vault.md §5.4: set-user, set-group and sticky have their own bits.
    static uint GoMode(uint unix) =>
        (unix & 0b111_111_111) | ((unix & 0x800) != 0 ? 1u << 23 : 0) | ((unix & 0x400) != 0 ? 1u << 22 : 0) | ((unix & 0x200) != 0 ? 1u << 20 : 0);

    async Task<bool> StoreFileAsync(BackupItem item, Node node)
    {
        if (!item.ReadAlways && await before.FindAsync(item.Path, run.Stopping).ConfigureAwait(false) is { Type: NodeType.File } old
            && old.Size == (ulong)item.Length && old.ModifiedAt.UtcTicks == item.ModifiedAt.UtcTicks && old.Content.All(id => index.Contains(id, tree: false)))
        {
            (node.Size, node.Content) = (old.Size, old.Content);
            _unchanged++;
            Count(item.Length);
            return true;
        }
        List<Chunk> chunks = [];
        try
        {
            using Stream stream = (item.Open ?? throw new InvalidOperationException($"the item {item.Path} has no way to open it"))();
            node.Size = (ulong)await CutAsync(stream, item.Length, chunks).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It vanished, is locked, or broke off: chunks that left already are merely not referred to.
            Skip(item.Path, e.Message);
            return false;
        }
        node.Content = new ChunkIds(chunks);
        if (item.ReadAlways && chunks.Count > 0) _readAlways.Add(chunks);
        _bytesRead += (long)node.Size;
        Count((long)node.Size);
        return true;
    }

    async Task<long> CutAsync(Stream stream, long expected, List<Chunk> chunks)
    {
        long total = 0;
        byte[] buffer = run.Buffers.Rent((int)Math.Clamp(expected + 1, 4096, Chunk.Usual));
        int filled = 0, searched = 0;
        bool ended = false;
        try
        {
            while (!ended || filled > 0)
            {
                int cut = ended || filled >= RabinCutter.Least ? _cutter.Find(buffer.AsSpan(0, filled), ref searched) : -1;
                if (cut < 0 && !ended)
                {
                    if (filled == buffer.Length) buffer = Grow(buffer, filled);
                    int room = Math.Min(buffer.Length - filled, filled < RabinCutter.Least ? RabinCutter.Least - filled + SmallFile : Step);
                    int n = await stream.ReadAsync(buffer.AsMemory(filled, room), run.Stopping).ConfigureAwait(false);
                    ended = n == 0;
                    filled += n;
                    total += n;
                    continue;
                }
                if (cut < 0) cut = filled;
                byte[] rest = ended && cut == filled ? [] : run.Buffers.Rent(Math.Max(filled - cut, Chunk.Usual));
                buffer.AsSpan(cut, filled - cut).CopyTo(rest);
                Chunk chunk = new(buffer, cut);
                (buffer, filled, searched) = (rest, filled - cut, 0);
                chunks.Add(chunk);
                await run.PutAsync(chunk).ConfigureAwait(false);
            }
        }
        finally
        {
            if (buffer.Length > 0) run.Buffers.Return(buffer);
        }
        return total;
    }

    byte[] Grow(byte[] buffer, int filled)
    {
        byte[] larger = run.Buffers.Rent(Math.Min(buffer.Length * 2, RabinCutter.Most));
        buffer.AsSpan(0, filled).CopyTo(larger);
        run.Buffers.Return(buffer);
        return larger;
    }

    void Count(long bytes)
    {
        _files++;
        _bytes += bytes;
        progress?.Report(new BackupProgress(_files, options.ExpectedFiles, _bytes, options.ExpectedBytes));
    }

    void Skip(string path, string reason) => _unreadable.Add(new Skipped(GoText.Quote(path), reason));

    internal BackupSummary Summarize(ContentId snapshot) => new()
    {
        SnapshotId = snapshot.ToString(),
        Files = _files,
        Unchanged = _unchanged + _readAlways.LongCount(static chunks => chunks.TrueForAll(static c => c.WasStored)),
        Bytes = _bytes,
        BytesRead = _bytesRead,
        BytesAdded = run.BytesNew,
        BytesStored = run.BytesStored,
        Unreadable = _unreadable,
    };
}

/// <summary>The ids of chunks that are still being hashed: read only after the stage that hashes has ended.</summary>
sealed class ChunkIds(List<Chunk> chunks) : IReadOnlyList<ContentId>
{
    public ContentId this[int i] => chunks[i].Id;

    public int Count => chunks.Count;

    public IEnumerator<ContentId> GetEnumerator() => chunks.Select(static c => c.Id).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>The parent snapshot's nodes by path; trees are read when first asked for, and the last 128 kept.</summary>
sealed class ParentTree(Repository repository, VaultIndex index, Snapshot? parent)
{
    const int MostFolders = 128;
    readonly Dictionary<string, Dictionary<string, Node>?> _folders = new(StringComparer.Ordinal);

    internal async Task<Node?> FindAsync(string path, CancellationToken ct)
    {
        if (parent is null) return null;
        int slash = path.LastIndexOf('/');
        Dictionary<string, Node>? folder = await FolderAsync(path[..slash], ct).ConfigureAwait(false);
        return folder?.GetValueOrDefault(path[(slash + 1)..]);
    }

    async Task<Dictionary<string, Node>?> FolderAsync(string path, CancellationToken ct)
    {
        if (_folders.TryGetValue(path, out Dictionary<string, Node>? known)) return known;
        ContentId? tree = path.Length == 0 ? parent!.TreeId : (await FindAsync(path, ct).ConfigureAwait(false))?.Subtree;
        Dictionary<string, Node>? folder = null;
        if (tree is { } id)
        {
            try
            {
                folder = new(StringComparer.Ordinal);
                foreach (Node node in await repository.ReadTreeAsync(index, id, ct).ConfigureAwait(false))
                    if (node.Name is { } name) folder.TryAdd(name, node);
            }
            catch (CorruptVaultException)
            {
                // A damaged parent costs reading its files again, which also stores again what is missing.
                folder = null;
            }
        }
        if (_folders.Count >= MostFolders) _folders.Clear();
        _folders[path] = folder;
        return folder;
    }
}
