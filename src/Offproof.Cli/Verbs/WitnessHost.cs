using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Offproof.Channel;
using Offproof.Device;
using Offproof.Server;

namespace Offproof.Cli;

/// <summary>The witness's two addresses over HTTP. It listens on loopback alone, and opens no connection.</summary>
internal static class WitnessHost
{
    private const int MostConnections = 64;

    /// <summary>Until it is cancelled, or the process gets SIGTERM or SIGINT.</summary>
    internal static async Task RunAsync(Witness witness, IPEndPoint endpoint, CancellationToken cancel)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await using WebApplication app = Build(witness, endpoint);
        try
        {
            await app.StartAsync(cancel);
        }
        catch (Exception e) when (ListenException.Of(e, endpoint) is { } refused)
        {
            throw new DeviceException(DeviceFault.Failure, refused.Message, refused.Hint, refused);
        }
        Terminal.Talk($"listening on {app.Urls.First()}");
        await Task.Delay(Timeout.Infinite, stop.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>Where it may listen; a usage error for anything else.</summary>
    internal static IPEndPoint Endpoint(Uri listen)
    {
        IPAddress? address = listen.Host is "localhost" ? IPAddress.Loopback : IPAddress.TryParse(listen.IdnHost, out IPAddress? parsed) ? parsed : null;
        return listen.Scheme == Uri.UriSchemeHttp && listen.PathAndQuery is "/" && listen.UserInfo.Length == 0 && address is not null && IPAddress.IsLoopback(address)
            ? new IPEndPoint(address, listen.Port)
            : throw new DeviceException(DeviceFault.Usage, $"a witness listens on http://127.0.0.1:PORT, not on {listen}", "a proxy on the same machine gives it a name and TLS");
    }

    private static WebApplication Build(Witness witness, IPEndPoint endpoint)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new() { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Witness.MaxRequest;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(10));
            kestrel.Listen(endpoint, static listening => listening.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        WebApplication app = builder.Build();
        app.UseRouting();
        app.MapPost("/add-checkpoint", context => AddAsync(context, witness));
        app.MapGet("/{hash}/checkpoint", context => LatestAsync(context, witness));
        return app;
    }

    private static async Task AddAsync(HttpContext context, Witness witness)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        WitnessAnswer answer = InWords(() => witness.AddCheckpoint(body.ToArray())) ?? new WitnessAnswer(500, "nothing was cosigned: the witness's operator has to look at its folder\n");
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer.Body), context.RequestAborted);
    }

    private static async Task LatestAsync(HttpContext context, Witness witness)
    {
        byte[]? latest = InWords(() => witness.Latest((string)context.Request.RouteValues["hash"]!));
        context.Response.StatusCode = latest is null ? 404 : 200;
        if (latest is null) return;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        await context.Response.Body.WriteAsync(latest, context.RequestAborted);
    }

    // A folder that fails is the operator's to know; who asks learns that nothing was signed.
    private static T? InWords<T>(Func<T?> work) where T : class
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is WitnessFolderException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Terminal.Error(e.Message);
            return null;
        }
    }
}
