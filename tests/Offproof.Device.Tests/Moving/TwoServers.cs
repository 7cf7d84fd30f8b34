using Offproof.Consent;
using Offproof.Server;

namespace Offproof.Device.Tests.Moving;

/// <summary>A device at one real server, and another real server that it may go to.</summary>
internal sealed class TwoServers : IAsyncDisposable
{
    private readonly List<RunningServer> others = [];

    private TwoServers(Rig rig) => Rig = rig;

    internal Rig Rig { get; }

    internal RunningServer Second => others[0];

    /// <summary>Photos are on and backed up once; notes are paused.</summary>
    internal static async Task<TwoServers> StartAsync(bool invitedOnly = false)
    {
        TwoServers two = new(await Rig.ReadyAsync());
        using (DeviceHome home = two.Rig.Open())
        {
            await home.TurnOnAsync(Category.Photos, CancellationToken.None);
            await home.BackupAsync(Category.Photos, null, CancellationToken.None);
            await home.TurnOnAsync(Category.Notes, CancellationToken.None);
            home.Pause(Category.Notes);
        }
        two.others.Add(await two.ServeAsync("second", invitedOnly));
        return two;
    }

    internal async Task<RunningServer> ServeAsync(string folder, bool invitedOnly = false) => await ServerHost.StartAsync(
        new ServerOptions { DataDirectory = Rig[folder], Listen = new Uri("http://127.0.0.1:0"), InvitedOnly = invitedOnly }, TextWriter.Null, CancellationToken.None);

    internal Task<MoveReport> MoveAsync(Uri to, Func<HttpMessageHandler>? wire = null) => MoveAsync(to, Rig.Home, Rig.Sheet, wire);

    internal static async Task<MoveReport> MoveAsync(Uri to, string home, string sheet, Func<HttpMessageHandler>? wire = null, string? invitation = null)
    {
        using ServerMove move = await ServerMove.PlanAsync(sheet, to, home, static _ => Task.CompletedTask, invitation is not null, TimeProvider.System, wire, CancellationToken.None);
        return await move.RunAsync(invitation, CancellationToken.None);
    }

    internal async Task<RestoreReport> RestoreAsync(string target, Uri? server, int? epoch = null, string? sheetFile = null)
    {
        using Sheet sheet = Sheet.Read(sheetFile ?? Rig.Sheet);
        RestoreReport report = await SheetRestore.RunAsync(sheet, server, Category.Photos, new RestoreRequest(Rig[target], Epoch: epoch), TimeProvider.System, null, null, CancellationToken.None);
        Rig.AssertRestored(target);
        return report;
    }

    /// <summary>The device is where it was, whole: all is as it was on, and a backup ends well there.</summary>
    internal async Task AssertStillAtFirstAsync()
    {
        using DeviceHome home = Rig.Open();
        StatusReport status = home.Status();
        Assert.Equal(Rig.Url, status.Server);
        Assert.Equal((SwitchState.On, 1), (home.Switch(Category.Photos).State, home.Switch(Category.Photos).Epoch));
        Assert.Equal(SwitchState.Paused, home.Switch(Category.Notes).State);
        Assert.Null(status.Moving);
        Assert.Empty(status.Earlier);
        await home.BackupAsync(Category.Photos, null, CancellationToken.None);
        Assert.True(home.VerifyLedger().Verified);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RunningServer server in others) await server.DisposeAsync();
        await Rig.DisposeAsync();
    }
}

/// <summary>Sockets that die for good after so many requests, or answers, of all connections together.</summary>
internal sealed class DyingWire(int[] left, bool afterSending) : DelegatingHandler(new SocketsHttpHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        bool dead = Interlocked.Decrement(ref left[0]) < 0;
        if (dead && (!afterSending || left[0] < -1)) throw new HttpRequestException("the test lost this request");
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (!dead) return response;
        response.Dispose();
        throw new HttpRequestException("the test lost this answer");
    }
}

/// <summary>Sockets that remember what went where.</summary>
internal sealed class ListeningWire(List<string> sent) : DelegatingHandler(new SocketsHttpHandler())
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (sent) sent.Add($"{request.RequestUri!.Port} {request.Method} {request.RequestUri.AbsolutePath}");
        return base.SendAsync(request, cancellationToken);
    }
}
