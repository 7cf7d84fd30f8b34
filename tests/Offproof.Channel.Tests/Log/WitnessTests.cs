using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Offproof.Channel.Tests;

/// <summary>channel-log.md §7.</summary>
public sealed class WitnessTests : IDisposable
{
    static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1795000000);

    readonly string root = Directory.CreateTempSubdirectory("offproof-witness-").FullName;
    FakeTimeProvider time = new(Start);
    readonly NoteSigner log = LogVectors.LogSigner();

    string Folder => Path.Combine(root, "w");

    public void Dispose()
    {
        log.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public void The_conversation_of_the_vectors_goes_as_it_stands_there()
    {
        PutKey();
        foreach (JsonElement step in LogVectors.Json("witness.json").EnumerateArray())
        {
            time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(step.GetProperty("time").GetInt64()));
            // Restarted before each request: what it knows lies on the disk.
            using Witness witness = Open();
            WitnessAnswer answer = witness.AddCheckpoint(Encoding.UTF8.GetBytes(step.GetProperty("request").GetString()!));
            string name = step.GetProperty("name").GetString()!;
            Assert.Equal((name, step.GetProperty("status").GetInt32()), (name, answer.Status));
            if (answer.Status is 200 or 409) Assert.Equal((name, step.GetProperty("body").GetString()), (name, answer.Body));
            Assert.Equal(answer.Status == 409 ? "text/x.tlog.size" : "text/plain; charset=utf-8", answer.ContentType);
            byte[]? latest = witness.Latest(Witness.OriginHash(LogVectors.Log.Name));
            long held = latest is not null && Checkpoint.TryRead(latest, out SignedNote? note, out Checkpoint? checkpoint) && note.Signed(witness.Key, out _) == NoteSeal.Right && note.Signed(LogVectors.Log, out _) == NoteSeal.Right ? checkpoint.Size : 0;
            Assert.Equal((name, step.GetProperty("held").GetInt64()), (name, held));
        }
    }

    [Fact] // the promise of a witness
    public void Whatever_is_asked_no_two_roots_of_one_size_are_cosigned_and_each_goes_on_from_the_last() => Gen.Select(Gen.Int[1, 6], Gen.Int[0, 2], Gen.Int[0, 6], Gen.Bool, Gen.Bool).Array[1, 25].Sample(requests =>
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        MerkleTree[] histories = [.. Enumerable.Range(0, 3).Select(fork => new MerkleTree(Enumerable.Range(0, 6).Select(at => LogVectorTests.Leaf(at >= 2 * fork ? (100 * fork) + at : at))))];
        Dictionary<long, TreeHash> cosigned = [];
        long last = 0;
        Witness witness = Open();
        try
        {
            foreach ((int size, int fork, int old, bool honestOld, bool restart) in requests)
            {
                if (restart)
                {
                    witness.Dispose();
                    witness = Open();
                }
                int claimed = honestOld ? (int)last : old;
                MerkleTree history = histories[fork];
                List<TreeHash> proof = claimed > 0 && claimed <= size ? history.ConsistencyProof(claimed, size) : [];
                WitnessAnswer answer = witness.AddCheckpoint(Request(claimed, proof, history, size));
                if (answer.Status != 200) continue;
                TreeHash root = history.RootAt(size);
                if (size < last || (cosigned.TryGetValue(size, out TreeHash before) && before != root)) return false;
                if (last > 0 && history.RootAt((int)last) != cosigned[last]) return false;
                cosigned[size] = root;
                last = size;
            }
            return true;
        }
        finally
        {
            witness.Dispose();
        }
    }, iter: 60, threads: 1);

    [Fact]
    public void Two_at_once_cannot_have_one_folder()
    {
        using (Open()) Assert.Throws<WitnessFolderException>(Open);
        Open().Dispose();
    }

    [Fact] // the race that the specification describes: both are consistent with what is held, and not with each other
    public async Task Of_requests_at_the_same_moment_one_history_is_cosigned()
    {
        using Witness witness = Open();
        MerkleTree[] histories = [.. Enumerable.Range(0, 8).Select(fork => new MerkleTree([LogVectorTests.Leaf(0), LogVectorTests.Leaf(100 + fork)]))];
        Assert.Equal(200, witness.AddCheckpoint(Request(0, [], histories[0], 1)).Status);
        WitnessAnswer[] answers = await Task.WhenAll(histories.Select(history => Task.Run(() => witness.AddCheckpoint(Request(1, history.ConsistencyProof(1, 2), history, 2)))));
        Assert.Equal(1, answers.Count(answer => answer.Status == 200));
        Assert.Equal(7, answers.Count(answer => answer.Status == 409));
    }

    [Theory]
    [InlineData("cut"), InlineData("empty"), InlineData("changed"), InlineData("of another log"), InlineData("without its own signature")]
    public void What_it_cosigned_and_cannot_read_is_not_taken_for_nothing(string damage)
    {
        MerkleTree tree = new([LogVectorTests.Leaf(0), LogVectorTests.Leaf(1)]);
        using (Witness witness = Open()) Assert.Equal(200, witness.AddCheckpoint(Request(0, [], tree, 1)).Status);
        string file = Assert.Single(Directory.GetFiles(Path.Combine(Folder, "logs")));
        byte[] bytes = File.ReadAllBytes(file);
        bytes = damage switch
        {
            "cut" => bytes[..^10],
            "empty" => [],
            "changed" => [.. bytes[..30], (byte)(bytes[30] ^ 1), .. bytes[31..]],
            "of another log" => LogVectors.Read("refused/another-origin"),
            _ => LogVectors.Read("views/no-quorum-asked"),
        };
        File.WriteAllBytes(file, bytes);
        using Witness again = Open();
        Assert.Throws<WitnessFolderException>(() => again.AddCheckpoint(Request(0, [], new MerkleTree([LogVectorTests.Leaf(9)]), 1)));
    }

    [Fact]
    public void The_key_is_made_once_is_the_owners_alone_and_is_not_made_anew_over_what_was_cosigned()
    {
        string key;
        using (Witness witness = Open("witness.example.org/new"))
        {
            key = witness.Key.ToString();
            Assert.StartsWith("witness.example.org/new+", key, StringComparison.Ordinal);
            Assert.Equal(200, witness.AddCheckpoint(Request(0, [], new MerkleTree([LogVectorTests.Leaf(0)]), 1)).Status);
            Assert.Equal(key, Witness.ReadKey(Folder).ToString()); // also while it runs
        }
        using (Witness again = Open("witness.example.org/other")) Assert.Equal(key, again.Key.ToString());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Folder, "key")));
        File.Delete(Path.Combine(Folder, "key"));
        Assert.Throws<WitnessFolderException>(() => Witness.ReadKey(Folder));
        Assert.Throws<WitnessFolderException>(() => Open());
        File.WriteAllText(Path.Combine(Folder, "key"), "PRIVATE+KEY+x");
        Assert.Throws<WitnessFolderException>(() => Open());
    }

    [Fact]
    public void A_folder_that_is_somebodys_is_left_alone()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "diary.txt"), "x");
        Assert.Throws<WitnessFolderException>(() => Open());
        Assert.Equal(["diary.txt"], Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName));
    }

    [Fact] // no two logs share what is held, and what was never asked about is not there
    public void Logs_are_kept_apart()
    {
        using NoteSigner other = NoteSigner.Create("other.example.org/log", NoteKeyKind.Log);
        using Witness witness = Witness.Open(Folder, null, [LogVectors.Log, other.Key], time);
        Assert.Null(witness.Latest(Witness.OriginHash(other.Key.Name)));
        Assert.Null(witness.Latest("../key"));
        MerkleTree tree = new([LogVectorTests.Leaf(0)]);
        Assert.Equal(200, witness.AddCheckpoint(Request(0, [], tree, 1)).Status);
        Assert.Equal(200, witness.AddCheckpoint(Request(0, [], new MerkleTree([LogVectorTests.Leaf(1)]), 1, other)).Status);
        Assert.NotNull(witness.Latest(Witness.OriginHash(other.Key.Name)));
    }

    Witness Open() => Open(null);

    Witness Open(string? name) => Witness.Open(Folder, name, [LogVectors.Log], time);

    void PutKey()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "lock"), "");
        File.WriteAllText(Path.Combine(Folder, "key"), LogVectors.Keys.GetProperty("witnesses")[0].GetProperty("signer").GetString());
    }

    byte[] Request(long old, IReadOnlyList<TreeHash> proof, MerkleTree tree, int size, NoteSigner? by = null)
    {
        Checkpoint checkpoint = new((by ?? log).Key.Name, size, tree.RootAt(size));
        return new WitnessRequest(old, proof, new SignedNote(checkpoint.Text, [(by ?? log).Sign(checkpoint.Text, default)]), checkpoint).ToBytes();
    }
}
