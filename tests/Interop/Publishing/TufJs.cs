using Offproof.Channel;

namespace Offproof.Interop;

/// <summary>What <c>offproof publish</c> makes, taken by a client that we did not write: tuf-js over HTTP on loopback (channel.md, "Check: any TUF client").</summary>
public sealed class TufJs
{
    static string Here => Path.Combine(ProgramUnderTest.Root, "tests", "Interop", "Publishing");

    sealed class Publisher : IAsyncDisposable
    {
        readonly Scratch _scratch = new();

        internal string this[string name] => _scratch[name];

        internal async Task<Ended> PublishAsync(params string[] arguments)
        {
            string folder = _scratch.Root;
            System.Diagnostics.ProcessStartInfo start = await ProgramUnderTest.StartInfoAsync(["publish", .. arguments]);
            start.WorkingDirectory = folder;
            return await Processes.RunAsync(start);
        }

        internal async Task GreetAsync(string text)
        {
            await File.WriteAllTextAsync(this["greetings.jsonl"], $"{{\"text\":\"{text}\",\"language\":\"en\",\"licence\":\"CC0-1.0\"}}\n");
            (await PublishAsync("greetings", "--dir", "pub", "greetings.jsonl")).Is(0);
        }

        internal async Task<Ended> SignAsync(params string[] keys) => await PublishAsync(["sign", "--dir", "pub", "--yes", .. keys.SelectMany(key => new[] { "--key", $"keys/{key}.key" })]);

        internal async Task<Ended> DeviceAsync(string client, params string[] targets) =>
            await Processes.RunAsync("node", [Path.Combine(Here, "tuf.mjs"), await NpmPackages.FolderAsync(Here, "tuf-js"), Path.Combine(this["pub"], "public"), this[client], .. targets]);

        public ValueTask DisposeAsync() => _scratch.DisposeAsync();
    }

    [Fact]
    public async Task A_stock_client_refreshes_and_downloads_across_releases_and_rotations_of_every_role()
    {
        await using Publisher publisher = new();
        (await publisher.PublishAsync("init", "--dir", "pub", "--keys", "keys")).Is(0);
        await publisher.GreetAsync("one");
        (await publisher.SignAsync("targets-1", "targets-2")).Is(0);
        Assert.Contains("root 1\ntimestamp 1\nsnapshot 1\ntargets 1\ngreetings.jsonl.zst ", (await publisher.DeviceAsync("old", "greetings.jsonl.zst")).Is(0).Output, StringComparison.Ordinal);

        // An update, whose payload lies in folders.
        await File.WriteAllTextAsync(publisher["update.bin"], "update", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(publisher["notes"], "New.", TestContext.Current.CancellationToken);
        (await publisher.PublishAsync("update", "--dir", "pub", "--model", "example-phone", "--version", "1.1", "--channel", "stable", "--full", "update.bin", "--notes", "en=notes")).Is(0);
        (await publisher.SignAsync("targets-3", "targets-2")).Is(0);
        Ended ended = (await publisher.DeviceAsync("old", "notices.jsonl.zst", "payloads/example-phone/1.1/update.bin")).Is(0);
        Assert.Contains($"payloads/example-phone/1.1/update.bin {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("update"u8))}", ended.Output, StringComparison.Ordinal);

        // Every role gets other keys: root 2 and 3 on the way.
        foreach (string role in (string[])["root", "targets"]) (await publisher.PublishAsync("keys", "add", role, "--dir", "pub", "--to", $"keys/{role}-4.key", "--threshold", "3")).Is(0);
        (await publisher.SignAsync("root-1", "root-2", "root-4", "targets-1", "targets-2", "targets-4")).Is(0);
        foreach (string role in (string[])["timestamp", "snapshot"]) (await publisher.PublishAsync("keys", "replace", role, "--dir", "pub")).Is(0);
        (await publisher.SignAsync("root-1", "root-3", "root-4")).Is(0);
        Assert.Contains("root 3\n", (await publisher.DeviceAsync("old", "greetings.jsonl.zst")).Is(0).Output, StringComparison.Ordinal); // one that was there all the time
        Assert.Contains("root 3\n", (await publisher.DeviceAsync("new", "greetings.jsonl.zst")).Is(0).Output, StringComparison.Ordinal); // one that comes now, from the first root
        (await publisher.PublishAsync("timestamp", "--dir", "pub")).Is(0);
        Assert.Contains("snapshot 4\n", (await publisher.DeviceAsync("old")).Is(0).Output, StringComparison.Ordinal);
    }

    // The check can fail:

    [Theory]
    [InlineData("sed -i 's/\"version\":2/\"version\":3/' pub/public/timestamp.json")]
    [InlineData("printf x >>pub/public/2.targets.json")]
    [InlineData("cp pub/public/1.targets.json pub/public/2.targets.json")]
    [InlineData("for f in pub/public/targets/*; do printf x >>\"$f\"; done")]
    public async Task A_tree_that_is_not_as_it_was_published_is_refused(string change)
    {
        await using Publisher publisher = new();
        (await publisher.PublishAsync("init", "--dir", "pub", "--keys", "keys")).Is(0);
        await publisher.GreetAsync("one");
        (await publisher.SignAsync("targets-1", "targets-2")).Is(0);
        await publisher.GreetAsync("two");
        (await publisher.SignAsync("targets-1", "targets-2")).Is(0);
        (await publisher.DeviceAsync("whole", "greetings.jsonl.zst")).Is(0);
        (await Processes.ShellAsync(Path.GetDirectoryName(publisher["pub"])!, change)).Is(0);
        Assert.StartsWith("refused ", (await publisher.DeviceAsync("client", "greetings.jsonl.zst")).Is(1).Output.Split('\n').Last(line => line.Length > 0), StringComparison.Ordinal);
    }
}

/// <summary>Deltas of ours and of stock zstd are one format (channel.md §5.2).</summary>
public sealed class ZstdDeltas
{
    // Levels and windows of stock zstd; the last pair is longer than its usual window, so that the older file has to be reached across it.
    public static TheoryData<int, int, string> Pairs => new() { { 0, 5_000, "-3" }, { 60_000, 61_000, "-19" }, { 3_000_000, 2_500_000, "-3" }, { 20_000_000, 20_100_000, "-3" } };

