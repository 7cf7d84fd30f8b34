using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>The door: starts a server.</summary>
public static class ServerHost
{
    /// <summary>
    /// Runs until it is cancelled or the process gets SIGTERM or SIGINT; requests that are running then have five seconds. Writes
    /// <c>listening on http://127.0.0.1:PORT</c> to the log when it is ready. Throws <see cref="ArgumentException"/> for an address that protocol.md §15
    /// refuses, <see cref="InvalidOperationException"/> for a data folder or a certificate that cannot be used (<see cref="ForeignFolderException"/> for a
    /// folder that is somebody else's), <see cref="ListenException"/> for a port that is taken or not for this user.
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
        var listening = Listening.Of(options);
        var writer = TextWriter.Synchronized(log);
        RunningServer server = new(options, listening, writer);
        try
        {
            await server.StartAsync(cancel);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        string of = listening.Public is { } proxy ? $" for {proxy}" : "";
        await writer.WriteLineAsync($"server key {server.Key}"); // for the operator to tell, by another way: protocol.md §18
        await writer.WriteLineAsync($"listening on {server.Url.GetLeftPart(UriPartial.Authority)}{of}");
        await writer.FlushAsync(CancellationToken.None); // it answers: asked to stop now, it stops, and was not interrupted
        return server;
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
    readonly Throttle throttle;
    readonly Watch watch;
    readonly Dues dues;
    readonly TimeProvider time;
    readonly IPEndPoint endpoint;
    readonly Func<CancellationToken, Task>? beforeListening;

    internal RunningServer(ServerOptions options, Listening listening, TextWriter log)
    {
        data = new(options.DataDirectory);
        try
        {
            database = new(data.DatabaseFile);
            key = data.LoadOrCreateKey();
            Clerk clerk = new(key, options.TimeProvider);
            Suspensions suspensions = new(database, clerk);
            throttle = new(options.Limits, addressKnown: listening.Public is null);
            RefusalLog refusals = new(database, clerk);
            RunningUploads uploads = new(suspensions, options.Limits.Uploads);
            TokenStore tokens = new(database, clerk);
            watch = new(uploads, refusals);
            app = Build(options, listening, tokens, refusals, log);
            dues = MapAll(clerk, suspensions, tokens, uploads, refusals, options, listening, log);
        }
        catch
        {
            throttle?.Dispose();
            key?.Dispose();
            database?.Dispose();
            data.Dispose();
            throw;
        }

        Key = key.Thumbprint;
        time = options.TimeProvider;
        endpoint = listening.Endpoint;
        beforeListening = options.BeforeListening;
    }

    /// <summary>Where it listens, with the actual port and a slash at the end.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1/");

    /// <summary>SERVER: the thumbprint of its key.</summary>
    public Thumbprint Key { get; }

    internal RefusalCounters Refusals { get; } = new();

    internal async Task StartAsync(CancellationToken cancel)
    {
        await dues.StartAsync(time); // first what came while no server ran
        if (beforeListening is not null) await beforeListening(cancel);
        try
        {
            await app.StartAsync(cancel);
        }
        catch (Exception e) when (ListenException.Of(e, endpoint) is not null)
        {
            throw ListenException.Of(e, endpoint, "--behind-proxy")!;
        }

        Url = new(app.Urls.First() + "/");
    }

    // Nothing is read from the environment or from a file in the current folder: what a server does stands in its options.
    WebApplication Build(ServerOptions options, Listening listening, TokenStore tokens, RefusalLog refusals, TextWriter log)
    {
        var certificate = listening.Tls ? new CertificateFiles(options.Certificate!, options.CertificateKey!, TimeProvider.System, log) : null;
        var builder = WebApplication.CreateEmptyBuilder(new() { ContentRootPath = AppContext.BaseDirectory }); // the current folder may be one that nobody here can read
        if (certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            // A phone's connection may pause; one that stays silent for half a minute holds a place that others need.
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(30));
            kestrel.Limits.MinResponseDataRate = new MinDataRate(240, TimeSpan.FromSeconds(30));
            kestrel.Listen(listening.Endpoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (certificate is not null) listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificate.Current()) });
            });
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostedService>(watch);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        var built = builder.Build();
        RequestFrame frame = new(throttle, tokens, refusals, Refusals, options.Verbose ? log : null);
        if (options.ChannelDirectory is { } channel) built.Use(new ChannelFiles(channel).InvokeAsync);
        built.Use(frame.InvokeAsync);
        built.UseRouting();
        return built;
    }

    Dues MapAll(Clerk clerk, Suspensions suspensions, TokenStore tokens, RunningUploads uploads, RefusalLog refusals, ServerOptions options, Listening listening, TextWriter log)
    {
        AccountStore accounts = new(database);
        Quota quota = new(accounts, options.QuotaBytes, data);
        RecordStore records = new(database, clerk);
        VaultStore vaults = new(database);
        SheetStore sheets = new(database, records, tokens, vaults);
        Access access = new(tokens, vaults, sheets, suspensions, clerk);
        Publisher publisher = new(access, uploads, data, quota, clerk);
        Eraser eraser = new(vaults, records, database, (data, quota), clerk) { Before = options.BeforeErasing };
        Intake intake = new(accounts, sheets, records, database, clerk);

        new ServerEndpoint(clerk, listening.InvitedOnly).Map(app);
        new AccountEndpoints(accounts, new(database), records, database, clerk, listening.InvitedOnly).Map(app);
        new RecordEndpoints(
            accounts,
            sheets,
            clerk,
            new SwitchRecords(intake, vaults, throttle, clerk).TakeAsync,
            new ErasureRecords(intake, vaults, eraser, tokens, clerk).TakeAsync,
            new DeviceRecords(intake, accounts, sheets, vaults, tokens, clerk).TakeAsync,
            new SheetRecords(intake, accounts, sheets, clerk).TakeAsync).Map(app);
        new TokenEndpoints(accounts, sheets, vaults, suspensions, new(database, clerk), tokens, throttle, database, clerk).Map(app);
        new RecoveryEndpoints(access, publisher, accounts, records, vaults, eraser, refusals, data).Map(app);
        new JoinEndpoints(new(clerk), access).Map(app);
        new VaultEndpoints(access, publisher, new(database), quota, data, clerk).Map(app);
        return new(sheets, eraser, clerk, log);
    }

    /// <summary>Stops taking requests, gives those that run five seconds, and closes the data folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await dues.DisposeAsync();
        await watch.LookAsync();
        watch.Dispose();
        throttle.Dispose();
        key.Dispose();
        database.Dispose();
        data.Dispose();
    }
}
