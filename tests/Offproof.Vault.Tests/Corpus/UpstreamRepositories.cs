using System.Formats.Tar;
using System.IO.Compression;

namespace Offproof.Vault.Tests.Corpus;

/// <summary>restic's own test repositories, format version 1, password "geheim": what each must turn out to be stands in the corpus's SOURCES.md.</summary>
public sealed class UpstreamRepositories
{
    static string Locate(string archive)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            foreach (string candidate in (string[])["corpus/vault", "shared/corpus/vault"])
            {
                string path = Path.Combine(folder.FullName, candidate, archive + ".tar.gz");
                if (File.Exists(path)) return path;
            }
        Assert.Skip($"the corpus folder shared/corpus/vault, beside the repository, has no {archive}.tar.gz");
        return "";
    }

    static async Task<Repository> OpenAsync(Scratch scratch, string archive)
    {
        await using GZipStream unpacked = new(File.OpenRead(Locate(archive)), CompressionMode.Decompress);
        await TarFile.ExtractToDirectoryAsync(unpacked, scratch.Path, overwriteFiles: false);
        using VaultPassword password = VaultPassword.FromText("geheim");
        return await Repository.OpenAsync(new FolderStorage(scratch["repo"]), password, new VaultOptions { ReadWithoutLock = true });
    }

    [Theory]
    [InlineData("small-repo", 4, 3, 10, 3)]
    [InlineData("repo-mixed", 1, 1, 5, 1)]
    [InlineData("repo-same-timestamps", 3, 1, 2, 0)]
    public async Task Sound_ones_are_sound(string archive, int snapshots, int packs, long blobs, int mixed)
    {
        using Scratch scratch = new();
        await using Repository repository = await OpenAsync(scratch, archive);
        Assert.Equal(1, repository.Version);
        CheckReport report = await repository.CheckAsync(readData: true);
        Assert.True(report.Sound, string.Join('\n', report.Errors));
        Assert.Equal((snapshots, packs, blobs, packs), (report.Snapshots, report.Packs, report.Blobs, report.PacksRead));
        Assert.Equal(mixed, report.Notices.Count(static n => n.Contains("both trees and data", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("repo-index-missing", "c5897731f7e9b913e3d6b90feeaaab07a831a50614c10e9dd9e098ca761ae961")]
    [InlineData("repo-index-missing-blob", "f2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2")]
    public async Task Damaged_ones_are_damaged(string archive, string missing)
    {
        using Scratch scratch = new();
        await using Repository repository = await OpenAsync(scratch, archive);
        CheckReport report = await repository.CheckAsync(readData: true);
        Assert.Contains(report.Errors, e => e.Contains(missing, StringComparison.Ordinal));
        Assert.Equal(2, report.Notices.Count(static n => n.Contains("is in no index", StringComparison.Ordinal)));
        // "Nothing is lost": the packs are there, and their own tables say what is in them.
        int helped = 0;
        foreach (Snapshot snapshot in await repository.SnapshotsAsync())
        {
            RestoreSummary restored = await repository.RestoreAsync(snapshot, scratch[$"out-{snapshot.Id}"]);
            Assert.True(restored.Complete, string.Join('\n', restored.Problems));
            helped += restored.Notices.Count;
        }
        Assert.Equal(1, helped);
    }

    [Fact]
    public async Task Version_1_restores()
    {
        using Scratch scratch = new();
        await using Repository repository = await OpenAsync(scratch, "small-repo");
        IReadOnlyList<Snapshot> snapshots = await repository.SnapshotsAsync();
        Assert.Equal("2145b769 6619a8ad d187480a 06c5a25c", string.Join(' ', snapshots.Select(static s => s.Id[..8])));
        Assert.Equal("kasimir", snapshots[0].HostName);
        RestoreSummary restored = await repository.RestoreAsync(snapshots[^1], scratch["out"]);
        Assert.True(restored.Complete);
        Assert.Equal((4, 6, 4), (new FileInfo(scratch["out/testdir/bar"]).Length, new FileInfo(scratch["out/testdir/bar2"]).Length, new FileInfo(scratch["out/testdir/baz"]).Length));
        await Assert.ThrowsAsync<InvalidOperationException>(() => repository.BackupAsync(Array.Empty<BackupItem>(), new BackupOptions { Roots = ["/x"] }));
    }
}
