namespace Offproof.Interop.Damage;

/// <summary>
/// restic's own test repositories (version 1, password "geheim"), by the real binary and by stock restic, against what the corpus's SOURCES.md says of each.
/// </summary>
public sealed class Corpus
{
    static async Task<(OwnVault Vault, string[] Snapshots)> UnpackAsync(Scratch scratch, string archive)
    {
        string path = Path.GetFullPath(Path.Combine(ProgramUnderTest.Root, "..", "shared", "corpus", "vault", archive + ".tar.gz"));
        Assert.SkipUnless(File.Exists(path), $"the corpus is not there: {Path.Combine("..", "shared", "corpus", "vault")} beside the repository has no {archive}.tar.gz");
        (await Processes.RunAsync("tar", "-xzf", path, "-C", scratch.Root)).Is(0);
        (await Processes.RunAsync("chmod", "-R", "u+w", scratch["repo"])).Is(0);
        OwnVault vault = await OwnVault.CreateAsync(scratch.Root, scratch["repo"], make: false);
        return (vault, [.. (await vault.GoodAsync("snapshots")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line[..8])]);
    }

    [Theory]
    [InlineData("small-repo", 4, "2145b769 6619a8ad d187480a 06c5a25c", 3, "testdir/bar 4, testdir/bar2 6, testdir/baz 4")]
    [InlineData("repo-mixed", 1, "3a488665", 1, "home/thinkpad/data/test 5")]
    [InlineData("repo-same-timestamps", 3, null, 0, "")]
    public async Task Sound_ones_are_sound_and_restore_as_restic_restores_them(string archive, int count, string? order, int mixed, string newest)
    {
        await using Scratch scratch = new();
        (OwnVault vault, string[] snapshots) = await UnpackAsync(scratch, archive);
        Assert.Equal(count, snapshots.Length);
        // The order of snapshots of the same second is not to be relied on.
        Assert.Equal(order ?? string.Join(' ', snapshots), string.Join(' ', snapshots));
        await vault.Restic.CheckAsync(noLock: true);
        string checkedByUs = await vault.GoodAsync("check", "--read-data");
        Assert.Contains("no errors were found", checkedByUs, StringComparison.Ordinal);
        Assert.Equal(mixed, checkedByUs.Split('\n').Count(static line => line.Contains("both trees and data", StringComparison.Ordinal)));
        foreach (string id in snapshots)
        {
            string theirs = await vault.Restic.RestoreAsync(id, scratch[$"theirs-{id}"], "");
            await Tree.AssertSameAsync(Inside(await Tree.ReadAsync(theirs)), await vault.RestoreAsync(id, scratch[$"ours-{id}"], ""), Tree.Exactness.OfOurRestore, Inside);
        }
        AssertHolds(newest, scratch[$"ours-{snapshots[^1]}"]);
    }

    // The folder that was restored into is no part of the snapshot.
    static SortedDictionary<string, Tree.Entry> Inside(SortedDictionary<string, Tree.Entry> tree)
    {
        tree.Remove(".");
        return tree;
    }

    [Theory]
    [InlineData("repo-index-missing", "6825a5d4 52197dea", "c5897731f7e9b913e3d6b90feeaaab07a831a50614c10e9dd9e098ca761ae961")]
    [InlineData("repo-index-missing-blob", "f22c6d3a", "f2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2")]
    public async Task Damaged_ones_are_damaged_and_nothing_that_is_there_is_lost(string archive, string order, string missing)
    {
        await using Scratch scratch = new();
        (OwnVault vault, string[] snapshots) = await UnpackAsync(scratch, archive);
        Assert.Equal(order, string.Join(' ', snapshots));
        Ended theirs = (await vault.Restic.RunAsync("--no-lock", "check", "--read-data")).Is(1);
        Ended ours = (await vault.RunAsync("check", "--read-data")).Is(4);
        Assert.Contains(missing, theirs.Both, StringComparison.Ordinal);
        Assert.Contains(missing, ours.Both, StringComparison.Ordinal);
        Assert.Equal(2, ours.Output.Split('\n').Count(static line => line.StartsWith("notice: ", StringComparison.Ordinal) && line.Contains("is in no index", StringComparison.Ordinal)));

        // The packs are there, only no index names two of them: their own tables do.
        foreach (string id in snapshots) await vault.RestoreAsync(id, scratch[$"ours-{id}"], "");
        AssertHolds("home/thinkpad/data/test 5", scratch[$"ours-{snapshots[^1]}"]);

        // What restic makes of it once it has read those tables too.
        await vault.Restic.GoodAsync("rebuild-index");
        await vault.Restic.CheckAsync();
        await vault.CheckAsync();
        foreach (string id in snapshots)
            await Tree.AssertSameAsync(Inside(await Tree.ReadAsync(await vault.Restic.RestoreAsync(id, scratch[$"theirs-{id}"], ""))), scratch[$"ours-{id}"], Tree.Exactness.OfOurRestore, Inside);
    }

    static void AssertHolds(string expected, string folder) => Assert.Equal(expected, string.Join(", ",
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => $"{Path.GetRelativePath(folder, path)} {new FileInfo(path).Length}").Order(StringComparer.Ordinal)));
}
