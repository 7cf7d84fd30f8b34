using Microsoft.Extensions.Time.Testing;

namespace Offproof.Channel.Tests;

/// <summary>What a thief of the online keys, or a clock that was ahead, left in <c>public/</c> keeps nobody from going on with new keys (channel.md §9.4), whatever was tried before.</summary>
public sealed class RecoveryTests
{
    sealed class KilledException : Exception;

    static readonly CancellationToken None = CancellationToken.None;

    /// <summary>With the keys of today: a timestamp of any version and time, and where it says so a snapshot that no log has.</summary>
    static void Steal(Bench bench, long version, DateTimeOffset? expires = null, long? release = null)
    {
        string keys = Path.Combine(bench.Folder, "keys");
        PublicTree tree = new(bench.Public);
        TimestampMetadata timestamp = TimestampMetadata.Read(tree.Read("timestamp.json", MetadataLimits.Timestamp));
        using SigningKey timestampKey = KeyFile.Read(Directory.EnumerateFiles(keys, "timestamp-*").Single()), snapshotKey = KeyFile.Read(Directory.EnumerateFiles(keys, "snapshot-*").Single());
        if (release is { } number)
        {
            SnapshotMetadata snapshot = SnapshotMetadata.Read(tree.Read(PublicTree.Versioned(timestamp.Snapshot.Version, "snapshot"), MetadataLimits.Snapshot));
            byte[] forged = SignedFile.Write((snapshot with { Version = number }).ToJson(), [snapshotKey]);
            File.WriteAllBytes(tree[PublicTree.Versioned(number, "snapshot")], forged);
            timestamp = timestamp with { Snapshot = MetaFile.Of(number, forged) };
        }
        File.WriteAllBytes(tree["timestamp.json"], SignedFile.Write((timestamp with { Version = version, Expires = expires ?? timestamp.Expires }).ToJson(), [timestampKey]));
    }

    static void Stage(Publisher publisher, Bench bench, params string[] texts)
    {
        publisher.StageGreetings(texts.Select(Bench.Greeting));
        publisher.Sign([bench.Key("targets-1"), bench.Key("targets-2")]);
    }

    static void Replace(Publisher publisher, Bench bench)
    {
        publisher.ReplaceKey("timestamp");
        publisher.ReplaceKey("snapshot");
        publisher.Sign([bench.Key("root-1"), bench.Key("root-2")]);
    }

    static async Task<long> MonitoredAsync(Bench bench)
    {
        TrustPolicy policy = TrustPolicy.Read(await File.ReadAllBytesAsync(Path.Combine(bench.Public, "trust.json"), None));
        MonitorReport report = await new LogMonitor(policy, (path, most, _) => Task.FromResult(DurableFile.Read(Path.Combine(bench.Public, path), most))).RunAsync(default, None);
        Assert.Empty(report.Problems);
        Assert.True(report.IsServedChecked);
        return report.Releases[^1].Release!.Value;
    }

