using System.Globalization;
using System.Text.Json;

namespace Offproof.Channel.Tests;

/// <summary>Data of two implementations that are not ours (shared/corpus/channel): accepted exactly where they say so.</summary>
public sealed class GoldenTests
{
    static int nothings;

    [Theory]
    [InlineData("inclusion", 98, 6), InlineData("consistency", 98, 6)]
    public void Every_proof_is_judged_as_upstream_judges_it(string kind, int files, int good)
    {
        string folder = Path.Combine(LogVectors.Corpus("merkle"), kind);
        string[] all = Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories);
        int accepted = 0;
        foreach (string file in all)
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement probe = document.RootElement;
            bool holds = Holds(probe);
            Assert.True(holds != probe.GetProperty("wantErr").GetBoolean(), $"{file} ({probe.GetProperty("desc").GetString()}): {holds}");
            if (holds) accepted++;
        }
        Assert.Equal((files, good), (all.Length, accepted));
    }

    [Fact] // the note of the corpus: refused, even with an empty proof
    public void From_nothing_nothing_follows()
    {
        TreeHash root = LogVectorTests.Leaf(0);
        Assert.False(MerkleProof.VerifyConsistency(0, 1, TreeHash.Empty, root, []));
        Assert.False(MerkleProof.VerifyConsistency(0, 0, TreeHash.Empty, TreeHash.Empty, []));
        Assert.False(MerkleProof.VerifyConsistency(0, 1, root, root, []));
    }

    [Fact]
    public void The_small_log_of_tessera_is_read_at_each_of_its_sixteen_sizes()
    {
        string folder = Path.Combine(LogVectors.Corpus("tessera"), "log");
        Assert.True(NoteKey.TryParse("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", out NoteKey? key));
        TrustPolicy policy = new(key, [], 0);
        byte[] held = [];
        for (int size = 0; size <= 15; size++)
        {
            byte[] checkpoint = File.ReadAllBytes(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"checkpoint.{size}")));
            List<TreeHash> leaves = [];
            byte[]? entry = null;
            foreach (TileAddress tile in Tile.Of(size))
            {
                Assert.True(Tile.TryRead(tile, File.ReadAllBytes(Path.Combine(folder, tile.Path)), out TreeHash[]? hashes));
                Assert.True(Tile.TryReadBundle(tile, File.ReadAllBytes(Path.Combine(folder, tile.BundlePath)), out byte[][]? entries));
                Assert.Equal(hashes, entries.Select(one => TreeHash.OfLeaf(one)));
                leaves.AddRange(hashes);
                entry = entries[^1];
            }
            LogVerdict verdict = LogView.Check(policy, held, checkpoint, leaves, entry);
            Assert.Equal((LogRefusal.None, "genuine, not shown to be the same for all"), (verdict.Refusal, verdict.Detail));
            Assert.Equal(size, verdict.Checkpoint!.Size);
            if (size > 0) Assert.Equal(LogRefusal.Rollback, LogView.CheckAlone(policy, checkpoint, held.Length > 0 ? held : File.ReadAllBytes(Path.Combine(folder, "checkpoint.0"))).Refusal);
            held = checkpoint;
        }
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "checkpoint")), held);
    }

    static bool Holds(JsonElement probe)
    {
        TreeHash[] proof = [.. (probe.GetProperty("proof") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().ToArray() : []).Select(Hash)];
        return probe.TryGetProperty("leafIdx", out JsonElement index)
            ? MerkleProof.VerifyInclusion(index.GetUInt64(), probe.GetProperty("treeSize").GetUInt64(), Hash(probe.GetProperty("leafHash")), proof, Hash(probe.GetProperty("root")))
            : MerkleProof.VerifyConsistency(probe.GetProperty("size1").GetUInt64(), probe.GetProperty("size2").GetUInt64(), Hash(probe.GetProperty("root1")), Hash(probe.GetProperty("root2")), proof);
    }

    // Some are of other lengths, which no hash of ours can be: each stands for one that nothing else has. What is not there at all fits nothing, itself included.
    static TreeHash Hash(JsonElement text) => text.GetString() is { Length: > 0 } value
        ? TreeHash.TryParse(value, out TreeHash? hash) ? hash.Value : TreeHash.OfLeaf(System.Text.Encoding.UTF8.GetBytes("of another length: " + value))
        : new TreeHash((UInt128)System.Threading.Interlocked.Increment(ref nothings), 0);
}
