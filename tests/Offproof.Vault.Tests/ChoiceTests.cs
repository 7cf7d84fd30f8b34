namespace Offproof.Vault.Tests;

/// <summary>What a caller decides file by file: reading one again that looks unchanged, and restoring only what is new enough.</summary>
public sealed class ChoiceTests
{
    static readonly DateTimeOffset Day = DateTimeOffset.UnixEpoch.AddDays(20_000);

    [Theory]
    [InlineData(true, "second")]
    [InlineData(false, "first!")]
    public async Task A_file_of_the_same_length_and_time_is_read_again_where_the_source_says_so(bool readAlways, string expected)
    {
        using Scratch scratch = new();
        await using Repository repository = await NewAsync(scratch);
        foreach (string content in (string[])["first!", "second"])
        {
            BackupItem item = Item("/notes/a.md", content, Day) with { ReadAlways = readAlways };
            await repository.BackupAsync([item], new BackupOptions { Roots = ["/notes"] });
        }
        await repository.RestoreAsync((await repository.SnapshotsAsync())[^1], scratch["out"], new RestoreOptions());
        Assert.Equal(expected, await File.ReadAllTextAsync(scratch["out/notes/a.md"]));
    }

    [Fact]
    public async Task What_is_always_read_is_unchanged_where_the_vault_had_its_content_before()
    {
        using Scratch scratch = new();
        await using Repository repository = await NewAsync(scratch);
        List<long> unchanged = [];
        // Two of one content in one run: neither was there before.
        foreach (string second in (string[])["first", "first", "another"])
        {
            BackupItem[] items = [Item("/notes/a.md", "first", Day) with { ReadAlways = true }, Item("/notes/b.md", second, Day) with { ReadAlways = true }];
            unchanged.Add((await repository.BackupAsync(items, new BackupOptions { Roots = ["/notes"] })).Unchanged);
        }
        Assert.Equal([0, 2, 1], unchanged);
    }

    [Fact]
    public async Task Only_files_changed_since_a_moment_are_restored_the_moment_itself_included()
    {
        using Scratch scratch = new();
        await using Repository repository = await NewAsync(scratch);
        BackupItem[] items = [Item("/p/old", "a", Day.AddTicks(-1)), Item("/p/now", "b", Day), Item("/p/new", "c", Day.AddDays(1))];
        await repository.BackupAsync(items, new BackupOptions { Roots = ["/p"] });
        RestoreSummary summary = await repository.RestoreAsync((await repository.SnapshotsAsync())[^1], scratch["out"], new RestoreOptions { ModifiedSince = Day });
        Assert.Equal((2, true), (summary.Files, summary.Complete));
        Assert.Equal(["new", "now"], Directory.GetFiles(scratch["out/p"]).Select(static f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_sample_is_chosen_from_all_files_and_only_what_leads_to_it_is_made()
    {
        using Scratch scratch = new();
        await using Repository repository = await NewAsync(scratch);
        BackupItem[] items = [Item("/p/a/one", "1", Day), Item("/p/a/two", "22", Day.AddDays(1)), Item("/p/b/c/three", "333", Day), Item("/q/four", "4444", Day),
            new BackupItem("/p/a/link", BackupItemKind.Symlink) { LinkTarget = "one" }];
        await repository.BackupAsync(items, new BackupOptions { Roots = ["/p", "/q"] });
        List<SnapshotFile> offered = [];
        RestoreOptions options = new()
        {
            Include = ["/p"],
            Choose = files =>
            {
                offered.AddRange(files);
                return [files.Single(static f => f.Path == "/p/b/c/three"), new SnapshotFile("/q/four", 4, Day)];
            },
        };
        RestoreSummary summary = await repository.RestoreAsync((await repository.SnapshotsAsync())[^1], scratch["out"], options);
        Assert.Equal([("/p/a/one", 1L, Day), ("/p/a/two", 2L, Day.AddDays(1)), ("/p/b/c/three", 3L, Day)], offered.Select(static f => (f.Path, f.Length, f.ModifiedAt)).Order());
        // What was not offered cannot be chosen.
        Assert.Equal((1, 3, 0, true), (summary.Files, summary.Bytes, summary.Links, summary.Complete));
        Assert.Equal(["p", "p/b", "p/b/c", "p/b/c/three"], Directory.GetFileSystemEntries(scratch["out"], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(scratch["out"], f)).Order(StringComparer.Ordinal));
    }

    static BackupItem Item(string path, string content, DateTimeOffset modified)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(content);
        return new BackupItem(path, BackupItemKind.File) { Length = bytes.Length, ModifiedAt = modified, Open = () => new MemoryStream(bytes) };
    }

    static async Task<Repository> NewAsync(Scratch scratch)
    {
        FolderStorage storage = new(scratch["repo"]);
        using VaultPassword password = VaultPassword.FromText("fictional");
        await NewVault.Create(password, TimeProvider.System).WriteAsync(storage);
        return await Repository.OpenAsync(storage, password);
    }
}
