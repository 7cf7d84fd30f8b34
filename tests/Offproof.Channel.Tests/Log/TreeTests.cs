using CsCheck;

namespace Offproof.Channel.Tests;

/// <summary>The tree held against the definition of RFC 6962 §2.1, and every proof against every wrong statement near it.</summary>
public sealed class TreeTests
{
    static readonly TreeHash[] Leaves = [.. Enumerable.Range(0, 70001).Select(LogVectorTests.Leaf)];

    static readonly MerkleTree Big = new(Leaves);

    [Fact]
    public void Roots_up_to_130_are_those_of_the_definition()
    {
        MerkleTree tree = new();
        for (int size = 0; size <= 130; size++)
        {
            Assert.Equal(Naive(Leaves.AsSpan(0, size)), tree.Root);
            for (int earlier = 0; earlier <= size; earlier++) Assert.Equal(Naive(Leaves.AsSpan(0, earlier)), tree.RootAt(earlier));
            tree.Append(Leaves[size]);
        }
    }

    [Fact]
    public void Every_inclusion_up_to_130_has_a_proof_that_fits_no_other_place()
    {
        for (int size = 1; size <= 130; size++)
        {
            TreeHash root = Big.RootAt(size);
            for (int index = 0; index < size; index++)
            {
                List<TreeHash> proof = Big.InclusionProof(index, size);
                Assert.True(MerkleProof.VerifyInclusion((ulong)index, (ulong)size, Leaves[index], proof, root));
                Assert.False(MerkleProof.VerifyInclusion((ulong)index, (ulong)size, Leaves[index + 1], proof, root));
                Assert.False(MerkleProof.VerifyInclusion((ulong)(index ^ 1), (ulong)size, Leaves[index], proof, root));
                Assert.False(MerkleProof.VerifyInclusion((ulong)size, (ulong)size, Leaves[index], proof, root));
                Assert.False(MerkleProof.VerifyInclusion((ulong)index, (ulong)size, Leaves[index], [.. proof, root], root));
                if (proof.Count > 0) Assert.False(MerkleProof.VerifyInclusion((ulong)index, (ulong)size, Leaves[index], proof[..^1], root));
            }
        }
    }

    [Fact]
    public void Every_two_sizes_up_to_130_have_a_proof_that_fits_no_other_root()
    {
        for (int second = 1; second <= 130; second++)
        {
            for (int first = 1; first <= second; first++)
            {
                List<TreeHash> proof = Big.ConsistencyProof(first, second);
                TreeHash old = Big.RootAt(first), now = Big.RootAt(second);
                Assert.True(Holds(first, second, old, now, proof));
                Assert.False(Holds(first, second, Leaves[200], now, proof));
                Assert.False(Holds(first, second, old, Leaves[200], proof));
                Assert.False(Holds(first, second, old, now, [.. proof, Leaves[200]]));
                Assert.False(Holds(second, first - 1, now, Big.RootAt(first - 1), proof));
                if (first == second) continue;
                Assert.False(Holds(first, second, old, now, proof[..^1]));
                Assert.False(Holds(first, second, old, now, []));
                Assert.False(Holds(first, second, old, Fork(second), proof));
            }
        }

        // The same tree with another last entry.
        static TreeHash Fork(int size) => new MerkleTree([.. Leaves[..(size - 1)], Leaves[300]]).Root;
    }

