using System.Numerics;

namespace Offproof.Channel;

/// <summary>
/// The log's tree in memory (channel-log.md §3): leaves are only added. Every node over a power of two of entries is kept, so that the root and the proofs of any earlier size take as
/// many steps as the tree is high. About 64 bytes an entry.
/// </summary>
sealed class MerkleTree
{
    // levels[k][i] covers the entries from i * 2^k on, 2^k of them.
    readonly List<List<TreeHash>> levels = [[]];

    internal MerkleTree()
    {
    }

    internal MerkleTree(IEnumerable<TreeHash> leaves)
    {
        foreach (TreeHash leaf in leaves) Append(leaf);
    }

    internal int Size => levels[0].Count;

    internal IReadOnlyList<TreeHash> Leaves => levels[0];

    internal TreeHash Root => RootAt(Size);

    internal void Append(TreeHash leaf)
    {
        levels[0].Add(leaf);
        for (int level = 0; levels[level].Count % 2 == 0; level++)
        {
            if (levels.Count == level + 1) levels.Add([]);
            levels[level + 1].Add(TreeHash.OfNode(levels[level][^2], levels[level][^1]));
        }
    }

    /// <summary>The root that the tree had when it held <paramref name="size"/> entries.</summary>
    internal TreeHash RootAt(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        return size == 0 ? TreeHash.Empty : Hash(0, size);
    }

    /// <summary>The nodes of a tile: those that cover 256^level entries each (channel-log.md §2).</summary>
    internal IEnumerable<TreeHash> Nodes(TileAddress tile) => levels[Tile.Height * tile.Level].Skip((int)(tile.Index * Tile.Width)).Take(tile.Entries);

    /// <summary>RFC 6962 §2.1.1: that the entry at <paramref name="index"/> is in the tree of the first <paramref name="size"/>.</summary>
    internal List<TreeHash> InclusionProof(int index, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        List<TreeHash> proof = [];
        int start = 0, end = size;
        while (end - start > 1)
        {
            int middle = start + Split(end - start);
            bool isLeft = index < middle;
            proof.Add(isLeft ? Hash(middle, end) : Hash(start, middle));
            (start, end) = isLeft ? (start, middle) : (middle, end);
        }
        proof.Reverse();
        return proof;
    }

    /// <summary>RFC 6962 §2.1.2: that the tree of the first <paramref name="first"/> is how the tree of the first <paramref name="size"/> begins.</summary>
    internal List<TreeHash> ConsistencyProof(int first, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, size);
        List<TreeHash> proof = [];
        int start = 0, end = size;
        while (first != end)
        {
            int middle = start + Split(end - start);
            bool isLeft = first <= middle;
            proof.Add(isLeft ? Hash(middle, end) : Hash(start, middle));
            (start, end) = isLeft ? (start, middle) : (middle, end);
        }
        // What the old tree ends with; where that is the whole old tree, its root is known.
        if (start > 0) proof.Add(Hash(start, end));
        proof.Reverse();
        return proof;
    }

    TreeHash Hash(int start, int end)
    {
        int length = end - start;
        if (BitOperations.IsPow2(length)) return levels[BitOperations.Log2((uint)length)][start >> BitOperations.Log2((uint)length)];
        int middle = start + Split(length);
        return TreeHash.OfNode(Hash(start, middle), Hash(middle, end));
    }

    // The largest power of two that is smaller.
    static int Split(int length) => 1 << BitOperations.Log2((uint)(length - 1));
}
