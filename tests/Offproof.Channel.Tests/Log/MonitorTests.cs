using System.Security.Cryptography;

namespace Offproof.Channel.Tests;

/// <summary>channel-log.md §8: what a monitor prints, and each thing that it must find.</summary>
public sealed class MonitorTests : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("offproof-monitor-").FullName;

    string Channel => Path.Combine(root, "channel");

    public MonitorTests()
    {
        foreach (string file in Directory.GetFiles(LogVectors.Folder, "*", SearchOption.AllDirectories).Where(file => Path.GetRelativePath(LogVectors.Folder, file) is var name && (name.StartsWith("tile", StringComparison.Ordinal) || name is "checkpoint")))
            Put("log/" + Path.GetRelativePath(LogVectors.Folder, file), File.ReadAllBytes(file));
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task Every_release_is_told_with_what_changed()
    {
        MonitorReport report = await RunAsync();
        Assert.Empty(report.Problems);
        Assert.Equal("signed by 2 of 2 witnesses", report.Assurance);
        Assert.Equal(["1: root targets greetings", "2: targets greetings", "3: root targets notices"], report.Releases.Select(release => $"{release.Release}: {string.Join(' ', release.Changed)}"));
        Assert.Equal((3, null, 2), ((int)report.Size!, report.Held, report.Witnesses.Count));
        Assert.False(report.IsServedChecked); // a log alone: whether something is served that it does not have, nobody looked
    }

    [Fact]
    public async Task Without_a_quorum_the_words_are_those_of_the_page() => Assert.Equal("genuine, not shown to be the same for all", (await RunAsync(quorum: 0)).Assurance);

    [Theory]
    [InlineData("log/tile/entries/000.p/3", null, "missing-entry"), InlineData("log/tile/0/000.p/3", null, "missing-tile"), InlineData("log/checkpoint", null, "malformed-checkpoint")]
    [InlineData("log/checkpoint", "refused/split-view-same-size", "tiles-do-not-match"), InlineData("log/checkpoint", "refused/one-witness-twice", "quorum-not-met")]
    [InlineData("log/checkpoint", "refused/no-log-signature", "log-signature-missing"), InlineData("log/tile/0/000.p/3", "tile/0/000.p/2", "missing-tile")]
    [InlineData("log/tile/entries/000.p/3", "tile/entries/000.p/2", "missing-entry")]
    public async Task What_is_missing_or_was_exchanged_is_found(string file, string? by, string kind)
    {
        File.Delete(Path.Combine(Channel, file));
        if (by is not null) Put(file, LogVectors.Read(by));
        Assert.Contains(kind, (await RunAsync()).Problems.Select(problem => problem.Kind));
    }

    [Theory] // one changed byte in an entry, in its length, and in a tile
    [InlineData("log/tile/entries/000.p/3", 500, "missing-entry"), InlineData("log/tile/entries/000.p/3", 1, "missing-entry"), InlineData("log/tile/0/000.p/3", 40, "tiles-do-not-match")]
    public async Task One_changed_byte_is_found(string file, int at, string kind)
    {
        byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(Channel, file));
        bytes[at] ^= 1;
        Put(file, bytes);
        Assert.Contains(kind, (await RunAsync()).Problems.Select(problem => problem.Kind));
    }

    [Theory]
    [InlineData("checkpoint.1", null), InlineData("checkpoint.3", null), InlineData("refused/split-view-same-size", "split-view"), InlineData("refused/split-view-not-a-prefix", "split-view")]
    public async Task The_view_that_was_held_is_how_this_one_began_or_there_are_two(string held, string? kind)
    {
        string state = Path.Combine(root, "state");
        await File.WriteAllBytesAsync(state, LogVectors.Read(held));
        LogMonitor monitor = new(LogVectors.Policy(2), ReadAsync);
        MonitorReport report = await monitor.RunAsync(LogMonitor.Held(state), CancellationToken.None);
        Assert.Equal(kind is null ? [] : [kind], report.Problems.Select(problem => problem.Kind));

        // A contradiction changes nothing that is held, and stays beside it.
        Assert.Equal(kind is null ? null : state + ".split", monitor.Hold(state, report));
        Assert.Equal(LogVectors.Read(kind is null ? "checkpoint.3" : held), await File.ReadAllBytesAsync(state));
        if (kind is not null) Assert.Equal(LogVectors.Read("checkpoint.3"), await File.ReadAllBytesAsync(state + ".split"));
    }

    [Fact] // which no signature and no tile shows, only what was held
    public async Task A_larger_log_that_does_not_begin_with_the_one_that_was_held_is_found()
    {
        using NoteSigner signer = LogVectors.LogSigner();
        Checkpoint other = new(signer.Key.Name, 2, new MerkleTree([LogVectorTests.Leaf(0), LogVectorTests.Leaf(1)]).Root);
        MonitorReport report = await RunAsync(new SignedNote(other.Text, [signer.Sign(other.Text, default)]).ToBytes());
        Assert.Equal(("split-view", "the first 2 entries are not those that were shown before"), (Assert.Single(report.Problems).Kind, report.Problems[0].Detail));
    }

    [Fact]
    public async Task An_older_log_than_the_one_that_was_held_is_found()
    {
        Put("log/checkpoint", LogVectors.Read("checkpoint.2"));
        LogMonitor monitor = new(LogVectors.Policy(2), ReadAsync);
        MonitorReport report = await monitor.RunAsync(LogVectors.Read("checkpoint.3"), CancellationToken.None);
        Assert.Equal("rollback", Assert.Single(report.Problems).Kind);
        string state = Path.Combine(root, "state");
        Assert.Null(monitor.Hold(state, report)); // no proof of anything, and not held
        Assert.False(File.Exists(state) || File.Exists(state + ".split"));
        Assert.Equal(2, report.Releases.Count); // and what it says is told all the same
    }

    [Fact]
    public async Task The_release_that_is_served_has_an_entry_or_is_named()
    {
        byte[] snapshot = "{\"a snapshot\":1}"u8.ToArray();
        ReleaseEntry first = Entry(1, Convert.ToHexStringLower(SHA256.HashData(snapshot)));
        Write(first.ToBytes());
        Put("timestamp.json", """{"signed":{"meta":{"snapshot.json":{"version":1}}}}"""u8.ToArray());
        Assert.Contains("unlogged", (await RunAsync(quorum: 0)).Problems.Select(problem => problem.Kind)); // it is not there
        Put("1.snapshot.json", snapshot);
        Assert.Empty((await RunAsync(quorum: 0)).Problems);
        Put("1.snapshot.json", "{\"another\":1}"u8.ToArray());
        Assert.Equal("unlogged", Assert.Single((await RunAsync(quorum: 0)).Problems).Kind);
        Put("timestamp.json", new byte[20_000]);
        Assert.Equal("unlogged", Assert.Single((await RunAsync(quorum: 0)).Problems).Kind);
        Put("timestamp.json", """{"signed":{"meta":{"snapshot.json":{"version":"\ud800"}}}}"""u8.ToArray());
        Assert.Equal("unlogged", Assert.Single((await RunAsync(quorum: 0)).Problems).Kind);
        Put("timestamp.json", "{}"u8.ToArray());
        Assert.Equal("unlogged", Assert.Single((await RunAsync(quorum: 0)).Problems).Kind);
    }

    [Theory]
    [InlineData("1 2 4", "release 4 follows release 2"), InlineData("1 2 2", "release 2 follows release 2"), InlineData("1 2 1", "release 1 follows release 2"), InlineData("3", "the first release is 3"), InlineData("1 x 2", "it is no release's entry")]
    public async Task A_number_that_is_missing_or_comes_twice_is_found(string numbers, string words)
    {
        Write([.. numbers.Split(' ').Select(number => number is "x" ? "x"u8.ToArray() : Entry(int.Parse(number, System.Globalization.CultureInfo.InvariantCulture), new string('a', 64)).ToBytes())]);
        MonitorReport report = await RunAsync(quorum: 0);
        Assert.Equal(("sequence", words), (Assert.Single(report.Problems).Kind, report.Problems[0].Detail));
        Assert.Equal(numbers.Split(' ').Length, report.Releases.Count);
    }

    [Fact]
    public async Task A_log_over_several_levels_of_tiles_is_read_whole()
    {
        Write([.. Enumerable.Range(1, 600).Select(number => Entry(number, new string('b', 64)).ToBytes())]);
        MonitorReport report = await RunAsync(quorum: 0);
        Assert.Equal((0, 600), (report.Problems.Count, report.Releases.Count));
        byte[] upper = await File.ReadAllBytesAsync(Path.Combine(Channel, "log/tile/1/000.p/2"));
        upper[40] ^= 1;
        Put("log/tile/1/000.p/2", upper);
        Assert.Equal("tiles-do-not-match", Assert.Single((await RunAsync(quorum: 0)).Problems).Kind);
    }

    Task<MonitorReport> RunAsync(byte[]? held = null, int quorum = 2) => new LogMonitor(LogVectors.Policy(quorum), ReadAsync).RunAsync(held, CancellationToken.None);

    static ReleaseEntry Entry(int number, string hash) => new(number, new LoggedFile(1, hash), new LoggedFile(number, hash), new LoggedFile(1, hash), null, null);

    void Write(params byte[][] entries)
    {
        using NoteSigner signer = LogVectors.LogSigner();
        Directory.Delete(Channel, recursive: true);
        using LogWriter log = LogWriter.Open(Path.Combine(Channel, "log"), Path.Combine(root, "own"), signer);
        log.Append(entries);
        log.Publish(LogVectors.Policy(0), []);
    }

    void Put(string name, byte[] content)
    {
        string file = Path.Combine(Channel, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }

    Task<byte[]?> ReadAsync(string path, int most, CancellationToken cancel) => Task.FromResult(DurableFile.Read(Path.Combine(Channel, path), most));
}
