using System.Text;

namespace Offproof.Phone.Tests.Messages;

/// <summary>Imports and exports of test folders.</summary>
static class Trees
{
    internal static Import Read(params string[] sources) => MessageImport.Read(sources, null, CancellationToken.None);

    internal static byte[] Bytes(TreeFile file)
    {
        using Stream stream = file.Open();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        Assert.Equal(file.Length, bytes.Length);
        return bytes.ToArray();
    }

    internal static string Text(TreeFile file) => Encoding.UTF8.GetString(Bytes(file));

    /// <summary>Paths and contents; ends of attachments as their length.</summary>
    internal static SortedDictionary<string, byte[]> Content(Import import) => new(import.Files.ToDictionary(file => file.Path, Bytes), StringComparer.Ordinal);

    internal static string[] Lines(Import import) =>
        [.. import.Files.Where(file => file.Path.EndsWith(".ndjson", StringComparison.Ordinal)).SelectMany(file => Text(file).Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    internal static void Store(Import import, string folder)
    {
        foreach (TreeFile file in import.Files)
        {
            string path = Path.Combine([folder, .. file.Path.Split('/')]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, Bytes(file));
            File.SetLastWriteTimeUtc(path, file.Modified.UtcDateTime);
        }
    }

    internal static ExportReport Write(string tree, string target, MessageFormat format, Selection? selection = null) =>
        MessageExport.Write(tree, target, format, selection ?? Selection.All, CancellationToken.None);

    internal static void Balances(Import import)
    {
        Assert.Equal(import.Report.Read, import.Report.Kept + import.Report.Skipped.Count);
        Assert.Equal(import.Report.Kept, import.Report.KeptBySource.Sum());
    }
}
