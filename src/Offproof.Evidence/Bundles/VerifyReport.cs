namespace Offproof.Evidence;

/// <summary>Whether a bundle is what was signed, in the shape of <c>--json</c> (evidence.md §4).</summary>
/// <param name="Unaltered">No defect; says nothing of who signed where <paramref name="Signer"/> is not known.</param>
/// <param name="Signer">Null where no signature verifies.</param>
/// <param name="Comment">The trusted comment; null likewise.</param>
/// <param name="Defects">All that is wrong.</param>
/// <param name="Bytes">Of the files that were read.</param>
/// <param name="Bundle">What bundle.json says; null where it is altered.</param>
/// <param name="Opening">Of <c>--opening</c>; null where none was asked for, or it opens nothing.</param>
/// <param name="Remarks">What is no defect and should be known.</param>
public sealed record VerifyReport(
    string Schema, bool Unaltered, VerifiedSigner? Signer, string? Comment, IReadOnlyList<BundleDefect> Defects, int Files, long Bytes, VerifiedBundle? Bundle, VerifiedOpening? Opening, IReadOnlyList<string> Remarks)
{
    internal const string SchemaName = "offproof/v1/evidence-verify";
}

/// <summary>Who signed.</summary>
/// <param name="Known">By the key that was given; else the bundle's own word.</param>
/// <param name="Key">As <c>minisign -P</c> takes it.</param>
public sealed record VerifiedSigner(bool Known, string KeyId, string Key);

/// <summary>Something that is not as it was signed.</summary>
/// <param name="Kind">One of evidence.md §4.</param>
/// <param name="Path">In the bundle; from whoever made it, so not to be trusted in a terminal.</param>
/// <param name="Text">A sentence without its full stop, in which the path is not repeated.</param>
public sealed record BundleDefect(string Kind, string Path, string Text);

/// <summary>What the bundle says of itself.</summary>
public sealed record VerifiedBundle(string Id, string Form, string? Title, string Packed, IReadOnlyList<string> Opens, IReadOnlyList<string> Statements, IReadOnlyList<string> Limits);

/// <summary>A value that was opened (evidence.md §6.3).</summary>
public sealed record VerifiedOpening(string Id, string Value, string Commitment);
