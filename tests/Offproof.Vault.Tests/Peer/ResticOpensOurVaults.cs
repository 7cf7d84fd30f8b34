namespace Offproof.Vault.Tests.Peer;

public sealed class ResticOpensOurVaults
{
    [Fact]
    public async Task Stock_restic_finds_no_errors_and_restores_what_we_backed_up()
    {
        using Scratch scratch = new();
        scratch.Write("in/a.txt", "hello"u8);
        scratch.Write("in/empty", []);
        scratch.Write("in/sub/big.bin", Noise.Bytes(1, 20_000_000));
        scratch.Write("in/sub/again.bin", Noise.Bytes(1, 20_000_000));
        scratch.Write("in/<&> \u200D\u00AD\u2028 😀\"\\", "odd"u8);
        File.CreateSymbolicLink(scratch["in/link"], "a.txt");

        FolderStorage storage = new(scratch["repo"]);
        using VaultPassword password = VaultPassword.Random();
        await NewVault.Create(password, TimeProvider.System).WriteAsync(storage);
        string[] paths = [scratch["in"]];
        BackupSummary summary;
        await using (Repository repository = await Repository.OpenAsync(storage, password))
            summary = await repository.BackupAsync(FolderSource.Walk(paths), new BackupOptions { Roots = FolderSource.Roots(paths) });
        Assert.Empty(summary.Unreadable);
        Assert.Equal(5, summary.Files);
        Assert.Equal(40_000_008, summary.Bytes);
        Assert.Equal(20_000_008, summary.BytesAdded);

        Assert.Contains("no errors were found", await Restic.GoodAsync(storage.Root, password.Reveal(), "check", "--read-data"), StringComparison.Ordinal);
        await Restic.GoodAsync(storage.Root, password.Reveal(), "restore", summary.SnapshotId, "--target", scratch["out"], "--verify");
        string restored = scratch["out"] + scratch["in"];
        Folders.AssertEqual(scratch["in"], restored);
        Assert.Equal("a.txt", new FileInfo(Path.Combine(restored, "link")).LinkTarget);

        await using (Repository repository = await Repository.OpenAsync(storage, password))
        {
            BackupSummary second = await repository.BackupAsync(FolderSource.Walk(paths), new BackupOptions { Roots = FolderSource.Roots(paths) });
            Assert.Equal((5, 0, 0), (second.Unchanged, second.BytesRead, second.BytesAdded));
            RestoreSummary ours = await repository.RestoreAsync((await repository.SnapshotsAsync())[^1], scratch["own"], new RestoreOptions { StripPrefix = scratch["in"] });
            Assert.True(ours.Complete, string.Join('\n', ours.Problems));
            Assert.Equal(5, ours.Files);
            Folders.AssertEqual(scratch["in"], scratch["own"]);
            RestoreSummary repeated = await repository.RestoreAsync((await repository.SnapshotsAsync())[^1], scratch["own"], new RestoreOptions { StripPrefix = scratch["in"] });
            Assert.Equal((0, 6), (repeated.Files, repeated.AlreadyThere));
        }
        Assert.Empty(Directory.GetFiles(Path.Combine(storage.Root, "locks")));
        Assert.Empty(Directory.GetFiles(Path.Combine(storage.Root, "tmp")));
    }
}
