using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Offproof.Channel.Tests;

/// <summary>A device that a repository is shown to: its store in a folder, its clock, and what it holds afterwards.</summary>
sealed class Victim : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("offproof-tuf-").FullName;
    readonly HttpMessageInvoker http;

    internal Victim(HostileRepository repository)
    {
        Repository = repository;
        http = new(repository, disposeHandler: false);
        Store = new(Folder) { Before = (what, role) => BeforeChange?.Invoke(what, role) };
        Store.Pin(repository.FirstRoot);
    }

    internal HostileRepository Repository { get; }
    internal MetadataStore Store { get; }
    internal FakeTimeProvider Time { get; } = new(HostileRepository.Start);
    internal Action<string, string>? BeforeChange { get; set; }
    internal string Folder => Path.Combine(folder, "tuf");

    internal TufUpdater NewUpdater() => new(Store, http, HostileRepository.Metadata, Time);

    internal Task RefreshAsync() => NewUpdater().RefreshAsync(CancellationToken.None);

    internal async Task<string> DownloadAsync(string target, TufUpdater? updater = null)
    {
        string file = Path.Combine(folder, TufUpdater.FileName(target));
        await (updater ?? NewUpdater()).DownloadAsync(target, HostileRepository.TargetFiles, file, CancellationToken.None);
        return await File.ReadAllTextAsync(file);
    }

    /// <summary>Refused for this reason at this clause; the files that are not in <paramref name="advanced"/> are as they were, and the good target is still vouched for.</summary>
    internal async Task RefusesAsync(Refusal refusal, string clause, string advanced = "", string? download = null, string good = "greetings/hello.txt")
    {
        var before = Files();
        var e = await Assert.ThrowsAsync<TufException>(() => download is null ? RefreshAsync() : DownloadAsync(download));
        Assert.Equal((refusal, clause), (e.Refusal, e.Clause));
        Assert.StartsWith($"{TufException.NameOf(refusal)} (TUF {clause}): ", e.Message, StringComparison.Ordinal);
        var after = Files();
        foreach (string role in advanced.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.NotEqual(before.GetValueOrDefault(role), after.GetValueOrDefault(role));
            before.Remove(role);
            after.Remove(role);
        }
        Assert.Equal(before, after);
        await KnowsAsync(good);
        if (download is not null) Assert.False(File.Exists(Path.Combine(folder, TufUpdater.FileName(download))));
    }

    /// <summary>Offline.</summary>
    internal async Task KnowsAsync(string target) => Assert.NotNull(await StoredView.Open(Store)!.FindAsync(target));

    internal SortedDictionary<string, string> Files() =>
        new(Directory.GetFiles(Folder, "*.json").ToDictionary(file => Path.GetFileNameWithoutExtension(file), file => Encoding.UTF8.GetString(File.ReadAllBytes(file)), StringComparer.Ordinal), StringComparer.Ordinal);

    internal long VersionOf(string role) => CanonicalJson.Parse(Store.Read(role, int.MaxValue)!.Value).GetProperty("signed").GetProperty("version").GetInt64();

    public void Dispose()
    {
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
