namespace Offproof.Vault.Tests.Prune;

/// <summary>What a plan says, what a prune does, and what it refuses (vault.md §11).</summary>
public sealed class PruneTests
{
    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task What_the_plan_says_goes_and_what_stays_is_whole(bool oneIndex)
    {
        using History history = await History.MakeAsync(oneIndex);
        string[] before = [.. history.Files().Select(static f => f.FullName)];
        await using Repository repository = await history.OpenAsync();
        PrunePlan plan = await repository.PlanPruneAsync(History.One);
        Assert.Equal(History.Going, plan.Removes.Select(static s => s.Received!.Value));
        Assert.Equal(History.Days.Except(History.Going), plan.Keeps.Select(static k => k.Snapshot.Received!.Value));
        Assert.Equal(before, history.Files().Select(static f => f.FullName)); // a plan changes nothing
        long bytes = history.Files().Where(static f => f.FullName.Contains("/data/", StringComparison.Ordinal)).Sum(static f => f.Length);
        Assert.Equal(bytes, plan.Bytes + plan.BytesKept);
        Assert.Equal(history.Count("data"), plan.Packs + plan.PacksKept);
        Assert.True(plan is { Packs: >= 2, Bytes: > 10_000 }, "of the first round nothing would go");

        await repository.PruneAsync(plan);
        Assert.Equal(plan.BytesKept, history.Files().Where(static f => f.FullName.Contains("/data/", StringComparison.Ordinal)).Sum(static f => f.Length));
        Assert.Equal(0, history.Count("locks"));
        await history.AssertWholeAsync(plan.Keeps.Select(static k => k.Snapshot.Id));
        PrunePlan next = await repository.PlanPruneAsync(History.One);
        Assert.True(next.IsEmpty, $"{next.Removes.Count} snapshots, {next.Packs} packs are left");
        await repository.PruneAsync(next);
    }

    [Fact]
    public async Task Nothing_that_came_lately_goes_whatever_needs_it()
    {
        using History history = await History.MakeAsync();
        // A run of yesterday that was stopped: packs in an index and no snapshot.
        await history.BackupAsync(History.Days[^1], History.Photo(500));
        File.Delete(Path.Combine(history.Folder, "snapshots", history.Held.Last().Key));
        await using Repository repository = await history.OpenAsync();
        PrunePlan plan = await repository.PlanPruneAsync(History.One);
        Assert.True(plan.BytesUnused > 5500, $"{plan.BytesUnused}");
        await repository.PruneAsync(plan);
        Assert.All(history.Files(), static f => Assert.True(f.LastWriteTimeUtc > History.Days[0].UtcDateTime));
        await AssertThereAsync(repository, History.Photo(500), true);

        // 90 days later it is nobody's.
        await using Repository later = await history.OpenAsync(at: History.Now.AddDays(100));
        await later.PruneAsync(await later.PlanPruneAsync(History.One));
        await AssertThereAsync(later, History.Photo(500), false);
        await history.AssertWholeAsync();
    }

    static async Task AssertThereAsync(Repository repository, BackupItem item, bool there)
    {
        using MemoryStream content = (MemoryStream)item.Open!();
        Assert.Equal(there, (await repository.LoadIndexAsync([], default)).Contains(ContentId.Of(content.ToArray()), tree: false));
    }

    [Fact]
    public async Task A_pack_stays_with_a_younger_index_that_names_it()
    {
        using History history = await History.MakeAsync();
        await using Repository repository = await history.OpenAsync();
        PrunePlan free = await repository.PlanPruneAsync(History.One);
        VaultIndex index = await repository.LoadIndexAsync([], default);
        ContentId bound = free.Steps.Going.Keys.First();
        await repository.WriteUnpackedAsync(VaultFileKind.Index, IndexFile.Write([index.Packs.First(p => p.Id == bound)]), default);
        history.Date(History.Days[^1]);
        PrunePlan plan = await repository.PlanPruneAsync(History.One);
        Assert.Equal(free.Packs - 1, plan.Packs);
        Assert.DoesNotContain(bound, plan.Steps.Going.Keys);
        await repository.PruneAsync(plan);
        await history.AssertWholeAsync();
    }

    [Fact]
    public async Task A_pack_of_which_a_part_is_needed_stays_as_it_is()
    {
        using History history = await History.MakeAsync(oneIndex: true);
        await using Repository repository = await history.OpenAsync();
        byte[] unneeded = Noise.Bytes(900, 7000), needed = Noise.Bytes(0, 5000); // History.Photo(0)
        ContentId both = await StoreAsync(repository, false, unneeded, needed), alone = await StoreAsync(repository, false, unneeded);
        history.Date(History.Days[0]);
        PrunePlan plan = await repository.PlanPruneAsync(History.One);
        Assert.Contains(both, plan.Steps.Staying.Keys);
        Assert.Contains(alone, plan.Steps.Going.Keys);
        Assert.InRange(plan.BytesUnused, 7000, 7100);
        await repository.PruneAsync(plan);
        await history.AssertWholeAsync();
    }

