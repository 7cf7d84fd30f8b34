namespace Offproof.Vault.Tests.Faults;

/// <summary>A folder that fails at a chosen write, before or after the write took effect.</summary>
sealed class FailingStorage(FolderStorage inner) : IVaultStorage
{
    internal Func<VaultFile, Exception?> BeforeWrite { get; set; } = static _ => null;
    internal List<VaultFile> Written { get; } = [];

    public Task CreateAsync(CancellationToken ct = default) => inner.CreateAsync(ct);
    public Task<long?> FindAsync(VaultFile file, CancellationToken ct = default) => inner.FindAsync(file, ct);
    public Task<byte[]> ReadAsync(VaultFile file, int most, CancellationToken ct = default) => inner.ReadAsync(file, most, ct);
    public Task ReadRangeAsync(VaultFile file, long offset, Memory<byte> destination, CancellationToken ct = default) => inner.ReadRangeAsync(file, offset, destination, ct);
    public Task<IReadOnlyList<VaultEntry>> ListAsync(VaultFileKind kind, CancellationToken ct = default) => inner.ListAsync(kind, ct);
    public Task RemoveAsync(VaultFile file, CancellationToken ct = default) => inner.RemoveAsync(file, ct);

    public async Task WriteAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken ct = default)
    {
        if (BeforeWrite(file) is { } failure) throw failure;
        await inner.WriteAsync(file, content, ct);
        lock (Written) Written.Add(file);
    }
}

public sealed class FaultTests
{
    internal static async Task<(FailingStorage Storage, Repository Repository, Scratch Scratch)> NewAsync()
    {
        Scratch scratch = new();
        FailingStorage storage = new(new FolderStorage(scratch["repo"]));
        using VaultPassword password = VaultPassword.FromText("fictional");
        await NewVault.Create(password, TimeProvider.System).WriteAsync(storage);
        return (storage, await Repository.OpenAsync(storage, password), scratch);
    }

    /// <summary>What lies in data/, by the packs' own tables.</summary>
    internal static async Task<List<PackRecord>> PacksAsync(Repository repository) =>
        await new PackTables(repository).ReadAsync(new VaultIndex(), await repository.Storage.ListAsync(VaultFileKind.Data), default);

    internal static BackupItem Item(string path, byte[] content) =>
        new(path, BackupItemKind.File) { Length = content.Length, ModifiedAt = DateTimeOffset.UnixEpoch.AddDays(20_000), Open = () => new MemoryStream(content) };

    internal static readonly BackupOptions Photos = new() { Roots = ["/photos"] };

    internal static BackupItem[] Album(int count, int size) => [.. Enumerable.Range(0, count).Select(i => Item($"/photos/camera/{i:x3}.jpg", Noise.Bytes((ulong)i, size)))];

    [Fact]
    public async Task Packs_precede_their_index_and_the_snapshot_comes_last()
    {
        (FailingStorage storage, Repository repository, Scratch scratch) = await NewAsync();
        using (scratch)
        await using (repository)
        {
            await repository.BackupAsync(Album(12, 4 << 20), Photos);
            VaultFileKind[] order = [.. storage.Written.Select(static f => f.Kind).Where(static k => k is VaultFileKind.Data or VaultFileKind.Index or VaultFileKind.Snapshots)];
            Assert.Equal(VaultFileKind.Snapshots, order[^1]);
            Assert.Equal(VaultFileKind.Index, order[^2]);
            Assert.All(order[..^2], static k => Assert.Equal(VaultFileKind.Data, k));
            Assert.True(order.Length >= 5);
        }
    }

