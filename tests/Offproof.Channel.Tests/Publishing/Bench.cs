using Microsoft.Extensions.Time.Testing;

namespace Offproof.Channel.Tests;

/// <summary>A publisher in a folder of a test's own, with its offline keys beside it.</summary>
sealed class Bench : IDisposable
{
    internal static readonly DateTimeOffset Start = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    internal Bench(int quorum = 0, IReadOnlyList<(string Key, Uri? Url)>? witnesses = null, bool isBegun = true)
    {
        if (isBegun) Made = Publisher.Create(new PublisherSetup(Folder, "channel.example.org/releases", this["keys"], Witnesses: witnesses, Quorum: quorum), Time);
    }

    internal string Root { get; } = Directory.CreateTempSubdirectory("offproof-publisher-").FullName;

    internal FakeTimeProvider Time { get; } = new(Start);

    internal PublisherMade Made { get; private set; } = null!;

    internal string this[string name] => Path.Combine(Root, name);

    internal string Folder => this["publisher"];

    internal string Public => Path.Combine(Folder, "public");

    internal byte[] FirstTrust { get; private set; } = [];

    internal string Key(string name) => Path.Combine(this["keys"], name + ".key");

    internal static Greeting Greeting(string text) => new(Channel.Greeting.IdOf("en", text), text, "joke", "en", "CC0-1.0");

    internal Publisher Open(Action<string>? beforeWriting = null)
    {
        Publisher publisher = Publisher.Open(Folder, Time);
        publisher.BeforeWriting = beforeWriting;
        return publisher;
    }

    /// <summary>Stages, signs with two of three keys, releases.</summary>
    internal async Task<ReleaseReport> ReleaseAsync(params string[] texts)
    {
        using Publisher publisher = Open();
        publisher.StageGreetings(texts.Select(Greeting));
        publisher.Sign([Key("targets-1"), Key("targets-2")]);
        ReleaseReport report = await publisher.ReleaseAsync(null, TestContext.Current.CancellationToken);
        if (FirstTrust.Length == 0) FirstTrust = await File.ReadAllBytesAsync(Path.Combine(Public, "trust.json"), TestContext.Current.CancellationToken);
        return report;
    }

    internal async Task<ReleaseReport> SignAndReleaseAsync(params string[] keys)
    {
        using Publisher publisher = Open();
        publisher.Sign(keys.Select(Key));
        return await publisher.ReleaseAsync(null, TestContext.Current.CancellationToken);
    }

    internal async Task<DeviceReport> VerifyAsync(byte[]? trust = null) => await DeviceView.VerifyAsync(Public, trust ?? await File.ReadAllBytesAsync(Path.Combine(Public, "trust.json")), Time, CancellationToken.None);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
