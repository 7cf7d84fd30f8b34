using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Offproof.Phone.Tests.Notes;

/// <summary>docs/notes.md §1 to §3, against trees that Python made (vectors/phone/notes).</summary>
public sealed class VectorTests
{
    static readonly string Vectors = Path.Combine(Repository.Root, "vectors", "phone", "notes");

    [Theory]
    [InlineData("folder", 13, 0, 0)] // every byte and every time is taken
    [InlineData("vaults", 8, 0, 0)] // two folders with the same paths
    [InlineData("keep", 6, 0, 7)] // Takeout's HTML; a file that is gone, two times that are none, half a pair, a repeated note, two versions
    [InlineData("xiaomi", 3, 0, 3)] // two files that are gone, a note that is only begun
    public void A_source_gives_the_tree_of_its_vector(string name, int read, int skipped, int notices)
    {
        using TempFolder copy = new();
        using Import import = NoteTrees.Read(Named(name, Source(name, copy)));
        Assert.Equal((read, skipped), ((int)import.Report.Read, import.Report.Skipped.Count));
        Assert.Equal(notices, import.Report.Notices.Count);
        string tree = Path.Combine(Vectors, name, "tree");
        Assert.Equal(Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(tree, path)).Order(StringComparer.Ordinal), import.Files.Select(file => file.Path));
        using JsonDocument times = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Vectors, name, "times.json")));
        foreach (TreeFile file in import.Files)
        {
            Assert.Equal(Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(tree, file.Path))), Encoding.Latin1.GetString(Messages.Trees.Bytes(file)));
            Assert.Equal(times.RootElement.GetProperty(file.Path).GetInt64(), (file.Modified - DateTimeOffset.UnixEpoch).Ticks);
        }
    }

    [Fact]
    public void The_maker_of_the_vectors_makes_these()
    {
        using TempFolder made = new();
        using (Process maker = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(Vectors, "make.py"), made.FullPath]))!)
        {
            maker.WaitForExit();
            Assert.Equal(0, maker.ExitCode);
        }
        Assert.Equal(Files(Vectors), Files(made.FullPath));
    }

    [Theory]
    [InlineData("folder"), InlineData("vaults")]
    public void The_folders_of_the_vector_come_back_byte_for_byte(string name)
    {
        using TempFolder folder = new();
        string source = Source(name, folder);
        using Import import = NoteTrees.Read(Named(name, source));
        Messages.Trees.Store(import, folder["tree"]);
        ExportReport report = NoteTrees.Write(folder["tree"], folder["out"]);
        Assert.Empty(report.Problems);
        Assert.Empty(report.Notices);
        Assert.Equal(NoteTrees.Everything(source), NoteTrees.Everything(folder["out"]));
    }

    /// <summary>The sources of a vector: in "vaults" each folder is one, with its own name.</summary>
    static (string Name, string Path)[] Named(string vector, string source) => vector == "vaults"
        ? [.. Directory.EnumerateDirectories(source).Order(StringComparer.Ordinal).Select(folder => (Path.GetFileName(folder), folder))]
        : [("My \u7b14\u8bb0", source)];

    /// <summary>A vector's source, with the times that git does not keep.</summary>
    internal static string Source(string name, TempFolder copy)
    {
        string source = Path.Combine(Vectors, name, "source");
        string times = Path.Combine(Vectors, name, "source-times.json");
        if (!File.Exists(times)) return source;
        using JsonDocument known = JsonDocument.Parse(File.ReadAllBytes(times));
        foreach (JsonProperty file in known.RootElement.EnumerateObject())
        {
            string path = copy.Write("source/" + file.Name, File.ReadAllBytes(Path.Combine(source, file.Name)));
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddTicks(file.Value.GetInt64()));
        }
        return copy["source"];
    }

    static SortedDictionary<string, string> Files(string root) => new(
        Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) is not ("make.py" or "README.md")).ToDictionary(path => Path.GetRelativePath(root, path), path => Convert.ToHexString(File.ReadAllBytes(path))), StringComparer.Ordinal);
}
