namespace Offproof.Phone;

/// <summary>What a file of a photo source is, judged by its name alone.</summary>
public enum PhotoKind
{
    /// <summary>A still picture.</summary>
    Photo,
    /// <summary>A video, or the moving part of a motion photo kept in a file of its own.</summary>
    Video,
    /// <summary>A description of a photo or video beside it: an exported JSON, an XMP or AAE file.</summary>
    Sidecar,
    /// <summary>Anything else. It is kept all the same.</summary>
    Other,
}

/// <summary>Why something below a source is not among its files.</summary>
public enum SkipReason
{
    /// <summary>A symbolic link or junction; links are never followed.</summary>
    Link,
    /// <summary>A pipe, socket or device: it has no bytes to keep.</summary>
    Special,
    /// <summary>The name is not valid Unicode, so it cannot be opened or restored under the same name.</summary>
    Name,
    /// <summary>The folder cannot be listed, or the file not looked at.</summary>
    Unreadable,
    /// <summary>It went away while the source was being listed.</summary>
    Vanished,
}

/// <summary>Something that was found and not taken.</summary>
/// <param name="Path">Relative to the source, with '/' separators.</param>
/// <param name="Reason">Why, for programs.</param>
/// <param name="Detail">Why, for people.</param>
public sealed record SkippedFile(string Path, SkipReason Reason, string Detail);

/// <summary>All that a source holds: each regular file once, and each thing that was not taken.</summary>
/// <param name="Files">Ordered by <see cref="PhotoFile.Path"/>, ordinal.</param>
/// <param name="Skipped">Ordered by <see cref="SkippedFile.Path"/>, ordinal.</param>
public sealed record PhotoScan(IReadOnlyList<PhotoFile> Files, IReadOnlyList<SkippedFile> Skipped);

/// <summary>One regular file of a photo source, as listed; nothing of it has been opened.</summary>
public sealed class PhotoFile
{
    readonly string? _sidecarFullPath;

    internal PhotoFile(string path, string fullPath, long length, DateTimeOffset modified, PhotoKind kind, string? sidecarPath, string? sidecarFullPath)
    {
        Path = path;
        FullPath = fullPath;
        Length = length;
        Modified = modified;
        Kind = kind;
        SidecarPath = sidecarPath;
        _sidecarFullPath = sidecarFullPath;
    }

    /// <summary>The phone's own path: relative to the source, with '/' separators, characters as the file system gave them (NFC and NFD stay as they are).</summary>
    public string Path { get; }

    /// <summary>The path to open on this machine.</summary>
    public string FullPath { get; }

    /// <summary>Bytes, when it was listed.</summary>
    public long Length { get; }

    /// <summary>Last change, in UTC, when it was listed.</summary>
    public DateTimeOffset Modified { get; }

    /// <summary>What it is, by its name.</summary>
    public PhotoKind Kind { get; }

    /// <summary>The <see cref="Path"/> of the exported JSON that describes this file, or null. Several files may share one.</summary>
    public string? SidecarPath { get; }

    /// <summary>Opens the whole file, to be copied byte for byte.</summary>
    /// <exception cref="IOException">It is gone or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public Stream OpenRead() => new FileStream(FullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>
    /// Reads what the file and its sidecar say about the picture. Never throws for what they contain, nor for a file that cannot be read:
    /// <see cref="PhotoFacts.Problem"/> says what went wrong, and the other facts are those that could still be read.
    /// </summary>
    public PhotoFacts ReadFacts() => FactsReader.Read(this, _sidecarFullPath);
}
