using System.Collections.Frozen;

namespace Offproof.Phone;

/// <summary>What a file is, by the end of its name (phone.md §1.2).</summary>
static class MediaName
{
    static readonly FrozenSet<string> Photos = Set("jpg", "jpeg", "jpe", "heic", "heif", "hif", "avif", "jxl", "png", "gif", "webp", "bmp", "tif", "tiff",
        "dng", "cr2", "cr3", "nef", "nrw", "arw", "orf", "rw2", "raf", "pef", "srw");

    // "mp" is what Takeout leaves of the moving part of NAME.MP.jpg.
    static readonly FrozenSet<string> Videos = Set("mp4", "m4v", "mov", "3gp", "3g2", "mkv", "webm", "avi", "mpg", "mpeg", "mts", "m2ts", "wmv", "mp");

    static readonly FrozenSet<string> Sidecars = Set("xmp", "aae");

    internal static PhotoKind KindOf(string name)
    {
        string extension = Path.GetExtension(name);
        if (extension.Length < 2) return PhotoKind.Other;
        string end = extension[1..];
        return Photos.Contains(end) ? PhotoKind.Photo
            : Videos.Contains(end) ? PhotoKind.Video
            : Sidecars.Contains(end) ? PhotoKind.Sidecar
            : PhotoKind.Other;
    }

    static FrozenSet<string> Set(params string[] extensions) => extensions.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
