using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Offproof.Channel.Tests.Polling;

/// <summary>vectors/channel/tree: a whole published tree, two roots and two releases, and what a device makes of it. With <c>OFFPROOF_WRITE_VECTORS=1</c> it is made anew, with new keys.</summary>
public sealed class TreeVectorTests
{
    private static readonly Uri Url = new("https://cloud.example.org/channel/");
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_tree_is_taken_as_its_expectation_says()
    {
        if (Environment.GetEnvironmentVariable("OFFPROOF_WRITE_VECTORS") == "1") await WriteAsync();
        string home = Directory.CreateTempSubdirectory("offproof-tree-").FullName;
        using JsonDocument expected = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Folder, "expected.json"), TestContext.Current.CancellationToken));
        PublicChannel device = new(home, new FakeTimeProvider(Then));
        device.Pin(ChannelTrust.Read(await File.ReadAllBytesAsync(Path.Combine(Folder, "channel", "trust.json"), TestContext.Current.CancellationToken)));
        FolderServer server = new(Path.Combine(Folder, "channel"));
        using HttpMessageInvoker http = new(server);
        PollOutcome outcome = await device.PollAsync(http, Url, TestContext.Current.CancellationToken);
        JsonElement root = expected.RootElement;
        Assert.Equal(root.GetProperty("release").GetInt64(), outcome.Release);
        Assert.Equal(root.GetProperty("assurance").GetString(), outcome.Assurance);
        Assert.Equal(root.GetProperty("trustSha256").GetString(), device.ReadTrust().Sha256);
        Assert.Equal(root.GetProperty("requests").EnumerateArray().Select(static r => r.GetString()), server.Asked);
        Assert.Equal(root.GetProperty("greetings").EnumerateArray().Select(static g => g.GetString()).Order(StringComparer.Ordinal), device.ReadGreetings().Select(static g => g.Text).Order(StringComparer.Ordinal));
        Assert.Equal(root.GetProperty("notices").EnumerateArray().Select(static n => n.GetString()), device.ReadNotices().Select(static n => n.Id));
        Directory.Delete(home, recursive: true);
    }

    private static string Folder
    {
        get
        {
            string? at = AppContext.BaseDirectory;
            while (at is not null && !File.Exists(Path.Combine(at, "Offproof.slnx"))) at = Path.GetDirectoryName(at);
            return Path.Combine(at ?? throw new InvalidOperationException("not in the repository"), "vectors", "channel", "tree");
        }
    }

    private static async Task WriteAsync()
    {
        using TestChannel channel = new(Then);
        Assert.True(ReleaseVersion.TryParse("2.0", out ReleaseVersion? version));
        byte[] update = "an update"u8.ToArray();
        channel.Payloads["payloads/acme-one/2.0/full.img"] = update;
        channel.Bundles[NoticeList.Target] = NoticeList.Seal(NoticeList.Write([new Notice("acme-one/2.0/stable", "acme-one", version, "stable", Then, new NoticeRollout(Then, 86400), false,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "Fixes." }, [new NoticePayload(NoticePayload.Full, "payloads/acme-one/2.0/full.img", update.Length, TestChannel.Sha256(update))])]));
        channel.Release();
        channel.AddRoot(newOnlineKeys: true);
        channel.Bundles[GreetingList.Target] = TestChannel.Greetings("Happy New Year!", "Season's greetings!");
        channel.Release();
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        foreach (string file in Directory.EnumerateFiles(channel.Folder, "*", SearchOption.AllDirectories))
        {
            string place = Path.Combine(Folder, "channel", Path.GetRelativePath(channel.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Copy(file, place);
        }
        string greetings = TestChannel.Sha256(channel.Bundles[GreetingList.Target]), notices = TestChannel.Sha256(channel.Bundles[NoticeList.Target]);
        await File.WriteAllTextAsync(Path.Combine(Folder, "expected.json"), $$"""
            {
              "source": "made by TreeVectorTests with keys that were thrown away; looked at with a clock of 2026-01-02T12:00:00Z",
              "trustSha256": "{{channel.Trust.Sha256}}",
              "release": 2,
              "assurance": "signed by 2 of 2 witnesses",
              "greetings": ["Happy New Year!", "Season's greetings!"],
              "notices": ["acme-one/2.0/stable"],
              "requests": ["timestamp.json", "roots.bin.zst", "log/checkpoint", "2.snapshot.json", "2.targets.json", "log/tile/0/000.p/2", "targets/{{greetings}}.greetings.jsonl.zst", "targets/{{notices}}.notices.jsonl.zst"]
            }

            """);
    }
}
