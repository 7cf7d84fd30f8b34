using System.Numerics;

namespace Offproof.Channel;

/// <summary>
/// Verifies the proofs of RFC 6962 §2.1 by the steps that RFC 9162 §2.1.3.2 and §2.1.4.2 give: from the leaf up, where <see cref="MerkleTree"/> makes them from the root down.
/// Sizes, hashes and proofs may be anything.
/// </summary>
static class MerkleProof
{
    internal static bool VerifyInclusion(ulong index, ulong size, TreeHash leaf, IReadOnlyList<TreeHash> proof, TreeHash root)
    {
        if (index >= size) return false;
        ulong at = index, last = size - 1;
        TreeHash hash = leaf;
        foreach (TreeHash step in proof)
        {
            if (last == 0) return false;
            if ((at & 1) == 1 || at == last)
            {
                hash = TreeHash.OfNode(step, hash);
                Climb(ref at, ref last);
            }
            else
            {
                hash = TreeHash.OfNode(hash, step);
            }
            at >>= 1;
            last >>= 1;
        }
        return last == 0 && hash == root;
    }

    /// <summary>False for a size of 0, also with an empty proof: from nothing, nothing follows (channel-log.md §3).</summary>
    internal static bool VerifyConsistency(ulong first, ulong second, TreeHash firstRoot, TreeHash secondRoot, IReadOnlyList<TreeHash> proof)
    {
        if (first == 0 || first > second) return false;
        if (first == second) return proof.Count == 0 && firstRoot == secondRoot;
        // A tree of a power of two is itself the first step.
        bool isWhole = BitOperations.IsPow2(first);
        if (proof.Count == 0) return false;
        ulong at = first - 1, last = second - 1;
        while ((at & 1) == 1)
        {
            at >>= 1;
            last >>= 1;
        }
        TreeHash old = isWhole ? firstRoot : proof[0], now = old;
        for (int index = isWhole ? 0 : 1; index < proof.Count; index++)
        {
            if (last == 0) return false;
            if ((at & 1) == 1 || at == last)
            {
                old = TreeHash.OfNode(proof[index], old);
                now = TreeHash.OfNode(proof[index], now);
                Climb(ref at, ref last);
            }
            else
            {
                now = TreeHash.OfNode(now, proof[index]);
            }
            at >>= 1;
            last >>= 1;
        }
        return last == 0 && old == firstRoot && now == secondRoot;
    }

    // At the right edge of a tree that is not full, levels without a neighbour have no step.
    static void Climb(ref ulong at, ref ulong last)
    {
        while ((at & 1) == 0 && at != 0)
        {
            at >>= 1;
            last >>= 1;
        }
    }
}
