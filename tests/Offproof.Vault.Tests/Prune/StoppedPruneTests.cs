namespace Offproof.Vault.Tests.Prune;

/// <summary>A folder that dies at its n-th operation, before that took effect or after; nothing comes after it.</summary>
sealed class DyingStorage(FolderStorage inner) : IVaultStorage
{
    int _operations;

    internal int DiesAt { get; init; } = int.MaxValue;

    /// <summary>The last operation takes effect, and nobody learns of it.</summary>
    internal bool After { get; init; }

    internal int Operations => _operations;

    public Task CreateAsync(CancellationToken ct = default) => DoAsync(() => inner.CreateAsync(ct));
    public Task<long?> FindAsync(VaultFile file, CancellationToken ct = default) => DoAsync(() => inner.FindAsync(file, ct));
    public Task<byte[]> ReadAsync(VaultFile file, int most, CancellationToken ct = default) => DoAsync(() => inner.ReadAsync(file, most, ct));
    public Task ReadRangeAsync(VaultFile file, long offset, Memory<byte> destination, CancellationToken ct = default) => DoAsync(() => inner.ReadRangeAsync(file, offset, destination, ct));
    public Task WriteAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken ct = default) => DoAsync(() => inner.WriteAsync(file, content, ct));
    public Task<IReadOnlyList<VaultEntry>> ListAsync(VaultFileKind kind, CancellationToken ct = default) => DoAsync(() => inner.ListAsync(kind, ct));
    public Task RemoveAsync(VaultFile file, CancellationToken ct = default) => DoAsync(() => inner.RemoveAsync(file, ct));

    Task<int> DoAsync(Func<Task> work) => DoAsync(async () =>
    {
        await work();
        return 0;
    });

    async Task<T> DoAsync<T>(Func<Task<T>> work)
    {
        int number = Interlocked.Increment(ref _operations);
        if (number > DiesAt || (number == DiesAt && !After)) throw new StorageUnreachableException("dead");
        T result = await work();
        return number == DiesAt ? throw new StorageUnreachableException("dead") : result;
    }
}

/// <summary>vault.md §11.6: wherever a prune stops, every snapshot that is there is whole.</summary>
public sealed class StoppedPruneTests
{
    [Theory]
    [InlineData(false, false), InlineData(false, true), InlineData(true, false), InlineData(true, true)]
    public async Task A_prune_that_dies_at_any_operation_leaves_every_snapshot_whole_and_the_next_one_ends_it(bool oneIndex, bool after)
    {
        using History history = await History.MakeAsync(oneIndex);
        int opening, operations, packs, snapshots, changed = 0;
        using (History whole = history.Copy())
        {
            DyingStorage storage = new(new FolderStorage(whole.Folder));
            await using Repository repository = await whole.OpenAsync(storage);
            opening = storage.Operations;
            PrunePlan plan = await repository.PlanPruneAsync(History.One);
            operations = storage.Operations;
            await repository.PruneAsync(plan);
            operations = storage.Operations - operations;
            (packs, snapshots) = (whole.Count("data"), whole.Count("snapshots"));
        }
        Assert.InRange(operations, 12, 60);
        for (int dies = 1; dies <= operations; dies++)
        {
            using History killed = history.Copy();
            int files = killed.Files().Count();
            await using Repository living = await killed.OpenAsync();
            PrunePlan plan = await living.PlanPruneAsync(History.One);
            DyingStorage storage = new(new FolderStorage(killed.Folder)) { DiesAt = opening + dies, After = after };
            await using (Repository dying = await killed.OpenAsync(storage))
            {
                // Only the removal of the lock, which comes last, may fail without a word.
                if (dies < operations) await Assert.ThrowsAsync<StorageUnreachableException>(() => dying.PruneAsync(plan));
                else await dying.PruneAsync(plan);
            }
            if (killed.Files().Count() != files) changed++;
            Directory.Delete(Path.Combine(killed.Folder, "locks"), recursive: true);
            await killed.AssertWholeAsync(living, plan.Keeps.Select(static k => k.Snapshot.Id));

            await living.PruneAsync(await living.PlanPruneAsync(History.One));
            await killed.AssertWholeAsync(living, plan.Keeps.Select(static k => k.Snapshot.Id));
            // A new index that was written before the end is younger than 90 days, and keeps nothing that would have gone.
            Assert.Equal((packs, snapshots), (killed.Count("data"), killed.Count("snapshots")));
        }
        Assert.True(changed > 3, "it never died between two removals");
    }

    [Fact]
    public async Task Somebody_backs_up_after_a_prune_that_was_stopped_and_all_is_whole()
    {
        using History history = await History.MakeAsync(oneIndex: true);
        for (int dies = 6; dies <= 30; dies += 3)
        {
            using History killed = history.Copy();
            DyingStorage storage = new(new FolderStorage(killed.Folder)) { DiesAt = dies };
            await using (Repository dying = await killed.OpenAsync())
            {
                PrunePlan plan = await dying.PlanPruneAsync(History.One);
                await using Repository run = await killed.OpenAsync(storage);
                try
                {
                    await run.PruneAsync(plan);
                }
                catch (StorageUnreachableException)
                {
                    // As intended; the last ones end.
                }
            }
            Directory.Delete(Path.Combine(killed.Folder, "locks"), recursive: true);
            await killed.BackupAsync(History.Now.AddDays(-1), History.Photo(100), History.Photo(101), History.Photo(700));
            await killed.AssertWholeAsync();
            await using Repository next = await killed.OpenAsync();
            await next.PruneAsync(await next.PlanPruneAsync(History.One));
            await killed.AssertWholeAsync();
        }
    }

    [Fact]
    public async Task A_prune_that_is_told_to_stop_stops_between_two_removals()
    {
        using History history = await History.MakeAsync();
        await using Repository repository = await history.OpenAsync();
        PrunePlan plan = await repository.PlanPruneAsync(History.One);
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => repository.PruneAsync(plan, new Told(p =>
        {
            if (p.Done == 3) stop.Cancel();
        }), stop.Token));
        Assert.Equal(plan.PacksKept + plan.Packs, history.Count("data"));
        Assert.Equal(0, history.Count("locks"));
        await history.AssertWholeAsync(plan.Keeps.Select(static k => k.Snapshot.Id));
    }

    sealed class Told(Action<PruneProgress> tell) : IProgress<PruneProgress>
    {
        public void Report(PruneProgress value) => tell(value);
    }
}
