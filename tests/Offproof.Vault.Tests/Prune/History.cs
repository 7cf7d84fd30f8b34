using Offproof.Vault.Tests.Faults;

namespace Offproof.Vault.Tests.Prune;

/// <summary>A clock that stands still; short waits are over at once, longer ones pass as they do.</summary>
sealed class Standing(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime < TimeSpan.FromSeconds(1) ? TimeSpan.Zero : dueTime, period);
}

/// <summary>A vault with two years of snapshots, whose files have the times at which they came.</summary>
sealed class History : IDisposable
{
    internal const string Password = "fictional";
    internal static readonly DateTimeOffset Now = new(2021, 6, 15, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Of the days at which a snapshot came, those whose snapshot goes when one is kept in any case.</summary>
    internal static readonly DateTimeOffset[] Days = [Day(2020, 3, 3), Day(2020, 3, 20), Day(2020, 11, 5), Day(2020, 11, 25), Day(2021, 5, 1), Day(2021, 5, 2), Day(2021, 6, 14)];
    internal static readonly DateTimeOffset[] Going = [Days[0], Days[2]];

    internal static readonly PruneRules One = new() { KeepLast = 1 };

    readonly Scratch _scratch = new();

    internal string Folder => _scratch["repo"];

    internal string this[string name] => _scratch[name];

    static DateTimeOffset Day(int year, int month, int day) => new(year, month, day, 6, 0, 0, TimeSpan.Zero);

    /// <summary>The snapshots' ids and what they hold.</summary>
    internal Dictionary<string, BackupItem[]> Held { get; } = new(StringComparer.Ordinal);

    internal static async Task<History> MakeAsync(bool oneIndex = false)
    {
        History made = new();
        using VaultPassword password = VaultPassword.FromText(Password);
        await NewVault.Create(password, TimeProvider.System).WriteAsync(new FolderStorage(made.Folder));
        BackupItem stays = Photo(0);
        for (int round = 0; round < Days.Length; round++)
            // The first round's content is in no other; each has a photo that only the next one has too.
            await made.BackupAsync(Days[round], round == 0 ? [Photo(100), Photo(101)] : [stays, Photo(round), Photo(round + 1)]);
        if (oneIndex) await made.JoinIndexesAsync();
        return made;
    }

    internal static BackupItem Photo(int number) => FaultTests.Item($"/photos/{number:x3}.jpg", Noise.Bytes((ulong)number, 5000 + number));

    /// <summary>Opened at <paramref name="at"/>, or at <see cref="Now"/>.</summary>
    internal async Task<Repository> OpenAsync(IVaultStorage? storage = null, DateTimeOffset? at = null)
    {
        using VaultPassword password = VaultPassword.FromText(Password);
        return await Repository.OpenAsync(storage ?? new FolderStorage(Folder), password, new VaultOptions { Time = new Standing(at ?? Now) });
    }

    internal async Task BackupAsync(DateTimeOffset day, params BackupItem[] items)
    {
        await using Repository repository = await OpenAsync(at: day);
        BackupSummary summary = await repository.BackupAsync(items, FaultTests.Photos);
        Held[summary.SnapshotId] = items;
        Date(day);
    }

    /// <summary>Everything that came since the last time came at <paramref name="day"/>.</summary>
    internal void Date(DateTimeOffset day)
    {
        foreach (FileInfo file in Files().Where(static f => f.LastWriteTimeUtc > Now.UtcDateTime)) file.LastWriteTimeUtc = day.UtcDateTime;
    }

    internal IEnumerable<FileInfo> Files() => new[] { "snapshots", "index", "data" }.SelectMany(name => new DirectoryInfo(Path.Combine(Folder, name)).GetFiles("*", SearchOption.AllDirectories));

    internal int Count(string folder) => Directory.GetFiles(Path.Combine(Folder, folder), "*", SearchOption.AllDirectories).Length;

    /// <summary>All packs in one index, as restic and older runs write it, of the day of the oldest.</summary>
    internal async Task JoinIndexesAsync()
    {
        await using Repository repository = await OpenAsync();
        VaultIndex index = await repository.LoadIndexAsync([], default);
        foreach (VaultEntry entry in await repository.Storage.ListAsync(VaultFileKind.Index)) File.Delete(Path.Combine(Folder, "index", entry.Name));
        await repository.WriteUnpackedAsync(VaultFileKind.Index, IndexFile.Write(index.Packs), default);
        Date(Days[0]);
    }

    /// <summary>Every snapshot that is there restores to what was stored, every byte of every pack is right, and each of <paramref name="there"/> is among them.</summary>
    internal async Task AssertWholeAsync(IEnumerable<string>? there = null)
    {
        await using Repository repository = await OpenAsync();
        await AssertWholeAsync(repository, there);
    }

    internal async Task AssertWholeAsync(Repository repository, IEnumerable<string>? there = null)
    {
        IReadOnlyList<Snapshot> snapshots = await repository.SnapshotsAsync();
        Assert.Subset(snapshots.Select(static s => s.Id).ToHashSet(StringComparer.Ordinal), (there ?? []).ToHashSet(StringComparer.Ordinal));
        CheckReport report = await repository.CheckAsync(readData: true);
        Assert.True(report.Sound, string.Join('\n', report.Errors));
        foreach (Snapshot snapshot in snapshots)
        {
            string target = _scratch[Path.GetRandomFileName()];
            RestoreSummary restored = await repository.RestoreAsync(snapshot, target);
            Assert.True(restored.Complete, string.Join('\n', restored.Problems));
            Assert.Empty(restored.Notices); // nothing had to be looked up in the packs themselves
            BackupItem[] held = Held[snapshot.Id];
            Assert.Equal(held.Length, restored.Files);
            foreach (BackupItem item in held)
            {
                using MemoryStream content = (MemoryStream)item.Open!();
                Assert.Equal(content.ToArray(), await File.ReadAllBytesAsync(target + item.Path));
            }
        }
    }

    /// <summary>The folder as it is, for another try.</summary>
    internal History Copy()
    {
        History copy = new();
        foreach ((string id, BackupItem[] items) in Held) copy.Held[id] = items;
        foreach (string file in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(copy.Folder, Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
            File.SetLastWriteTimeUtc(to, File.GetLastWriteTimeUtc(file));
        }
        return copy;
    }

    public void Dispose() => _scratch.Dispose();
}
