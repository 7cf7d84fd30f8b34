namespace Offproof.Auditor;

/// <summary>Which disguises stand inside which, innermost first (audit.md §9).</summary>
internal static class Chains
{
    // What programs ordinarily do to what they send.
    private static readonly string[] EverydayNames = ["base16", "base32", "base58", "base64", "base64 url", "base64 lines", "url", "url all", "entity all", "escape", "escape x", "gzip", "zlib", "deflate", "br", "zstd",
        "utf-16", "lz-string", "lz-string base64", "base32hex", "base32 crockford", "z-base-32", "base58 flickr", "base58 ripple"];

    internal static IReadOnlyList<Disguise> Everyday { get; } = [.. EverydayNames.Select(Disguise.Of)];

    /// <summary>Every chain of one to so many.</summary>
    internal static IEnumerable<Disguise[]> UpTo(int length, IReadOnlyList<Disguise> of)
    {
        IEnumerable<Disguise[]> chains = of.Select(d => (Disguise[])[d]);
        IEnumerable<Disguise[]> all = chains;
        for (int i = 1; i < length; i++)
        {
            chains = chains.SelectMany(_ => of, (chain, outer) => (Disguise[])[.. chain, outer]);
            all = all.Concat(chains);
        }
        return all;
    }

    /// <summary>Each of these alone, and inside every chain of one to so many.</summary>
    internal static IEnumerable<Disguise[]> Inside(IReadOnlyList<Disguise> innermost, int length, IReadOnlyList<Disguise> of) =>
        innermost.SelectMany(inner => (IEnumerable<Disguise[]>)[[inner], .. UpTo(length, of).Select(chain => (Disguise[])[inner, .. chain])]);

    /// <summary>Chains of three in which every two disguises meet at every two places.</summary>
    internal static IEnumerable<Disguise[]> ThreePairwise()
    {
        IReadOnlyList<Disguise> all = Disguise.All;
        for (int i = 0; i < all.Count; i++)
            for (int j = 0; j < all.Count; j++) yield return [all[i], all[j], all[(i + j) % all.Count]];
    }
}
