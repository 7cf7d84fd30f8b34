namespace Offproof.Channel.Tests;

/// <summary>Keys that are lost and stolen (channel.md §9.4), as a device lives through them: one that has pinned the first root, polls after each release, and one that comes new.</summary>
public sealed class KeyLossTests : IDisposable
{
    readonly Bench bench = new();
    readonly string store = Directory.CreateTempSubdirectory("offproof-device-").FullName;
    readonly MetadataStore device;

    public KeyLossTests() => device = new MetadataStore(store);

    public void Dispose()
    {
        bench.Dispose();
        Directory.Delete(store, recursive: true);
    }

    byte[] Public(string name) => File.ReadAllBytes(Path.Combine(bench.Public, name));

    async Task BeginAsync()
    {
        await bench.ReleaseAsync("a");
        device.Pin(Public("1.root.json"));
        Poll();
    }

    /// <summary>TUF's part of a poll (channel.md §6.2), with what the device kept.</summary>
    long Poll(Func<string, byte[]>? served = null)
    {
        Func<string, byte[]> get = served ?? Public;
        TrustedSet set = TrustedSet.Open(device, bench.Time.GetUtcNow());
        foreach (ReadOnlyMemory<byte> root in RootChain.Read(get("roots.bin.zst")).Skip((int)set.Root.Version)) set.AddRoot(root);
        set.EndRoots();
        set.AddTimestamp(get("timestamp.json"));
        if (!set.TryUseStoredSnapshot()) set.AddSnapshot(get($"{set.NamedSnapshot.Version}.snapshot.json"));
        if (!set.TryUseStoredTargets()) set.AddTargets(get($"{set.Named("targets")!.Version}.targets.json"));
        return set.Snapshot!.Version;
    }

    string KeyId(string key)
    {
        using SigningKey read = KeyFile.Read(bench.Key(key));
        return read.KeyId;
    }

    [Fact]
    public async Task A_lost_targets_key_below_the_threshold_is_replaced_with_the_root_keys_and_what_is_left()
    {
        await BeginAsync();
        string lost = KeyId("targets-1");
        File.Delete(bench.Key("targets-1"));
        using (Publisher publisher = bench.Open())
        {
            publisher.AddKey("targets", bench.Key("targets-4"), null);
            publisher.RemoveKey("targets", lost[..8], null);
            Assert.Equal(["root", "targets"], publisher.WhatToSign().Select(s => s.Role)); // targets 1 was signed by 1 and 2: one is left of the two that must
        }
        Assert.Null((await bench.SignAndReleaseAsync("root-1", "root-3")).Release); // the root alone would leave devices without targets
        Assert.True((await bench.SignAndReleaseAsync("targets-4", "targets-2")).IsPublished);
        Assert.Equal(2, Poll());
        Assert.Equal(2, (await bench.VerifyAsync(bench.FirstTrust)).Release);
        Assert.Equal(2, (await bench.VerifyAsync()).Release);
        // The lost key, found by somebody, signs nothing any more.
        using Publisher later = bench.Open();
        Assert.DoesNotContain(lost, later.Status().Keys.Single(k => k.Role == "targets").KeyIds);
    }

    [Fact]
    public async Task Two_lost_targets_keys_are_no_loss_of_the_channel()
    {
        await BeginAsync();
        using (Publisher publisher = bench.Open())
        {
            publisher.AddKey("targets", bench.Key("targets-4"), null);
            publisher.AddKey("targets", bench.Key("targets-5"), null);
            publisher.RemoveKey("targets", KeyId("targets-1"), null);
            publisher.RemoveKey("targets", KeyId("targets-2"), null);
        }
        Assert.True((await bench.SignAndReleaseAsync("root-1", "root-2", "targets-4", "targets-5")).IsPublished);
        Assert.Equal(2, Poll());
    }

    [Fact]
    public async Task A_lost_root_key_is_replaced_by_a_root_that_the_old_and_the_new_keys_sign()
    {
        await BeginAsync();
        using (Publisher publisher = bench.Open())
        {
            publisher.AddKey("root", bench.Key("root-4"), null);
            publisher.RemoveKey("root", KeyId("root-1"), null);
            Assert.Equal(["root"], publisher.WhatToSign().Select(s => s.Role));
        }
        Assert.Null((await bench.SignAndReleaseAsync("root-4", "root-2")).Release); // two of the new ones, one of the old ones
        Assert.True((await bench.SignAndReleaseAsync("root-3")).IsPublished);
        Assert.Equal(2, Poll());
        Assert.Equal(2, (await bench.VerifyAsync(bench.FirstTrust)).Release);
        Assert.NotEqual(bench.FirstTrust, Public("trust.json")); // a new device begins at the new root
        Assert.Equal([1L, 2L], RootChain.Read(Public("roots.bin.zst")).Select(r => RootMetadata.Read(SignedFile.Read(r)).Version));
    }

    [Fact] // TUF 5.3.11: what a thief fast-forwarded is forgotten with his key
    public async Task A_stolen_timestamp_key_freezes_nobody_once_it_is_replaced()
    {
        await BeginAsync();
        byte[] forged;
        using (SigningKey stolen = KeyFile.Read(bench.Made.OnlineKeys.Single(k => k.Contains("timestamp-", StringComparison.Ordinal))))
        {
            TimestampMetadata timestamp = TimestampMetadata.Read(SignedFile.Read(Public("timestamp.json")));
            forged = SignedFile.Write((timestamp with { Version = int.MaxValue, Expires = Bench.Start.AddYears(9) }).ToJson(), [stolen]);
        }
        Poll(name => name == "timestamp.json" ? forged : Public(name));
        await bench.ReleaseAsync("a", "b");
        Assert.Equal(Refusal.Rollback, Assert.Throws<TufException>(() => Poll()).Refusal); // frozen: the device has seen a newer one
        using (Publisher publisher = bench.Open()) publisher.ReplaceKey("timestamp");
        Assert.True((await bench.SignAndReleaseAsync("root-1", "root-2")).IsPublished);
        Assert.Equal(3, Poll());
        Assert.Equal(Refusal.ArbitrarySoftware, Assert.Throws<TufException>(() => Poll(name => name == "timestamp.json" ? forged : Public(name))).Refusal);
    }