    [Theory]
    [InlineData(VaultFileKind.Data, 0)]
    [InlineData(VaultFileKind.Data, 2)]
    [InlineData(VaultFileKind.Index, 0)]
    [InlineData(VaultFileKind.Snapshots, 0)]
    public async Task A_write_that_fails_ends_the_backup_leaves_the_vault_sound_and_the_next_run_completes(VaultFileKind kind, int after)
    {
        (FailingStorage storage, Repository repository, Scratch scratch) = await NewAsync();
        using (scratch)
        await using (repository)
        {
            int seen = 0;
            storage.BeforeWrite = file => file.Kind == kind && Interlocked.Increment(ref seen) > after ? new StorageFullException("full") : null;
            await Assert.ThrowsAsync<StorageFullException>(() => repository.BackupAsync(Album(16, 4 << 20), Photos));
            storage.BeforeWrite = static _ => null;
            Assert.Empty(await repository.SnapshotsAsync());
            Assert.True((await repository.CheckAsync(readData: true)).Sound);
            Assert.Empty(await storage.ListAsync(VaultFileKind.Locks));
            // vault.md §8.3: a run that failed has written down what it stored, where that could be written.
            Assert.Equal(kind == VaultFileKind.Snapshots || after > 0 ? 1 : 0, (await storage.ListAsync(VaultFileKind.Index)).Count);

            long stored = (await PacksAsync(repository)).Sum(static p => p.Blobs.Where(static b => !b.Tree).Sum(static b => (long)b.ContentLength));
            Assert.Equal(after > 0 || kind != VaultFileKind.Data, stored > 0);
            BackupSummary again = await repository.BackupAsync(Album(16, 4 << 20), Photos);
            Assert.Equal(16, again.Files);
            Assert.Equal((16L * (4 << 20)) - stored, again.BytesAdded);
            Assert.Empty(again.Notices);
            CheckReport report = await repository.CheckAsync(readData: true);
            Assert.True(report.Sound, string.Join('\n', report.Errors));
        }
    }

    [Fact]
    public async Task A_file_that_breaks_off_is_reported_and_the_backup_continues()
    {
        (_, Repository repository, Scratch scratch) = await NewAsync();
        using (scratch)
        await using (repository)
        {
            BackupItem gone = new("/photos/gone.jpg", BackupItemKind.File) { Length = 5, Open = static () => throw new FileNotFoundException("it vanished") };
            BackupItem twice = Item("/photos/camera/000.jpg", [1]);
            BackupItem climbing = Item("/photos/../etc/passwd", [1]);
            BackupSummary summary = await repository.BackupAsync([.. Album(2, 1000), gone, twice, climbing], Photos);
            Assert.Equal(2, summary.Files);
            Assert.Equal("/photos/gone.jpg it vanished", $"{summary.Unreadable[0].Path} {summary.Unreadable[0].Reason}");
            Assert.Equal(3, summary.Unreadable.Count);
        }
    }

    [Fact]
    public async Task Every_flipped_shortened_or_deleted_file_is_found()
    {
        (_, Repository repository, Scratch scratch) = await NewAsync();
        using (scratch)
        await using (repository)
        {
            await repository.BackupAsync(Album(3, 3000), Photos);
            Assert.True((await repository.CheckAsync(readData: true)).Sound);
            using VaultPassword password = VaultPassword.FromText("fictional");
            int tried = 0;
            string[] files = Directory.GetFiles(scratch["repo"], "*", SearchOption.AllDirectories);
            // Two stages seal side by side: the three photos lie in one pack or in two.
            Assert.InRange(files.Length, 6, 7);
            foreach (string path in files)
            {
                byte[] good = await File.ReadAllBytesAsync(path);
                foreach (byte[]? bad in (byte[]?[])[Flip(good, good.Length / 2), Flip(good, good.Length - 1), good[..^1], null])
                {
                    if (bad is null) File.Delete(path);
                    else await File.WriteAllBytesAsync(path, bad);
                    Assert.True(await IsFoundAsync(), $"{path} as {bad?.Length.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "deleted"} went unnoticed");
                    tried++;
                }
                await File.WriteAllBytesAsync(path, good);
            }
            Assert.Equal(4 * files.Length, tried);
            Assert.True((await repository.CheckAsync(readData: true)).Sound);

            // A deleted snapshot leaves only its blobs: that, and the count, is what can be known.
            async Task<bool> IsFoundAsync()
            {
                try
                {
                    await using Repository opened = await Repository.OpenAsync(new FolderStorage(scratch["repo"]), password);
                    CheckReport report = await opened.CheckAsync(readData: true);
                    return !report.Sound || (report.Snapshots == 0 && report.UnusedBlobs > 0);
                }
                catch (VaultException)
                {
                    return true;
                }
            }
        }

        static byte[] Flip(byte[] good, int at)
        {
            byte[] bad = [.. good];
            bad[at] ^= 0x10;
            return bad;
        }
    }

