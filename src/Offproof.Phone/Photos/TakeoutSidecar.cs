using System.Globalization;

namespace Offproof.Phone;

/// <summary>
/// Which exported JSON describes which photo (phone.md §1.3). The export cuts long names, moves the counter of duplicates behind the
/// extension, and gives one description to a picture, its edited copy and its moving part.
/// </summary>
static class TakeoutSidecar
{
    const string Supplement = ".supplemental-metadata";
    const string Json = ".json";
    const int CutAt = 46; // 51 characters with ".json"
    const string Edited = "-edited";
    static readonly string[] StillEndings = [".jpg", ".JPG", ".jpeg", ".JPEG", ".heic", ".HEIC", ".heif", ".HEIF"];

    /// <summary>The name of the sidecar of <paramref name="media"/> among the <paramref name="names"/> of its folder, or null.</summary>
    internal static string? Find(string media, IReadOnlySet<string> names)
    {
        if (Own(media, names) is { } own) return own;

        string stem = Path.GetFileNameWithoutExtension(media);
        string extension = Path.GetExtension(media);
        (string plain, string counter) = SplitCounter(stem);
        // An edited copy (NAME-edited.jpg, NAME-edited(1).jpg) shares the sidecar of NAME.jpg, NAME(1).jpg.
        if (plain.EndsWith(Edited, StringComparison.OrdinalIgnoreCase) && plain.Length > Edited.Length
            && Own(plain[..^Edited.Length] + counter + extension, names) is { } original) return original;

        // The moving part (NAME.MP, NAME.MP4, NAME.MOV) shares the sidecar of the still picture.
        if (extension.Equals(".mp", StringComparison.OrdinalIgnoreCase) && Still(media, names) is { } still) return still;
        if (extension.Length > 1 && "mp mp4 mov".Split(' ').Contains(extension[1..], StringComparer.OrdinalIgnoreCase)) return Still(stem, names);
        return null;
    }

    /// <summary>True for a JSON file named after a photo or video, whether or not that lies beside it.</summary>
    internal static bool LooksLikeOne(string name)
    {
        if (!name.EndsWith(Json, StringComparison.OrdinalIgnoreCase)) return false;
        (string stem, _) = SplitCounter(name[..^Json.Length]);
        if (MediaName.KindOf(stem) is PhotoKind.Photo or PhotoKind.Video) return true;
        int dot = stem.LastIndexOf('.');
        return dot > 0 && Supplement.StartsWith(stem[dot..], StringComparison.Ordinal) && MediaName.KindOf(stem[..dot]) is PhotoKind.Photo or PhotoKind.Video;
    }

    static string? Still(string stem, IReadOnlySet<string> names)
    {
        foreach (string ending in StillEndings)
        {
            if (names.Contains(stem + ending) && Own(stem + ending, names) is { } sidecar) return sidecar;
        }
        return null;
    }

    static string? Own(string media, IReadOnlySet<string> names)
    {
        if (Cuts(media, "", names) is { } direct) return direct;
        // IMG(1).jpg is described by IMG.jpg(1).json.
        string extension = Path.GetExtension(media);
        (string plain, string counter) = SplitCounter(Path.GetFileNameWithoutExtension(media));
        return counter.Length == 0 ? null : Cuts(plain + extension, counter, names);
    }

    static string? Cuts(string media, string counter, IReadOnlySet<string> names)
    {
        string whole = media + Supplement;
        for (int length = whole.Length; length >= media.Length; length--)
        {
            string candidate = whole[..length] + counter + Json;
            if (names.Contains(candidate)) return candidate;
        }
        // A media name longer than the limit is itself cut there.
        if (media.Length <= CutAt) return null;
        string cut = media[..CutAt] + counter + Json;
        return names.Contains(cut) ? cut : null;
    }

    /// <summary>"IMG(12)" is "IMG" and "(12)"; without a counter the second part is empty.</summary>
    static (string Plain, string Counter) SplitCounter(string stem)
    {
        int open = stem.LastIndexOf('(');
        return open > 0 && stem[^1] == ')' && int.TryParse(stem.AsSpan(open + 1, stem.Length - open - 2), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? (stem[..open], stem[open..])
            : (stem, "");
    }
}
