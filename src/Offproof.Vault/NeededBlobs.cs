namespace Offproof.Vault;

/// <summary>Every blob that some snapshots need: from the trees, each of which must open and whose blobs must all be in an index (vault.md §11.5).</summary>
sealed class NeededBlobs(Repository repository, VaultIndex index, CancellationToken ct)
{
    // The words that the format has for what holds no content. A word that a later version brings may stand for what does.
    static readonly HashSet<string> Empty = new(["dev", "chardev", "fifo", "socket", "irregular"], StringComparer.Ordinal);

    readonly HashSet<ContentId> _data = [], _trees = [];
    readonly Stack<ContentId> _open = [];

    internal bool Contains(BlobEntry blob) => (blob.Tree ? _trees : _data).Contains(blob.Id);

    internal async Task WalkAsync(IEnumerable<Snapshot> snapshots)
    {
        foreach (Snapshot snapshot in snapshots)
        {
            Need(snapshot.TreeId, tree: true, () => $"snapshot {snapshot.FileId.Short}");
            while (_open.TryPop(out ContentId tree)) await ReadAsync(tree, snapshot).ConfigureAwait(false);
        }
    }

    async Task ReadAsync(ContentId tree, Snapshot snapshot)
    {
        List<Node> nodes;
        try
        {
            nodes = await repository.ReadTreeAsync(index, tree, ct).ConfigureAwait(false);
        }
        catch (CorruptVaultException e)
        {
            throw PrunePlanning.Unknown($"snapshot {snapshot.FileId.Short}: tree {tree.Short} cannot be read: {e.Message}", e);
        }
        foreach (Node node in nodes)
        {
            string Shown() => $"snapshot {snapshot.FileId.Short}: {node.Shown}";
            if (node.Type == NodeType.Other && !Empty.Contains(node.TypeName)) throw PrunePlanning.Unknown($"{Shown()} is a {node.TypeName}, which this version does not know");
            if (node.Type == NodeType.Directory && node.Subtree is null) throw PrunePlanning.Unknown($"{Shown()} is a folder without a list");
            if (node.Subtree is { } subtree) Need(subtree, tree: true, Shown);
            foreach (ContentId id in node.Content) Need(id, tree: false, Shown);
        }
    }

    void Need(ContentId id, bool tree, Func<string> who)
    {
        if (!(tree ? _trees : _data).Add(id)) return;
        if (!index.Contains(id, tree)) throw PrunePlanning.Unknown($"{who()} needs {(tree ? "tree" : "blob")} {id}, which is in no index");
        if (tree) _open.Push(id);
    }
}