    [Fact]
    public async Task Packs_in_no_index_go_when_they_are_old()
    {
        using History history = await History.MakeAsync();
        string[] indexes = [.. Directory.GetFiles(Path.Combine(history.Folder, "index"))];
        await history.BackupAsync(History.Days[2], History.Photo(600));
        File.Delete(Path.Combine(history.Folder, "snapshots", history.Held.Last().Key));
        foreach (string index in Directory.GetFiles(Path.Combine(history.Folder, "index")).Except(indexes, StringComparer.Ordinal)) File.Delete(index);
        int packs = history.Count("data");
        await using Repository repository = await history.OpenAsync();
        PrunePlan plan = await repository.PlanPruneAsync(History.One);
        await repository.PruneAsync(plan);
        Assert.Equal(packs - plan.Packs, history.Count("data"));
        Assert.Equal((await repository.LoadIndexAsync([], default)).Packs.Select(static p => p.Id).Distinct().Count(), history.Count("data"));
        await history.AssertWholeAsync();
    }

    [Theory]
    [InlineData("snapshots", false), InlineData("snapshots", true)]
    [InlineData("index", false), InlineData("index", true)]
    [InlineData("data", false), InlineData("data", true)]
    public async Task Where_it_cannot_be_known_what_is_needed_nothing_goes(string folder, bool cut)
    {
        using History history = await History.MakeAsync();
        foreach (string path in Directory.GetFiles(Path.Combine(history.Folder, folder), "*", SearchOption.AllDirectories))
        {
            // A snapshot that is gone was removed by somebody who may; nothing tells it from one that never was.
            if (folder == "snapshots" && !cut) continue;
            using History damaged = history.Copy();
            string victim = Path.Combine(damaged.Folder, Path.GetRelativePath(history.Folder, path));
            if (cut) using (FileStream file = File.OpenWrite(victim)) file.SetLength(file.Length - 1);
            else File.Delete(victim);
            string[] before = [.. damaged.Files().Select(static f => f.FullName)];
            await using Repository repository = await damaged.OpenAsync();
            // Of an index that is gone, what it alone named and no snapshot needs is simply in no index.
            PrunePlan? plan = null;
            try
            {
                plan = await repository.PlanPruneAsync(History.One);
                await repository.PruneAsync(plan);
            }
            catch (CorruptVaultException e)
            {
                Assert.EndsWith("nothing was removed", e.Message, StringComparison.Ordinal);
            }
            if (plan is null) Assert.Equal(before, damaged.Files().Select(static f => f.FullName));
            else Assert.True(folder == "index" && !cut, $"{victim} was not missed");
            if (plan is not null) await damaged.AssertWholeAsync(plan.Keeps.Select(static k => k.Snapshot.Id));
        }
    }

    [Fact]
    public async Task A_plan_is_for_the_vault_that_it_was_made_of()
    {
        using History history = await History.MakeAsync(), other = await History.MakeAsync();
        await using Repository repository = await history.OpenAsync(), stranger = await other.OpenAsync();
        PrunePlan plan = await repository.PlanPruneAsync(History.One);
        await Assert.ThrowsAsync<ArgumentException>(() => stranger.PruneAsync(plan));
        await history.BackupAsync(History.Days[^1], History.Photo(1));
        int files = history.Files().Count();
        await Assert.ThrowsAsync<StalePlanException>(() => repository.PruneAsync(plan));
        Assert.Equal(files, history.Files().Count());
        // A pack that stays, and was lost after the plan was made.
        plan = await repository.PlanPruneAsync(History.One);
        string pack = plan.Steps.Staying.Keys.First().ToString();
        File.Delete(Path.Combine(history.Folder, "data", pack[..2], pack));
        await Assert.ThrowsAsync<CorruptVaultException>(() => repository.PruneAsync(plan));
        Assert.Equal(files - 1, history.Files().Count());
    }

    [Theory]
    [InlineData(true, 0, false), InlineData(false, 0, false), InlineData(false, 31, true)]
    public async Task Whoever_works_on_the_vault_is_not_disturbed(bool exclusive, int minutesAgo, bool goesOn)
    {
        using History history = await History.MakeAsync();
        await using Repository repository = await history.OpenAsync();
        PrunePlan plan = await repository.PlanPruneAsync(History.One);
        string json = "{\"time\":\"" + GoTime.Format(History.Now.AddMinutes(-minutesAgo)) + "\",\"exclusive\":" + (exclusive ? "true" : "false") + ",\"hostname\":\"h\",\"username\":\"u\",\"pid\":1}";
        await repository.WriteUnpackedAsync(VaultFileKind.Locks, System.Text.Encoding.UTF8.GetBytes(json), default);
        int files = history.Files().Count();
        if (!goesOn) await Assert.ThrowsAsync<VaultLockedException>(() => repository.DemandAloneAsync());
        else await repository.DemandAloneAsync();
        if (goesOn) await repository.PruneAsync(plan);
        else await Assert.ThrowsAsync<VaultLockedException>(() => repository.PruneAsync(plan));
        Assert.Equal(goesOn, history.Files().Count() < files);
        Assert.Equal(1, history.Count("locks"));
    }

