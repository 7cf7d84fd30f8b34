using System.Security.Cryptography;

namespace Offproof.Cli;

/// <summary>What a folder holds, by path and SHA-256: taken before the phone is wiped, compared after the restore.</summary>
internal sealed class Contents
{
    private readonly SortedDictionary<string, string> files = new(StringComparer.Ordinal);

    internal int Count => files.Count;

    internal static Contents Of(string root)
    {
        Contents contents = new();
        if (!Directory.Exists(root)) return contents;
        foreach (string file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            using FileStream stream = File.OpenRead(file);
            contents.files[Path.GetRelativePath(root, file)] = Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        return contents;
    }

    internal DemoRestored Compare(string category, Contents restored)
    {
        int equal = files.Count(f => restored.files.TryGetValue(f.Key, out string? hash) && hash == f.Value);
        int missing = files.Keys.Count(name => !restored.files.ContainsKey(name));
        int extra = restored.files.Keys.Count(name => !files.ContainsKey(name));
        return new DemoRestored(category, files.Count, equal, files.Count - equal - missing, missing, extra);
    }
}