    [Theory] // the version that its thief chose, its time, and a release that no log has
    [InlineData(7, 900, null, "good until")]
    [InlineData(long.MaxValue, 1, null, "in other hands")]
    [InlineData((1L << 53) - 1, 1, null, "in other hands")]
    [InlineData(500, 1, 500L, "in other hands")]
    [InlineData(500, 1, (1L << 53) - 1, "in other hands")]
    public async Task A_release_is_refused_before_anything_of_it_is_public_and_follows_with_new_keys(long version, int days, long? release, string why)
    {
        using Bench bench = new();
        await bench.ReleaseAsync("a");
        Steal(bench, version, Bench.Start.AddDays(days), release);
        using Publisher publisher = bench.Open();
        List<string> written = [];
        publisher.BeforeWriting = written.Add;
        Stage(publisher, bench, "a", "b");
        written.Clear();
        PublishingException refused = await Assert.ThrowsAsync<PublishingException>(() => publisher.ReleaseAsync(null, None));
        Assert.Equal(PublishingFault.Refused, refused.Fault);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Contains("keys replace timestamp", refused.Hint, StringComparison.Ordinal);
        Assert.Contains(why, publisher.Status().Trouble, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PublishingException>(() => publisher.TimestampAsync(null, None));
        Assert.Empty(written);
        Assert.Null(publisher.Status().Waiting);

        Replace(publisher, bench);
        ReleaseReport report = await publisher.ReleaseAsync(null, None);
        Assert.Equal((2L, true), (report.Release!.Value, report.IsPublished)); // by the log, which knows nothing of 500
        Assert.Equal(1, TimestampMetadata.Read(new PublicTree(bench.Public).Read("timestamp.json", MetadataLimits.Timestamp)).Version); // no version of the old key counts
        Assert.Equal((2L, 2), (await bench.VerifyAsync(bench.FirstTrust)) is var device ? (device.Release, device.Greetings) : default);
        Assert.Equal(2, await MonitoredAsync(bench));
        Assert.Null(publisher.Status().Trouble);
        Stage(publisher, bench, "c");
        Assert.Equal(3, (await publisher.ReleaseAsync(null, None)).Release);
        Assert.Equal(3, (await bench.VerifyAsync(bench.FirstTrust)).Release);
        Assert.Equal(3, await MonitoredAsync(bench));
    }

    [Theory] // begun, and stopped before it was logged, or behind that; a root of its own comes with it
    [InlineData("targets.json", false)]
    [InlineData("checkpoint", false)]
    [InlineData("checkpoint", true)]
    public async Task A_begun_release_that_cannot_be_finished_gives_way_to_a_root_with_new_keys(string stopped, bool hasRoot)
    {
        int steps = int.MaxValue;
        for (int kill = -1; kill < steps; kill++)
        {
            using Bench bench = new();
            await bench.ReleaseAsync("a");
            using (Publisher publisher = bench.Open())
            {
                if (hasRoot) publisher.AddKey("root", bench.Key("root-4"), null);
                publisher.StageGreetings([Bench.Greeting("begun")]);
                publisher.Sign([bench.Key("targets-1"), bench.Key("targets-2"), .. hasRoot ? (string[])[bench.Key("root-1"), bench.Key("root-2")] : []]);
                publisher.BeforeWriting = name =>
                {
                    if (name.EndsWith(stopped, StringComparison.Ordinal)) throw new KilledException();
                };
                await Assert.ThrowsAsync<KilledException>(() => publisher.ReleaseAsync(null, None));
            }
            Steal(bench, 9, Bench.Start.AddYears(9));
            using (Publisher publisher = bench.Open())
            {
                PublishingException refused = await Assert.ThrowsAsync<PublishingException>(() => publisher.ReleaseAsync(null, None));
                Assert.StartsWith("release 2 is begun, and not published: the timestamp that is published is good until", refused.Message, StringComparison.Ordinal);
                Assert.Equal(2, publisher.Status().Waiting);
                Replace(publisher, bench);
                int seen = 0;
                publisher.BeforeWriting = _ =>
                {
                    if (seen++ == kill) throw new KilledException();
                };
                try
                {
                    Assert.True((await publisher.ReleaseAsync(null, None)).IsPublished);
                    if (kill >= 0) steps = kill;
                }
                catch (KilledException)
                {
                    // as if by SIGKILL: what lies there lies there
                }
            }
            using (Publisher publisher = bench.Open())
            {
                await publisher.ReleaseAsync(null, None);
                PublisherStatus status = publisher.Status();
                Assert.Equal((3L, (long?)null, (string?)null, 0), (status.Release!.Value, status.Waiting, status.Trouble, status.Staged.Count));
                LogReport log = await publisher.LogAsync(null, [], None);
                Assert.Equal((3L, 3L), (log.Size, log.Shown)); // the one that gave way stays in the log
            }
            DeviceReport device = await bench.VerifyAsync(bench.FirstTrust);
            Assert.Equal((3L, 1), (device.Release, device.Greetings));
            Assert.Equal(3, await MonitoredAsync(bench));
        }
        Assert.InRange(steps, 8, 20);
    }

    [Fact] // whoever writes over it without a key changes nothing: devices have seen the version that was signed last
    public async Task A_timestamp_that_was_overwritten_is_signed_anew_and_never_goes_back()
    {
        using Bench bench = new();
        await bench.ReleaseAsync("a");
        using Publisher publisher = bench.Open();
        for (int i = 0; i < 3; i++) await publisher.TimestampAsync(null, None);
        await File.WriteAllTextAsync(Path.Combine(bench.Public, "timestamp.json"), "{}", None);
        Assert.Contains("publish timestamp", publisher.Status().Trouble, StringComparison.Ordinal);
        Assert.True((await publisher.TimestampAsync(null, None)).IsPublished);
        Assert.Equal(5, TimestampMetadata.Read(new PublicTree(bench.Public).Read("timestamp.json", MetadataLimits.Timestamp)).Version);
        Assert.Equal(1, (await bench.VerifyAsync()).Release);
    }

    [Fact] // `serve` that began with a clock that was ahead, and its folder holds all keys
    public async Task A_servers_own_channel_recovers_by_itself()
    {
        using Bench bench = new(isBegun: false);
        string folder = bench["channel"];
        FakeTimeProvider ahead = new(Bench.Start.AddDays(40));
        string served = await LocalChannel.EnsureAsync(folder, new StarterGreetings("a", static () => [Bench.Greeting("a")]), [], ahead, None);
        byte[] trust = await File.ReadAllBytesAsync(Path.Combine(served, "trust.json"), None);
        using (Publisher publisher = Publisher.Open(folder, bench.Time)) publisher.StageGreetings([Bench.Greeting("b")]);
        // A machine that begins in 1970 is none that was ahead: no root is used up.
        await Assert.ThrowsAsync<PublishingException>(() => LocalChannel.EnsureAsync(folder, new StarterGreetings("b", static () => [Bench.Greeting("b")]), [], new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(1)), None));
        Assert.False(File.Exists(Path.Combine(served, "2.root.json")));
        await LocalChannel.EnsureAsync(folder, new StarterGreetings("b", static () => [Bench.Greeting("b")]), [], bench.Time, None);
        Assert.Equal((2L, 1), (await DeviceView.VerifyAsync(served, trust, bench.Time, None)) is var device ? (device.Release, device.Greetings) : default);
        Assert.True(File.Exists(Path.Combine(served, "2.root.json")));
        await LocalChannel.EnsureAsync(folder, new StarterGreetings("b", static () => [Bench.Greeting("b")]), [], bench.Time, None);
        Assert.False(File.Exists(Path.Combine(served, "3.root.json")));
        TimestampMetadata timestamp = TimestampMetadata.Read(new PublicTree(served).Read("timestamp.json", MetadataLimits.Timestamp));
        Assert.Equal(Bench.Start.AddDays(3), timestamp.Expires);
    }

