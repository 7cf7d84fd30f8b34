using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace Offproof.Channel.Tests.Polling;

/// <summary>channel.md §8: parts that go on where they stopped, a delta where the installed file is at hand, and nothing that was not signed for.</summary>
public sealed class UpdateTests : IDisposable
{
    private static readonly Uri Url = new("https://cloud.example.org/channel/");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));
    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("offproof-update-");
    private readonly TestChannel channel;
    private readonly byte[] older = [.. Enumerable.Range(0, 3_000_000).Select(static i => (byte)(((i * 7919L) >> 5) & 255))];
    private readonly byte[] newer;
    private readonly Notice notice;
    private readonly PublicChannel device;

    public UpdateTests()
    {
        channel = new TestChannel(time.GetUtcNow());
        newer = [.. older[..1_500_000], .. "a small change"u8, .. older[1_500_000..]];
        File.WriteAllBytes(Path.Combine(home.FullName, "old"), older);
        File.WriteAllBytes(Path.Combine(home.FullName, "new"), newer);
        Assert.True(Delta.TryMake(Path.Combine(home.FullName, "old"), Path.Combine(home.FullName, "new"), Path.Combine(home.FullName, "delta")));
        channel.Payloads["payloads/acme-one/2.0/full.img"] = newer;
        channel.Payloads["payloads/acme-one/2.0/from-1.0"] = File.ReadAllBytes(Path.Combine(home.FullName, "delta"));
        notice = MakeNotice(TestChannel.Sha256(newer));
        channel.Bundles[NoticeList.Target] = NoticeList.Seal(NoticeList.Write([notice]));
        channel.Release();
        device = new PublicChannel(Path.Combine(home.FullName, "channel"), time);
        device.Pin(channel.Trust);
    }

    public void Dispose()
    {
        channel.Dispose();
        home.Delete(recursive: true);
    }

    private string Parts => Path.Combine(home.FullName, "channel", "parts");

    private string To => Directory.CreateDirectory(Path.Combine(home.FullName, "to")).FullName;

    [Fact]
    public async Task The_whole_update_comes_in_parts_of_one_MiB()
    {
        await PollAsync();
        FolderServer server = new(channel.Folder);
        FetchedUpdate fetched = await FetchAsync(server, installed: null);
        Assert.Equal(newer, await File.ReadAllBytesAsync(fetched.File, None));
        Assert.Equal(Path.Combine(To, "full.img"), fetched.File);
        Assert.Equal((newer.Length, newer.Length, null), (fetched.Bytes, fetched.Received, fetched.Delta));
        string name = $"targets/payloads/acme-one/2.0/{TestChannel.Sha256(newer)}.full.img Range: bytes=";
        Assert.Equal([$"{name}0-1048575", $"{name}1048576-2097151", $"{name}2097152-{newer.Length - 1}"], server.Asked);
        Assert.Equal(["full.img"], Directory.GetFiles(To).Select(static f => Path.GetFileName(f)));
    }

    [Fact]
    public async Task A_delta_is_enough_where_the_installed_file_is_at_hand()
    {
        await PollAsync();
        FetchedUpdate fetched = await FetchAsync(new FolderServer(channel.Folder), Path.Combine(home.FullName, "old"));
        Assert.Equal(newer, await File.ReadAllBytesAsync(fetched.File, None));
        Assert.Equal("1.0", fetched.Delta!.ToString());
        Assert.InRange(fetched.Received, 1, 20_000);
        Assert.Equal(["full.img"], Directory.GetFiles(To).Select(static f => Path.GetFileName(f)));
    }

    [Fact]
    public async Task Of_another_installed_file_the_whole_update_is_fetched()
    {
        await PollAsync();
        FetchedUpdate fetched = await FetchAsync(new FolderServer(channel.Folder), Path.Combine(home.FullName, "delta"));
        Assert.Null(fetched.Delta);
        Assert.Equal(newer, await File.ReadAllBytesAsync(fetched.File, None));
    }

    [Fact]
    public async Task What_was_stopped_goes_on_behind_the_last_whole_part()
    {
        await PollAsync();
        FolderServer server = new(channel.Folder);
        server.Before = _ => { if (server.Asked.Count == 3) throw new HttpRequestException("the net is gone"); };
        TufException gone = await Assert.ThrowsAsync<TufException>(() => FetchAsync(server, installed: null));
        Assert.Equal(Refusal.Unavailable, gone.Refusal);
        // Half of a part more, as a kill leaves it.
        await File.AppendAllTextAsync(Directory.GetFiles(Parts).Single(), "half", None);
        Assert.Empty(Directory.GetFiles(To));
        server = new FolderServer(channel.Folder);
        FetchedUpdate fetched = await FetchAsync(server, installed: null);
        Assert.EndsWith($"bytes=2097152-{newer.Length - 1}", Assert.Single(server.Asked), StringComparison.Ordinal);
        Assert.Equal(newer, await File.ReadAllBytesAsync(fetched.File, None));
    }

    [Fact]
    public async Task Parts_that_do_not_make_the_file_that_was_signed_for_are_thrown_away()
    {
        await PollAsync();
        byte[] changed = [.. newer];
        changed[1_200_000] ^= 1;
        FolderServer server = new(channel.Folder);
        server.Instead[$"targets/payloads/acme-one/2.0/{TestChannel.Sha256(newer)}.full.img"] = changed;
        Assert.Equal(Refusal.ArbitrarySoftware, (await Assert.ThrowsAsync<TufException>(() => FetchAsync(server, installed: null))).Refusal);
        Assert.Empty(Directory.GetFiles(To));
        Assert.Empty(Directory.GetFiles(Parts));
    }

    [Theory] // The publisher chooses the names, also that of the parts of another update.
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_file_of_the_owner_is_written_over(bool hasDelta)
    {
        await PollAsync();
        string hash = TestChannel.Sha256(newer), deltaHash = TestChannel.Sha256(channel.Payloads["payloads/acme-one/2.0/from-1.0"]);
        string[] names = ["full.img", "full.img.part", "from-1.0", hash, hash + ".part", hash + ".made", deltaHash, deltaHash + ".part"];
        foreach (string name in names) await File.WriteAllTextAsync(Path.Combine(To, name), "mine", None);
        await Assert.ThrowsAsync<IOException>(() => FetchAsync(new FolderServer(channel.Folder), hasDelta ? Path.Combine(home.FullName, "old") : null));
        foreach (string name in names) Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(To, name), None));
        Assert.False(await PublicChannel.IsUpdateAsync(notice, Path.Combine(To, "full.img"), None));
        File.Delete(Path.Combine(To, "full.img"));
        FetchedUpdate fetched = await FetchAsync(new FolderServer(channel.Folder), installed: null);
        Assert.Equal(hasDelta ? newer.Length : newer.Length % UpdateFetch.Part, fetched.Received); // what had come was kept, to its last whole part
        Assert.True(await PublicChannel.IsUpdateAsync(notice, fetched.File, None));
    }

    [Theory] // Whoever prepared it would have what is written through it, or keep the file as his.
    [InlineData("link", false), InlineData("link", true), InlineData("second name", false), InlineData("second name", true), InlineData("pipe", false), InlineData("pipe", true)]
    public async Task What_was_prepared_in_the_place_of_parts_is_not_used(string kind, bool hasDelta)
    {
        await PollAsync();
        string victim = Path.Combine(home.FullName, "victim");
        await File.WriteAllTextAsync(victim, "mine", None);
        foreach (string name in (string[])[TestChannel.Sha256(newer), TestChannel.Sha256(newer) + ".made", TestChannel.Sha256(channel.Payloads["payloads/acme-one/2.0/from-1.0"])])
        {
            string place = Path.Combine(Directory.CreateDirectory(Parts).FullName, name);
            if (kind == "link") File.CreateSymbolicLink(place, victim);
            else await RunAsync(kind == "pipe" ? ["mkfifo", place] : ["ln", victim, place]);
        }
        FetchedUpdate fetched = await FetchAsync(new FolderServer(channel.Folder), hasDelta ? Path.Combine(home.FullName, "old") : null).WaitAsync(TimeSpan.FromSeconds(60), None);
        Assert.Equal(newer, await File.ReadAllBytesAsync(fetched.File, None));
        Assert.Null(new FileInfo(fetched.File).LinkTarget);
        Assert.Equal("mine", await File.ReadAllTextAsync(victim, None));
        Assert.True(await PublicChannel.IsUpdateAsync(notice, fetched.File, None));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Parts_lie_where_nobody_else_writes_and_those_of_other_updates_go()
    {
        await PollAsync();
        string other = Path.Combine(Directory.CreateDirectory(Parts).FullName, new string('a', 64));
        File.SetUnixFileMode(Parts, (UnixFileMode)0b111_111_111);
        foreach (string file in (string[])[other, other + ".made", Path.Combine(Parts, "letter.txt")]) await File.WriteAllTextAsync(file, "old", None);
        await FetchAsync(new FolderServer(channel.Folder), installed: null);
        Assert.Equal([Path.Combine(Parts, "letter.txt")], Directory.GetFiles(Parts));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Parts));
    }

    [Fact] // HOME and --to need not be one file system: then it is copied, and gets its name all the same over nothing.
    public async Task Onto_another_file_system_it_is_copied()
    {
        if (!Directory.Exists("/dev/shm") || FileFacts.Of("/dev/shm")?.Identity.Minor == FileFacts.Of(home.FullName)?.Identity.Minor) Assert.Skip("there is no second file system");
        await PollAsync();
        string to = Path.Combine("/dev/shm", "offproof-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(to);
        try
        {
            await File.WriteAllTextAsync(Path.Combine(to, "full.img"), "mine", None);
            await Assert.ThrowsAsync<IOException>(() => FetchAsync(new FolderServer(channel.Folder), installed: null, to));
            Assert.Equal(["full.img"], Directory.GetFiles(to).Select(static f => Path.GetFileName(f)));
            Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(to, "full.img"), None));
            File.Delete(Path.Combine(to, "full.img"));
            FetchedUpdate fetched = await FetchAsync(new FolderServer(channel.Folder), Path.Combine(home.FullName, "old"), to);
            Assert.Equal(newer, await File.ReadAllBytesAsync(fetched.File, None));
            Assert.Equal(["full.img"], Directory.GetFiles(to).Select(static f => Path.GetFileName(f)));
            Assert.Empty(Directory.GetFiles(Parts));
        }
        finally
        {
            Directory.Delete(to, recursive: true);
        }
    }

    [Fact] // Who has a second name of it could change it later.
    public async Task What_somebody_else_has_a_name_of_is_not_the_update()
    {
        await PollAsync();
        string file = (await FetchAsync(new FolderServer(channel.Folder), installed: null)).File;
        await RunAsync("ln", file, Path.Combine(home.FullName, "second"));
        Assert.False(await PublicChannel.IsUpdateAsync(notice, file, None));
    }

    [Fact]
    public async Task An_installed_file_that_is_a_pipe_is_said_to_be_none()
    {
        await PollAsync();
        string pipe = Path.Combine(home.FullName, "pipe");
        await RunAsync("mkfifo", pipe);
        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() => FetchAsync(new FolderServer(channel.Folder), pipe).WaitAsync(TimeSpan.FromSeconds(60), None));
        Assert.Equal($"{pipe} is no file, but a pipe, a device or a folder", e.Message);
    }

    [Fact] // Signed for, and still not what the notice says: two truths of one publisher.
    public async Task A_payload_that_is_not_what_its_notice_promises_is_refused()
    {
        channel.Bundles[NoticeList.Target] = NoticeList.Seal(NoticeList.Write([MakeNotice(TestChannel.Sha256(older))]));
        channel.Release();
        await PollAsync();
        Notice other = Assert.Single(device.ReadNotices());
        foreach (string? installed in (string?[])[null, Path.Combine(home.FullName, "old")])
        {
            using HttpMessageInvoker http = new(new FolderServer(channel.Folder));
            Assert.Equal(Refusal.ArbitrarySoftware, (await Assert.ThrowsAsync<TufException>(() => device.FetchUpdateAsync(other, installed, To, http, Url, null, null, None))).Refusal);
            Assert.Empty(Directory.GetFiles(To));
        }
    }

    [Fact] // RFC 9110 §14.2: it may answer with the file
    public async Task From_a_server_that_gives_no_parts_it_comes_whole_and_anew()
    {
        await PollAsync();
        string part = Path.Combine(Directory.CreateDirectory(Parts).FullName, TestChannel.Sha256(newer));
        await File.WriteAllBytesAsync(part, newer[..(2 << 20)], None); // of a server that gave some
        using HttpMessageInvoker http = new(new WholeFiles(channel.Folder, static content => content));
        int told = 0;
        FetchedUpdate fetched = await device.FetchUpdateAsync(notice, null, To, http, Url, null, () => told++, None);
        Assert.Equal((1, newer.Length), (told, fetched.Received));
        Assert.Equal(newer, await File.ReadAllBytesAsync(fetched.File, None));
        File.Delete(fetched.File);
        Assert.NotNull((await device.FetchUpdateAsync(notice, Path.Combine(home.FullName, "old"), To, http, Url, null, null, None)).Delta);
    }

    [Theory]
    [InlineData(-1, Refusal.Unavailable), InlineData(1, Refusal.Unavailable), InlineData(0, Refusal.ArbitrarySoftware)]
    public async Task A_whole_file_that_is_another_is_refused(int more, Refusal refusal)
    {
        await PollAsync();
        using HttpMessageInvoker http = new(new WholeFiles(channel.Folder, content => more < 0 ? content[..^1] : [.. content[1..], .. new byte[1 + more]]));
        TufException e = await Assert.ThrowsAsync<TufException>(() => device.FetchUpdateAsync(notice, null, To, http, Url, null, null, None));
        Assert.Equal(refusal, e.Refusal);
        Assert.Empty(Directory.GetFiles(To));
        Assert.DoesNotContain(Directory.GetFiles(Parts), static file => new FileInfo(file).Length > 0);
    }

    private Notice MakeNotice(string sha256)
    {
        Assert.True(ReleaseVersion.TryParse("2.0", out ReleaseVersion? version));
        Assert.True(ReleaseVersion.TryParse("1.0", out ReleaseVersion? from));
        return new Notice(Notice.IdOf("acme-one", version, "stable"), "acme-one", version, "stable", time.GetUtcNow(), new NoticeRollout(time.GetUtcNow(), 0), false,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "Fixes." },
            [
                new NoticePayload(NoticePayload.Full, "payloads/acme-one/2.0/full.img", newer.Length, sha256),
                new NoticePayload(NoticePayload.Delta, "payloads/acme-one/2.0/from-1.0", newer.Length, sha256, from, TestChannel.Sha256(older)),
            ]);
    }

    private async Task PollAsync()
    {
        using HttpMessageInvoker http = new(new FolderServer(channel.Folder));
        await device.PollAsync(http, Url, None);
    }

    private async Task<FetchedUpdate> FetchAsync(FolderServer server, string? installed, string? to = null)
    {
        using HttpMessageInvoker http = new(server, disposeHandler: false);
        return await device.FetchUpdateAsync(notice, installed, to ?? To, http, Url, null, null, None);
    }

    private static async Task RunAsync(params string[] command)
    {
        using Process process = Process.Start(command[0], command[1..]);
        await process.WaitForExitAsync(None);
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Knows nothing of ranges.</summary>
    private sealed class WholeFiles(string folder, Func<byte[], byte[]> change) : DelegatingHandler(new FolderServer(folder))
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Range = null;
            HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
            answer.Content = new ByteArrayContent(change(await answer.Content.ReadAsByteArrayAsync(cancellationToken)));
            return answer;
        }
    }
}
