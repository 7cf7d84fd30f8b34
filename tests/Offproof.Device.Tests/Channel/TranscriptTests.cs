using System.Diagnostics;
using Offproof.Channel;
using Offproof.Channel.Tests.Polling;

namespace Offproof.Device.Tests.Channel;

/// <summary>channel.md §6.1: what two devices that differ in all they can say to the wire. The polls are made inside of a traced activity, which is where .NET adds a header to requests.</summary>
public sealed class TranscriptTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Two_devices_that_differ_in_everything_say_the_same()
    {
        using TestChannel channel = new(TimeProvider.System.GetUtcNow());
        channel.Payloads["payloads/acme-one/2.0/full.img"] = [1, 2, 3];
        channel.Bundles[NoticeList.Target] = Notices("acme-one");
        channel.Release();
        await using Rig rig = await Rig.StartAsync(init: false);
        await rig.StopServerAsync();
        rig.Channel = channel.Folder;
        await rig.StartServerAsync(0);
        await using RecordingRelay relay = new(rig.Url);
        using DeviceHome busy = await DeviceAsync(rig, relay, "busy"), idle = await DeviceAsync(rig, relay, "idle");
        Use(busy, "acme-one", "1.0");
        relay.Take();

        string fresh = await PollAsync(busy, relay);
        Use(busy, "acme-one", "1.5");
        Assert.Equal(fresh, await PollAsync(idle, relay));
        Assert.Equal(8, Count(fresh, "GET "));

        Use(idle, "other-two", "7");
        channel.Bundles[GreetingList.Target] = TestChannel.Greetings("Happy New Year!", "Season's greetings!");
        channel.Release();
        string previous = await PollAsync(busy, relay);
        Use(busy, "acme-one", "1.6");
        Assert.Equal(previous, await PollAsync(idle, relay));
        Assert.Equal(7, Count(previous, "GET ")); // the notices are held

        string nothing = await PollAsync(busy, relay);
        Assert.Equal(nothing, await PollAsync(idle, relay));
        Assert.Equal($"GET /channel/timestamp.json HTTP/1.1\r\nHost: {relay.Url.Authority}\r\n\r\nGET /channel/roots.bin.zst HTTP/1.1\r\nHost: {relay.Url.Authority}\r\n\r\n"
            + $"GET /channel/log/checkpoint HTTP/1.1\r\nHost: {relay.Url.Authority}\r\n\r\n", nothing);

        // The comparison sees what it is there to see: the same requests, by a client as it comes.
        using SocketsHttpHandler usual = new() { UseProxy = false };
        using HttpMessageInvoker invoker = new(usual);
        string[] traced = [await PollAsync(invoker, rig["usual-1"], channel, relay), await PollAsync(invoker, rig["usual-2"], channel, relay)];
        Assert.Contains("traceparent", traced[0], StringComparison.Ordinal);
        Assert.NotEqual(traced[0], traced[1]);
    }

    [Fact]
    public async Task A_poll_that_finds_nothing_new_is_one_connection_of_at_most_16_KB_with_10_000_greetings_and_50_models()
    {
        using TestChannel channel = new(TimeProvider.System.GetUtcNow());
        channel.Bundles[GreetingList.Target] = TestChannel.Greetings([.. Enumerable.Range(0, 10_000).Select(static n => $"Greeting number {n}, and many more")]);
        string[] models = [.. Enumerable.Range(0, 50).Select(static n => $"model-{n}")];
        foreach (string model in models) channel.Payloads[$"payloads/{model}/2.0/full.img"] = [1, 2, 3];
        channel.Bundles[NoticeList.Target] = Notices(models);
        for (int root = 0; root < 9; root++) channel.AddRoot(newOnlineKeys: true);
        channel.Release();
        await using Rig rig = await Rig.StartAsync(init: false);
        await rig.StopServerAsync();
        rig.Channel = channel.Folder;
        await rig.StartServerAsync(0);
        await using RecordingRelay relay = new(rig.Url);
        using DeviceHome device = await DeviceAsync(rig, relay, "device");
        relay.Take();
        await device.PollAsync(null, null, None);
        Assert.InRange(relay.Take().Answered, 0, 3_000_000);

        PollOutcome outcome = await device.PollAsync(null, null, None);
        (string[] connections, long answered) = relay.Take();
        Assert.False(outcome.IsNew);
        Assert.InRange(answered + Assert.Single(connections).Length, 1, 16 * 1024);
        TestContext.Current.TestOutputHelper?.WriteLine($"{connections[0].Length} bytes out, {answered} back");
    }

    [Fact]
    public async Task Two_ClientHellos_are_the_same_but_for_what_is_drawn_for_each()
    {
        byte[] first = await HelloAsync(), second = await HelloAsync();
        Assert.NotEqual(first, second);
        Assert.Equal(ClientHello.Masked(first), ClientHello.Masked(second));
    }

    [Theory] // What is masked is nothing else: one bit anywhere else is seen.
    [InlineData(9)]
    [InlineData(80)]
    [InlineData(130)]
    public async Task The_mask_leaves_everything_else(int at)
    {
        byte[] hello = await HelloAsync(), other = [.. hello];
        other[at] ^= 1;
        Assert.NotEqual(ClientHello.Masked(hello), ClientHello.Masked(other));
    }

    private static async Task<DeviceHome> DeviceAsync(Rig rig, RecordingRelay relay, string name)
    {
        await DeviceHome.InitAsync(rig[name], relay.Url, rig[name + ".txt"], null, TimeProvider.System, null, None);
        Assert.NotNull(await DeviceHome.PinChannelAsync(rig[name], null, TimeProvider.System, None));
        return DeviceHome.Open(rig[name], TimeProvider.System);
    }

    private static void Use(DeviceHome device, string model, string installed)
    {
        Assert.True(ReleaseVersion.TryParse(installed, out ReleaseVersion? version));
        device.NamePhone(model, version, "stable");
        if (device.ChannelStatus().Held is null) return;
        device.Updates(version);
        device.Greetings();
    }

    private static async Task<string> PollAsync(DeviceHome device, RecordingRelay relay)
    {
        using (Traced()) await device.PollAsync(null, null, None);
        return Assert.Single(relay.Take().Connections);
    }

    private static async Task<string> PollAsync(HttpMessageInvoker http, string home, TestChannel channel, RecordingRelay relay)
    {
        PublicChannel device = new(home, TimeProvider.System);
        device.Pin(channel.Trust);
        using (Traced()) await device.PollAsync(http, new Uri(relay.Url, "channel/"), None);
        return string.Concat(relay.Take().Connections);
    }

    private static Activity Traced() => new Activity("a day in a phone's life").SetIdFormat(ActivityIdFormat.W3C).Start();

    private static int Count(string text, string what) => text.Split(what).Length - 1;

    private static byte[] Notices(params string[] models) => NoticeList.Seal(NoticeList.Write(models.Select(static model =>
    {
        Assert.True(ReleaseVersion.TryParse("2.0", out ReleaseVersion? version));
        DateTimeOffset day = new(2026, 11, 26, 0, 0, 0, TimeSpan.Zero);
        return new Notice(Notice.IdOf(model, version, "stable"), model, version, "stable", day, new NoticeRollout(day, 86400 * 7), false,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "Fixes." },
            [new NoticePayload(NoticePayload.Full, $"payloads/{model}/2.0/full.img", 3, TestChannel.Sha256([1, 2, 3]))]);
    })));

    private static async Task<byte[]> HelloAsync()
    {
        using ClientHello listener = new();
        using HttpMessageInvoker invoker = new(Wire.To(listener.Url));
        using HttpRequestMessage request = new(HttpMethod.Get, listener.Url);
        Task<HttpResponseMessage> asking = invoker.SendAsync(request, None);
        byte[] record = await listener.ReadAsync(None);
        try
        {
            using HttpResponseMessage answer = await asking;
            Assert.Fail("nobody answered");
        }
        catch (HttpRequestException)
        {
            // The connection was closed behind the ClientHello.
        }
        return record;
    }
}
