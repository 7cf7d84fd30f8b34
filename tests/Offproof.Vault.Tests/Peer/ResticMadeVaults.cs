namespace Offproof.Vault.Tests.Peer;

public sealed class ResticMadeVaults
{
    [Fact]
    public async Task We_cut_and_write_trees_as_restic_does_and_restore_what_it_backed_up()
    {
        using Scratch scratch = new();
        byte[] big = Noise.Bytes(42, 40_000_000);
        scratch.Write("in/big.bin", big);
        scratch.Write("in/sub/<&>\u200D\u00AD😀\u2028\"\\\t\u0001.txt", "odd"u8);
        scratch.Write("in/z\uFF5E", "above the surrogates in UTF-16 order"u8);
        scratch.Write("in/z😀", "below"u8);
        File.CreateSymbolicLink(scratch["in/link"], "big.bin");
        string repo = scratch["repo"];
        await Restic.GoodAsync(repo, "geheim", "init", "--repository-version", "2");
        await Restic.GoodAsync(repo, "geheim", "backup", scratch["in"]);

        using VaultPassword password = VaultPassword.FromText("geheim");
        await using Repository repository = await Repository.OpenAsync(new FolderStorage(repo), password);
        Snapshot snapshot = Assert.Single(await repository.SnapshotsAsync());
        CheckReport report = await repository.CheckAsync(readData: true);
        Assert.True(report.Sound, string.Join('\n', report.Errors));
        RestoreSummary restored = await repository.RestoreAsync(snapshot, scratch["out"], new RestoreOptions { StripPrefix = scratch["in"] });
        Assert.True(restored.Complete, string.Join('\n', restored.Problems));
        Folders.AssertEqual(scratch["in"], scratch["out"]);

        // The same polynomial over the same file gives the same cuts.
        VaultIndex index = await repository.LoadIndexAsync([], default);
        ContentId tree = snapshot.TreeId;
        foreach (string part in scratch["in"].Split('/', StringSplitOptions.RemoveEmptyEntries))
            tree = (await repository.ReadTreeAsync(index, tree, default)).Single(n => string.Equals(n.Name, part, StringComparison.Ordinal)).Subtree!.Value;
        List<Node> nodes = await repository.ReadTreeAsync(index, tree, default);
        RabinCutter cutter = new(repository.Config.Polynomial);
        List<ContentId> ours = [];
        for (int at = 0; at < big.Length;)
        {
            int searched = 0;
            int cut = cutter.Find(big.AsSpan(at), ref searched);
            if (cut < 0) cut = big.Length - at;
            ours.Add(ContentId.Of(big.AsSpan(at, cut)));
            at += cut;
        }
        Assert.True(ours.Count > 10);
        Assert.Equal(nodes.Single(static n => n.Name is "big.bin").Content, ours);

        // Names, escapes and order: our text of the tree is restic's, once the fields that we leave out are taken from both.
        foreach (ContentId id in (ContentId[])[tree, nodes.Single(static n => n.Name is "sub").Subtree!.Value])
        {
            byte[] theirs = await repository.ReadBlobAsync(index, id, tree: true, default);
            List<Node> parsed = TreeFile.Read(theirs);
            List<Node> sorted = [.. parsed];
            sorted.Sort(static (a, b) => Node.CompareNames(a.Name!, b.Name!));
            Assert.Equal(parsed, sorted);
            Assert.Equal(RawNames(theirs), RawNames(TreeFile.Write(parsed)));
        }
    }

    // The names as they stand in the text, escapes included.
    static List<string> RawNames(byte[] json) =>
        [.. System.Text.RegularExpressions.Regex.Matches(System.Text.Encoding.UTF8.GetString(json), "\"name\":(?<name>\"(?:[^\"\\\\]|\\\\.)*\")", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).Select(static m => m.Groups["name"].Value)];

    [Fact]
    public async Task Names_that_are_no_UTF8_are_reported_and_the_rest_is_restored()
    {
        using Scratch scratch = new();
        scratch.Write("in/good", "good"u8);
        string script = $"printf bad > '{scratch["in"]}'/$(printf 'raw\\377')";
        using (System.Diagnostics.Process sh = System.Diagnostics.Process.Start("sh", ["-c", script])) await sh.WaitForExitAsync();
        string repo = scratch["repo"];
        await Restic.GoodAsync(repo, "geheim", "init");
        await Restic.GoodAsync(repo, "geheim", "backup", scratch["in"]);
        using VaultPassword password = VaultPassword.FromText("geheim");
        await using Repository repository = await Repository.OpenAsync(new FolderStorage(repo), password);
        RestoreSummary restored = await repository.RestoreAsync((await repository.SnapshotsAsync())[0], scratch["out"], new RestoreOptions { StripPrefix = scratch["in"] });
        Skipped skipped = Assert.Single(restored.Problems);
        Assert.EndsWith("raw\\xff", skipped.Path, StringComparison.Ordinal);
        Assert.Equal(1, restored.Files);

        BackupSummary again = await repository.BackupAsync(FolderSource.Walk([scratch["in"]]), new BackupOptions { Roots = ["/in"] });
        Assert.Contains("UTF-8", Assert.Single(again.Unreadable).Reason, StringComparison.Ordinal);
        Assert.Equal(1, again.Files);
        // .NET cannot name the file, so it cannot delete it either.
        using System.Diagnostics.Process rm = System.Diagnostics.Process.Start("rm", ["-r", scratch["in"]]);
        await rm.WaitForExitAsync();
    }

    [Fact]
    public async Task A_lock_of_restic_that_is_exclusive_stops_us_until_it_is_stale()
    {
        using Scratch scratch = new();
        await Restic.GoodAsync(scratch["repo"], "geheim", "init");
        FolderStorage storage = new(scratch["repo"]);
        using VaultPassword password = VaultPassword.FromText("geheim");
        await using Repository repository = await Repository.OpenAsync(storage, password);
        string Lock(DateTimeOffset time) => "{\"time\":\"" + GoTime.Format(time) + "\",\"exclusive\":true,\"hostname\":\"h\",\"username\":\"u\",\"pid\":1}";
        await repository.WriteUnpackedAsync(VaultFileKind.Locks, System.Text.Encoding.UTF8.GetBytes(Lock(TimeProvider.System.GetUtcNow().AddHours(-1))), default);
        await repository.CheckAsync(readData: false);
        await repository.WriteUnpackedAsync(VaultFileKind.Locks, System.Text.Encoding.UTF8.GetBytes(Lock(TimeProvider.System.GetUtcNow())), default);
        await Assert.ThrowsAsync<VaultLockedException>(() => repository.CheckAsync(readData: false));
        Assert.Equal(2, Directory.GetFiles(scratch["repo/locks"]).Length);
    }
}
