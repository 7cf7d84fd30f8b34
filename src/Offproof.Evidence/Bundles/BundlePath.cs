using System.Buffers;

namespace Offproof.Evidence;

/// <summary>What may lie in a bundle, and how it may be called (evidence.md §1).</summary>
static class BundlePath
{
    internal const string List = "SHA256SUMS";
    internal const string Signature = "SHA256SUMS.minisig";
    internal const string Contents = "CONTENTS";
    internal const string Readme = "README.txt";
    internal const string About = "bundle.json";
    internal const string Signer = "signer.pub";
    internal const string Commitments = "commitments.txt";

    internal const int MostFiles = 10_000;
    internal const int MostNameLength = 100;

    static readonly string[] Areas = ["captures", "keys", "ledger", "persona", "receipts", "reports", "scenario"];
    static readonly string[] Own = [List, Signature, Contents, Readme, About, Signer, Commitments];

    static readonly SearchValues<char> Safe = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    internal static bool IsArea(string name) => Areas.Contains(name, StringComparer.Ordinal);

    /// <summary>One of a bundle's own files, or a file in one of its folders.</summary>
    internal static bool IsGood(string path) => path.Split('/') switch
    {
        [var own] => Own.Contains(own, StringComparer.Ordinal),
        [var area, var name] => IsArea(area) && IsName(name),
        _ => false,
    };

    internal static bool IsName(string name) => name.Length is > 0 and <= MostNameLength && char.IsAsciiLetterOrDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(Safe);

    /// <summary>The name under which a file is packed: its own where that is safe, else what is safe of it; another than those in <paramref name="taken"/>, also without regard to case.</summary>
    internal static string Name(string own, HashSet<string> taken)
    {
        string safe = string.Concat(own.Select(static c => Safe.Contains(c) ? c : '-')).TrimStart('.', '_', '-');
        if (safe.Length == 0) safe = "file";
        string extension = Path.GetExtension(safe) is { Length: > 1 and <= 12 } end && end.Length < safe.Length ? end : "";
        string stem = safe[..^extension.Length];
        for (int number = 1; ; number++)
        {
            string suffix = (number == 1 ? "" : $"-{number}") + extension;
            string name = stem[..Math.Min(stem.Length, MostNameLength - suffix.Length)] + suffix;
            if (taken.Add(name.ToUpperInvariant())) return name;
        }
    }

    /// <summary>What <c>du -al . | cut -f2 | LC_ALL=C sort</c> prints in a folder that holds these files, the list, its signature, and nothing else.</summary>
    internal static string Listing(IEnumerable<string> files)
    {
        SortedSet<string> lines = new(StringComparer.Ordinal) { ".", $"./{List}", $"./{Signature}", $"./{Contents}" };
        foreach (string file in files)
        {
            lines.Add($"./{file}");
            if (file.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash) lines.Add($"./{file[..slash]}");
        }
        return string.Concat(lines.Select(static line => line + "\n"));
    }
}
