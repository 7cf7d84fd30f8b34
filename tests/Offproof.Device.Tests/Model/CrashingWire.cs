namespace Offproof.Device.Tests;

/// <summary>The process that made these requests is dead: nothing that it would still do counts.</summary>
internal sealed class KilledException() : Exception("killed here");

/// <summary>
/// A device's sockets. At one request the process dies: what its folder held in that moment is all that is left, and no code of it is believed to run any more. Or something
/// else happens first.
/// </summary>
/// <param name="deed">What comes in between, and when</param>
/// <param name="died">Told in the moment of death, before anything of the program goes on</param>
/// <param name="meanwhile">What is done before a request goes on</param>
internal sealed class CrashingWire(Deed deed, Action died, Func<Task> meanwhile) : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
{
    private int count;

    internal int Count => count;

    internal bool IsDead { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsDead) throw new KilledException();
        bool now = Interlocked.Increment(ref count) == deed.At;
        switch (deed.Mishap)
        {
            case Mishap.Down: throw new HttpRequestException("no server answers");
            case Mishap.KillBefore when now: throw Die();
            case Mishap.Meanwhile when now: await meanwhile(); break;
        }
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (deed.Mishap != Mishap.KillAfter || !now) return response;
        // The server has done all of it.
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        response.Dispose();
        throw Die();
    }

    private KilledException Die()
    {
        IsDead = true;
        died();
        return new KilledException();
    }
}
