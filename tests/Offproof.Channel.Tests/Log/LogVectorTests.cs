using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Offproof.Channel.Tests;

/// <summary>vectors/channel/log/: every view as the list has it, every tree as the definition gives it.</summary>
public sealed class LogVectorTests
{
    public static IEnumerable<TheoryDataRow<string>> Views() => LogVectors.Json("views.json").EnumerateArray().Select(view => new TheoryDataRow<string>(view.GetProperty("name").GetString()!));

    [Theory, MemberData(nameof(Views))]
    public void A_view_is_judged_as_the_list_says(string name)
    {
        JsonElement view = LogVectors.Json("views.json").EnumerateArray().Single(v => v.GetProperty("name").GetString() == name);
        TreeHash[] leaves = [.. view.GetProperty("entries").EnumerateArray().Select(entry => TreeHash.OfLeaf(Encoding.UTF8.GetBytes(entry.GetString()!)))];
        byte[] held = view.GetProperty("held").GetString() is { } file ? LogVectors.Read(file) : [];
        byte[] offered = LogVectors.Read(view.GetProperty("checkpoint").GetString()!), entry = Encoding.UTF8.GetBytes(view.GetProperty("entry").GetString()!);
        TrustPolicy policy = LogVectors.Policy(view.GetProperty("quorum").GetInt32());
        string expected = view.GetProperty("verdict").GetString()!;

        Assert.Equal(expected, LogVerdict.Name(LogView.Check(policy, held, offered, leaves, entry).Refusal));

        // Without tiles and entry the rest is judged the same; what only these can show is not.
        string alone = LogVerdict.Name(LogView.CheckAlone(policy, held, offered).Refusal);
        Assert.Equal(expected is "not-logged" or "tiles-do-not-match" || name is "split-view-not-a-prefix" ? "accepted" : expected, alone);
    }

    [Fact]
    public void Each_refusal_has_a_vector() => Assert.Equal(
        Enum.GetValues<LogRefusal>().Select(LogVerdict.Name).Order(StringComparer.Ordinal),
        LogVectors.Json("views.json").EnumerateArray().Select(view => view.GetProperty("verdict").GetString()!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    [Fact]
    public void Tiles_and_bundles_of_the_small_log_are_read_and_written_the_same()
    {
        for (int size = 1; size <= 3; size++)
        {
            TileAddress tile = Assert.Single(Tile.Of(size));
            byte[] bytes = LogVectors.Read(tile.Path), bundle = LogVectors.Read(tile.BundlePath);
            Assert.True(Tile.TryRead(tile, bytes, out TreeHash[]? hashes));
            Assert.True(Tile.TryReadBundle(tile, bundle, out byte[][]? entries));
            Assert.Equal(hashes, entries.Select(entry => TreeHash.OfLeaf(entry)));
            Assert.Equal(bytes, Tile.Write(hashes));
            Assert.Equal(bundle, Tile.WriteBundle(entries));
            Assert.All(entries, entry => Assert.Equal(entry, ReleaseEntry.TryParse(entry, out ReleaseEntry? release) ? release.ToBytes() : []));
            Assert.True(Checkpoint.TryRead(LogVectors.Read($"checkpoint.{size}"), out SignedNote? note, out Checkpoint? checkpoint));
            Assert.Equal(new MerkleTree(hashes).Root, checkpoint.Root);
            Assert.Equal(LogVectors.Read($"checkpoint.{size}"), note.ToBytes());
        }
    }

    [Fact]
    public void What_the_keys_sign_is_the_vector_byte_for_byte()
    {
        Assert.True(Checkpoint.TryRead(LogVectors.Read("checkpoint.3"), out SignedNote? note, out Checkpoint? checkpoint));
        Assert.Equal(note.Text, checkpoint.Text);
        using NoteSigner log = LogVectors.LogSigner(), first = LogVectors.Witness(0), second = LogVectors.Witness(1);
        DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds(1795000000 + (86400 * 3));
        SignedNote made = new(note.Text, [log.Sign(note.Text, time), first.Sign(note.Text, time), second.Sign(note.Text, time.AddSeconds(7))]);
        Assert.Equal(LogVectors.Read("checkpoint.3"), made.ToBytes());
        Assert.Equal(LogVectors.Keys.GetProperty("log").GetProperty("verifier").GetString(), log.Key.ToString());
        Assert.Equal(LogVectors.Keys.GetProperty("log").GetProperty("signer").GetString() + "\n", Encoding.UTF8.GetString(log.Export()));
        Assert.Equal(time, note.Signatures[1].Time);
    }

    [Fact]
    public void Trees_of_up_to_70000_entries_have_the_roots_proofs_and_tiles_of_the_list()
    {
        JsonElement trees = LogVectors.Json("trees.json");
        MerkleTree tree = new(Enumerable.Range(0, 70000).Select(Leaf));
        Dictionary<long, TreeHash> roots = trees.GetProperty("roots").EnumerateArray().ToDictionary(r => r.GetProperty("size").GetInt64(), r => LogVectors.Hashes(JsonDocument.Parse($"[\"{r.GetProperty("root").GetString()}\"]").RootElement)[0]);
        foreach ((long size, TreeHash root) in roots) Assert.Equal(root, tree.RootAt((int)size));
        foreach (JsonElement one in trees.GetProperty("inclusion").EnumerateArray())
        {
            int index = one.GetProperty("index").GetInt32(), size = one.GetProperty("size").GetInt32();
            TreeHash[] proof = LogVectors.Hashes(one.GetProperty("proof"));
            Assert.Equal(proof, tree.InclusionProof(index, size));
            Assert.True(MerkleProof.VerifyInclusion((ulong)index, (ulong)size, Leaf(index), proof, tree.RootAt(size)));
        }
        foreach (JsonElement one in trees.GetProperty("consistency").EnumerateArray())
        {
            int from = one.GetProperty("from").GetInt32(), to = one.GetProperty("to").GetInt32();
            TreeHash[] proof = LogVectors.Hashes(one.GetProperty("proof"));
            Assert.Equal(proof, tree.ConsistencyProof(from, to));
            Assert.True(MerkleProof.VerifyConsistency((ulong)from, (ulong)to, tree.RootAt(from), tree.RootAt(to), proof));
        }
        foreach (JsonElement one in trees.GetProperty("tiles").EnumerateArray())
        {
            TileAddress tile = Tile.OfAllLevels(70000).Single(t => t.Path == one.GetProperty("path").GetString());
            Assert.Equal(one.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(Tile.Write(tree.Nodes(tile)))));
        }
        // C2SP tlog-tiles gives these numbers for 70,000 entries.
        Assert.Equal([(0, 273, 112), (1, 1, 17), (2, 0, 1)], Tile.OfAllLevels(70000).GroupBy(t => t.Level).Select(level => (level.Key, level.Count(t => t.Entries == 256), level.Last().Entries)));
    }

    internal static TreeHash Leaf(int number) => TreeHash.OfLeaf(Encoding.UTF8.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}

/// <summary>The page and the vectors say the same.</summary>
public sealed class LogPageTests
{
    [Fact]
    public void The_page_shows_the_vector()
    {
        string page = File.ReadAllText(Path.Combine(LogVectors.Folder, "../../../docs/channel-log.md"));
        foreach (string line in Encoding.UTF8.GetString(LogVectors.Read("checkpoint")).Split('\n').Append(Encoding.UTF8.GetString(LogVectors.Read("tile/entries/000.p/1").AsSpan(2))).Where(line => line.Length > 0))
            Assert.Contains("    " + line + "\n", page, StringComparison.Ordinal);
    }
}
