using Offproof.Phone;

namespace Offproof.Fuzz;

/// <summary>What holds for every import, whatever it read (phone.md §2).</summary>
static class Checks
{
    internal static void Check(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException(what);
    }

    /// <summary>The account balances, files come in the order of their paths and are as long as they say; each is handed on.</summary>
    internal static void Walk(Import import, Action<string, byte[]> file)
    {
        ImportReport report = import.Report;
        Check(report.Read == report.Kept + report.Skipped.Count && report.KeptBySource.Sum() == report.Kept, "the account does not balance");
        string before = "";
        foreach (TreeFile next in import.Files)
        {
            Check(string.CompareOrdinal(before, next.Path) < 0, "files are not in order");
            before = next.Path;
            file(next.Path, Bytes(next));
        }
    }

    /// <summary>As <see cref="Walk"/>, and writes the files below a folder.</summary>
    internal static void Store(Import import, string tree, Action<string, byte[]>? file = null)
    {
        Directory.CreateDirectory(tree);
        Walk(import, (name, bytes) =>
        {
            file?.Invoke(name, bytes);
            string path = Path.Combine(tree, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        });
    }

    /// <summary>What a reader said of an input, without what comes from the input: an answer that is new makes the input worth keeping.</summary>
    /// <param name="import">What was read.</param>
    /// <param name="letters">How much of each sentence; less where they quote the input early.</param>
    internal static string Said(Import import, int letters = 80) => string.Join('|', import.Report.Skipped.Take(20).Select(entry => entry.Reason).Concat(import.Report.Notices.Take(20))
        .Concat(import.Files.Take(20).Select(file => file.Path[^3..])).Select(text => Kind(text, letters)));

    // Without numbers and names.
    internal static string Kind(string text, int letters = 80)
    {
        int name = text.AsSpan().IndexOfAny('\'', '<');
        return string.Concat((name < 0 ? text : text[..name]).Where(c => !char.IsAsciiDigit(c)).Take(letters));
    }

    internal static byte[] Bytes(TreeFile file)
    {
        using Stream stream = file.Open();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        Check(bytes.Length == file.Length, "a file is not as long as it says");
        return bytes.ToArray();
    }

    internal static void AreTheSame(Import one, Import two) => Check(
        one.Files.Count == two.Files.Count && one.Files.Zip(two.Files).All(pair => pair.First.Path == pair.Second.Path && Bytes(pair.First).AsSpan().SequenceEqual(Bytes(pair.Second))), "two imports differ");

    /// <summary>Two folders hold the same paths and bytes.</summary>
    internal static void AreTheSame(string one, string two, string what)
    {
        string[] paths = Paths(one);
        Check(paths.SequenceEqual(Paths(two), StringComparer.Ordinal), what + ": other files");
        foreach (string path in paths) Check(File.ReadAllBytes(Path.Combine(one, path)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(two, path))), what);
    }

    internal static string[] Paths(string tree)
    {
        string[] paths = [.. Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(tree, path))];
        Array.Sort(paths, string.CompareOrdinal);
        return paths;
    }
}
