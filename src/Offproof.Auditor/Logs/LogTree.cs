using System.Numerics;
using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>Hashes of a log's tree (RFC 6962 §2.1), from those of complete subtrees of one size.</summary>
internal static class LogTree
{
    /// <summary>The hash over subtrees, and over what remains to the right of them.</summary>
    /// <param name="nodes">Hashes of complete subtrees, one behind the other.</param>
    /// <param name="rest">That of the last, smaller one; empty where none is left.</param>
    internal static byte[] Root(ReadOnlySpan<byte> nodes, ReadOnlySpan<byte> rest)
    {
        int count = nodes.Length / LogPath.HashSize;
        if (count == 0) return rest.ToArray();
        if (count == 1 && rest.IsEmpty) return nodes.ToArray();
        // The left side is the largest complete tree that is smaller than the whole.
        int left = 1 << BitOperations.Log2((uint)(rest.IsEmpty ? count - 1 : count));
        int cut = left * LogPath.HashSize;
        Span<byte> both = stackalloc byte[1 + (2 * LogPath.HashSize)];
        both[0] = 1;
        Root(nodes[..cut], default).CopyTo(both[1..]);
        Root(nodes[cut..], rest).CopyTo(both[(1 + LogPath.HashSize)..]);
        return SHA256.HashData(both);
    }
}