    [Fact]
    public async Task A_restore_brings_what_is_whole_names_what_is_not_and_never_overwrites()
    {
        (FailingStorage storage, Repository repository, Scratch scratch) = await NewAsync();
        using (scratch)
        await using (repository)
        {
            await repository.BackupAsync(Album(3, 3000), Photos);
            await repository.BackupAsync([.. Album(3, 3000), Item("/photos/extra.jpg", Noise.Bytes(99, 3000))], Photos);
            IReadOnlyList<Snapshot> snapshots = await repository.SnapshotsAsync();
            VaultIndex index = await repository.LoadIndexAsync([], default);
            Assert.True(index.TryFind(ContentId.Of(Noise.Bytes(99, 3000)), tree: false, out BlobPlace lost));
            string pack = scratch[$"repo/data/{lost.Pack.ToString()[..2]}/{lost.Pack}"];
            byte[] bytes = await File.ReadAllBytesAsync(pack);
            bytes[lost.Entry.Offset + 100] ^= 1;
            await File.WriteAllBytesAsync(pack, bytes);
            scratch.Write("out/photos/camera/001.jpg", "mine"u8);
            scratch.Write("out/photos/camera/002.jpg", Noise.Bytes(2, 3000));

            RestoreSummary summary = await repository.RestoreAsync(snapshots[^1], scratch["out"]);
            Assert.Equal((1, 1), (summary.Files, summary.AlreadyThere));
            Assert.Equal("/photos/camera/001.jpg /photos/extra.jpg", string.Join(' ', summary.Problems.Select(static p => p.Path).Order(StringComparer.Ordinal)));
            Assert.Equal("mine", await File.ReadAllTextAsync(scratch["out/photos/camera/001.jpg"]));
            Assert.Equal(Noise.Bytes(0, 3000), await File.ReadAllBytesAsync(scratch["out/photos/camera/000.jpg"]));
            Assert.Equal(3, Directory.GetFileSystemEntries(scratch["out"], "*", SearchOption.AllDirectories).Count(File.Exists));
            Assert.Empty(Directory.GetFileSystemEntries(scratch["out"], ".offproof*"));
            _ = storage;
        }
    }

    [Fact]
    public void A_full_disk_is_told_from_other_failures()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full, where every write finds the disk full, exists on Linux only");
        using Microsoft.Win32.SafeHandles.SafeFileHandle full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        Assert.True(FolderStorage.IsFull(Assert.ThrowsAny<IOException>(() => RandomAccess.Write(full, "x"u8, 0))));
        Assert.False(FolderStorage.IsFull(new IOException("another")));
    }

    [Fact]
    public async Task Opening_tells_apart_what_is_wrong()
    {
        using Scratch scratch = new();
        FolderStorage storage = new(scratch["repo"]);
        using VaultPassword right = VaultPassword.Random(), wrong = VaultPassword.Random();
        Assert.Equal(64, right.Reveal().Length);
        await Assert.ThrowsAsync<VaultNotFoundException>(() => Repository.OpenAsync(storage, right));
        NewVault vault = NewVault.Create(right, TimeProvider.System), other = NewVault.Create(right, TimeProvider.System);
        await vault.WriteAsync(storage);
        await NewVault.FromSaved(vault.ConfigFile, vault.KeyFile).WriteAsync(storage);
        await Assert.ThrowsAsync<VaultExistsException>(() => other.WriteAsync(storage));
        await Assert.ThrowsAsync<WrongPasswordException>(() => Repository.OpenAsync(storage, wrong));
        await Assert.ThrowsAsync<SubstitutedVaultException>(() => Repository.OpenAsync(storage, right, new VaultOptions { ExpectedConfigSha256 = other.ConfigSha256 }));
        await Assert.ThrowsAsync<SubstitutedVaultException>(() => Repository.OpenAsync(storage, right, new VaultOptions { ExpectedKeyName = other.KeyName }));
        await using Repository repository = await Repository.OpenAsync(storage, right, new VaultOptions { ExpectedConfigSha256 = vault.ConfigSha256, ExpectedKeyName = vault.KeyName });
        Assert.Equal(vault.KeyName, repository.KeyName);
    }
}