    [Fact] // An earlier time would tell every device that news are held back; a thief's late one must not keep us from going on.
    public async Task A_clock_that_is_behind_signs_no_timestamp()
    {
        await BeginAsync();
        byte[] before = Public("timestamp.json");
        using (Publisher publisher = Publisher.Open(bench.Folder, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Bench.Start.AddDays(-10))))
            Assert.Equal(PublishingFault.Refused, (await Assert.ThrowsAsync<PublishingException>(() => publisher.TimestampAsync(null, TestContext.Current.CancellationToken))).Fault);
        Assert.Equal(before, Public("timestamp.json"));

        using (SigningKey stolen = KeyFile.Read(bench.Made.OnlineKeys.Single(k => k.Contains("timestamp-", StringComparison.Ordinal))))
        {
            TimestampMetadata timestamp = TimestampMetadata.Read(SignedFile.Read(before));
            await File.WriteAllBytesAsync(Path.Combine(bench.Public, "timestamp.json"), SignedFile.Write((timestamp with { Version = 1000, Expires = Bench.Start.AddYears(9) }).ToJson(), [stolen]), TestContext.Current.CancellationToken);
        }
        using (Publisher publisher = bench.Open()) publisher.ReplaceKey("timestamp");
        Assert.True((await bench.SignAndReleaseAsync("root-1", "root-2")).IsPublished);
        Assert.Equal(2, Poll());
    }

    [Fact]
    public async Task A_stolen_snapshot_key_too()
    {
        await BeginAsync();
        byte[] forgedSnapshot, forged;
        using (SigningKey timestampKey = KeyFile.Read(bench.Made.OnlineKeys.Single(k => k.Contains("timestamp-", StringComparison.Ordinal))))
        using (SigningKey snapshotKey = KeyFile.Read(bench.Made.OnlineKeys.Single(k => k.Contains("snapshot-", StringComparison.Ordinal))))
        {
            SnapshotMetadata snapshot = SnapshotMetadata.Read(SignedFile.Read(Public("1.snapshot.json")));
            forgedSnapshot = SignedFile.Write((snapshot with { Version = 1_000_000 }).ToJson(), [snapshotKey]);
            forged = SignedFile.Write(new TimestampMetadata(1000, Bench.Start.AddYears(1), MetaFile.Of(1_000_000, forgedSnapshot)).ToJson(), [timestampKey]);
        }
        Poll(name => name == "timestamp.json" ? forged : name == "1000000.snapshot.json" ? forgedSnapshot : Public(name));
        using (Publisher publisher = bench.Open())
        {
            publisher.ReplaceKey("timestamp");
            publisher.ReplaceKey("snapshot");
        }
        Assert.True((await bench.SignAndReleaseAsync("root-1", "root-2")).IsPublished);
        Assert.Equal(2, Poll());
    }

    [Fact]
    public async Task A_threshold_is_never_more_than_the_keys_and_roles_are_not_mixed_up()
    {
        await BeginAsync();
        using Publisher publisher = bench.Open();
        void Refused(Action<Publisher> change) => Assert.Equal(PublishingFault.Usage, Assert.Throws<PublishingException>(() => change(publisher)).Fault);
        Refused(p => p.SetThreshold("root", 4));
        Refused(p => p.SetThreshold("root", 0));
        Refused(p => p.SetThreshold("timestamp", 1));
        Refused(p => p.ReplaceKey("root"));
        Refused(p => p.RemoveKey("root", "", null));
        Refused(p => p.RemoveKey("root", "00000000", null));
        Assert.Empty(publisher.WhatToSign());
        Assert.Equal(PublishingFault.Refused, Assert.Throws<PublishingException>(() => publisher.AddKey("root", bench.Key("root-1"), null)).Fault); // never over a key
    }

    [Fact]
    public async Task An_expiring_channel_is_renewed_and_the_old_one_is_refused_as_a_freeze()
    {
        await BeginAsync();
        bench.Time.Advance(TimeSpan.FromDays(4));
        Assert.Equal(Refusal.Freeze, Assert.Throws<TufException>(() => Poll()).Refusal);
        using (Publisher publisher = bench.Open())
        {
            Assert.True(publisher.IsTimestampDue);
            Assert.Equal(1, (await publisher.TimestampAsync(null, TestContext.Current.CancellationToken)).Release); // the snapshot has ten days left
        }
        Assert.Equal(1, Poll());
        bench.Time.Advance(TimeSpan.FromDays(6));
        using (Publisher publisher = bench.Open()) Assert.Equal(2, (await publisher.TimestampAsync(null, TestContext.Current.CancellationToken)).Release); // less than half is left of 14 days
        Assert.Equal(2, Poll());
        bench.Time.Advance(TimeSpan.FromDays(300));
        using (Publisher publisher = bench.Open()) publisher.StageRenewal();
        Assert.True((await bench.SignAndReleaseAsync("root-1", "root-2", "targets-1", "targets-2")).IsPublished);
        Assert.Equal(3, Poll());
        bench.Time.Advance(TimeSpan.FromDays(360));
        using (Publisher publisher = bench.Open()) await publisher.TimestampAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal(4, Poll());
    }
}