    [Fact] // finding its quorum, the first is published; the second one begins, and waits
    public async Task The_log_is_not_done_while_a_release_waits_behind_the_one_that_was_published()
    {
        using NoteSigner witness = NoteSigner.Create("witness.example.org", NoteKeyKind.Witness);
        using Bench bench = new(quorum: 1, witnesses: [(witness.Key.ToString(), null)]);
        await bench.ReleaseAsync("a");
        using Publisher publisher = bench.Open();
        Assert.False((await publisher.GoOnAsync(null, [], None)).IsDone);
        Stage(publisher, bench, "b");
        async Task<LogOutcome> CosignedAsync()
        {
            Assert.True(SignedNote.TryParse(await File.ReadAllBytesAsync(Path.Combine(bench.Folder, "log", "log-signed"), None), out SignedNote? note));
            await File.WriteAllTextAsync(bench["line"], witness.Sign(note.Text, Bench.Start).Line + "\n", None);
            return await publisher.GoOnAsync(null, [bench["line"]], None);
        }
        LogOutcome outcome = await CosignedAsync();
        Assert.Equal((1L, 2L, 2L, 1L), (publisher.Status().Release!.Value, outcome.Waiting!.Value, outcome.Log.Size, outcome.Log.Shown));
        Assert.False(outcome.IsDone);
        outcome = await CosignedAsync();
        Assert.True(outcome.IsDone);
        Assert.Equal((2L, true), (outcome.Release!.Release!.Value, outcome.Release.IsPublished));
        Assert.True((await publisher.GoOnAsync(null, [], None)).IsDone);
    }
}
