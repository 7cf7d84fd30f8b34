namespace Offproof.Vault.Tests.Faults;

/// <summary>A clock that is set, and whose long timers run when it is told so.</summary>
sealed class SetClock : TimeProvider
{
    readonly List<(TimerCallback Callback, object? State)> _long = [];

    internal DateTimeOffset Now { get; set; } = new(2021, 6, 15, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    internal void Tick() => _long.ForEach(static t => t.Callback(t.State));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        bool waits = dueTime >= TimeSpan.FromMinutes(1);
        if (waits) _long.Add((callback, state));
        return System.CreateTimer(callback, state, waits ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>vault.md §7.3: whoever slept for half an hour has lost its lock, and with it what it knew of the vault.</summary>
public sealed class LostLockTests
{
    [Theory]
    [InlineData(29, false), InlineData(31, true)]
    public async Task A_backup_that_slept_longer_than_its_lock_is_good_for_writes_no_snapshot(int minutes, bool lost)
    {
        using Scratch scratch = new();
        SetClock clock = new();
        using VaultPassword password = VaultPassword.FromText("fictional");
        FolderStorage storage = new(scratch["repo"]);
        await NewVault.Create(password, clock).WriteAsync(storage);
        await using Repository repository = await Repository.OpenAsync(storage, password, new VaultOptions { Time = clock });
        Task<BackupSummary> BackUpAsync() => repository.BackupAsync(Sleeping(clock, minutes), FaultTests.Photos);
        if (lost) Assert.Contains("could not keep its lock", (await Assert.ThrowsAsync<VaultLockedException>(BackUpAsync)).Message, StringComparison.Ordinal);
        else await BackUpAsync();
        Assert.Equal(lost ? 0 : 1, (await repository.SnapshotsAsync()).Count);
        Assert.Empty(await storage.ListAsync(VaultFileKind.Locks));
        // Nothing is stored twice.
        BackupSummary again = await repository.BackupAsync(FaultTests.Album(2, 3000), FaultTests.Photos);
        Assert.Equal((2, 0), (again.Files, again.BytesAdded));
        Assert.True((await repository.CheckAsync(readData: true)).Sound);
    }

    static IEnumerable<BackupItem> Sleeping(SetClock clock, int minutes)
    {
        BackupItem[] album = FaultTests.Album(2, 3000);
        yield return album[0];
        clock.Now += TimeSpan.FromMinutes(minutes);
        yield return album[1];
    }

    [Fact]
    public async Task A_lock_that_is_rewritten_in_time_is_kept_and_one_that_is_rewritten_too_late_stays_lost()
    {
        using Scratch scratch = new();
        SetClock clock = new();
        using VaultPassword password = VaultPassword.FromText("fictional");
        FolderStorage storage = new(scratch["repo"]);
        await NewVault.Create(password, clock).WriteAsync(storage);
        await using Repository repository = await Repository.OpenAsync(storage, password, new VaultOptions { Time = clock });
        await using VaultLock held = await VaultLock.TakeAsync(repository, exclusive: true, default);
        for (int i = 0; i < 10; i++) await RewriteAsync(20);
        held.Demand();
        await RewriteAsync(31);
        Assert.Throws<VaultLockedException>(held.Demand);
        await RewriteAsync(1);
        Assert.Throws<VaultLockedException>(held.Demand);

        async Task RewriteAsync(int minutes)
        {
            string[] before = Directory.GetFiles(scratch["repo/locks"]);
            clock.Now += TimeSpan.FromMinutes(minutes);
            clock.Tick();
            for (int tries = 0; Directory.GetFiles(scratch["repo/locks"]) is not [var one] || before.Contains(one, StringComparer.Ordinal); tries++)
            {
                Assert.True(tries < 1000, "the lock was not rewritten");
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }
    }
}
