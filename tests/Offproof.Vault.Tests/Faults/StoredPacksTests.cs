namespace Offproof.Vault.Tests.Faults;

/// <summary>vault.md §8.3, §8.7: what a stopped run stored is not stored again, and what an index promises and is not there is.</summary>
public sealed class StoredPacksTests
{
    const int Photo = 4 << 20;

    [Fact]
    public async Task After_a_kill_the_next_run_stores_only_what_is_missing_and_an_index_then_names_all()
    {
        (FailingStorage storage, Repository repository, Scratch scratch) = await FaultTests.NewAsync();
        using (scratch)
        await using (repository)
        {
            // From one moment on nothing is written any more, no index either: as if it had been killed.
            int packs = 0;
            storage.BeforeWrite = file => file.Kind == VaultFileKind.Index || (file.Kind == VaultFileKind.Data && Interlocked.Increment(ref packs) > 2) ? new StorageUnreachableException("killed") : null;
            await Assert.ThrowsAsync<StorageUnreachableException>(() => repository.BackupAsync(FaultTests.Album(16, Photo), FaultTests.Photos));
            storage.BeforeWrite = static _ => null;
            Assert.Empty(await storage.ListAsync(VaultFileKind.Index));
            long there = (await storage.ListAsync(VaultFileKind.Data)).Sum(static e => e.Size);
            Assert.True(there > 2 * Photo);

            BackupSummary again = await repository.BackupAsync(FaultTests.Album(16, Photo), FaultTests.Photos);
            Assert.InRange(again.BytesStored + there, 16L * Photo, (16L * Photo) + (64 << 10));
            Assert.Empty(again.Notices);
            CheckReport report = await repository.CheckAsync(readData: true);
            Assert.True(report.Sound, string.Join('\n', report.Errors));
            Assert.DoesNotContain(report.Notices, static n => n.Contains("in no index", StringComparison.Ordinal));
            // From now on it is an index like all others: no table is read again.
            Assert.Equal(0, (await repository.BackupAsync(FaultTests.Album(16, Photo), FaultTests.Photos)).BytesStored);
        }
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task A_cancelled_run_writes_down_what_it_stored_unless_the_vault_was_closed_meanwhile(bool closes, int indexes)
    {
        (FailingStorage storage, Repository repository, Scratch scratch) = await FaultTests.NewAsync();
        using (scratch)
        await using (repository)
        {
            using CancellationTokenSource stop = new(), closed = new();
            int packs = 0;
            storage.BeforeWrite = file =>
            {
                if (file.Kind != VaultFileKind.Data || Interlocked.Increment(ref packs) <= 2) return null;
                if (closes) closed.Cancel();
                stop.Cancel();
                return new OperationCanceledException(stop.Token);
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                repository.BackupAsync(FaultTests.Album(16, Photo), FaultTests.Photos with { Closed = closed.Token }, ct: stop.Token));
            Assert.Equal(indexes, (await storage.ListAsync(VaultFileKind.Index)).Count);
            Assert.Empty(await repository.SnapshotsAsync());
            Assert.True((await repository.CheckAsync(readData: true)).Sound);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task A_pack_that_is_gone_or_cut_off_is_stored_again_and_said_once(bool trees, bool cut)
    {
        (_, Repository repository, Scratch scratch) = await FaultTests.NewAsync();
        using (scratch)
        await using (repository)
        {
            await repository.BackupAsync(FaultTests.Album(3, 3000), FaultTests.Photos);
            Spoil(scratch, (await FaultTests.PacksAsync(repository)).First(p => p.Blobs[0].Tree == trees), cut);
            Assert.False((await repository.CheckAsync(readData: false)).Sound);

            BackupSummary again = await repository.BackupAsync(FaultTests.Album(3, 3000), FaultTests.Photos);
            Assert.Equal("1 pack is missing or cut off: the content was stored again", Assert.Single(again.Notices));
            RestoreSummary restored = await repository.RestoreAsync((await repository.SnapshotsAsync())[^1], scratch["out"]);
            Assert.Equal((3, 0), (restored.Files, restored.Problems.Count));
            for (int i = 0; i < 3; i++) Assert.Equal(Noise.Bytes((ulong)i, 3000), await File.ReadAllBytesAsync(scratch[$"out/photos/camera/{i:x3}.jpg"]));
            // An old index still names it; but nothing is missing any more.
            BackupSummary third = await repository.BackupAsync(FaultTests.Album(3, 3000), FaultTests.Photos);
            Assert.Equal((3, 0), (third.Unchanged, third.BytesStored));
            Assert.Empty(third.Notices);
        }
    }

    [Fact]
    public async Task What_only_an_earlier_snapshot_held_is_lost_with_its_pack_and_that_is_said_every_time()
    {
        (_, Repository repository, Scratch scratch) = await FaultTests.NewAsync();
        using (scratch)
        await using (repository)
        {
            await repository.BackupAsync(FaultTests.Album(1, 3000), FaultTests.Photos);
            Spoil(scratch, (await FaultTests.PacksAsync(repository)).First(static p => !p.Blobs[0].Tree), cut: false);
            BackupItem[] other = [FaultTests.Item("/photos/other.jpg", Noise.Bytes(77, 3000))];
            for (int i = 0; i < 2; i++)
            {
                BackupSummary summary = await repository.BackupAsync(other, FaultTests.Photos);
                Assert.Equal("1 pack is missing or cut off: what this backup holds of the content was stored again, earlier snapshots lack the rest", Assert.Single(summary.Notices));
            }
        }
    }

    [Fact]
    public async Task Packs_that_tell_nothing_new_or_nothing_at_all_get_into_no_index()
    {
        (FailingStorage storage, Repository repository, Scratch scratch) = await FaultTests.NewAsync();
        using (scratch)
        await using (repository)
        {
            await repository.BackupAsync(FaultTests.Album(3, 3000), FaultTests.Photos);
            string pack = Directory.GetFiles(scratch["repo/data"], "*", SearchOption.AllDirectories)[0];
            byte[] genuine = await File.ReadAllBytesAsync(pack);
            // A copy under another name, one cut off, one whose table claims four gigabytes, noise, nothing.
            byte[] claims = [.. genuine];
            claims.AsSpan(claims.Length - 4).Fill(0xFF);
            byte[][] strangers = [genuine, genuine[..^9], claims, Noise.Bytes(5, 4000), []];
            foreach ((int i, byte[] stranger) in strangers.Index())
                scratch.Write($"repo/data/0{i}/0{i}{new string('a', 62)}", stranger);
            int indexes = (await storage.ListAsync(VaultFileKind.Index)).Count;
            BackupSummary again = await repository.BackupAsync(FaultTests.Album(3, 3000), FaultTests.Photos);
            Assert.Equal((3, 0), (again.Unchanged, again.BytesStored));
            Assert.Empty(again.Notices);
            Assert.Equal(indexes, (await storage.ListAsync(VaultFileKind.Index)).Count);
        }
    }

    static void Spoil(Scratch scratch, PackRecord pack, bool cut)
    {
        string path = scratch[$"repo/data/{pack.Id.ToString()[..2]}/{pack.Id}"];
        if (!cut) File.Delete(path);
        else using (FileStream file = File.OpenWrite(path)) file.SetLength(file.Length - 1);
    }
}
