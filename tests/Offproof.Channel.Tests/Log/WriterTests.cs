using System.Text;

namespace Offproof.Channel.Tests;

/// <summary>The log on the disk: after every step, and after every way to break off, the whole of it is verified from its files.</summary>
public sealed class WriterTests : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("offproof-log-").FullName;
    readonly NoteSigner signer = LogVectors.LogSigner();

    string Public => Path.Combine(root, "log");

    string Own => Path.Combine(root, "own");

    public void Dispose()
    {
        signer.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public void The_small_log_is_written_as_the_vectors_have_it()
    {
        byte[][] entries = Tile.TryReadBundle(new TileAddress(0, 0, 3), LogVectors.Read("tile/entries/000.p/3"), out byte[][]? read) ? read : [];
        for (int size = 1; size <= 3; size++)
        {
            using LogWriter log = LogWriter.Open(Public, Own, signer);
            Assert.Equal(size - 1, log.Size);
            log.Append([entries[size - 1]]);
            Assert.True(log.Contains(entries[size - 1]));
            SignedNote cosigned = SignedNote.TryParse(LogVectors.Read($"checkpoint.{size}"), out SignedNote? note) ? note : throw new InvalidDataException();
            // One is not enough, and then nothing becomes public; a stranger's line is left out.
            Assert.Equal(LogRefusal.QuorumNotMet, log.Publish(LogVectors.Policy(2), [cosigned.Signatures[1], cosigned.Signatures[1]]).Refusal);
            Assert.Equal(size > 1 ? LogVectors.Read($"checkpoint.{size - 1}") : null, log.Published);
            Assert.Equal(LogRefusal.None, log.Publish(LogVectors.Policy(2), [.. cosigned.Signatures.Skip(1), cosigned.Signatures[1] with { Name = "stranger" }]).Refusal);
            Assert.Equal(LogVectors.Read($"checkpoint.{size}"), log.Published);
        }
        Assert.Equal(
            Directory.GetFiles(Path.Combine(LogVectors.Folder, "tile"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(LogVectors.Folder, file)).Append("checkpoint").Order(StringComparer.Ordinal),
            Files().Order(StringComparer.Ordinal));
        Assert.All(Files(), file => Assert.Equal(LogVectors.Read(file), File.ReadAllBytes(Path.Combine(Public, file))));
        Assert.Equal(3, Verify());
    }

    [Fact]
    public void A_log_grows_over_the_edges_of_tiles_and_bundles()
    {
        foreach (int size in (int[])[1, 2, 255, 256, 257, 511, 513, 1024, 66000])
        {
            using LogWriter log = LogWriter.Open(Public, Own, signer);
            log.Append([.. Enumerable.Range(log.Size, size - log.Size).Select(Entry)]);
            Assert.True(log.Publish(LogVectors.Policy(0), []).IsAccepted);
            Assert.Equal(size, Verify());
        }
        using LogWriter last = LogWriter.Open(Public, Own, signer);
        Assert.Equal(66000, last.Size);
        Assert.True(File.Exists(Path.Combine(Public, "tile", "2", "000.p", "1")));
    }

    [Theory] // from one size to another, broken off before each file in turn
    [InlineData(0, 1), InlineData(2, 3), InlineData(254, 257), InlineData(256, 600)]
    public void Killed_between_any_two_files_the_log_is_whole_at_the_old_or_the_new_size(int from, int to)
    {
        for (int stop = 0; ; stop++)
        {
            foreach (string folder in (string[])[Public, Own])
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            if (from > 0) Grow(from, int.MaxValue);
            if (Grow(to, stop)) return;

            Assert.Contains(Verify(), (int[])[from, to]);
            // The next run goes on: with the same entries, or, where the killed one had signed nothing, with others.
            bool wasSigned;
            using (LogWriter log = LogWriter.Open(Public, Own, signer)) wasSigned = log.Size == to;
            Assert.True(Grow(to, int.MaxValue, other: !wasSigned && stop % 2 == 0));
            Assert.Equal(to, Verify());
            Assert.Empty(Directory.GetFiles(root, "*.tmp", SearchOption.AllDirectories));
        }
    }

    [Fact]
    public void What_was_signed_is_never_signed_otherwise()
    {
        using (LogWriter log = LogWriter.Open(Public, Own, signer))
        {
            log.Append([Entry(0)]);
            Assert.True(log.Publish(LogVectors.Policy(0), []).IsAccepted);
            log.Append([Entry(1)]);
        }
        using (LogWriter log = LogWriter.Open(Public, Own, signer))
        {
            // It was not published, and stands all the same.
            Assert.Equal(2, log.Size);
            Assert.Equal(1, Verify());
            log.Append([Entry(7)]);
            Assert.Equal(3, log.Size);
            Assert.Equal(new MerkleTree([.. ((byte[][])[Entry(0), Entry(1), Entry(7)]).Select(entry => TreeHash.OfLeaf(entry))]).Root, log.Tree.Root);
            Assert.True(log.Publish(LogVectors.Policy(0), []).IsAccepted);
        }
        Assert.Equal(3, Verify());

        // A publisher's folder that is new, or was put back, learns from the public one.
        Directory.Delete(Own, recursive: true);
        using LogWriter again = LogWriter.Open(Public, Own, signer);
        Assert.Equal(3, again.Size);
    }

    [Theory]
    [InlineData("log/tile/0/000.p/3", 5), InlineData("log/tile/entries/000.p/3", 12), InlineData("log/checkpoint", 3), InlineData("own/log-signed", 30), InlineData("own/log-signed", 120)]
    public void A_damaged_log_is_not_gone_on_with(string file, int at)
    {
        using (LogWriter log = LogWriter.Open(Public, Own, signer))
        {
            log.Append([Entry(0), Entry(1), Entry(2)]);
            Assert.True(log.Publish(LogVectors.Policy(0), []).IsAccepted);
        }
        byte[] bytes = File.ReadAllBytes(Path.Combine(root, file));
        bytes[at] ^= 1;
        File.WriteAllBytes(Path.Combine(root, file), bytes);
        Assert.Throws<InvalidDataException>(() => LogWriter.Open(Public, Own, signer));
        File.Delete(Path.Combine(root, file));
        if (file.Contains("tile", StringComparison.Ordinal)) Assert.Throws<InvalidDataException>(() => LogWriter.Open(Public, Own, signer));
    }

    [Fact]
    public void One_process_at_a_time_writes()
    {
        using (LogWriter.Open(Public, Own, signer)) Assert.Throws<IOException>(() => LogWriter.Open(Public, Own, signer));
        LogWriter.Open(Public, Own, signer).Dispose();
    }

    [Fact]
    public void Misuse_is_refused()
    {
        using LogWriter log = LogWriter.Open(Public, Own, signer);
        Assert.Throws<ArgumentException>(() => log.Append());
        Assert.Throws<ArgumentException>(() => log.Append([new byte[65536]]));
        Assert.Throws<InvalidOperationException>(() => log.Publish(LogVectors.Policy(0), []));
        log.Append([new byte[65535], []]);
        using NoteSigner witness = LogVectors.Witness(0);
        Assert.Throws<ArgumentException>(() => LogWriter.Open(Public, Own, witness));
    }

    bool Grow(int size, int stop, bool other = false)
    {
        int steps = 0;
        using LogWriter log = LogWriter.Open(Public, Own, signer);
        log.BeforeWriting = name =>
        {
            if (steps++ < stop) return;
            // As a kill in the middle of a write leaves it.
            if (name.Contains('/', StringComparison.Ordinal) && Directory.Exists(Path.GetDirectoryName(Path.Combine(Public, name)))) File.WriteAllText(DurableFile.Beside(Path.Combine(Public, name)), "half");
            throw new OperationCanceledException(name);
        };
        try
        {
            if (log.Size < size) log.Append([.. Enumerable.Range(log.Size, size - log.Size).Select(number => Entry(number + (other ? 100000 : 0)))]);
            Assert.True(log.Publish(LogVectors.Policy(0), []).IsAccepted);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // Everything that the checkpoint says is there, of what anybody can fetch; the size.
    int Verify()
    {
        string file = Path.Combine(Public, "checkpoint");
        if (!File.Exists(file)) return 0;
        Assert.True(Checkpoint.TryRead(File.ReadAllBytes(file), out SignedNote? note, out Checkpoint? checkpoint));
        Assert.Equal(NoteSeal.Right, note.Signed(signer.Key, out _));
        MerkleTree tree = new();
        foreach (TileAddress tile in Tile.Of(checkpoint.Size))
        {
            Assert.True(Tile.TryRead(tile, File.ReadAllBytes(Path.Combine(Public, tile.Path)), out TreeHash[]? hashes));
            Assert.True(Tile.TryReadBundle(tile, File.ReadAllBytes(Path.Combine(Public, tile.BundlePath)), out byte[][]? entries));
            Assert.Equal(entries.Select(entry => TreeHash.OfLeaf(entry)), hashes);
            foreach (TreeHash hash in hashes) tree.Append(hash);
        }
        Assert.Equal(checkpoint.Root, tree.Root);
        Assert.All(Tile.OfAllLevels(checkpoint.Size), tile => Assert.Equal(Tile.Write(tree.Nodes(tile)), File.ReadAllBytes(Path.Combine(Public, tile.Path))));
        return (int)checkpoint.Size;
    }

    IEnumerable<string> Files() => Directory.GetFiles(Public, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Public, file));

    static byte[] Entry(int number) => Encoding.UTF8.GetBytes($"entry {number}");
}
