using System.Diagnostics;

namespace Offproof.Channel.Tests;

/// <summary>A channel that is being made is stopped before any of its steps (channel.md §9.1): the same command goes on, and nobody's file is touched.</summary>
public sealed class KilledInitTests
{
    sealed class KilledException : Exception;

    static bool Kill(PublisherSetup setup, Bench bench, int kill)
    {
        int seen = 0;
        try
        {
            Publisher.Create(setup, bench.Time, _ =>
            {
                if (seen++ == kill) throw new KilledException();
            });
            return false;
        }
        catch (KilledException)
        {
            return true; // as if by SIGKILL: what lies there lies there
        }
    }

    [Theory]
    [InlineData("keys")]
    [InlineData("publisher/keys/safe")]
    [InlineData(null)]
    public async Task Stopped_anywhere_the_same_command_goes_on(string? keys)
    {
        int steps = int.MaxValue;
        for (int kill = 0; kill < steps; kill++)
        {
            using Bench bench = new(isBegun: false);
            PublisherSetup setup = new(bench.Folder, "channel.example.org/", keys is null ? null : bench[keys]);
            if (!Kill(setup, bench, kill))
            {
                steps = kill;
                break;
            }
            bool isPublisher = File.Exists(Path.Combine(bench.Folder, "publisher.json"));
            if (!isPublisher)
            {
                PublisherMade made = Publisher.Create(setup, bench.Time);
                Assert.Equal((6, 3), (made.OfflineKeys.Count(File.Exists), made.OnlineKeys.Count(File.Exists)));
                Assert.StartsWith("channel.example.org/", made.Log, StringComparison.Ordinal);
            }
            string safe = bench[keys ?? "publisher/keys/offline"];
            using Publisher publisher = bench.Open();
            Assert.False(Directory.Exists(Path.Combine(bench.Folder, ".init")));
            Assert.Equal(6, Directory.GetFiles(safe).Length);
            publisher.StageGreetings([Bench.Greeting("a")]);
            publisher.Sign([Path.Combine(safe, "targets-1.key"), Path.Combine(safe, "targets-3.key")]);
            Assert.True((await publisher.ReleaseAsync(null, CancellationToken.None)).IsPublished);
            Assert.Equal(1, (await bench.VerifyAsync()).Greetings);
        }
        Assert.InRange(steps, 16, 30);
    }

    [Fact]
    public void What_is_somebodys_stays_as_it_is()
    {
        using Bench bench = new(isBegun: false);
        PublisherSetup setup = new(bench.Folder, "channel.example.org/releases", bench["keys"]);
        void Refused(PublisherSetup asked, string file)
        {
            string before = File.ReadAllText(file);
            Assert.Equal(PublishingFault.Refused, Assert.Throws<PublishingException>(() => Publisher.Create(asked, bench.Time)).Fault);
            Assert.Equal(before, File.ReadAllText(file));
        }
        string Put(string name)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(bench[name])!);
            File.WriteAllText(bench[name], "mine");
            return bench[name];
        }
        foreach (string name in (string[])["publisher/mine", "publisher/.init/mine", "keys/targets-2.key"])
        {
            Refused(setup, Put(name));
            File.Delete(bench[name]);
        }
        Assert.True(Kill(setup, bench, 20)); // behind the point from which it goes on
        Assert.True(File.Exists(Path.Combine(bench.Folder, ".init", "publisher.json")));
        Refused(setup with { RootKeys = 5 }, Path.Combine(bench.Folder, ".init", "setup"));
        Refused(setup, Put("publisher/mine"));
        File.Delete(bench["publisher/mine"]);
        Refused(setup, Put("keys/targets-2.key"));
        File.Delete(bench["keys/targets-2.key"]);
        Publisher.Create(setup, bench.Time);
    }

    [Fact]
    public async Task No_file_beside_the_one_that_is_written_is_touched()
    {
        using Bench bench = new();
        string[] precious = [bench["keys/targets-4.key.tmp"], Path.Combine(bench.Public, "timestamp.json.tmp"), Path.Combine(bench.Folder, "publisher.json.tmp"), Path.Combine(bench.Folder, "staged", "copy.tmp"), Path.Combine(bench.Public, "log", "checkpoint.tmp")];
        string left = DurableFile.Beside(Path.Combine(bench.Public, "timestamp.json"));
        foreach (string file in precious.Append(left))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, "precious", CancellationToken.None);
        }
        await bench.ReleaseAsync("a");
        using (Publisher publisher = bench.Open()) publisher.AddKey("targets", bench.Key("targets-4"), null);
        foreach (string file in precious) Assert.Equal("precious", await File.ReadAllTextAsync(file, CancellationToken.None));
        Assert.False(File.Exists(left)); // what a killed run of ours left
    }

    [Fact] // DATA/channel.new of somebody
    public async Task A_servers_own_channel_is_made_without_a_folder_beside_it()
    {
        using Bench bench = new(isBegun: false);
        Directory.CreateDirectory(bench["channel.new"]);
        await File.WriteAllTextAsync(bench["channel.new/mine"], "mine", CancellationToken.None);
        Assert.True(Kill(new PublisherSetup(bench["channel"], "local.offproof/", RootKeys: 1, RootThreshold: 1, TargetsKeys: 1, TargetsThreshold: 1), bench, 3));
        string served = await LocalChannel.EnsureAsync(bench["channel"], new StarterGreetings("none", static () => []), [], bench.Time, CancellationToken.None);
        Assert.True(File.Exists(Path.Combine(served, "timestamp.json")));
        Assert.Equal("mine", await File.ReadAllTextAsync(bench["channel.new/mine"], CancellationToken.None));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pipe_is_no_update_and_nobody_waits_for_it(bool isFull)
    {
        if (OperatingSystem.IsWindows()) return;
        using Bench bench = new();
        using (Process made = Process.Start("mkfifo", [bench["pipe"]])) made.WaitForExit();
        File.WriteAllBytes(bench["update"], [1, 2, 3]);
        static ReleaseVersion Version(string text) => ReleaseVersion.TryParse(text, out ReleaseVersion? version) ? version : throw new FormatException(text);
        using Publisher publisher = bench.Open();
        UpdateDraft draft = new("model", Version("2"), "stable", bench[isFull ? "pipe" : "update"], new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "x" }, isFull ? [] : [(Version("1"), bench["pipe"])]);
        Assert.Contains("no regular file", Assert.Throws<PublishingException>(() => publisher.StageUpdate(draft)).Message, StringComparison.Ordinal);
        Assert.Empty(publisher.WhatToSign());
    }
}
