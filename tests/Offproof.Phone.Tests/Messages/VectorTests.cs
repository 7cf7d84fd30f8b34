using System.Diagnostics;
using System.Text.Json;

namespace Offproof.Phone.Tests.Messages;

/// <summary>docs/messages.md §1 to §3, against trees that Python and libsodium made (vectors/phone/messages).</summary>
public sealed class VectorTests
{
    static readonly string Vectors = Path.Combine(Repository.Root, "vectors", "phone", "messages");

    public static TheoryData<string, string> Sources => new()
    {
        { "xml", "messages.xml" }, { "xml", "messages.utf16.xml" }, { "v2", "messages.zip" }, { "v2", "encrypted.ssef" }, { "v1", "messages.json" },
    };

    [Theory, MemberData(nameof(Sources))]
    public void A_source_gives_the_tree_of_its_vector(string folder, string name) => Agrees(Vectors, folder, name);

    /// <summary>An encrypted file that libsodium makes now: other salt, other nonces. Without the tool this fails.</summary>
    [Fact]
    public void Vectors_made_now_agree_as_well()
    {
        using TempFolder made = new();
        using (Process maker = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(Vectors, "make.py"), made.FullPath]))!)
        {
            maker.WaitForExit();
            Assert.Equal(0, maker.ExitCode);
        }
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(Vectors, "v2", "encrypted.ssef")), File.ReadAllBytes(made["v2/encrypted.ssef"]));
        Assert.Equal(Files(Path.Combine(Vectors, "xml", "tree")), Files(made["xml/tree"]));
        foreach (ITheoryDataRow row in Sources)
        {
            object?[] data = row.GetData();
            Agrees(made.FullPath, (string)data[0]!, (string)data[1]!);
        }
    }

    static void Agrees(string vectors, string folder, string name)
    {
        string root = Path.Combine(vectors, folder);
        using Import import = MessageImport.Read([Path.Combine(root, name)], file => file.EndsWith("encrypted.ssef", StringComparison.Ordinal) ? "correct horse" : null, CancellationToken.None);
        Assert.Empty(import.Report.Skipped);
        Trees.Balances(import);
        SortedDictionary<string, byte[]> expected = Files(Path.Combine(root, "tree"));
        SortedDictionary<string, byte[]> read = Trees.Content(import);
        Assert.Equal(expected.Keys, read.Keys);
        foreach ((string path, byte[] bytes) in expected) Assert.Equal(System.Text.Encoding.Latin1.GetString(bytes), System.Text.Encoding.Latin1.GetString(read[path]));
        using JsonDocument times = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "times.json")));
        Assert.All(import.Files, file => Assert.Equal(times.RootElement.GetProperty(file.Path).GetInt64(), file.Modified.ToUnixTimeMilliseconds()));
    }

    static SortedDictionary<string, byte[]> Files(string root) => new(
        Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(root, path).Replace('\\', '/'), File.ReadAllBytes), StringComparer.Ordinal);
}
