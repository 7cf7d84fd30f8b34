using Offproof.Consent;
using Offproof.Server;

namespace Offproof.Device.Tests;

/// <summary>A real server on loopback, a sample phone of two photos, and a device's folder; the sockets can be told to fail.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private RunningServer? server;

    private Rig()
    {
    }

    internal string Phone => folder["phone/photos"];

    internal string Home => folder["home"];

    internal string Sheet => folder["sheet.txt"];

    internal string ServerData => folder["server"];

    /// <summary>Of the next server that is started.</summary>
    internal ServerLimits Limits { get; set; } = new();

    internal bool InvitedOnly { get; set; }

    /// <summary>What the next server that is started serves as its channel.</summary>
    internal string? Channel { get; set; }

    /// <summary>How far the server's clock is ahead.</summary>
    internal ShiftedTime ServerTime { get; } = new();

    internal Uri Url { get; private set; } = new("http://127.0.0.1:1/");

    internal string this[string name] => folder[name];

    internal static async Task<Rig> StartAsync(bool init = true, ServerLimits? limits = null)
    {
        Rig rig = new() { Limits = limits ?? new ServerLimits() };
        await rig.StartServerAsync(0);
        Directory.CreateDirectory(rig.Phone);
        await File.WriteAllBytesAsync(Path.Combine(rig.Phone, "IMG_0001.jpg"), [.. Enumerable.Range(0, 3000).Select(static i => (byte)(i % 251))]);
        await File.WriteAllBytesAsync(Path.Combine(rig.Phone, "IMG_0002.jpg"), [1, 2, 3]);
        if (init) await DeviceHome.InitAsync(rig.Home, rig.Url, rig.Sheet, null, TimeProvider.System, null, CancellationToken.None);
        return rig;
    }

    /// <summary>Init, sheet confirmed, source added: one step before `on`.</summary>
    internal static async Task<Rig> ReadyAsync()
    {
        Rig rig = await StartAsync();
        using DeviceHome home = rig.Open();
        home.ConfirmSheet(rig.Sheet);
        home.AddSource(Category.Photos, rig.Phone);
        return rig;
    }

    internal DeviceHome Open(HttpMessageHandler? wire = null) => DeviceHome.Open(Home, TimeProvider.System, wire);

    internal async Task StartServerAsync(int port) => await StartServerAsync(port, ServerData);

    internal async Task StartServerAsync(int port, string data)
    {
        ServerOptions options = new() { DataDirectory = data, Listen = new Uri($"http://127.0.0.1:{port}"), Limits = Limits, InvitedOnly = InvitedOnly, TimeProvider = ServerTime, ChannelDirectory = Channel };
        server = await ServerHost.StartAsync(options, TextWriter.Null, CancellationToken.None);
        Url = server.Url;
    }

    internal async Task StopServerAsync()
    {
        if (server is not null) await server.DisposeAsync();
        server = null;
    }

    internal async Task<RestoreReport> RestoreWithSheetAsync(string target, HttpMessageHandler? wire = null)
    {
        using Sheet sheet = Device.Sheet.Read(Sheet);
        return await SheetRestore.RunAsync(sheet, null, Category.Photos, new RestoreRequest(folder[target]), TimeProvider.System, wire, null, CancellationToken.None);
    }

    internal void AssertRestored(string target)
    {
        string restored = Path.Combine(folder[target], "photos", "photos");
        string[] names = [.. Directory.GetFiles(Phone).Select(static f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        Assert.Equal(names, Directory.GetFiles(restored).Select(static f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        foreach (string name in names)
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(Phone, name)), File.ReadAllBytes(Path.Combine(restored, name)));
            Assert.Equal(File.GetLastWriteTimeUtc(Path.Combine(Phone, name)), File.GetLastWriteTimeUtc(Path.Combine(restored, name)));
        }
    }

    /// <summary>Everything that the server stores for vaults: objects and sealed passwords.</summary>
    internal string[] Stored() => [.. new[] { "vaults", "recovery" }
        .Select(name => Path.Combine(ServerData, name)).Where(Directory.Exists)
        .SelectMany(static d => Directory.GetFiles(d, "*", SearchOption.AllDirectories))];

    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        folder.Dispose();
    }
}

/// <summary>A clock that can be put forward.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    internal TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}

/// <summary>Sockets that lose the nth request, or the answer to it, and count what passes.</summary>
internal sealed class LossyWire(int lose, bool afterSending) : DelegatingHandler(new SocketsHttpHandler())
{
    private int count;

    internal int Count => count;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        bool lost = Interlocked.Increment(ref count) >= lose;
        if (lost && !afterSending) throw new HttpRequestException("the test lost this request");
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (!lost) return response;
        response.Dispose();
        throw new HttpRequestException("the test lost this answer");
    }
}

/// <summary>Sockets whose answers the test rewrites: a dishonest server.</summary>
internal sealed class LyingWire(string path, Func<byte[], byte[]> lie) : DelegatingHandler(new SocketsHttpHandler())
{
    internal int Lies { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode || !request.RequestUri!.AbsolutePath.Contains(path, StringComparison.Ordinal)) return response;
        Lies++;
        response.Content = new ByteArrayContent(lie(await response.Content.ReadAsByteArrayAsync(cancellationToken)));
        return response;
    }
}
