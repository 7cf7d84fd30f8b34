using System.Security.Cryptography;
using System.Text;
using static Offproof.Channel.Tests.HostileRepository;

namespace Offproof.Channel.Tests;

/// <summary>Delegations (TUF 4.5, 5.6.7): who may say what a target is.</summary>
public sealed class DelegationTests : IDisposable
{
    readonly HostileRepository repository = new();
    readonly Victim victim;

    public DelegationTests() => victim = new(repository);

    public void Dispose()
    {
        victim.Dispose();
        repository.Dispose();
    }

    List<string> RolesAsked() => [.. repository.Requests.Where(r => !r.StartsWith("/targets/", StringComparison.Ordinal)).Select(r => r["/metadata/".Length..^".json".Length].Split('.')[^1]).Where(r => r is not (Root or Timestamp or Snapshot or Targets))];

    async Task<Refusal> RefusalOfAsync(string target) => (await Assert.ThrowsAsync<TufException>(() => victim.DownloadAsync(target))).Refusal;

    static string HashOf(string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)));

    [Fact]
    public async Task Hash_prefixes_lead_to_the_bin_of_a_path_and_to_no_other()
    {
        string path = "payloads/a", hash = HashOf(path);
        string other = (hash[0] == '0' ? "1" : "0") + hash[1..3];
        repository.Delegate(Targets, "other", prefixes: [other]);
        repository.Delegate(Targets, "bin", prefixes: [hash[..3].ToUpperInvariant()]);
        repository.PutTarget("other", path, "wrong"u8);
        repository.PutTarget("bin", path, "right"u8);
        repository.Publish("other", "bin", Targets);
        Assert.Equal("right", await victim.DownloadAsync(path));
        Assert.Equal(["bin"], RolesAsked());
    }

    [Fact]
    public async Task A_role_speaks_for_no_path_that_was_not_given_to_it()
    {
        repository.Delegate(Targets, "bin", prefixes: [HashOf("payloads/a")[..8]]);
        repository.PutTarget("bin", "payloads/b", "not its own"u8);
        repository.Delegate(Targets, "nothing"); // neither paths nor prefixes
        repository.PutTarget("nothing", "payloads/b", "not its own"u8);
        repository.Publish("bin", "nothing", Targets);
        Assert.Equal(Refusal.NoSuchTarget, await RefusalOfAsync("payloads/b"));
        Assert.Empty(RolesAsked());
    }

    [Fact]
    public async Task A_path_must_be_given_by_every_role_on_the_way()
    {
        repository.Delegate(Targets, "a", paths: ["a/*"]);
        repository.Delegate("a", "b", paths: ["*/*"]);
        repository.PutTarget("b", "a/x", "through both"u8);
        repository.PutTarget("b", "c/x", "only the last"u8);
        repository.Publish("b", "a", Targets);
        Assert.Equal("through both", await victim.DownloadAsync("a/x"));
        Assert.Equal(Refusal.NoSuchTarget, await RefusalOfAsync("c/x"));
    }

    [Fact]
    public async Task The_order_is_pre_order_and_a_terminating_delegation_ends_it()
    {
        repository.Delegate(Targets, "a", paths: ["*"]);
        repository.Delegate(Targets, "z", paths: ["*"]);
        repository.Delegate("a", "b", paths: ["*"]);
        repository.Delegate("a", "c", paths: ["*"], isTerminating: true);
        repository.Delegate("a", "d", paths: ["*"]);
        repository.Delegate("c", "e", paths: ["*"]);
        repository.PutTarget("z", "x", "never reached"u8);
        repository.Publish("a", "b", "c", "d", "e", "z", Targets);
        Assert.Equal(Refusal.NoSuchTarget, await RefusalOfAsync("x"));
        Assert.Equal(["a", "b", "c", "e"], RolesAsked());
    }

    [Fact]
    public async Task A_cycle_ends_and_so_does_a_chain_at_32_roles()
    {
        repository.Delegate(Targets, "r0", paths: ["*"]);
        for (int i = 1; i <= 33; i++) repository.Delegate($"r{i - 1}", $"r{i}", paths: ["*"]);
        repository.Delegate("r33", "r0", paths: ["*"]);
        repository.PutTarget("r31", "near", "the 32nd role"u8);
        repository.PutTarget("r32", "far", "the 33rd"u8);
        repository.Publish([.. Enumerable.Range(0, 34).Select(i => $"r{i}"), Targets]);
        Assert.Equal("the 32nd role", await victim.DownloadAsync("near"));
        Assert.Equal(Refusal.NoSuchTarget, await RefusalOfAsync("far"));
        Assert.Equal(32, RolesAsked().Count);

        repository.Roles["r1"] = repository.Roles["r1"] with { Delegations = [repository.Roles["r33"].Delegations[0]] };
        repository.Publish("r1");
        Assert.Equal(Refusal.NoSuchTarget, await RefusalOfAsync("nowhere"));
    }

    [Fact] // the item of the conformance suite that other clients fail, and the same from the store
    public async Task A_stored_role_is_verified_with_the_keys_of_whoever_delegates_to_it_now()
    {
        repository.Delegate(Targets, "a", paths: ["a/*"]);
        repository.Delegate(Targets, "b", paths: ["b/*"]);
        var byA = repository.Delegate("a", "release", paths: ["a/*"]);
        repository.Roles["b"] = repository.Roles["b"] with { Delegations = [byA with { Keys = new([repository.NewKey().Public], 1), Paths = ["b/*"] }] };
        repository.PutTarget("release", "a/x", "for a"u8);
        repository.PutTarget("release", "b/x", "a speaks for b"u8);
        repository.Publish("release", "a", "b", Targets);
        var updater = victim.NewUpdater();
        Assert.Equal("for a", await victim.DownloadAsync("a/x", updater));
        var e = await Assert.ThrowsAsync<TufException>(() => victim.DownloadAsync("b/x", updater));
        Assert.Equal((Refusal.ArbitrarySoftware, "5.6.3"), (e.Refusal, e.Clause));
        Assert.Equal(Refusal.ArbitrarySoftware, await RefusalOfAsync("b/x")); // another process
        var offline = StoredView.Open(victim.Store)!;
        Assert.NotNull(await offline.FindAsync("a/x"));
        Assert.Null(await offline.FindAsync("b/x"));
    }

    [Theory]
    [InlineData("signed by nobody who may", Refusal.ArbitrarySoftware), InlineData("expired", Refusal.Freeze), InlineData("another version", Refusal.MixAndMatch), InlineData("another file", Refusal.MixAndMatch)]
    [InlineData("not there", Refusal.Unavailable), InlineData("not listed", Refusal.NoSuchTarget)]
    public async Task A_delegated_role_that_is_not_sound_ends_the_search(string how, Refusal refusal)
    {
        repository.Delegate(Targets, "a", paths: ["*"]);
        repository.Delegate(Targets, "b", paths: ["*"]);
        repository.PutTarget("b", "x", "of the next role"u8);
        if (how is "signed by nobody who may") repository.Signers["a"] = [repository.NewKey()];
        if (how is "expired") repository.Expires["a"] = Start;
        repository.GivesHashes = how is not "another version";
        repository.Publish("a", "b", Targets);
        string path = repository.PathOf("a");
        if (how is "another version") repository.Listed["a.json"] = new(2, null, FileHashes.None);
        if (how is "not listed") repository.Listed.Remove("a.json");
        repository.Publish();
        if (how is "another version") repository.Files["/metadata/2.a.json"] = repository.Files[path];
        if (how is "another file") repository.Files[path] = repository.Files[path][..^1];
        if (how is "not there") repository.Files.Remove(path);
        Assert.Equal(refusal, await RefusalOfAsync("x"));
        Assert.DoesNotContain("b", RolesAsked());
        Assert.DoesNotContain(victim.Files().Keys, role => role is "a" or "b");
    }

    [Theory]
    [InlineData("root"), InlineData("Timestamp"), InlineData("snapshot"), InlineData("targets"), InlineData("")]
    public async Task No_delegated_role_takes_the_place_of_another(string name)
    {
        repository.Roles[Targets] = repository.Roles[Targets] with { Delegations = [new(name, new([repository.NewKey().Public], 1), ["*"], null, false)] };
        repository.Publish(Targets);
        Assert.Equal(Refusal.Malformed, await RefusalOfAsync("x"));
    }

    [Fact]
    public async Task Paths_and_prefixes_together_and_a_role_twice_are_malformed()
    {
        Delegation one = new("a", new([repository.NewKey().Public], 1), ["*"], null, false);
        foreach (Delegation[] delegations in (Delegation[][])[[one with { HashPrefixes = ["0"] }], [one, one], [one with { Paths = null, HashPrefixes = ["g"] }], [one with { Name = new string('a', 129) }]])
        {
            repository.Roles[Targets] = repository.Roles[Targets] with { Delegations = delegations };
            repository.Publish(Targets);
            Assert.Equal(Refusal.Malformed, await RefusalOfAsync("x"));
        }
    }

    [Theory]
    [InlineData("?"), InlineData("#"), InlineData("/a"), InlineData("../a"), InlineData(".."), InlineData("A"), InlineData("é"), InlineData("a%2Fb"), InlineData("a b:c")]
    public async Task A_roles_name_leads_into_no_other_folder(string name)
    {
        repository.Delegate(Targets, name, paths: ["*"]);
        repository.PutTarget(name, "x", "content"u8);
        repository.Publish(name, Targets);
        Assert.Equal("content", await victim.DownloadAsync("x"));
        Assert.Contains($"/metadata/1.{Uri.EscapeDataString(name)}.json", repository.Requests);
        Assert.Equal(5, Directory.GetFiles(victim.Folder).Length);
        await victim.KnowsAsync("x");
    }

    [Theory]
    [InlineData("../x"), InlineData("a/../../x"), InlineData("/x"), InlineData("a//x"), InlineData("a/."), InlineData("..")]
    public async Task A_targets_path_leads_into_no_other_folder(string path)
    {
        TargetFile target = TargetFile.Of("x"u8);
        repository.Roles[Targets] = repository.Roles[Targets] with { Targets = new Dictionary<string, TargetFile>(StringComparer.Ordinal) { [path] = target } };
        repository.Publish(Targets);
        Assert.Equal(Refusal.Malformed, await RefusalOfAsync(path));
        Assert.DoesNotContain(repository.Requests, r => !r.StartsWith("/metadata/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_from_the_server_does_nothing_to_a_terminal()
    {
        repository.Delegate(Targets, "\u001b[2J\r\u202e" + new string('x', 90), paths: ["*"]);
        repository.Publish(Targets);
        var e = await Assert.ThrowsAsync<TufException>(() => victim.DownloadAsync("\u001b]0;" + new string('y', 5000)));
        Assert.DoesNotContain(e.Message, char.IsControl);
        Assert.DoesNotContain("\u202e", e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Message.Length, 50, 403);
    }

    [Theory]
    [InlineData("Dir/A file?#%.txt"), InlineData("a:b"), InlineData("é/ü"), InlineData("a\\b")]
    public async Task Any_other_path_is_asked_for_as_it_is(string path)
    {
        repository.PutTarget(Targets, path, "content"u8);
        repository.Publish(Targets);
        Assert.Equal("content", await victim.DownloadAsync(path));
    }
}