    [Fact]
    public async Task False_indexes_of_whoever_can_add_keep_a_prune_from_working_and_remove_nothing_that_is_needed()
    {
        using History history = await History.MakeAsync(oneIndex: true);
        await using Repository repository = await history.OpenAsync();
        VaultIndex index = await repository.LoadIndexAsync([], default);
        PrunePlan plan = await repository.PlanPruneAsync(History.One);
        PackRecord[] some = [index.Packs.First(p => plan.Steps.Going.ContainsKey(p.Id)), .. index.Packs.Where(p => plan.Steps.Staying.ContainsKey(p.Id)).OrderByDescending(static p => p.Blobs.Length).Take(2)];
        Assert.True(some[1].Blobs.Length > 1);
        foreach (PackRecord genuine in some)
        {
            BlobEntry first = genuine.Blobs[0];
            BlobEntry[][] lies =
            [
                [.. genuine.Blobs.Select(static b => b with { Id = ContentId.Of(b.Id.ToString().Select(static c => (byte)c).ToArray()) })], // other blobs in the same place
                [.. Enumerable.Repeat(first, genuine.Blobs.Length)], // as many as it has, and all the same
                [.. genuine.Blobs.Take(1)],
                [first with { Length = first.Length + 1 }],
                [first with { Tree = !first.Tree }],
                [],
            ];
            foreach (BlobEntry[] lie in lies.Where(l => !l.SequenceEqual(genuine.Blobs)))
            {
                using History misled = history.Copy();
                await using Repository victim = await misled.OpenAsync();
                ContentId liar = await victim.WriteUnpackedAsync(VaultFileKind.Index, IndexFile.Write([new PackRecord(genuine.Id, lie)]), default);
                foreach (bool old in (bool[])[false, true])
                {
                    if (old) foreach (FileInfo file in misled.Files()) file.LastWriteTimeUtc = file.LastWriteTimeUtc > History.Days[^1].UtcDateTime ? History.Days[0].UtcDateTime : file.LastWriteTimeUtc;
                    HashSet<string> kept = [.. plan.Keeps.Select(static k => k.Snapshot.Id)];
                    try
                    {
                        await victim.PruneAsync(await victim.PlanPruneAsync(History.One));
                    }
                    catch (CorruptVaultException)
                    {
                        // Said, and nothing removed.
                    }
                    // Without the lie, which misleads a restore too, all is as it was.
                    string lying = Path.Combine(misled.Folder, "index", liar.ToString()), aside = misled["aside"];
                    bool stays = File.Exists(lying);
                    if (stays) File.Move(lying, aside);
                    foreach (Snapshot snapshot in (await victim.SnapshotsAsync()).Where(s => kept.Remove(s.Id)))
                    {
                        RestoreSummary restored = await victim.RestoreAsync(snapshot, misled[Path.GetRandomFileName()]);
                        Assert.True(restored.Complete, string.Join('\n', restored.Problems));
                        Assert.Empty(restored.Notices);
                    }
                    Assert.Empty(kept);
                    if (stays) File.Move(aside, lying);
                }
            }
        }
    }

    [Fact]
    public async Task A_tree_that_says_more_than_this_version_knows_is_not_pruned_around()
    {
        foreach ((string type, bool known) in (IEnumerable<(string, bool)>)[("fifo", true), ("chardev", true), ("reflink", false)])
        {
            using History history = await History.MakeAsync();
            await using Repository repository = await history.OpenAsync();
            byte[] tree = System.Text.Encoding.UTF8.GetBytes("{\"nodes\":[{\"name\":\"x\",\"type\":\"" + type + "\"}]}\n");
            await StoreAsync(repository, true, tree);
            ContentId root = ContentId.Of(tree);
            await repository.WriteUnpackedAsync(VaultFileKind.Snapshots, Snapshot.Write(History.Now, null, root, ["/photos"], 0, 0), default);
            history.Date(History.Days[^1]);
            if (known) Assert.Equal(2, (await repository.PlanPruneAsync(History.One)).Removes.Count);
            else Assert.Contains("is a reflink", (await Assert.ThrowsAsync<CorruptVaultException>(() => repository.PlanPruneAsync(History.One))).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>One pack of these blobs, and an index of it.</summary>
    static async Task<ContentId> StoreAsync(Repository repository, bool trees, params byte[][] blobs)
    {
        Workbench bench = repository.Rent();
        using PackBuilder builder = new(bench.Sealer, bench.Compression, trees);
        builder.Take(new byte[PackBuilder.BufferSize]);
        foreach (byte[] blob in blobs) builder.Add(ContentId.Of(blob), blob);
        FinishedPack pack = builder.Finish();
        repository.Return(bench);
        await repository.Storage.WriteAsync(new VaultFile(VaultFileKind.Data, pack.Id.ToString()), pack.Buffer.AsMemory(0, pack.Length));
        await repository.WriteUnpackedAsync(VaultFileKind.Index, IndexFile.Write([new PackRecord(pack.Id, pack.Entries)]), default);
        return pack.Id;
    }
}
