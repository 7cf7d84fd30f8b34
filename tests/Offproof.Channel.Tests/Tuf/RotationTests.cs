using static Offproof.Channel.Tests.HostileRepository;

namespace Offproof.Channel.Tests;

/// <summary>Rotation of keys, and with it recovery from a fast-forward attack (TUF 5.3.11).</summary>
public sealed class RotationTests : IAsyncLifetime
{
    readonly HostileRepository repository = new();
    Victim victim = null!;

    public async ValueTask InitializeAsync()
    {
        repository.NewKeys(Timestamp, 3, 2);
        repository.NewKeys(Snapshot, 3, 2);
        repository.PutRoot();
        repository.Publish(Targets);
        victim = new(repository);
        await victim.RefreshAsync();
    }

    public ValueTask DisposeAsync()
    {
        victim.Dispose();
        repository.Dispose();
        return ValueTask.CompletedTask;
    }

    // Two of three keys stay, so that what the thief signed would still be believed: only its deletion helps.
    void ReplaceOneKey(string role)
    {
        repository.Signers[role][0] = repository.NewKey();
        repository.Trust(role, 2, [.. repository.Signers[role]]);
    }

    async Task FastForwardAsync(string role)
    {
        repository.Version[role] = 1L << 40;
        repository.Publish();
        await victim.RefreshAsync();
        Assert.True(victim.VersionOf(role) > 1L << 40);
        repository.Version[role] = 5;
        repository.Publish();
        await victim.RefusesAsync(Refusal.Rollback, role is Timestamp ? "5.4.3.1" : "5.4.3.2");
    }

    [Theory]
    [InlineData(Timestamp), InlineData(Snapshot)]
    public async Task A_key_that_is_replaced_takes_the_fast_forwarded_files_with_it(string role)
    {
        await FastForwardAsync(role);
        ReplaceOneKey(role);
        repository.PutRoot();
        repository.Publish();
        await victim.RefreshAsync();
        Assert.InRange(victim.VersionOf(role), 6, 9);
        await victim.KnowsAsync("greetings/hello.txt");
    }

    [Fact]
    public async Task A_targets_version_that_was_fast_forwarded_goes_back_with_the_snapshots_key()
    {
        repository.Version[Targets] = 1L << 40;
        repository.Publish(Targets);
        await victim.RefreshAsync();
        repository.Version[Targets] = 7;
        repository.Publish(Targets);
        await victim.RefusesAsync(Refusal.Rollback, "5.5.5", advanced: "timestamp");
        ReplaceOneKey(Snapshot);
        repository.PutRoot();
        repository.Publish(Targets);
        await victim.RefreshAsync();
        Assert.Equal(9, victim.VersionOf(Targets));
    }

    [Fact] // else whoever adds a key, or a root of any kind, would take the protection against rollback away
    public async Task A_key_that_is_added_takes_nothing_away()
    {
        repository.Signers[Timestamp].Add(repository.NewKey());
        repository.Trust(Timestamp, 2, [.. repository.Signers[Timestamp]]);
        repository.PutRoot();
        repository.Version[Timestamp] = 0;
        repository.PutTimestamp();
        await victim.RefusesAsync(Refusal.Rollback, "5.4.3.1", advanced: "root");
        repository.PutRoot();
        await victim.RefusesAsync(Refusal.Rollback, "5.4.3.1", advanced: "root");
    }

    [Fact] // channel-tuf.md §2.3
    public async Task Killed_between_the_deletion_and_the_root_the_device_still_recovers()
    {
        await FastForwardAsync(Timestamp);
        ReplaceOneKey(Timestamp);
        repository.PutRoot();
        repository.Publish();
        victim.BeforeChange = (what, role) =>
        {
            if (role is Root) throw new OperationCanceledException(what);
        };
        await Assert.ThrowsAsync<OperationCanceledException>(victim.RefreshAsync);
        await victim.KnowsAsync("greetings/hello.txt");
        victim.BeforeChange = null;
        await victim.RefreshAsync();
        Assert.InRange(victim.VersionOf(Timestamp), 6, 9);
    }

    [Fact]
    public async Task What_lost_its_key_is_not_believed_from_the_store_either()
    {
        repository.NewKeys(Targets, 1, 1);
        repository.PutRoot();
        repository.Publish(); // the targets as they were, signed by the old key
        var e = await Assert.ThrowsAsync<TufException>(victim.RefreshAsync);
        Assert.Equal((Refusal.ArbitrarySoftware, "5.6.3"), (e.Refusal, e.Clause));
        Assert.Null(StoredView.Open(victim.Store));
        repository.Publish(Targets);
        await victim.RefreshAsync();
    }
}
