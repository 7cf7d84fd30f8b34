using static Offproof.Channel.Tests.HostileRepository;

namespace Offproof.Channel.Tests;

/// <summary>Every attack of TUF 1.0.34 §1.5.2 on metadata, refused by its name; the last good state stays, and can be used offline.</summary>
public sealed class AttackTests : IAsyncLifetime
{
    readonly HostileRepository repository = new();
    Victim victim = null!;

    // A good state, of versions above 1, so that there is something to go back to.
    public async ValueTask InitializeAsync()
    {
        repository.Publish(Targets);
        victim = new(repository);
        await victim.RefreshAsync();
        Assert.Equal(["root", "snapshot", "targets", "timestamp"], victim.Files().Keys);
        repository.Requests.Clear();
    }

    public ValueTask DisposeAsync()
    {
        victim.Dispose();
        repository.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Rollback_of_the_timestamp()
    {
        repository.Version[Timestamp] = 0;
        repository.PutTimestamp();
        await victim.RefusesAsync(Refusal.Rollback, "5.4.3.1");
    }

    [Fact]
    public async Task Rollback_of_the_snapshot()
    {
        repository.Version[Snapshot] = 0;
        repository.Publish();
        await victim.RefusesAsync(Refusal.Rollback, "5.4.3.2");
    }

    [Fact]
    public async Task Rollback_of_the_targets()
    {
        repository.Version[Targets] = 0;
        repository.Publish(Targets);
        await victim.RefusesAsync(Refusal.Rollback, "5.5.5", advanced: "timestamp");
    }

    [Fact]
    public async Task Rollback_of_a_delegated_role_and_its_removal_from_the_snapshot()
    {
        repository.Delegate(Targets, "spring", paths: ["spring/*"]);
        repository.Publish("spring", Targets);
        repository.Publish("spring");
        await victim.RefreshAsync();
        var listed = repository.Listed["spring.json"];
        repository.Listed["spring.json"] = listed with { Version = 1 };
        repository.Publish();
        await victim.RefusesAsync(Refusal.Rollback, "5.5.5", advanced: "timestamp");
        repository.Listed.Remove("spring.json");
        repository.Publish();
        await victim.RefusesAsync(Refusal.Rollback, "5.5.5", advanced: "timestamp");
        repository.Listed["spring.json"] = listed;
        repository.Publish();
        await victim.RefreshAsync();
    }

    [Theory]
    [InlineData(0), InlineData(2)] // the next root is version 2: this file says 1, or 3
    public async Task A_root_that_is_not_the_next_one(int version)
    {
        repository.Version[Root] = version;
        repository.Files["/metadata/2.root.json"] = repository.PutRoot();
        if (version == 2) repository.Files.Remove("/metadata/3.root.json");
        await victim.RefusesAsync(Refusal.Rollback, "5.3.5");
    }

    [Theory]
    [InlineData(Root, "5.3.10", "root")]
    [InlineData(Timestamp, "5.4.4", "")]
    [InlineData(Snapshot, "5.5.6", "timestamp")]
    [InlineData(Targets, "5.6.5", "timestamp snapshot")]
    public async Task Freeze_by_a_new_file_that_has_expired(string role, string clause, string advanced)
    {
        repository.Expires[role] = Start;
        if (role is Root) repository.PutRoot();
        repository.Publish(Targets);
        await victim.RefusesAsync(Refusal.Freeze, clause, advanced);
    }

    [Theory]
    [InlineData(3, "5.4.4"), InlineData(30, "5.3.10")]
    public async Task Freeze_by_the_same_files_for_ever(int days, string clause)
    {
        victim.Time.SetUtcNow(Start.AddDays(days).AddSeconds(-1));
        if (days == 3) await victim.RefreshAsync();
        victim.Time.SetUtcNow(Start.AddDays(days));
        await victim.RefusesAsync(Refusal.Freeze, clause);
    }

    [Theory]
    [InlineData(Snapshot, "5.5.6", ""), InlineData(Targets, "5.6.5", "")]
    public async Task Freeze_by_stored_files_under_a_new_timestamp(string role, string clause, string advanced)
    {
        repository.Expires[Timestamp] = repository.Expires[Root] = repository.Expires[Snapshot] = repository.Expires[Targets] = Start.AddDays(60);
        repository.Expires[role] = Start.AddDays(5);
        repository.PutRoot();
        repository.Publish(Targets);
        await victim.RefreshAsync();
        victim.Time.SetUtcNow(Start.AddDays(5));
        await victim.RefusesAsync(Refusal.Freeze, clause, advanced);
    }

    [Theory]
    [InlineData("another snapshot of the same version"), InlineData("another length"), InlineData("another version")]
    public async Task Mix_and_match_of_the_snapshot(string how)
    {
        repository.Publish(Targets);
        var good = repository.Named;
        if (how is "another snapshot of the same version")
        {
            repository.Version[Snapshot]--;
            repository.Expires[Snapshot] = Start.AddDays(29);
            repository.PutSnapshot();
            repository.Named = good;
        }
        else if (how is "another length")
        {
            repository.Named = new(good.Version, good.Length + 1, FileHashes.None);
        }
        else
        {
            repository.Version[Snapshot] -= 2;
            byte[] older = repository.PutSnapshot();
            repository.Version[Snapshot]++;
            repository.Files[repository.PathOf(Snapshot)] = older;
            repository.Named = new(good.Version, null, FileHashes.None);
        }
        repository.PutTimestamp();
        await victim.RefusesAsync(Refusal.MixAndMatch, how is "another version" ? "5.5.4" : "5.5.2", advanced: "timestamp");
    }

    [Theory]
    [InlineData("another file of the same version"), InlineData("another version")]
    public async Task Mix_and_match_of_the_targets(string how)
    {
        repository.PutTargets(Targets);
        string path = repository.PathOf(Targets);
        repository.Publish();
        byte[] good = repository.Files[path];
        if (how is "another file of the same version")
        {
            repository.Version[Targets]--;
            repository.Expires[Targets] = Start.AddDays(29);
            repository.PutTargets(Targets);
            Assert.NotEqual(good, repository.Files[path]);
        }
        else
        {
            repository.Listed["targets.json"] = new(repository.Version[Targets] + 1, null, FileHashes.None);
            repository.Files["/metadata/4.targets.json"] = good;
            repository.Publish();
        }
        await victim.RefusesAsync(Refusal.MixAndMatch, how is "another version" ? "5.6.4" : "5.6.2", advanced: "timestamp snapshot");
    }

    [Theory]
    [InlineData(Root, "5.3.4", ""), InlineData(Timestamp, "5.4.2", ""), InlineData(Snapshot, "5.5.3", "timestamp"), InlineData(Targets, "5.6.3", "timestamp snapshot")]
    public async Task Arbitrary_software_by_a_key_that_nobody_trusts(string role, string clause, string advanced)
    {
        repository.Signers[role] = [repository.NewKey()];
        if (role is Root) repository.PutRoot();
        repository.Publish(Targets);
        await victim.RefusesAsync(Refusal.ArbitrarySoftware, clause, advanced);
    }

    [Theory]
    [InlineData(Timestamp, "5.4.2", ""), InlineData(Snapshot, "5.5.3", "timestamp"), InlineData(Targets, "5.6.3", "timestamp snapshot")]
    public async Task Arbitrary_software_by_fewer_keys_than_the_threshold(string role, string clause, string advanced)
    {
        repository.NewKeys(role, 3, 2);
        repository.PutRoot();
        repository.Publish(Targets);
        await victim.RefreshAsync();
        repository.Signers[role].RemoveRange(1, 2);
        repository.Publish(Targets);
        await victim.RefusesAsync(Refusal.ArbitrarySoftware, clause, advanced);
        repository.Signers[role].Add(repository.NewKey()); // a second signature, by a key that is not the role's
        repository.Publish(Targets);
        await victim.RefusesAsync(Refusal.ArbitrarySoftware, clause, advanced);
    }

    [Fact]
    public async Task A_root_wants_the_old_threshold_and_the_new()
    {
        var old = repository.Signers[Root];
        repository.NewKeys(Root, 3, 2);
        var next = repository.Signers[Root];
        foreach (var signers in (List<SigningKey>[])[next, [.. old, next[0]], old])
        {
            repository.Signers[Root] = signers;
            repository.Version[Root] = 1;
            repository.PutRoot();
            await victim.RefusesAsync(Refusal.ArbitrarySoftware, "5.3.4");
        }
        repository.Signers[Root] = [.. old, next[0], next[2]];
        repository.Version[Root] = 1;
        repository.PutRoot();
        await victim.RefreshAsync();
        Assert.Equal(2, victim.VersionOf(Root));
    }

    [Fact]
    public async Task Roots_are_walked_one_by_one_and_only_the_last_must_be_in_time()
    {
        repository.Expires[Root] = Start.AddDays(-1);
        for (int i = 0; i < 5; i++) repository.PutRoot();
        repository.Expires[Root] = Start.AddDays(30);
        repository.PutRoot();
        await victim.RefreshAsync();
        Assert.Equal(7, victim.VersionOf(Root));
        Assert.Equal(["/metadata/2.root.json", "/metadata/3.root.json", "/metadata/4.root.json", "/metadata/5.root.json", "/metadata/6.root.json", "/metadata/7.root.json", "/metadata/8.root.json", "/metadata/timestamp.json"], repository.Requests);
    }

    [Fact]
    public async Task One_update_takes_256_roots_and_the_next_goes_on()
    {
        for (int i = 0; i < 260; i++) repository.PutRoot();
        await victim.RefreshAsync();
        Assert.Equal(257, victim.VersionOf(Root));
        await victim.RefreshAsync();
        Assert.Equal(261, victim.VersionOf(Root));
    }

    [Fact]
    public async Task One_roles_file_is_not_another_s()
    {
        // The same key for both, so that only the type tells them apart.
        repository.Trusted[Timestamp] = repository.Trusted[Snapshot] = new([repository.Signers[Timestamp][0].Public, repository.Signers[Snapshot][0].Public], 1);
        repository.PutRoot();
        repository.Listed["snapshot.json"] = new(99, null, FileHashes.None);
        repository.Version[Snapshot] = 98;
        repository.Files["/metadata/timestamp.json"] = repository.PutSnapshot();
        await victim.RefusesAsync(Refusal.Malformed, "4.6", advanced: "root");
    }

    [Theory]
    [InlineData(Root), InlineData(Timestamp), InlineData(Snapshot), InlineData(Targets)]
    public async Task Anything_else_is_malformed(string role)
    {
        repository.GivesHashes = false;
        repository.PutRoot();
        repository.Publish(Targets);
        repository.Files[repository.PathOf(role)] = "{\"signed\":{},\"signatures\":[{}]}"u8.ToArray();
        await victim.RefusesAsync(Refusal.Malformed, "4.2.1", advanced: role switch { Root => "", Timestamp => "root", Snapshot => "root timestamp", _ => "root timestamp snapshot" });
    }

    [Theory]
    [InlineData("/metadata/timestamp.json", "5.4.1", ""), InlineData("/metadata/3.snapshot.json", "5.5.1", "timestamp"), InlineData("/metadata/3.targets.json", "5.6.1", "timestamp snapshot")]
    public async Task What_the_server_does_not_give(string path, string clause, string advanced)
    {
        repository.Publish(Targets);
        Assert.True(repository.Files.Remove(path));
        await victim.RefusesAsync(Refusal.Unavailable, clause, advanced);
    }

    [Fact]
    public async Task An_answer_that_is_neither_a_file_nor_its_absence_ends_the_update()
    {
        repository.Answers["/metadata/2.root.json"] = _ => Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.Redirect) { Headers = { Location = new("http://elsewhere.example/2.root.json") } });
        await victim.RefusesAsync(Refusal.Unavailable, "5.3.3");
        repository.Answers["/metadata/2.root.json"] = _ => throw new HttpRequestException("no route");
        await victim.RefusesAsync(Refusal.Unavailable, "5.3.3");
    }

    [Fact]
    public async Task Nothing_is_asked_of_a_server_before_the_pinned_root_is_sound()
    {
        string file = Path.Combine(victim.Folder, "root.json");
        string good = await File.ReadAllTextAsync(file);
        foreach (string bad in (string[])[good.Replace("\"threshold\":1", "\"threshold\":2", StringComparison.Ordinal), good[..^9], "", "[]"])
        {
            await File.WriteAllTextAsync(file, bad);
            await Assert.ThrowsAsync<TufException>(victim.RefreshAsync);
        }
        File.Delete(file);
        await Assert.ThrowsAsync<TufException>(victim.RefreshAsync);
        Assert.Empty(repository.Requests);
    }
}
