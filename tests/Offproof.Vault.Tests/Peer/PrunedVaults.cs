using Offproof.Vault.Tests.Prune;

namespace Offproof.Vault.Tests.Peer;

/// <summary>What we prune is sound to stock restic, whoever made it; what restic prunes we go on with.</summary>
public sealed class PrunedVaults
{
    static readonly PruneRules Now = new() { KeepLast = 1, KeepWithin = TimeSpan.Zero };

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Stock_restic_checks_and_restores_all_that_stays_of_ours(bool oneIndex)
    {
        using History history = await History.MakeAsync(oneIndex);
        PrunePlan plan;
        await using (Repository repository = await history.OpenAsync())
        {
            plan = await repository.PlanPruneAsync(History.One);
            await repository.PruneAsync(plan);
        }
        Assert.Equal(2, plan.Removes.Count);
        Assert.Contains("no errors were found", await Restic.GoodAsync(history.Folder, History.Password, "check", "--read-data"), StringComparison.Ordinal);
        foreach (KeptSnapshot kept in plan.Keeps)
        {
            string target = history[Path.GetRandomFileName()];
            await Restic.GoodAsync(history.Folder, History.Password, "restore", kept.Snapshot.Id, "--target", target, "--verify");
            foreach (BackupItem item in history.Held[kept.Snapshot.Id])
            {
                using MemoryStream content = (MemoryStream)item.Open!();
                Assert.Equal(content.ToArray(), await File.ReadAllBytesAsync(target + item.Path));
            }
        }
        // restic has nothing left to do: no pack is unused, none is in no index.
        string left = await Restic.GoodAsync(history.Folder, History.Password, "prune", "--max-unused", "unlimited", "--repack-cacheable-only");
        Assert.Matches(@"to delete:\s+0 blobs / 0 B", left);
    }

    [Theory]
    [InlineData("1"), InlineData("2")]
    public async Task A_repository_of_restics_is_pruned_and_stays_sound_to_it(string version)
    {
        using Scratch scratch = new();
        string repo = scratch["repo"], source = scratch["in"];
        await Restic.GoodAsync(repo, "geheim", "init", "--repository-version", version);
        for (int round = 0; round < 4; round++)
        {
            scratch.Write("in/stays.bin", Noise.Bytes(1, 3_000_000));
            scratch.Write($"in/only{round}.bin", Noise.Bytes(10 + (ulong)round, 700_000));
            await Restic.GoodAsync(repo, "geheim", "backup", source, "--host", "phone", "--tag", $"round{round}");
            if (round < 3) File.Delete(scratch[$"in/only{round}.bin"]);
        }
        scratch.Write("other/x.bin", Noise.Bytes(99, 400_000));
        await Restic.GoodAsync(repo, "geheim", "backup", scratch["other"], "--host", "laptop");
        // Of the first four runs one index; then a snapshot is forgotten and its packs are left.
        string forgotten = (await Restic.GoodAsync(repo, "geheim", "snapshots", "--tag", "round1", "--json")).Trim();
        await Restic.GoodAsync(repo, "geheim", "rebuild-index");
        await Restic.GoodAsync(repo, "geheim", "forget", JsonId(forgotten));
        await Restic.GoodAsync(repo, "geheim", "backup", source, "--host", "phone", "--tag", "last");

        using VaultPassword password = VaultPassword.FromText("geheim");
        PrunePlan plan;
        await using (Repository repository = await Repository.OpenAsync(new FolderStorage(repo), password))
        {
            plan = await repository.PlanPruneAsync(Now);
            Assert.Equal(2, plan.Keeps.Count); // one of each host
            Assert.True(plan is { Removes.Count: 3, Bytes: > 1_400_000 }, $"{plan.Removes.Count} snapshots, {plan.Bytes} bytes would go");
            await repository.PruneAsync(plan);
            Assert.True((await repository.PlanPruneAsync(Now)).IsEmpty);
        }
        Assert.Contains("no errors were found", await Restic.GoodAsync(repo, "geheim", "check", "--read-data"), StringComparison.Ordinal);
        foreach (KeptSnapshot kept in plan.Keeps)
        {
            string of = kept.Snapshot.HostName == "phone" ? source : scratch["other"];
            await Restic.GoodAsync(repo, "geheim", "restore", kept.Snapshot.Id, "--target", scratch[kept.Snapshot.HostName]);
            Folders.AssertEqual(of, scratch[kept.Snapshot.HostName] + of);
        }
        await Restic.GoodAsync(repo, "geheim", "backup", source, "--host", "phone");
        await Restic.GoodAsync(repo, "geheim", "check", "--read-data");
    }

    static string JsonId(string snapshots)
    {
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(snapshots);
        return json.RootElement[0].GetProperty("id").GetString()!;
    }

    [Fact]
    public async Task What_restic_pruned_we_go_on_with_and_prune_again()
    {
        using History history = await History.MakeAsync();
        string[] ids = [.. history.Held.Keys];
        foreach (string id in ids[..^2]) history.Held.Remove(id);
        await Restic.GoodAsync(history.Folder, History.Password, ["forget", "--prune", "--max-unused", "0", .. ids[..^2]]);
        await history.AssertWholeAsync(ids[^2..]);
        await history.BackupAsync(History.Now.AddDays(-1), History.Photo(2), History.Photo(100), History.Photo(800));
        await history.AssertWholeAsync();
        using VaultPassword password = VaultPassword.FromText(History.Password);
        // By the real clock all of it is old.
        await using (Repository repository = await Repository.OpenAsync(new FolderStorage(history.Folder), password))
        {
            PrunePlan plan = await repository.PlanPruneAsync(Now);
            Assert.NotEmpty(plan.Removes);
            await repository.PruneAsync(plan);
        }
        Assert.Contains("no errors were found", await Restic.GoodAsync(history.Folder, History.Password, "check", "--read-data"), StringComparison.Ordinal);
        await history.AssertWholeAsync();
    }

    [Fact]
    public async Task Restic_waits_for_us_and_we_wait_for_restic()
    {
        using History history = await History.MakeAsync();
        using VaultPassword password = VaultPassword.FromText(History.Password);
        await using Repository repository = await Repository.OpenAsync(new FolderStorage(history.Folder), password);
        PrunePlan plan = await repository.PlanPruneAsync(Now);
        await using (await VaultLock.TakeAsync(repository, exclusive: true, default))
        {
            (int exit, string output) = await Restic.RunAsync(history.Folder, History.Password, "check");
            Assert.NotEqual(0, exit);
            Assert.Contains("locked exclusively", output, StringComparison.Ordinal);
            await Assert.ThrowsAsync<VaultLockedException>(() => repository.PruneAsync(plan));
            await Assert.ThrowsAsync<VaultLockedException>(() => repository.BackupAsync([History.Photo(1)], Faults.FaultTests.Photos));
        }
        Assert.Equal(0, history.Count("locks"));
        await Restic.GoodAsync(history.Folder, History.Password, "check");
        await repository.PruneAsync(plan);
    }
}