    [Fact]
    public void Proofs_of_large_logs_hold_and_a_changed_hash_does_not() => Gen.Select(Gen.Int[1, 70000], Gen.Int[1, 70000], Gen.Int[0, 63]).Sample((a, b, which) =>
    {
        (int first, int second) = (Math.Min(a, b), Math.Max(a, b));
        List<TreeHash> consistency = Big.ConsistencyProof(first, second), inclusion = Big.InclusionProof(first - 1, second);
        TreeHash old = Big.RootAt(first), now = Big.RootAt(second);
        bool holds = Holds(first, second, old, now, consistency) && MerkleProof.VerifyInclusion((ulong)first - 1, (ulong)second, Leaves[first - 1], inclusion, now);
        bool spoiled = false;
        if (consistency.Count > 0)
        {
            consistency[which % consistency.Count] = Leaves[70000];
            spoiled |= Holds(first, second, old, now, consistency);
        }
        if (inclusion.Count > 0)
        {
            inclusion[which % inclusion.Count] = Leaves[70000];
            spoiled |= MerkleProof.VerifyInclusion((ulong)first - 1, (ulong)second, Leaves[first - 1], inclusion, now);
        }
        return holds && !spoiled;
    }, iter: 3000, threads: 1);

    [Fact]
    public void Tiles_hold_exactly_the_tree_whatever_its_size() => Gen.Int[0, 70000].Sample(size =>
    {
        MerkleTree tree = new(Leaves[..size]);
        foreach (TileAddress tile in Tile.OfAllLevels(size))
        {
            TreeHash[] nodes = [.. tree.Nodes(tile)];
            if (nodes.Length != tile.Entries || !Tile.TryRead(tile, Tile.Write(nodes), out TreeHash[]? read) || !read.SequenceEqual(nodes)) return false;
            // One level up, each hash is the root of a full tile below.
            if (tile.Level > 0 && nodes[0] != new MerkleTree(tree.Nodes(new TileAddress(tile.Level - 1, tile.Index * 256, 256))).Root) return false;
        }
        return Tile.Of(size).Sum(t => t.Entries) == size;
    }, iter: 40, threads: 1);

    [Theory]
    [InlineData(0, 0, 256, "tile/0/000"), InlineData(0, 67, 256, "tile/0/067"), InlineData(1, 1234067, 256, "tile/1/x001/x234/067"), InlineData(0, 1000, 1, "tile/0/x001/000.p/1"), InlineData(2, 0, 255, "tile/2/000.p/255")]
    public void A_tile_lies_where_the_specification_says(int level, long index, int entries, string path) => Assert.Equal(path, new TileAddress(level, index, entries).Path);

    [Theory] // what a writer that grows by this has to write
    [InlineData(0, 1, "tile/0/000.p/1"), InlineData(3, 4, "tile/0/000.p/4"), InlineData(255, 256, "tile/0/000 tile/1/000.p/1"), InlineData(256, 257, "tile/0/001.p/1"),
     InlineData(250, 520, "tile/0/000 tile/0/001 tile/0/002.p/8 tile/1/000.p/2"), InlineData(65535, 65536, "tile/0/255 tile/1/000 tile/2/000.p/1"), InlineData(5, 5, "")]
    public void Only_tiles_that_change_are_written(int from, int to, string paths) => Assert.Equal(paths, string.Join(' ', Tile.OfAllLevels(to, from).Select(tile => tile.Path)));

    [Fact]
    public void Bundles_of_any_bytes_are_entries_that_write_the_same_or_nothing() => Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[1, 8]).Sample((bytes, entries) =>
        !Tile.TryReadBundle(new TileAddress(0, 0, entries), bytes, out byte[][]? read) || (read.Length == entries && Tile.WriteBundle(read).AsSpan().SequenceEqual(bytes)));

    static bool Holds(int first, int second, TreeHash old, TreeHash now, IReadOnlyList<TreeHash> proof) => MerkleProof.VerifyConsistency((ulong)first, (ulong)second, old, now, proof);

    static TreeHash Naive(ReadOnlySpan<TreeHash> leaves)
    {
        if (leaves.Length <= 1) return leaves.Length == 0 ? TreeHash.Empty : leaves[0];
        int split = 1;
        while (split * 2 < leaves.Length) split *= 2;
        return TreeHash.OfNode(Naive(leaves[..split]), Naive(leaves[split..]));
    }
}
