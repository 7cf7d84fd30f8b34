namespace Offproof.Channel.Tests;

/// <summary>Notices and their payloads, rehearsals, and the channel that a server makes for itself.</summary>
public sealed class UpdateTests
{
    static ReleaseVersion Version(string text) => ReleaseVersion.TryParse(text, out ReleaseVersion? version) ? version : throw new FormatException(text);

    static UpdateDraft Draft(string version = "1.1", string channel = "stable", bool hasDelta = true) => new("example-phone", Version(version), channel, ContentVectors.Path("update/phone-1.1.bin"),
        new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "Fixes." }, hasDelta ? [(Version("1.0"), ContentVectors.Path("update/phone-1.0.bin"))] : [], TimeSpan.FromDays(7), Version("1.0"));

    [Fact]
    public async Task An_update_is_announced_with_what_makes_it_and_withdrawn_with_it()
    {
        using Bench bench = new();
        await bench.ReleaseAsync("a");
        using (Publisher publisher = bench.Open())
        {
            Assert.Equal((1, 1), (publisher.StageUpdate(Draft()).Entries, publisher.StageUpdate(Draft()).Added)); // again is once
            publisher.StageUpdate(Draft("1.1", "beta", hasDelta: false));
        }
        Assert.True((await bench.SignAndReleaseAsync("targets-1", "targets-2")).IsPublished);
        Assert.Equal((2L, 1, 2), ((await bench.VerifyAsync()).Release, (await bench.VerifyAsync()).Greetings, (await bench.VerifyAsync()).Notices));

        string[] payloads = [.. Directory.EnumerateFiles(Path.Combine(bench.Public, "targets", "payloads", "example-phone", "1.1")).Select(f => Path.GetFileName(f)[65..]).Order(StringComparer.Ordinal)];
        Assert.Equal(["1.0-to-1.1.zst", "phone-1.1.bin"], payloads);
        TargetsMetadata targets = TargetsMetadata.Read(SignedFile.Read(await File.ReadAllBytesAsync(Path.Combine(bench.Public, "2.targets.json"), TestContext.Current.CancellationToken)));
        IReadOnlyList<Notice> notices = NoticeList.Read(NoticeList.Open(await File.ReadAllBytesAsync(
            Path.Combine(bench.Public, PublicTree.TargetPlace(NoticeList.Target, targets.Targets[NoticeList.Target].Hashes.Known!)), TestContext.Current.CancellationToken)));
        Notice stable = notices.Single(n => n.Channel == "stable");
        Assert.Equal(Bench.Start, stable.Rollout.Start);
        NoticePayload delta = stable.Payloads.Single(p => p.Kind == NoticePayload.Delta);
        string file = Path.Combine(bench.Public, PublicTree.TargetPlace(delta.Target, targets.Targets[delta.Target].Hashes.Known!));
        Assert.Equal(DeltaResult.Done, Delta.Apply(delta, ContentVectors.Path("update/phone-1.0.bin"), file, bench["new"]));
        Assert.True(new FileInfo(file).Length < delta.Bytes / 10);

        using (Publisher publisher = bench.Open())
        {
            publisher.StageWithdrawal("example-phone/1.1/stable");
            publisher.StageWithdrawal("example-phone/1.1/stable"); // again is once
            Assert.Equal(PublishingFault.Failure, Assert.Throws<PublishingException>(() => publisher.StageWithdrawal("example-phone/1.2/stable")).Fault);
            Assert.Contains(publisher.WhatToSign().Single().Summary, line => line == "  payloads/example-phone/1.1/1.0-to-1.1.zst  said to be gone");
            Assert.DoesNotContain(publisher.WhatToSign().Single().Summary, line => line.EndsWith(".bin  said to be gone", StringComparison.Ordinal)); // beta has it
        }
        Assert.True((await bench.SignAndReleaseAsync("targets-1", "targets-2")).IsPublished);
        Assert.Equal(1, (await bench.VerifyAsync()).Notices);
    }

    [Fact]
    public void What_cannot_be_announced_is_not_staged()
    {
        using Bench bench = new();
        using Publisher publisher = bench.Open();
        publisher.StageUpdate(Draft());
        Assert.Equal(PublishingFault.Refused, Assert.Throws<PublishingException>(() => publisher.StageUpdate(Draft("1.1", "beta") with { File = ContentVectors.Path("update/phone-1.0.bin") })).Fault);
        foreach (UpdateDraft wrong in (UpdateDraft[])[Draft() with { Model = "../up" }, Draft() with { Channel = "Stable" }, Draft() with { Notes = new Dictionary<string, string>(StringComparer.Ordinal) { ["de"] = "x" } }, Draft("0.9")])
            Assert.Equal(PublishingFault.Usage, Assert.Throws<PublishingException>(() => publisher.StageUpdate(wrong)).Fault);
        Assert.Equal(1, publisher.StageUpdate(Draft()).Entries);
    }

    [Fact]
    public async Task A_file_that_is_exchanged_after_it_was_staged_is_not_released()
    {
        using Bench bench = new();
        using Publisher publisher = bench.Open();
        publisher.StageUpdate(Draft(hasDelta: false));
        publisher.Sign([bench.Key("targets-1"), bench.Key("targets-2")]);
        string staged = Directory.EnumerateFiles(Path.Combine(bench.Folder, "staged", "files"), "*.bin", SearchOption.AllDirectories).Single();
        byte[] bytes = await File.ReadAllBytesAsync(staged, TestContext.Current.CancellationToken);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(staged, bytes, TestContext.Current.CancellationToken);
        Assert.Equal(PublishingFault.Forgery, (await Assert.ThrowsAsync<PublishingException>(() => publisher.ReleaseAsync(null, TestContext.Current.CancellationToken))).Fault);
        Assert.False(File.Exists(Path.Combine(bench.Public, "timestamp.json")));
    }

    static Dictionary<string, string> Contents(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => f, f => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))), StringComparer.Ordinal);

    [Fact]
    public async Task A_rehearsal_shows_what_a_device_would_take_and_changes_nothing()
    {
        using Bench bench = new();
        await bench.ReleaseAsync("a");
        Dictionary<string, string> before = Contents(bench.Folder);
        using (Rehearsal rehearsal = Rehearsal.Begin(bench.Folder, bench.Time))
        {
            rehearsal.Publisher.StageGreetings([Bench.Greeting("a"), Bench.Greeting("b")]);
            rehearsal.Publisher.StageUpdate(Draft());
            Assert.Equal((2L, 2, 1), ((await rehearsal.VerifyAsync(TestContext.Current.CancellationToken))! is var d ? (d.Release, d.Greetings, d.Notices) : default));
            Assert.True(rehearsal.HasStandIns);
        }
        using (Rehearsal rehearsal = Rehearsal.Begin(bench.Folder, bench.Time))
        {
            rehearsal.Publisher.StageGreetings([Bench.Greeting("b")]);
            rehearsal.Publisher.Sign([bench.Key("targets-1"), bench.Key("targets-3")]);
            Assert.Equal(2, (await rehearsal.VerifyAsync(TestContext.Current.CancellationToken))!.Release);
            Assert.False(rehearsal.HasStandIns);
        }
        Assert.Equal(before, Contents(bench.Folder));
    }

    [Fact] // large files are linked, not copied
    public async Task A_rehearsal_takes_large_payloads_too()
    {
        using Bench bench = new();
        await File.WriteAllBytesAsync(bench["large.bin"], new byte[(1 << 20) + 100_000], TestContext.Current.CancellationToken);
        using (Publisher publisher = bench.Open()) publisher.StageUpdate(Draft(hasDelta: false) with { File = bench["large.bin"] });
        Dictionary<string, string> before = Contents(bench.Folder);
        for (int published = 0; published < 2; published++)
        {
            using (Rehearsal rehearsal = Rehearsal.Begin(bench.Folder, bench.Time))
            {
                if (published == 1) rehearsal.Publisher.StageGreetings([Bench.Greeting("a")]);
                rehearsal.Publisher.Sign([bench.Key("targets-1"), bench.Key("targets-2")]);
                Assert.Equal(1, (await rehearsal.VerifyAsync(TestContext.Current.CancellationToken))!.Notices);
                Assert.False(rehearsal.HasStandIns);
            }
            Assert.Equal(before, Contents(bench.Folder));
            if (published == 0) await bench.SignAndReleaseAsync("targets-1", "targets-2");
            before = Contents(bench.Folder);
        }
    }

    [Theory] // a view that cannot fail would rehearse nothing
    [InlineData("timestamp.json"), InlineData("1.snapshot.json"), InlineData("1.targets.json"), InlineData("log/checkpoint"), InlineData("log/tile/0/000.p/1"), InlineData("targets/*.greetings.jsonl.zst")]
    public async Task A_device_refuses_a_tree_with_one_flipped_bit(string name)
    {
        using Bench bench = new();
        await bench.ReleaseAsync("a");
        string file = Directory.EnumerateFiles(Path.Combine(bench.Public, Path.GetDirectoryName(name)!), Path.GetFileName(name)).Single();
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<PublishingException>(() => bench.VerifyAsync());
        File.Delete(file);
        await Assert.ThrowsAsync<PublishingException>(() => bench.VerifyAsync());
    }

    [Fact]
    public async Task A_server_has_a_channel_of_its_own_and_again_changes_nothing()
    {
        using Bench bench = new(isBegun: false);
        string folder = bench["channel"];
        async Task<string> EnsureAsync(params string[] texts) => await LocalChannel.EnsureAsync(folder, new StarterGreetings(string.Concat(texts), () => [.. texts.Select(Bench.Greeting)]), [Draft()], bench.Time, TestContext.Current.CancellationToken);
        string served = await EnsureAsync("a");
        byte[] trust = await File.ReadAllBytesAsync(Path.Combine(served, "trust.json"), TestContext.Current.CancellationToken);
        Assert.Equal(new DeviceReport(1, 1, 1, "genuine, not shown to be the same for all"), (await DeviceView.VerifyAsync(served, trust, bench.Time, CancellationToken.None)));
        Dictionary<string, string> before = Contents(folder);
        await EnsureAsync("a");
        Assert.Equal(before, Contents(folder));
        await EnsureAsync("a", "b");
        Assert.Equal((2L, 2, 1), (await DeviceView.VerifyAsync(served, trust, bench.Time, CancellationToken.None)) is var d ? (d.Release, d.Greetings, d.Notices) : default);
        for (int day = 0; day < 800; day += 1 + (day % 5)) // root and targets are renewed on the way
        {
            await EnsureAsync("a", "b");
            await DeviceView.VerifyAsync(served, trust, bench.Time, CancellationToken.None);
            bench.Time.Advance(TimeSpan.FromDays(1));
        }
        // What its operator published stays, whatever collection a newer program brings.
        using (Publisher publisher = Publisher.Open(folder, bench.Time)) publisher.StageGreetings([.. ((string[])["own", "owns", "owned", "owner"]).Select(Bench.Greeting)]);
        await EnsureAsync("a", "b", "c");
        await EnsureAsync("d");
        Assert.Equal(4, (await DeviceView.VerifyAsync(served, trust, bench.Time, CancellationToken.None)).Greetings);
        // Its operator carried the keys of root and targets away: timestamps go on without them.
        Directory.Move(Path.Combine(folder, "keys", "offline"), bench["safe"]);
        for (int day = 0; day < 10; day++)
        {
            bench.Time.Advance(TimeSpan.FromDays(1));
            await EnsureAsync("d");
            await DeviceView.VerifyAsync(served, trust, bench.Time, CancellationToken.None);
        }
        // Somebody else's folder stays as it is.
        Directory.CreateDirectory(bench["other"]);
        await File.WriteAllTextAsync(Path.Combine(bench["other"], "mine"), "mine", TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<PublishingException>(() => LocalChannel.EnsureAsync(bench["other"], StarterGreetings.OfProgram, [], bench.Time, TestContext.Current.CancellationToken));
        Assert.True(File.Exists(Path.Combine(bench["other"], "mine")));
    }
}
