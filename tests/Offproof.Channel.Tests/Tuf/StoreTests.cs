using System.Text;
using static Offproof.Channel.Tests.HostileRepository;

namespace Offproof.Channel.Tests;

/// <summary>Kill between any two changes of the store, a full disk, a broken file, a wrong clock: what is stored is always a state to go on from, and usable offline.</summary>
public sealed class StoreTests : IAsyncLifetime
{
    readonly HostileRepository repository = new();
    Victim victim = null!;

    public async ValueTask InitializeAsync()
    {
        repository.Delegate(Targets, "spring", paths: ["spring/*"]);
        repository.PutTarget("spring", "spring/old", "tulip"u8);
        repository.Publish("spring", Targets);
        victim = new(repository);
        await victim.DownloadAsync("spring/old");
    }

    public ValueTask DisposeAsync()
    {
        victim.Dispose();
        repository.Dispose();
        return ValueTask.CompletedTask;
    }

    // All that an update can change: a root that takes a key away, timestamp, snapshot, targets, a delegated role.
    void PublishEverything()
    {
        repository.NewKeys(Timestamp, 1, 1);
        repository.PutRoot();
        repository.PutTarget("spring", "spring/new", "crocus"u8);
        repository.PutTarget(Targets, "greetings/new.txt", "new"u8);
        repository.Publish("spring", Targets);
    }

    public static IEnumerable<TheoryDataRow<int, bool>> Steps() => Enumerable.Range(0, 12).SelectMany(step => new[] { new TheoryDataRow<int, bool>(step, true), new(step, false) });

    [Theory, MemberData(nameof(Steps))]
    public async Task Killed_or_out_of_space_at_any_step_the_old_state_or_the_new_one_is_there(int step, bool isKilled)
    {
        PublishEverything();
        int count = 0;
        List<string> changes = [];
        victim.BeforeChange = (what, role) =>
        {
            changes.Add($"{what} {role}");
            if (count++ == step) throw isKilled ? new OperationCanceledException("killed") : new IOException("No space left on device");
        };
        if (isKilled) await Assert.ThrowsAsync<OperationCanceledException>(() => victim.DownloadAsync("spring/new"));
        else await Assert.ThrowsAsync<IOException>(() => victim.DownloadAsync("spring/new"));
        string[] all =
        [
            "delete timestamp", "delete snapshot", "write root", "rename root", "write timestamp", "rename timestamp", "write snapshot", "rename snapshot", "write targets", "rename targets",
            "write spring", "rename spring",
        ];
        Assert.Equal(all[..(step + 1)], changes);

        // Offline: the top-level target always; of the delegated role only what belongs to the snapshot that is there, never a mixture.
        await victim.KnowsAsync("greetings/hello.txt");
        var view = StoredView.Open(victim.Store)!;
        Assert.Equal(step >= 10, view.Targets.Targets.ContainsKey("greetings/new.txt"));
        Assert.Equal(step < 2, await view.FindAsync("spring/old") is not null);
        Assert.Null(await view.FindAsync("spring/new"));

        victim.BeforeChange = null;
        Assert.Equal("crocus", await victim.DownloadAsync("spring/new"));
        using Victim fresh = new(repository);
        await fresh.DownloadAsync("spring/new");
        Assert.Equal(fresh.Files(), victim.Files());
        Assert.Empty(Directory.GetFiles(victim.Folder, "*.new"));
    }

    [Fact]
    public void The_steps_are_all_there_are() => Assert.Equal(24, Steps().Count());

    [Fact]
    public async Task What_is_staged_is_stored_when_it_is_committed_and_the_timestamp_last()
    {
        var before = victim.Files();
        PublishEverything();
        var stage = victim.Store.Stage();
        List<string> changes = [];
        victim.BeforeChange = (what, role) => changes.Add($"{what} {role}");
        TufUpdater updater = new(stage, new HttpMessageInvoker(repository, disposeHandler: false), HostileRepository.Metadata, victim.Time);
        await updater.FindAsync("spring/new", CancellationToken.None);
        Assert.Empty(changes);
        Assert.Equal(before, victim.Files());
        Assert.NotNull(await StoredView.Open(stage)!.FindAsync("spring/new"));
        stage.Commit();
        Assert.Equal(["write root", "write spring", "write targets", "write snapshot", "write timestamp"], changes.Where(c => c.StartsWith("write", StringComparison.Ordinal)));
        victim.BeforeChange = null;
        using Victim fresh = new(repository);
        await fresh.DownloadAsync("spring/new");
        Assert.Equal(fresh.Files(), victim.Files());
        Assert.Throws<InvalidOperationException>(victim.Store.Commit);
    }

    [Fact]
    public async Task What_was_staged_and_not_fetched_again_goes_when_it_is_committed()
    {
        repository.NewKeys(Timestamp, 1, 1);
        repository.PutRoot();
        repository.Files.Remove("/metadata/timestamp.json");
        var stage = victim.Store.Stage();
        await Assert.ThrowsAsync<TufException>(() => new TufUpdater(stage, new HttpMessageInvoker(repository, disposeHandler: false), HostileRepository.Metadata, victim.Time).RefreshAsync(CancellationToken.None));
        Assert.Equal(["root", "snapshot", "spring", "targets", "timestamp"], victim.Files().Keys);
        List<string> changes = [];
        victim.BeforeChange = (what, role) => changes.Add($"{what} {role}");
        stage.Commit();
        Assert.Equal(["delete timestamp", "delete snapshot", "write root", "rename root"], changes);
        Assert.Equal(["root", "spring", "targets"], victim.Files().Keys);
    }

