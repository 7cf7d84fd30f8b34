using System.Diagnostics;
using Offproof.Channel;
using Offproof.Channel.Tests.Polling;

namespace Offproof.Device.Tests.Channel;

/// <summary>What lies in HOME/channel and is no file is named and not waited for (channel.md §6.2); what proves a split view is said (§6.3).</summary>
public sealed class HeldFilesTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("current"), InlineData("rollout.key"), InlineData("updates.json"), InlineData("views/1/timestamp.json")]
    public async Task A_pipe_is_named_by_whoever_would_have_read_it(string name)
    {
        await using Rig rig = await Rig.StartAsync();
        using TestChannel channel = await HoldAsync(rig);
        using DeviceHome device = rig.Open();
        string file = await PipeAsync(rig, name);
        DeviceException e = await Assert.ThrowsAsync<DeviceException>(() => Task.Run(() => device.Updates(Version("1.0")), None).WaitAsync(Long, None));
        Assert.Contains($"{file} is no file, but a pipe", e.Message, StringComparison.Ordinal);
        Assert.Contains("remove it", e.Hint, StringComparison.Ordinal);
        ChannelStatus status = await Task.Run(device.ChannelStatus, None).WaitAsync(Long, None);
        Assert.Equal(name is "current" or "views/1/timestamp.json", status.Damage?.Contains(file, StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task A_trust_file_that_is_a_pipe_or_has_no_end_is_none()
    {
        await using Rig rig = await Rig.StartAsync();
        using DeviceHome device = rig.Open();
        foreach (string file in (string[])[await PipeAsync(rig, "brought"), "/dev/zero"])
        {
            DeviceException e = await Assert.ThrowsAsync<DeviceException>(() => Task.Run(() => device.PollAsync(file, null, None), None).WaitAsync(Long, None));
            Assert.Equal($"that is no trust.json: {file} is no file, but a pipe, a device or a folder", e.Message);
        }
    }

    [Fact] // `run` would wait for it, and with it every poll.
    public async Task A_pipe_in_the_place_of_the_next_poll_is_drawn_anew()
    {
        await using Rig rig = await Rig.StartAsync();
        using TestChannel channel = await HoldAsync(rig);
        string file = await PipeAsync(rig, "next-poll");
        Assert.False(await Task.Run(() => new PollSchedule(new HomeFolder(rig.Home), static () => 0.5).IsDue(TimeProvider.System.GetUtcNow()), None).WaitAsync(Long, None));
        Assert.Equal(21, (await File.ReadAllTextAsync(file, None)).Length);
    }

    [Fact]
    public async Task An_installed_file_that_is_a_pipe_is_said_before_anything_is_asked()
    {
        await using Rig rig = await Rig.StartAsync();
        using DeviceHome device = rig.Open();
        string pipe = await PipeAsync(rig, "installed");
        Notice notice = new(Notice.IdOf("acme-one", Version("2.0"), "stable"), "acme-one", Version("2.0"), "stable", default, new NoticeRollout(default, 0), false,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "Fixes." }, [new NoticePayload(NoticePayload.Full, "payloads/acme-one/2.0/x", 1, new string('a', 64))]);
        DeviceException e = await Assert.ThrowsAsync<DeviceException>(() => device.FetchUpdateAsync(notice, pipe, rig.Home, null, null, null, None).WaitAsync(Long, None));
        Assert.Equal($"{pipe} is no file, but a pipe, a device or a folder", e.Message);
    }

    [Fact]
    public async Task That_two_histories_were_seen_is_said_as_long_as_the_proof_is_there()
    {
        await using Rig rig = await Rig.StartAsync();
        using TestChannel channel = await HoldAsync(rig);
        using DeviceHome device = rig.Open();
        Assert.Null(device.ChannelStatus().Contradiction);
        string proof = Path.Combine(rig.Home, "channel", "checkpoint.split");
        await File.WriteAllTextAsync(proof, "another history", None);
        Assert.Equal(proof, device.ChannelStatus().Contradiction);
    }

    private static async Task<TestChannel> HoldAsync(Rig rig)
    {
        TestChannel channel = new(TimeProvider.System.GetUtcNow());
        channel.Bundles[NoticeList.Target] = NoticeList.Seal(NoticeList.Write([new Notice(Notice.IdOf("offproof", Version("9.0"), "stable"), "offproof", Version("9.0"), "stable", channel.Now, new NoticeRollout(channel.Now, 0), false,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "Fixes." }, [new NoticePayload(NoticePayload.Full, "payloads/offproof/9.0/x", 1, new string('a', 64))])]));
        channel.Release();
        PublicChannel held = new(Path.Combine(rig.Home, "channel"), TimeProvider.System);
        held.Pin(channel.Trust);
        using HttpMessageInvoker http = new(new FolderServer(channel.Folder));
        await held.PollAsync(http, new Uri("https://cloud.example.org/channel/"), None);
        return channel;
    }

    private static async Task<string> PipeAsync(Rig rig, string name)
    {
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(rig.Home, "channel")).FullName, name);
        File.Delete(file);
        using Process made = Process.Start("mkfifo", [file]);
        await made.WaitForExitAsync(None);
        Assert.Equal(0, made.ExitCode);
        return file;
    }

    private static ReleaseVersion Version(string text)
    {
        Assert.True(ReleaseVersion.TryParse(text, out ReleaseVersion? version));
        return version;
    }
}
