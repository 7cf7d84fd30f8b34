using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>The door: starts a server.</summary>
public static class ServerHost
{
    /// <summary>
    /// Runs until it is cancelled or the process gets SIGTERM or SIGINT; requests that are running then have five seconds. Writes
    /// <c>listening on http://127.0.0.1:PORT</c> to the log when it is ready. Throws <see cref="ArgumentException"/> for an address that is not http on
    /// loopback, <see cref="InvalidOperationException"/> for a data folder that cannot be used (<see cref="ForeignFolderException"/> for one that is somebody
    /// else's), <see cref="IOException"/> for a port that is taken.
    /// </summary>
    public static async Task RunAsync(ServerOptions options, TextWriter log, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await using var server = await StartAsync(options, log, cancel);
        await Task.Delay(Timeout.Infinite, stop.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>Starts and returns when requests are answered; disposing stops. Throws what <see cref="RunAsync"/> throws.</summary>
    public static async Task<RunningServer> StartAsync(ServerOptions options, TextWriter log, CancellationToken cancel)
    {
        var endpoint = LoopbackOf(options.Listen);
        var writer = TextWriter.Synchronized(log);
        RunningServer server = new(options, endpoint, writer);
        try
        {
            await server.StartAsync(cancel);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        await writer.WriteLineAsync($"listening on {server.Url.GetLeftPart(UriPartial.Authority)}");
        await writer.FlushAsync(CancellationToken.None); // it answers: asked to stop now, it stops, and was not interrupted
        return server;
    }

    static IPEndPoint LoopbackOf(Uri listen)
    {
        if (!listen.IsAbsoluteUri || listen.Scheme is not "http" || listen.PathAndQuery is not "/" || listen.UserInfo.Length != 0)
            throw new ArgumentException("listen on http://127.0.0.1:PORT", nameof(listen));
        var address = listen.Host is "localhost" ? IPAddress.Loopback : IPAddress.TryParse(listen.Host, out var parsed) ? parsed : null;
        if (address is null || !IPAddress.IsLoopback(address))
            throw new ArgumentException("off loopback needs TLS and invitations, which this version does not have: listen on http://127.0.0.1:PORT", nameof(listen));
        return new(address, listen.Port);
    }
}

/// <summary>A data folder that is not empty and was never a server's: nothing in it was changed (protocol.md §9).</summary>
public sealed class ForeignFolderException(string message) : InvalidOperationException(message);

/// <summary>A server that answers requests until it is disposed.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    readonly DataFolder data;
    readonly Database database;
    readonly SigningKey key;
    readonly WebApplication app;

    internal RunningServer(ServerOptions options, IPEndPoint endpoint, TextWriter log)
    {
        data = new(options.DataDirectory);
        try
        {
            database = new(data.DatabaseFile);
            key = data.LoadOrCreateKey();
        }
        catch
        {
            database?.Dispose();
            data.Dispose();
            throw;
        }

        Key = key.Thumbprint;
        app = Build(options, endpoint, log);
    }

    /// <summary>Where it listens, with the actual port and a slash at the end.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1/");

    /// <summary>SERVER: the thumbprint of its key.</summary>
    public Thumbprint Key { get; }

    internal RefusalCounters Refusals { get; } = new();

    internal async Task StartAsync(CancellationToken cancel)
    {
        await app.StartAsync(cancel);
        Url = new(app.Urls.First() + "/");
    }

    // Nothing is read from the environment or from a file in the current folder: what a server does stands in its options.
    WebApplication Build(ServerOptions options, IPEndPoint endpoint, TextWriter log)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            // A phone's connection may pause; one that stays silent for half a minute holds a place that others need.
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(30));
            kestrel.Limits.MinResponseDataRate = new MinDataRate(240, TimeSpan.FromSeconds(30));
            kestrel.Listen(endpoint, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        var built = builder.Build();
        RequestFrame frame = new(Refusals, options.Verbose ? log : null);
        built.Use(frame.InvokeAsync);
        built.UseRouting();
        MapAll(built, options);
        return built;
    }

    void MapAll(WebApplication routes, ServerOptions options)
    {
        Clerk clerk = new(key, options.TimeProvider);
        Quota quota = new(options.QuotaBytes, data);
        AccountStore accounts = new(database);
        RecordStore records = new(database, clerk);
        VaultStore vaults = new(database);
        TokenStore tokens = new(database, clerk);
        Access access = new(tokens, vaults);
        Publisher publisher = new(data, quota);

        new ServerEndpoint(clerk).Map(routes);
        new AccountEndpoints(accounts, records, database, clerk).Map(routes);
        new RecordEndpoints(accounts, records, vaults, database, clerk).Map(routes);
        new TokenEndpoints(accounts, vaults, new(database, clerk), tokens, database, clerk).Map(routes);
        new RecoveryEndpoints(access, publisher, accounts, records, vaults, data).Map(routes);
        new JoinEndpoints(new(clerk), access).Map(routes);
        new VaultEndpoints(access, publisher, new(database), quota, data).Map(routes);
    }

    /// <summary>Stops taking requests, gives those that run five seconds, and closes the data folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Dispose();
        database.Dispose();
        data.Dispose();
    }
}