    [Fact] // a disk that is really full, for this file
    public async Task A_full_disk_keeps_the_file_that_was_there()
    {
        string before = victim.Files()["timestamp"], temporary = Path.Combine(victim.Folder, "timestamp.json.new");
        File.CreateSymbolicLink(temporary, "/dev/full");
        repository.Publish(Targets);
        await Assert.ThrowsAsync<IOException>(victim.RefreshAsync);
        Assert.Equal(before, victim.Files()["timestamp"]);
        await victim.KnowsAsync("spring/old");
        File.Delete(temporary);
        await victim.RefreshAsync();
    }

    [Theory]
    [InlineData(Timestamp), InlineData(Snapshot), InlineData(Targets), InlineData("spring")]
    public async Task A_broken_file_is_fetched_again(string role)
    {
        string good = victim.Files()[role], file = Path.Combine(victim.Folder, role + ".json");
        foreach (string bad in (string[])["", good[..^20], good.Replace("\"version\":", "\"version\":1", StringComparison.Ordinal), new string(' ', MetadataLimits.Targets + 1)])
        {
            await File.WriteAllTextAsync(file, bad);
            await File.WriteAllTextAsync(file + ".new", "left by a process that was killed");
            Assert.Equal("tulip", await victim.DownloadAsync("spring/old"));
            Assert.Equal(good, victim.Files()[role]);
        }
    }

    [Fact] // the server is asked for it, and gives the same: it was the disk
    public async Task Files_of_two_states_are_not_used_together()
    {
        var old = victim.Files();
        repository.PutTarget("spring", "spring/new", "crocus"u8);
        repository.Publish("spring", Targets);
        await victim.DownloadAsync("spring/new");
        await victim.KnowsAsync("spring/old");
        // Somebody puts older files back, all of them signed.
        await File.WriteAllTextAsync(Path.Combine(victim.Folder, "targets.json"), old["targets"]);
        Assert.Null(await StoredView.Open(victim.Store)!.FindAsync("spring/old"));
        await File.WriteAllTextAsync(Path.Combine(victim.Folder, "spring.json"), old["spring"]);
        Assert.Null(await StoredView.Open(victim.Store)!.FindAsync("spring/old"));
        await victim.KnowsAsync("greetings/hello.txt");
        await victim.NewUpdater().FindAsync("spring/new", CancellationToken.None);
        await victim.KnowsAsync("spring/new");
    }

    [Fact]
    public async Task A_wrong_clock_is_a_freeze_and_what_is_there_stays_usable()
    {
        repository.Publish(Targets);
        victim.Time.SetUtcNow(Start.AddYears(9));
        var e = await Assert.ThrowsAsync<TufException>(victim.RefreshAsync);
        Assert.Equal(Refusal.Freeze, e.Refusal);
        Assert.Contains("the clock here says 2035-11-26 12:00:00Z", e.Message, StringComparison.Ordinal);
        await victim.KnowsAsync("spring/old");
        Assert.Equal(Start.AddDays(30), StoredView.Open(victim.Store)!.Targets.Expires);
    }

    [Theory] // behind, nothing looks expired: what is refused then is only what goes back
    [InlineData(-9), InlineData(0)]
    public async Task A_clock_that_is_behind_does_no_harm(int years)
    {
        using Victim other = new(repository);
        if (years < 0) other.Time.AdjustTime(Start.AddYears(years));
        await other.RefreshAsync();
        repository.Version[Timestamp] = 0;
        repository.PutTimestamp();
        await other.RefusesAsync(Refusal.Rollback, "5.4.3.1");
    }

    [Fact] // TUF 5.1
    public async Task The_time_is_that_of_the_beginning()
    {
        foreach (string role in (string[])[Timestamp, Snapshot, Targets, "spring"]) repository.Expires[role] = Start.AddSeconds(1);
        repository.Publish("spring", Targets);
        repository.OnRequest = _ => victim.Time.Advance(TimeSpan.FromSeconds(1));
        await victim.NewUpdater().FindAsync("spring/old", CancellationToken.None);
        await victim.RefusesAsync(Refusal.Freeze, "5.4.4");
    }

    [Fact]
    public void A_root_is_pinned_once_and_only_a_sound_one()
    {
        Assert.Throws<InvalidOperationException>(() => victim.Store.Pin(repository.FirstRoot));
        MetadataStore other = new(Path.Combine(victim.Folder, "other"));
        foreach (byte[] bad in (byte[][])[[], repository.Files["/metadata/timestamp.json"], Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(repository.FirstRoot).Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal))])
            Assert.Throws<TufException>(() => other.Pin(bad));
        Assert.False(Directory.Exists(Path.Combine(victim.Folder, "other")));
        other.Pin(repository.FirstRoot);
    }

    [Theory]
    [InlineData("a", "a"), InlineData("A", "%41"), InlineData("../a", "%2E.%2Fa"), InlineData(".", "%2E"), InlineData("é", "%C3%A9"), InlineData("a.b", "a.b"), InlineData("%41", "%2541")]
    public void A_name_is_a_file_of_its_own(string text, string name) => Assert.Equal(name, TufUpdater.FileName(text));

    [Fact]
    public void A_long_name_is_a_short_file() => Assert.Equal(65, TufUpdater.FileName(new string('a', 4000)).Length);
}
