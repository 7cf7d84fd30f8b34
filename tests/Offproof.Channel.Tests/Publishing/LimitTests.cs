using System.Globalization;

namespace Offproof.Channel.Tests;

/// <summary>What no device would read is refused when it is staged, with the reason, and before anybody signs it (channel.md §9.2).</summary>
public sealed class LimitTests
{
    static string Refused(Action stage)
    {
        PublishingException refused = Assert.Throws<PublishingException>(stage);
        Assert.Equal(PublishingFault.Failure, refused.Fault);
        Assert.Contains("nothing was staged", refused.Message, StringComparison.Ordinal);
        return refused.Message;
    }

    static ReleaseVersion Version(string text) => ReleaseVersion.TryParse(text, out ReleaseVersion? version) ? version : throw new FormatException(text);

    static void PutTargets(Bench bench, IReadOnlyDictionary<string, TargetFile> files) => DurableFile.Write(Path.Combine(bench.Folder, "staged", "targets.json"),
        SignedFile.Write(new TargetsMetadata(1, Bench.Start.AddYears(1), new Dictionary<string, TargetFile>(files, StringComparer.Ordinal), []).ToJson(), []), DurableFile.Public);

    [Theory]
    [InlineData(0, false)]
    [InlineData(-400, true)] // with the signatures of three keys
    public void Targets_of_more_than_devices_read(int room, bool isRefused)
    {
        using Bench bench = new();
        string staged = Path.Combine(bench.Folder, "staged", "targets.json");
        TargetFile file = TargetFile.Of([1]);
        Dictionary<string, TargetFile> many = Enumerable.Range(0, 35_000).ToDictionary(static n => string.Create(CultureInfo.InvariantCulture, $"other/{n:D6}"), _ => file, StringComparer.Ordinal);
        PutTargets(bench, many);
        int each = (int)(new FileInfo(staged).Length / many.Count), own = 3 * 256 + 400;
        foreach (string name in many.Keys.Skip((MetadataLimits.Targets - own) / each).ToList()) many.Remove(name);
        many["other/" + new string('x', 1)] = file;
        PutTargets(bench, many);
        int missing = (int)(MetadataLimits.Targets - own - new FileInfo(staged).Length) - room;
        many.Remove("other/x");
        many["other/" + new string('x', 1 + missing)] = file;
        PutTargets(bench, many);
        using Publisher publisher = bench.Open();
        if (!isRefused) Assert.Equal(1, publisher.StageGreetings([Bench.Greeting("a")]).Entries);
        else Assert.Contains("5000000 bytes", Refused(() => publisher.StageGreetings([Bench.Greeting("a")])), StringComparison.Ordinal);
        if (!isRefused) publisher.Sign([bench.Key("targets-1"), bench.Key("targets-2"), bench.Key("targets-3")]);
        Assert.InRange(new FileInfo(staged).Length, 1, MetadataLimits.Targets);
    }

    [Theory]
    [InlineData(256, 300, "root 257")]
    [InlineData(11, 480_000, "the roots would have")]
    public void Roots_that_devices_would_not_read(int roots, int bytes, string reason)
    {
        using Bench bench = new();
        RootMetadata first = RootMetadata.Read(SignedFile.Read(File.ReadAllBytes(Path.Combine(bench.Public, "1.root.json"))));
        for (int version = 2; version < roots; version++) File.WriteAllBytes(Path.Combine(bench.Public, PublicTree.Versioned(version, "root")), new byte[bytes]);
        using Publisher publisher = bench.Open();
        void Last(int version) => File.WriteAllBytes(Path.Combine(bench.Public, PublicTree.Versioned(version, "root")), SignedFile.Write(new RootMetadata(version, first.Expires, ConsistentSnapshot: true, first.Roles).ToJson(), []));
        Last(roots - 1);
        File.Delete(Path.Combine(bench.Public, PublicTree.Versioned(roots, "root")));
        publisher.StageRenewal(); // the last one that is read
        File.Delete(Path.Combine(bench.Folder, "staged", "root.json"));
        File.WriteAllBytes(Path.Combine(bench.Public, PublicTree.Versioned(roots - 1, "root")), new byte[bytes]);
        Last(roots);
        Assert.Contains(reason, Refused(publisher.StageRenewal), StringComparison.Ordinal);
        Assert.Contains(reason, Refused(() => publisher.SetThreshold("root", 3)), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(bench.Folder, "staged", "root.json")));
    }

    [Fact]
    public void More_notices_than_devices_read()
    {
        using Bench bench = new();
        List<Notice> notices = [];
        Dictionary<string, TargetFile> targets = new(StringComparer.Ordinal);
        TargetFile file = TargetFile.Of([1]);
        for (int n = 0; n < 9_999; n++)
        {
            string model = string.Create(CultureInfo.InvariantCulture, $"model-{n}"), target = $"payloads/{model}/1/u";
            notices.Add(new Notice(Notice.IdOf(model, Version("1"), "stable"), model, Version("1"), "stable", Bench.Start, new NoticeRollout(Bench.Start, 0), false,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "x" }, [new NoticePayload(NoticePayload.Full, target, 1, file.Hashes.ByName["sha256"])]));
            targets[target] = file;
        }
        byte[] bundle = NoticeList.Seal(NoticeList.Write(notices));
        targets[NoticeList.Target] = TargetFile.Of(bundle);
        PutTargets(bench, targets);
        DurableFile.Write(Path.Combine(bench.Folder, "staged", "files", $"{targets[NoticeList.Target].Hashes.ByName["sha256"]}.{NoticeList.Target}"), bundle, DurableFile.Public);
        File.WriteAllBytes(bench["update"], [1, 2]);
        UpdateDraft draft = new("model-0", Version("2"), "stable", bench["update"], new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "x" }, []);
        using Publisher publisher = bench.Open();
        Assert.Equal(10_000, publisher.StageUpdate(draft).Entries);
        Assert.Contains("10001 entries", Refused(() => publisher.StageUpdate(draft with { Version = Version("3") })), StringComparison.Ordinal);
    }

    [Fact]
    public void A_collection_of_more_entries_or_bytes_than_devices_read()
    {
        using Bench bench = new();
        using Publisher publisher = bench.Open();
        Assert.Contains("250001 entries", Refused(() => publisher.StageGreetings(Enumerable.Repeat(Bench.Greeting("a"), 250_001))), StringComparison.Ordinal);
        string text = new('x', 1_990);
        Assert.Contains("64 MiB", Refused(() => publisher.StageGreetings(Enumerable.Range(0, 34_000).Select(n => Bench.Greeting(string.Create(CultureInfo.InvariantCulture, $"{n}{text}"))))), StringComparison.Ordinal);
        Assert.Empty(publisher.WhatToSign());
    }

    [Fact]
    public void A_bundle_that_packs_to_more_than_devices_fetch()
    {
        Publisher.RequireBundle(GreetingList.Target, new byte[ChannelPoll.MostBundle]);
        Assert.Contains("devices fetch at most", Refused(() => Publisher.RequireBundle(GreetingList.Target, new byte[ChannelPoll.MostBundle + 1])), StringComparison.Ordinal);
    }
}