    [Theory, MemberData(nameof(Pairs))]
    public async Task What_either_makes_the_other_opens(int oldLength, int newLength, string level)
    {
        await using Scratch scratch = new();
        byte[] old = new Seeded(1).Bytes(oldLength), made = [.. new Seeded(2).Bytes(100), .. old.Take(newLength / 2), .. new Seeded(3).Bytes(300), .. old.Skip(newLength / 3).Take(newLength)];
        await File.WriteAllBytesAsync(scratch["old"], old, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(scratch["new"], made, TestContext.Current.CancellationToken);
        Assert.True(Delta.TryMake(scratch["old"], scratch["new"], scratch["ours"]));
        (await Processes.RunAsync("zstd", "-q", "-d", $"--patch-from={scratch["old"]}", scratch["ours"], "-o", scratch["by-zstd"])).Is(0);
        Assert.Equal(made, await File.ReadAllBytesAsync(scratch["by-zstd"], TestContext.Current.CancellationToken));

        (await Processes.RunAsync("zstd", "-q", level, $"--patch-from={scratch["old"]}", scratch["new"], "-o", scratch["theirs"])).Is(0);
        Assert.True(ReleaseVersion.TryParse("1", out ReleaseVersion? version));
        NoticePayload payload = new(NoticePayload.Delta, "", made.Length, Sha256(made), version, Sha256(old));
        Assert.Equal(DeltaResult.Done, Delta.Apply(payload, scratch["old"], scratch["theirs"], scratch["by-us"]));
        Assert.Equal(made, await File.ReadAllBytesAsync(scratch["by-us"], TestContext.Current.CancellationToken));
        TestContext.Current.TestOutputHelper?.WriteLine($"{made.Length} bytes: ours {new FileInfo(scratch["ours"]).Length}, theirs {new FileInfo(scratch["theirs"]).Length}");
    }

    static string Sha256(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
}
