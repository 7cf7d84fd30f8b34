using System.Diagnostics;

namespace Offproof.Interop.Crashes;

/// <summary>
/// A backup's log of writes, replayed up to every moment at which the power may fail. Requires of every state: our check and stock restic's find nothing
/// wrong, and the next backup completes with a snapshot that restores.
/// </summary>
public sealed class Replay
{
    const string Password = "geheim";
    static readonly BackupOptions Photos = new() { Roots = ["/photos"] };

    sealed record Recorded(IReadOnlyList<Step> Log, NewVault Vault, IReadOnlyList<(string Name, byte[] Content)> Last);

    // Backups with an index after every pack, with one only at the end, and with one now and then.
    static async Task<Recorded> RecordAsync()
    {
        LoggedStorage storage = new();
        HurryingTime time = new();
        using VaultPassword password = VaultPassword.FromText(Password);
        NewVault vault = NewVault.Create(password, time);
        await vault.WriteAsync(storage);
        Seeded random = new(8);
        List<(string Name, byte[] Content)> files = [.. Enumerable.Range(0, 9).Select(i => ($"/photos/camera/{i}.jpg", random.Bytes(i * 60_000)))];
        foreach ((int round, int seconds) in ((int[])[130, 0, 50, 130]).Index())
        {
            time.PerLook = TimeSpan.FromSeconds(seconds);
            await using Repository repository = await Repository.OpenAsync(storage, password, new VaultOptions { Time = time });
            await repository.BackupAsync(Items(files, time), Photos);
            files[3] = (files[3].Name, random.Bytes(200_000));
            files[7] = ($"/photos/moved/{round}.jpg", files[7].Content);
            files.Add(($"/photos/camera/new{round}.jpg", random.Bytes(700_000)));
        }
        return new Recorded(storage.Log, vault, files);
    }

    // One look at the clock for all: a run that takes half an hour by it has lost its lock.
    static IEnumerable<BackupItem> Items(IEnumerable<(string Name, byte[] Content)> files, TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        return files.Select(f => new BackupItem(f.Name, BackupItemKind.File) { Length = f.Content.Length, ModifiedAt = now, Open = () => new MemoryStream(f.Content) });
    }

    [Fact]
    public async Task Whenever_the_power_fails_the_vault_is_sound_and_the_next_backup_completes()
    {
        Stopwatch watch = Stopwatch.StartNew();
        await using Scratch scratch = new();
        Recorded recorded = await RecordAsync();
        IReadOnlyList<Crash> crashes = Crash.All(recorded.Log);
        CrashedFolders folders = new(scratch.Folder("store"));
        int unmade = 0, checkedAgain = 0, torn = 0, twoUnderWay = 0;
        for (int i = 0; i < crashes.Count; i++)
        {
            Crash crash = crashes[i];
            folders.Build(crash, scratch["repo"]);
            if (crash.Torn.Count > 0) torn++;
            if (crash.Torn.Count > 1) twoUnderWay++;
            if (crash.Has(VaultFileKind.Config))
                Assert.Empty(await ComplaintsAsync(scratch["repo"], crash.Count(VaultFileKind.Snapshots)));
            else
            {
                // Not a vault yet: nothing opens it, and making it goes on.
                unmade++;
                using VaultPassword password = VaultPassword.FromText(Password);
                await Assert.ThrowsAsync<VaultNotFoundException>(() => Repository.OpenAsync(new FolderStorage(scratch["repo"]), password));
                await recorded.Vault.WriteAsync(new FolderStorage(scratch["repo"]));
            }
            await BackUpAndRestoreAsync(scratch, recorded);
            // restic's opinion of what the next backup makes of it: of each eighth.
            if (i % 8 == 0)
            {
                await new Restic(scratch["repo"], Password).CheckAsync(noLock: true);
                checkedAgain++;
            }
            await scratch.ForgetAsync("repo");
            await scratch.ForgetAsync("out");
        }
        int writes = recorded.Log.Count(static s => s.Ends && s.Content is not null);
        string kinds = string.Join(", ", recorded.Log.Where(static s => s.Ends && s.Content is not null).CountBy(static s => s.File.Kind).Select(static k => $"{k.Value} {k.Key}"));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{writes} writes ({kinds}); {crashes.Count} states after a crash, {torn} with a torn file, {twoUnderWay} of them with two, {unmade} before the config; restic checked {crashes.Count - unmade} and, after the next backup, {checkedAgain}; {watch.Elapsed.TotalSeconds:f0} s");
        Assert.InRange(writes, 25, 80);
        Assert.True(twoUnderWay > 0, "no two writes were ever under way together");
        Assert.True(recorded.Log.Count(static s => s.Ends && s.File.Kind == VaultFileKind.Index) > 5, "no index was saved while packs were still to come");
    }

