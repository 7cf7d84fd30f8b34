namespace Offproof.Vault;

/// <summary>The directories of a snapshot in the making. Filled by one thread in any order; sealed bottom-up once all content is known.</summary>
sealed class TreeDraft
{
    internal const uint DirectoryBit = 1u << 31, SymlinkBit = 1u << 27;

    internal sealed class Folder
    {
        internal Dictionary<string, Folder> Folders { get; } = new(StringComparer.Ordinal);
        internal Dictionary<string, Node> Leaves { get; } = new(StringComparer.Ordinal);
        internal Node? Described { get; set; }
    }

    internal Folder Root { get; } = new();

    /// <summary>The reason why a path cannot stand in a tree, or null.</summary>
    internal static string? Refusal(string path)
    {
        if (path.Length < 2 || path[0] != '/') return "the path is not absolute";
        if (path.Contains('\0', StringComparison.Ordinal)) return "the path contains a zero byte";
        foreach (string name in path[1..].Split('/'))
            if (name is "" or "." or "..") return "the path has an empty part, '.' or '..'";
        for (int i = 0; i < path.Length; i++)
        {
            if (!char.IsSurrogate(path[i])) continue;
            if (i + 1 == path.Length || !char.IsSurrogatePair(path[i], path[i + 1])) return "the name is not valid Unicode";
            i++;
        }
        return null;
    }

    /// <summary>False when something of that path is already there.</summary>
    internal bool TryAdd(string path, Func<string, Node> make)
    {
        string[] names = path[1..].Split('/');
        Folder folder = Root;
        foreach (string name in names.AsSpan(0, names.Length - 1))
        {
            if (folder.Leaves.ContainsKey(name)) return false;
            if (!folder.Folders.TryGetValue(name, out Folder? next)) folder.Folders.Add(name, next = new Folder());
            folder = next;
        }
        string last = names[^1];
        if (folder.Leaves.ContainsKey(last)) return false;
        bool exists = folder.Folders.TryGetValue(last, out Folder? described);
        if (exists && described!.Described is not null) return false;
        Node node = make(last);
        if (node.Type == NodeType.Directory)
        {
            if (!exists) folder.Folders.Add(last, described = new Folder());
            described!.Described = node;
            return true;
        }
        if (exists) return false;
        folder.Leaves.Add(last, node);
        return true;
    }

    internal void Remove(string path)
    {
        string[] names = path[1..].Split('/');
        Folder folder = Root;
        foreach (string name in names.AsSpan(0, names.Length - 1)) folder = folder.Folders[name];
        folder.Leaves.Remove(names[^1]);
    }

    /// <summary>Hands every tree to <paramref name="store"/>, children first, and returns the root's id.</summary>
    internal async Task<ContentId> StoreAsync(Func<byte[], Task<ContentId>> store) => (await StoreAsync(Root, store).ConfigureAwait(false)).Id;

    static async Task<(ContentId Id, DateTimeOffset Newest)> StoreAsync(Folder folder, Func<byte[], Task<ContentId>> store)
    {
        List<Node> nodes = [.. folder.Leaves.Values];
        foreach ((string name, Folder child) in folder.Folders)
        {
            (ContentId id, DateTimeOffset newest) = await StoreAsync(child, store).ConfigureAwait(false);
            Node node = child.Described ?? Node.Named(name, NodeType.Directory, DirectoryBit | 0b111_000_000, newest);
            node.Subtree = id;
            nodes.Add(node);
        }
        nodes.Sort(static (a, b) => Node.CompareNames(a.Name!, b.Name!));
        DateTimeOffset latest = DateTimeOffset.UnixEpoch;
        foreach (Node node in nodes)
            if (node.ModifiedAt > latest) latest = node.ModifiedAt;
        return (await store(TreeFile.Write(nodes)).ConfigureAwait(false), latest);
    }
}
