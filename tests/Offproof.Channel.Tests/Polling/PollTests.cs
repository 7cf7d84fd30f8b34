using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Offproof.Channel.Tests.Polling;

/// <summary>channel.md §6: what is asked for, what is believed, and what stays when it is not.</summary>
public sealed class PollTests : IDisposable
{
    private static readonly Uri Url = new("https://cloud.example.org/channel/");

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));
    private readonly DirectoryInfo homes = Directory.CreateTempSubdirectory("offproof-poll-");
    private readonly TestChannel channel;

    public PollTests() => channel = new TestChannel(time.GetUtcNow());

    public void Dispose()
    {
        channel.Dispose();
        homes.Delete(recursive: true);
    }

    [Fact]
    public async Task A_fresh_device_asks_for_everything_in_one_order()
    {
        channel.Release();
        var (outcome, asked) = await PollAsync("a");
        Assert.True(outcome.IsNew);
        Assert.Equal((1, "signed by 2 of 2 witnesses"), (outcome.Release, outcome.Assurance));
        Assert.Equal(["timestamp.json", "roots.bin.zst", "log/checkpoint", "1.snapshot.json", "1.targets.json", "log/tile/0/000.p/1", Target(GreetingList.Target), Target(NoticeList.Target)], asked);
        Assert.Equal("Happy New Year!", Assert.Single(Home("a").ReadGreetings()).Text);
    }

    [Fact] // The search file says where to look; what is shown is what was verified, each time anew.
    public async Task What_is_searched_is_the_collection_that_is_held()
    {
        Assert.Equal(0, Home("a").OpenSearch().Count);
        channel.Release();
        await PollAsync("a");
        Assert.Equal(1, Home("a").OpenSearch().Find(new GreetingQuery("new year", new DateOnly(2026, 7, 1)), 1).Total);
        channel.Bundles[GreetingList.Target] = TestChannel.Greetings("Season's greetings!");
        channel.Release();
        await PollAsync("a");
        Assert.Equal(0, Home("a").OpenSearch().Find(new GreetingQuery("new year", new DateOnly(2026, 7, 1)), 1).Total);
        string held = Assert.Single(Directory.EnumerateFiles(Path.Combine(homes.FullName, "a", "targets"), "*.greetings.jsonl.zst"));
        await File.WriteAllBytesAsync(held, TestChannel.Greetings("Another text"), TestContext.Current.CancellationToken);
        Assert.Throws<LostBundleException>(() => Home("a").OpenSearch());
        File.Delete(held);
        Assert.Throws<LostBundleException>(() => Home("a").OpenSearch());
    }

    [Fact]
    public async Task A_poll_that_finds_nothing_new_asks_for_three_files()
    {
        channel.Release();
        await PollAsync("a");
        time.Advance(TimeSpan.FromDays(1));
        channel.Now = time.GetUtcNow();
        channel.Timestamp();
        var (outcome, asked) = await PollAsync("a");
        Assert.False(outcome.IsNew);
        Assert.Equal(["timestamp.json", "roots.bin.zst", "log/checkpoint"], asked);
        Assert.False(Home("a").ReadHeld()!.IsExpired);
        Assert.Equal(time.GetUtcNow().AddDays(3), Home("a").ReadHeld()!.Until);
    }

    [Fact] // Two classes: fresh, and holds the previous release. Whoever is further behind asks as a fresh one does.
    public async Task What_is_asked_for_depends_on_whether_the_previous_release_is_held_alone()
    {
        channel.Release();
        await PollAsync("old");
        channel.Bundles[GreetingList.Target] = TestChannel.Greetings("Happy New Year!", "Season's greetings!");
        channel.Release();
        await PollAsync("previous");
        await PollAsync("alike");
        channel.Release();
        List<string> fresh = (await PollAsync("fresh")).Asked;
        Assert.Equal(8, fresh.Count);
        Assert.Equal(fresh, (await PollAsync("old")).Asked);
        List<string> previous = (await PollAsync("previous")).Asked;
        Assert.Equal(fresh.Take(6), previous); // both bundles are held
        Assert.Equal(previous, (await PollAsync("alike")).Asked);
    }

    [Fact]
    public async Task A_new_root_is_walked_to_from_the_pinned_one()
    {
        channel.Release();
        await PollAsync("a");
        channel.AddRoot(newOnlineKeys: true);
        channel.AddRoot();
        channel.Release();
        Assert.Equal(2, (await PollAsync("a")).Outcome.Release);
        Assert.Equal(2, (await PollAsync("fresh")).Outcome.Release);
    }

    [Fact] // A publisher at work: the root of the next release is there, its timestamp is not.
    public async Task A_root_that_is_newer_than_the_release_does_no_harm()
    {
        channel.Release();
        channel.AddRoot();
        Assert.Equal(1, (await PollAsync("a")).Outcome.Release);
        Assert.False((await PollAsync("a")).Outcome.IsNew);
        channel.Release();
        Assert.Equal(2, (await PollAsync("a")).Outcome.Release);
    }

    [Fact] // Who has the root keys could otherwise cut one phone off from the channel for ever, and no log would show it.
    public async Task Roots_that_no_log_shows_are_not_kept()
    {
        channel.Release();
        await PollAsync("a");
        string chain = Path.Combine(channel.Folder, RootChain.Name);
        byte[] shown = await File.ReadAllBytesAsync(chain, TestContext.Current.CancellationToken);
        channel.AddRoot();
        channel.AddRoot();
        Assert.False((await PollAsync("a")).Outcome.IsNew); // the release that is held is as good as before
        channel.Write(RootChain.Name, shown);
        Assert.False((await PollAsync("a")).Outcome.IsNew);
        channel.AddRoot(newOnlineKeys: true);
        Assert.False((await PollAsync("a")).Outcome.IsNew);
    }

    [Fact] // The root of the entry is the one that was verified, not what stands in its place in the bundle.
    public async Task A_root_before_the_pinned_one_counts_for_nothing()
    {
        channel.Release();
        byte[] root = await File.ReadAllBytesAsync(Path.Combine(channel.Folder, "1.root.json"), TestContext.Current.CancellationToken);
        byte[] other = [.. root, (byte)'\n'];
        FolderServer server = new(channel.Folder);
        server.Instead[RootChain.Name] = RootChain.Write([other]);
        Assert.Equal(1, (await PollAsync("a", server)).Outcome.Release);

        // One behind it counts: it is believed by the keys of the one before, and as the log has it.
        channel.AddRoot();
        channel.Release();
        byte[] next = await File.ReadAllBytesAsync(Path.Combine(channel.Folder, "2.root.json"), TestContext.Current.CancellationToken);
        server.Instead[RootChain.Name] = RootChain.Write([root, (byte[])[.. next, (byte)'\n']]);
        Assert.Equal(LogRefusal.NotLogged, (await Assert.ThrowsAsync<LogException>(() => PollAsync("a", server))).Refusal);
        next[next.Length / 2] ^= 1;
        server.Instead[RootChain.Name] = RootChain.Write([root, next]);
        await Assert.ThrowsAsync<TufException>(() => PollAsync("a", server));
        server.Instead.Remove(RootChain.Name);
        Assert.Equal(2, (await PollAsync("a", server)).Outcome.Release);
    }

    [Fact]
    public async Task A_release_that_was_not_logged_is_refused()
    {
        channel.Release();
        await PollAsync("a");
        channel.Release(isLogged: false);
        Assert.Equal(LogRefusal.NotLogged, (await RefusedAsync<LogException>("a")).Refusal);
    }

    [Fact]
    public async Task A_split_view_is_refused_also_where_nothing_is_new()
    {
        channel.Release();
        await PollAsync("a");
        channel.ForgetLog();
        channel.Log("another history"u8.ToArray());
        Assert.Equal(LogRefusal.SplitView, (await RefusedAsync<LogException>("a")).Refusal);
        channel.Release(); // a longer one, whose tiles show it
        Assert.Equal(LogRefusal.SplitView, (await RefusedAsync<LogException>("a")).Refusal);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(channel.Folder, "log", "checkpoint"), TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(Path.Combine(homes.FullName, "a", "checkpoint.split"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_bundle_that_is_damaged_here_is_fetched_again()
    {
        channel.Release();
        await PollAsync("a");
        string bundle = Directory.GetFiles(Path.Combine(homes.FullName, "a", "targets"), "*.greetings*").Single();
        await File.WriteAllTextAsync(bundle, "damaged", TestContext.Current.CancellationToken);
        Assert.Throws<LostBundleException>(Home("a").ReadGreetings);
        Assert.Equal(8, (await PollAsync("a")).Asked.Count);
        Assert.Single(Home("a").ReadGreetings());
    }

    [Fact] // What lies in the folder and is not ours, or behind a link in it, is nobody's to delete.
    public async Task Only_views_and_bundles_are_cleared_away()
    {
        channel.Release();
        DirectoryInfo elsewhere = homes.CreateSubdirectory("elsewhere");
        foreach (string name in (string[])["views", "targets"])
        {
            elsewhere.CreateSubdirectory(Path.Combine(name, "photos"));
            await File.WriteAllTextAsync(Path.Combine(elsewhere.FullName, name, "photos", "a.jpg"), "photo", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(elsewhere.FullName, name, "letter.txt"), "letter", TestContext.Current.CancellationToken);
            Home("a");
            Directory.CreateSymbolicLink(Path.Combine(homes.FullName, "a", name), Path.Combine(elsewhere.FullName, name));
        }
        await PollAsync("a");
        foreach (string name in (string[])["views/photos/a.jpg", "views/letter.txt", "targets/photos/a.jpg", "targets/letter.txt"]) Assert.True(File.Exists(Path.Combine(elsewhere.FullName, name)), name);
    }

    [Fact]
    public async Task Too_few_witnesses_are_refused()
    {
        channel.Cosigners = 0;
        channel.Release();
        Assert.Equal(LogRefusal.QuorumNotMet, (await RefusedAsync<LogException>("a", holdsNothing: true)).Refusal);
        channel.Cosigners = 1;
        channel.Cosign();
        Assert.Equal("signed by 1 of 2 witnesses", (await PollAsync("a")).Outcome.Assurance);
        channel.Cosigners = 0;
        channel.Cosign();
        Assert.Equal(LogRefusal.QuorumNotMet, (await RefusedAsync<LogException>("a")).Refusal);
    }

    [Fact] // Who has the log's key alone could name a million entries, and give each of their tiles as slowly as may be.
    public async Task No_tile_is_asked_for_before_the_quorum_signed()
    {
        channel.Cosigners = 0;
        channel.Release();
        FolderServer server = new(channel.Folder);
        Assert.Equal(LogRefusal.QuorumNotMet, (await Assert.ThrowsAsync<LogException>(() => PollAsync("a", server))).Refusal);
        Assert.Equal(["timestamp.json", "roots.bin.zst", "log/checkpoint"], server.Asked);
    }

    [Fact] // Each piece comes as fast as it has to: only the whole takes for ever.
    public async Task A_poll_ends_after_half_an_hour()
    {
        channel.Release();
        await PollAsync("a");
        string before = Everything("a");
        DateTimeOffset start = time.GetUtcNow();
        using HttpMessageInvoker http = new(new Dripping(channel.Folder, time));
        TufException e = await Assert.ThrowsAsync<TufException>(() => Home("a").PollAsync(http, Url, TestContext.Current.CancellationToken));
        Assert.Equal(Refusal.SlowRetrieval, e.Refusal);
        Assert.Contains("the poll had not ended after 30 minutes; 2 files were asked for", e.Message, StringComparison.Ordinal);
        Assert.InRange(time.GetUtcNow() - start, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(31));
        Assert.Equal(before, Everything("a"));
    }

    [Theory] // A pipe would be waited for: a poll, and `status`, for ever.
    [InlineData("trust.json"), InlineData("current"), InlineData("views/1/timestamp.json"), InlineData("views/1/checkpoint"), InlineData("views/1/root.json")]
    public async Task A_pipe_in_the_place_of_a_file_is_named(string name)
    {
        channel.Release();
        await PollAsync("a");
        string file = Path.Combine(homes.FullName, "a", name);
        File.Delete(file);
        using (System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", [file])) await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        PublicChannel device = new(Path.Combine(homes.FullName, "a"), time);
        Assert.True(device.IsPinned);
        Exception e = await Assert.ThrowsAnyAsync<Exception>(() => Task.Run(device.ReadHeld, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.True(e is InvalidDataException or FormatException, e.ToString());
        Assert.Equal($"{file} is no file, but a pipe, a device or a folder", e.Message);
    }

    [Fact]
    public async Task Without_a_quorum_it_says_what_it_cannot_say()
    {
        using TestChannel open = new(time.GetUtcNow(), quorum: 0) { Cosigners = 0 };
        open.Release();
        FolderServer server = new(open.Folder);
        PublicChannel device = new(Path.Combine(homes.FullName, "open"), time);
        device.Pin(open.Trust);
        using HttpMessageInvoker http = new(server);
        Assert.Equal("genuine, not shown to be the same for all", (await device.PollAsync(http, Url, TestContext.Current.CancellationToken)).Assurance);
    }

    [Fact]
    public async Task An_expired_timestamp_is_a_freeze_and_what_is_held_still_works()
    {
        channel.Release();
        await PollAsync("a");
        time.Advance(TimeSpan.FromDays(4));
        Assert.Equal(Refusal.Freeze, (await RefusedAsync<TufException>("a")).Refusal);
        Assert.True(Home("a").ReadHeld()!.IsExpired);
        Assert.Single(Home("a").ReadGreetings());
    }

    [Fact]
    public async Task An_older_timestamp_is_a_rollback()
    {
        channel.Release();
        byte[] older = await File.ReadAllBytesAsync(Path.Combine(channel.Folder, "timestamp.json"), TestContext.Current.CancellationToken);
        channel.Release();
        await PollAsync("a");
        channel.Write("timestamp.json", older);
        Assert.Equal(Refusal.Rollback, (await RefusedAsync<TufException>("a")).Refusal);
    }

    [Theory]
    [InlineData("timestamp.json")]
    [InlineData("log/checkpoint")]
    [InlineData("2.snapshot.json")]
    [InlineData("2.targets.json")]
    [InlineData("log/tile/0/000.p/2")]
    [InlineData(GreetingList.Target)]
    [InlineData(NoticeList.Target)]
    public async Task One_changed_byte_in_any_file_is_refused(string name)
    {
        channel.Release();
        await PollAsync("a");
        channel.Bundles[GreetingList.Target] = TestChannel.Greetings("Another");
        channel.Payloads["payloads/m/1/x"] = [1];
        channel.Release();
        string path = name.EndsWith(".zst", StringComparison.Ordinal) ? Target(name) : name;
        byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(channel.Folder, path), TestContext.Current.CancellationToken);
        FolderServer server = new(channel.Folder);
        for (int at = 0; at < bytes.Length; at += Math.Max(1, bytes.Length / 7))
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 1;
            server.Instead[path] = changed;
            Exception? e = await Record.ExceptionAsync(() => PollAsync("fresh", server));
            Assert.True(e is TufException or LogException or ContentException, $"byte {at}: {e?.GetType().Name ?? "taken"}");
            Assert.Null(Home("fresh").ReadHeld());
        }
    }

    [Theory]
    [InlineData("timestamp.json")]
    [InlineData("roots.bin.zst")]
    [InlineData("log/checkpoint")]
    [InlineData("1.snapshot.json")]
    [InlineData("1.targets.json")]
    [InlineData("log/tile/0/000.p/1")]
    public async Task A_file_that_does_not_end_is_refused(string name)
    {
        channel.Release();
        FolderServer server = new(channel.Folder);
        server.Instead[name] = new byte[20 << 20];
        Assert.Equal(Refusal.EndlessData, (await Assert.ThrowsAsync<TufException>(() => PollAsync("a", server))).Refusal);
    }

    [Fact]
    public async Task A_bundle_that_unfolds_to_more_than_a_phone_holds_is_refused()
    {
        channel.Bundles[GreetingList.Target] = Frame.Seal(new byte[(64 << 20) + 1]);
        channel.Release();
        await RefusedAsync<ContentException>("a", holdsNothing: true);
    }

    [Fact] // A disk that is full, and a process that ends, at each file in turn.
    public async Task Whatever_stops_the_first_poll_leaves_nothing_or_the_release()
    {
        channel.Release();
        int files = 0;
        for (bool ended = false; !ended; files++)
        {
            string name = $"stopped-{files}";
            ended = await StoppedAsync(name, files);
            Assert.Equal(ended ? 1 : null, Home(name).ReadHeld()?.Release);
            Assert.Equal(1, (await PollAsync(name)).Outcome.Release);
            Assert.Single(Home(name).ReadGreetings());
        }
        Assert.InRange(files, 8, 20);
    }

    [Fact]
    public async Task Whatever_stops_a_later_poll_leaves_the_old_release_or_the_new_one()
    {
        const int Most = 25;
        channel.Release();
        for (int device = 0; device < Most; device++) await PollAsync($"stopped-{device}");
        channel.Bundles[GreetingList.Target] = TestChannel.Greetings("Second");
        channel.AddRoot();
        channel.Release();
        int files = 0;
        for (bool ended = false; !ended; files++)
        {
            string name = $"stopped-{files}";
            ended = await StoppedAsync(name, files);
            Assert.Equal(ended ? "Second" : "Happy New Year!", Assert.Single(Home(name).ReadGreetings()).Text);
            Assert.Equal(2, (await PollAsync(name)).Outcome.Release);
            Assert.Equal("Second", Assert.Single(Home(name).ReadGreetings()).Text);
        }
        Assert.InRange(files, 10, Most);
    }

    /// <returns>False where it was stopped before that file.</returns>
    private async Task<bool> StoppedAsync(string name, int files)
    {
        Home(name);
        ChannelFolder folder = new(Path.Combine(homes.FullName, name)) { Before = _ => { if (files-- == 0) throw new IOException("stopped"); } };
        using HttpMessageInvoker http = new(new FolderServer(channel.Folder));
        try
        {
            await new ChannelPoll(folder, http, Url, time).RunAsync(TestContext.Current.CancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private string Target(string name) => $"targets/{TestChannel.Sha256(channel.Bundles[name])}.{name}";

    private PublicChannel Home(string name)
    {
        PublicChannel device = new(Path.Combine(homes.FullName, name), time);
        if (!device.IsPinned) device.Pin(channel.Trust);
        return device;
    }

    private async Task<(PollOutcome Outcome, List<string> Asked)> PollAsync(string name, FolderServer? server = null)
    {
        server ??= new FolderServer(channel.Folder);
        using HttpMessageInvoker http = new(server, disposeHandler: false);
        return (await Home(name).PollAsync(http, Url, TestContext.Current.CancellationToken), server.Asked);
    }

    /// <summary>Refused, and everything that was held is there as it was.</summary>
    private async Task<T> RefusedAsync<T>(string name, bool holdsNothing = false) where T : Exception
    {
        string before = Everything(name);
        T e = await Assert.ThrowsAsync<T>(() => PollAsync(name));
        Assert.Equal(before, Everything(name));
        if (!holdsNothing) Assert.Single(Home(name).ReadGreetings());
        return e;
    }

    private string Everything(string name)
    {
        string folder = Path.Combine(homes.FullName, name);
        if (!Directory.Exists(folder)) return "";
        StringBuilder all = new();
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(static f => Path.GetFileName(f) is not ("trust.json" or "checkpoint.split")).Order(StringComparer.Ordinal))
            all.AppendLine(Line(file, folder));
        return all.ToString();
    }

    /// <summary>A channel with as many roots as there may be, at 2 KiB a second.</summary>
    private sealed class Dripping(string folder, FakeTimeProvider time) : DelegatingHandler(new FolderServer(folder) { Instead = { [RootChain.Name] = new byte[RootChain.MostFile] } })
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
            answer.Content = new StreamContent(new Drip(await answer.Content.ReadAsByteArrayAsync(cancellationToken), time));
            return answer;
        }
    }

    private sealed class Drip(byte[] content, FakeTimeProvider time) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            cancellationToken.ThrowIfCancellationRequested();
            return base.ReadAsync(buffer[..Math.Min(buffer.Length, 2048)], cancellationToken);
        }
    }

    private static string Line(string file, string folder) => $"{Path.GetRelativePath(folder, file)} {TestChannel.Sha256(File.ReadAllBytes(file))}";
}