    static async Task BackUpAndRestoreAsync(Scratch scratch, Recorded recorded)
    {
        HurryingTime time = new() { PerLook = TimeSpan.FromSeconds(1) };
        using VaultPassword password = VaultPassword.FromText(Password);
        await using Repository repository = await Repository.OpenAsync(new FolderStorage(scratch["repo"]), password, new VaultOptions { Time = time });
        BackupSummary summary = await repository.BackupAsync(Items(recorded.Last, time), Photos);
        Assert.Equal(recorded.Last.Count, summary.Files);
        CheckReport report = await repository.CheckAsync(readData: true);
        Assert.True(report.Sound, string.Join('\n', report.Errors));
        RestoreSummary restored = await repository.RestoreAsync((await repository.SnapshotsAsync()).Single(s => s.Id == summary.SnapshotId), scratch["out"]);
        Assert.True(restored.Complete, string.Join('\n', restored.Problems));
        Assert.Equal(recorded.Last.Count, restored.Files);
        foreach ((string name, byte[] content) in recorded.Last) Assert.Equal(content, await File.ReadAllBytesAsync(scratch["out"] + name));
    }

    /// <summary>What our check and stock restic's have against a state.</summary>
    static async Task<List<string>> ComplaintsAsync(string repo, int snapshots)
    {
        List<string> complaints = [];
        using VaultPassword password = VaultPassword.FromText(Password);
        await using (Repository repository = await Repository.OpenAsync(new FolderStorage(repo), password, new VaultOptions { ReadWithoutLock = true }))
        {
            CheckReport report = await repository.CheckAsync(readData: true);
            complaints.AddRange(report.Errors.Select(static e => $"ours: {e}"));
            if (report.Snapshots != snapshots) complaints.Add($"ours: {report.Snapshots} snapshots instead of {snapshots}");
        }
        Ended ended = await new Restic(repo, Password).RunAsync("--no-lock", "check");
        if (ended.Exit != 0) complaints.Add($"restic: {ended.Both}");
        return complaints;
    }

    [Theory] // The replay can fail: an engine, or a disk, that broke the order would be found by both checks.
    [InlineData("an index is written before a pack that it names")]
    [InlineData("a snapshot is written before its index")]
    [InlineData("a pack was acknowledged and is not there")]
    [InlineData("an index was acknowledged and is not there")]
    [InlineData("a pack was renamed before its bytes were on the disk")]
    public async Task A_broken_order_is_found(string how)
    {
        await using Scratch scratch = new();
        Recorded recorded = await RecordAsync();
        IReadOnlyList<Crash> whole = [Crash.All(recorded.Log)[^1]];
        IEnumerable<Crash> crashes = how switch
        {
            "an index is written before a pack that it names" => Crash.All(Swap(recorded.Log, VaultFileKind.Data, VaultFileKind.Index)),
            "a snapshot is written before its index" => Crash.All(Swap(recorded.Log, VaultFileKind.Index, VaultFileKind.Snapshots)),
            "a pack was acknowledged and is not there" => whole.Select(static c => c with { Visible = Without(c.Visible, VaultFileKind.Data) }),
            "an index was acknowledged and is not there" => whole.Select(static c => c with { Visible = Without(c.Visible, VaultFileKind.Index) }),
            _ => whole.Select(static c => c with { TornInPlace = c.Visible.First(static s => s.File.Kind == VaultFileKind.Data) }),
        };
        CrashedFolders folders = new(scratch.Folder("store"));
        bool ours = false, restics = false;
        foreach (Crash crash in crashes.Where(static c => c.Has(VaultFileKind.Config) && c.Torn.Count == 0))
        {
            folders.Build(crash, scratch["repo"]);
            List<string> complaints = await ComplaintsAsync(scratch["repo"], crash.Count(VaultFileKind.Snapshots));
            ours |= complaints.Exists(static c => c.StartsWith("ours: ", StringComparison.Ordinal));
            restics |= complaints.Exists(static c => c.StartsWith("restic: ", StringComparison.Ordinal));
            await scratch.ForgetAsync("repo");
            if (ours && restics) break;
        }
        Assert.True(ours, "our check found nothing");
        Assert.True(restics, "restic found nothing");
    }

    static IReadOnlyList<Step> Without(IReadOnlyList<Step> visible, VaultFileKind kind)
    {
        Step first = visible.First(s => s.File.Kind == kind);
        return [.. visible.Where(s => s != first)];
    }

    /// <summary>The first write of the one sort that is directly followed by one of the other sort: they change places.</summary>
    static List<Step> Swap(IReadOnlyList<Step> log, VaultFileKind earlier, VaultFileKind later)
    {
        List<Step> swapped = [.. log];
        int last = swapped.FindIndex(s => !s.Ends && s.File.Kind == later);
        int first = swapped.FindLastIndex(last, s => s.Ends && s.File.Kind == earlier);
        List<Step> moved = [.. swapped.Where(s => s.Operation == swapped[last].Operation)];
        int begins = swapped.FindIndex(s => s.Operation == swapped[first].Operation);
        swapped.RemoveAll(moved.Contains);
        swapped.InsertRange(begins, moved);
        return swapped;
    }
}
