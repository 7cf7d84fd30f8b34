namespace Offproof.Evidence;

/// <summary>The door of the room: bundles of evidence (evidence.md). Nothing here opens a connection.</summary>
public static class EvidenceBundle
{
    /// <summary>Packs and signs. The folder is new or empty; where this throws, nothing is left in it.</summary>
    /// <exception cref="EvidenceException">It was not done: something was refused, is missing, or has no meaning.</exception>
    public static PackResult Pack(PackRequest request, TimeProvider time, CancellationToken cancel = default) => Packing.Run(request, time, cancel);

    /// <summary>Verifies a bundle's folder or .zip, offline. What is wrong with it is no exception: the report names it.</summary>
    /// <param name="key">That of the signer, obtained elsewhere; null where only what the bundle says is at hand.</param>
    /// <param name="opening">An opening to look for (evidence.md §6.3); null for none.</param>
    /// <exception cref="EvidenceException">There is nothing to verify: no folder, and no archive that is read.</exception>
    public static VerifyReport Verify(string path, MinisignKey? key = null, byte[]? opening = null, CancellationToken cancel = default) => Verifying.Run(path, key, opening, cancel);

    /// <summary>Makes of a private bundle one in which the persona's values are commitments (evidence.md §6). Where this throws, neither folder nor openings are left.</summary>
    /// <exception cref="EvidenceException">It was not done.</exception>
    public static PublishResult Publish(PublishRequest request, TimeProvider time, CancellationToken cancel = default) => Publishing.Run(request, time, cancel);

    /// <summary>Writes one opening, never over a file (evidence.md §6.3).</summary>
    /// <param name="openings">What <see cref="Publish"/> wrote beside the bundle.</param>
    /// <param name="id">A path into the persona, as in commitments.txt.</param>
    /// <returns>The commitment, which is the SHA-256 of the file that was written.</returns>
    public static string Open(string bundle, string openings, string id, string to) => Reopening.Open(bundle, openings, id, to);

    /// <summary>Makes the pages of a public form again from its data; they are those in it, byte for byte.</summary>
    public static IReadOnlyList<(string Path, byte[] Page)> Pages(string bundle) => Reopening.Pages(bundle);

    /// <summary>Writes a bundle's folder as a .zip, never over a file.</summary>
    /// <returns>The SHA-256 of the .zip.</returns>
    public static string Zip(string folder, string path)
    {
        BundleArchive.Write(folder, path);
        using FileStream file = FileKind.Open(path);
        return Checksums.Of(file);
    }
}
