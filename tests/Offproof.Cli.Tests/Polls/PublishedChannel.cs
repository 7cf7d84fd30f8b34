using Offproof.Channel;
using Offproof.Server;

namespace Offproof.Cli.Tests.Polls;

/// <summary>A channel with greetings and one update of acme-one to 2.0, and a real server that serves it.</summary>
internal sealed class PublishedChannel : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("offproof-polls-");
    private RunningServer? server;

    internal string this[string name] => Path.Combine(folder.FullName, name);

    internal Uri Url => server!.Url;

    /// <summary>The folder that is served as /channel/.</summary>
    internal string Served { get; private set; } = "";

    internal async Task StartAsync(byte[] update)
    {
        await File.WriteAllBytesAsync(this["update.img"], update);
        await PublishAsync("Happy New Year!");
        ServerOptions options = new() { DataDirectory = this["server"], Listen = new Uri("http://127.0.0.1:0"), Limits = new ServerLimits(), TimeProvider = TimeProvider.System, ChannelDirectory = Served };
        server = await ServerHost.StartAsync(options, TextWriter.Null, CancellationToken.None);
    }

    /// <summary>The next release, with these greetings.</summary>
    internal async Task PublishAsync(params string[] greetings) => Served = await LocalChannel.EnsureAsync(
        this["publisher"], new StarterGreetings(string.Concat(greetings).Replace(' ', '-'), () => [.. greetings.Select(static text => new Greeting(Greeting.IdOf("en", text), text, "greeting", "en", "CC0-1.0"))]),
        [new UpdateDraft("acme-one", Version("2.0"), "stable", this["update.img"], new Dictionary<string, string>(StringComparer.Ordinal) { ["de"] = "Behebt Fehler.", ["en"] = "Fixes." }, [])], TimeProvider.System, CancellationToken.None);

    private static ReleaseVersion Version(string text) => ReleaseVersion.TryParse(text, out ReleaseVersion? version) ? version : throw new FormatException(text);

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
