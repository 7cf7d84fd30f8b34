using static Offproof.Channel.Tests.HostileRepository;

namespace Offproof.Channel.Tests;

/// <summary>The bytes of targets (TUF 5.7.3), and the two layouts of a repository (TUF 6.2).</summary>
public sealed class TargetTests
{
    [Theory]
    [InlineData("Hello"), InlineData("hell"), InlineData("")]
    public async Task Arbitrary_software_in_the_place_of_a_target(string content)
    {
        using HostileRepository repository = new();
        using Victim victim = new(repository);
        await victim.RefreshAsync();
        string path = repository.Files.Keys.Single(p => p.StartsWith("/targets/", StringComparison.Ordinal));
        repository.Files[path] = System.Text.Encoding.UTF8.GetBytes(content);
        await victim.RefusesAsync(Refusal.ArbitrarySoftware, "5.7.3", download: "greetings/hello.txt");
        repository.Files.Remove(path);
        await victim.RefusesAsync(Refusal.Unavailable, "5.7.3", download: "greetings/hello.txt");
        await victim.RefusesAsync(Refusal.NoSuchTarget, "5.7.2", download: "greetings/bye.txt");
    }

    [Theory]
    [InlineData("sha256", true, true), InlineData("sha512", true, true), InlineData("sha256 sha512", true, true), InlineData("sha256 blake9", true, true), InlineData("blake9", true, false)]
    [InlineData("sha256 sha512", false, false)] // one of the two is another file's
    public async Task Every_known_hash_holds_and_one_must_be_known(string names, bool isRight, bool isTaken)
    {
        using HostileRepository repository = new();
        byte[] content = "content"u8.ToArray();
        var hashes = names.Split(' ').ToDictionary(name => name, name => Convert.ToHexStringLower(name is "sha512"
            ? System.Security.Cryptography.SHA512.HashData(isRight ? content : []) : System.Security.Cryptography.SHA256.HashData(content)), StringComparer.Ordinal);
        repository.Roles[Targets] = repository.Roles[Targets] with { Targets = new Dictionary<string, TargetFile>(StringComparer.Ordinal) { ["x"] = new(content.Length, new(hashes)) } };
        foreach (string hash in hashes.Values) repository.Files[$"/targets/{hash}.x"] = content;
        repository.Publish(Targets);
        using Victim victim = new(repository);
        if (isTaken) Assert.Equal("content", await victim.DownloadAsync("x"));
        else Assert.Equal(Refusal.ArbitrarySoftware, (await Assert.ThrowsAsync<TufException>(() => victim.DownloadAsync("x"))).Refusal);
    }

    [Fact]
    public async Task A_target_that_is_there_is_not_fetched_again_and_a_changed_one_is()
    {
        using HostileRepository repository = new();
        using Victim victim = new(repository);
        for (int i = 0; i < 2; i++) Assert.Equal("hello", await victim.DownloadAsync("greetings/hello.txt"));
        Assert.Single(repository.Requests, r => r.StartsWith("/targets/", StringComparison.Ordinal));
        repository.PutTarget(Targets, "greetings/hello.txt", "HELLO"u8);
        repository.Publish(Targets);
        Assert.Equal("HELLO", await victim.DownloadAsync("greetings/hello.txt"));
    }

    [Fact]
    public async Task A_download_touches_no_other_target()
    {
        using HostileRepository repository = new();
        string[] names = ["a", "a.new", "a~", "A", "a/b", "a%2Fb", "a.json"];
        foreach (string name in names) repository.PutTarget(Targets, name, System.Text.Encoding.UTF8.GetBytes(name));
        repository.Publish(Targets);
        using Victim victim = new(repository);
        foreach (string name in names.Reverse()) await victim.DownloadAsync(name);
        repository.Requests.Clear();
        foreach (string name in names) Assert.Equal(name, await victim.DownloadAsync(name));
        Assert.DoesNotContain(repository.Requests, r => r.StartsWith("/targets/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_older_copy_stays_when_the_new_one_is_refused()
    {
        using HostileRepository repository = new();
        using Victim victim = new(repository);
        await victim.DownloadAsync("greetings/hello.txt");
        repository.PutTarget(Targets, "greetings/hello.txt", "HELLO"u8);
        repository.Publish(Targets);
        repository.Files[repository.Files.Keys.Last(p => p.StartsWith("/targets/", StringComparison.Ordinal))] = "h3llo"u8.ToArray();
        await Assert.ThrowsAsync<TufException>(() => victim.DownloadAsync("greetings/hello.txt"));
        string folder = Path.GetDirectoryName(victim.Folder)!;
        Assert.Equal("hello", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(folder))));
    }

    [Theory]
    [InlineData(true, true), InlineData(true, false), InlineData(false, true), InlineData(false, false)]
    public async Task Both_layouts_with_and_without_hashes(bool isConsistent, bool givesHashes)
    {
        using HostileRepository repository = new(isConsistent, givesHashes);
        repository.Delegate(Targets, "spring", paths: ["spring/*"]);
        repository.PutTarget("spring", "spring/x", "tulip"u8);
        repository.Publish("spring", Targets);
        using Victim victim = new(repository);
        Assert.Equal("tulip", await victim.DownloadAsync("spring/x"));
        string[] expected = isConsistent
            ? ["2.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json", "1.spring.json"]
            : ["2.root.json", "timestamp.json", "snapshot.json", "targets.json", "spring.json"];
        Assert.Equal(expected, repository.Requests[..^1].Select(r => r["/metadata/".Length..]));
        // Nothing new: the next root, the timestamp, and no more.
        repository.Requests.Clear();
        await victim.RefreshAsync();
        Assert.Equal(["/metadata/2.root.json", "/metadata/timestamp.json"], repository.Requests);
        // Byte for byte.
        Assert.Equal(repository.Files[repository.PathOf("spring")], victim.Store.Read("spring", int.MaxValue)!.Value.ToArray());
    }
}
