namespace Offproof.Channel.Tests;

/// <summary>From an empty folder to a release that a device takes (channel.md §9).</summary>
public sealed class PublisherTests
{
    [Fact]
    public async Task A_release_is_what_a_new_device_takes()
    {
        using Bench bench = new();
        ReleaseReport report = await bench.ReleaseAsync("a", "b");
        Assert.Equal((1L, true, 0), (report.Release!.Value, report.IsPublished, report.Quorum));
        Assert.Equal(new DeviceReport(1, 2, 0, "genuine, not shown to be the same for all"), await bench.VerifyAsync());
        report = await bench.ReleaseAsync("a", "b", "c");
        Assert.Equal(new DeviceReport(2, 3, 0, "genuine, not shown to be the same for all"), await bench.VerifyAsync(bench.FirstTrust));
    }

    [Fact]
    public async Task Nothing_is_released_before_the_threshold_is_reached_over_several_runs()
    {
        using Bench bench = new();
        using (Publisher publisher = bench.Open())
        {
            StageReport staged = publisher.StageGreetings([Bench.Greeting("a")]);
            Assert.Equal((1L, 1, 1, 0), (staged.Targets, staged.Entries, staged.Added, staged.Removed));
        }
        foreach (string key in (string[])["targets-3", "targets-3"]) // the same key twice is one
        {
            Assert.False((await bench.SignAndReleaseAsync(key)).IsPublished);
            Assert.False(File.Exists(Path.Combine(bench.Public, "timestamp.json")));
        }
        using (Publisher publisher = bench.Open()) Assert.Equal([new Threshold("targets keys", 1, 2)], publisher.WhatToSign().Single().Needs);
        Assert.True((await bench.SignAndReleaseAsync("targets-1")).IsPublished);
        Assert.Equal(1, (await bench.VerifyAsync()).Greetings);
    }

    [Fact]
    public async Task A_key_that_may_not_sign_is_named_and_staging_anew_drops_signatures()
    {
        using Bench bench = new();
        using Publisher publisher = bench.Open();
        Assert.Equal(PublishingFault.Failure, Assert.Throws<PublishingException>(() => publisher.Sign([bench.Key("targets-1")])).Fault); // nothing is staged
        publisher.StageGreetings([Bench.Greeting("a")]);
        Assert.Equal(PublishingFault.WrongKey, Assert.Throws<PublishingException>(() => publisher.Sign([bench.Key("root-1")])).Fault);
        Assert.Equal(PublishingFault.WrongKey, Assert.Throws<PublishingException>(() => publisher.Sign([bench.Made.OnlineKeys.Single(k => k.EndsWith("log.key", StringComparison.Ordinal))])).Fault);
        Assert.True(publisher.Sign([bench.Key("targets-1"), bench.Key("targets-2")]).IsComplete);
        publisher.StageGreetings([Bench.Greeting("b")]);
        Assert.Equal(0, publisher.WhatToSign().Single().Needs[0].Good);
        Assert.False((await publisher.ReleaseAsync(null, TestContext.Current.CancellationToken)).IsPublished);
    }
}
