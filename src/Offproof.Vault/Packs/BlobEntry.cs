namespace Offproof.Vault;

/// <summary>One blob's place in a pack: sealed bytes [Offset, Offset + Length). PlainLength is 0 when the blob is not compressed.</summary>
readonly record struct BlobEntry(ContentId Id, bool Tree, uint Offset, uint Length, uint PlainLength)
{
    /// <summary>What one blob may unfold to, whatever it declares (vault.md §4.4).</summary>
    internal const int MostPlain = 128 << 20;

    internal bool Compressed => PlainLength != 0;

    /// <summary>Length of the content, in bytes; -1 when the entry is too short to hold any.</summary>
    internal long ContentLength => Compressed ? PlainLength : (long)Length - Sealer.Overhead;

    /// <summary>Whoever wrote the entry wants more memory than any blob needs: refused before any is taken.</summary>
    internal bool ClaimsTooMuch => Length > MostPlain || ContentLength > MostPlain;
}
