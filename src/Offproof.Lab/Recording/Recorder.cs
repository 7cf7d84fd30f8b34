using System.Net;
using System.Net.Sockets;

namespace Offproof.Lab;

/// <summary>
/// Stands between programs and their server on this machine and writes down what goes through, as a capture (lab.md §7). It needs no privileges, and sees its own connections alone: what goes
/// past it is in no capture.
/// </summary>
public sealed class Recorder : IAsyncDisposable
{
    // A program that has ended has closed its connections; the kernel tells us in its own time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Look = TimeSpan.FromMilliseconds(5);

    private readonly Socket listener;
    private readonly IPEndPoint server;
    private readonly CancellationTokenSource end = new();
    private readonly List<Task> work = [];
    private RecordedFile? file;
    private int open;

    private Recorder(Socket listener, IPEndPoint server)
    {
        (this.listener, this.server) = (listener, server);
        work.Add(AcceptAsync());
    }

    /// <summary>The phone's end in a recording, whatever it was.</summary>
    public static string Phone => "198.51.100.2";

    /// <summary>Where programs find it, in place of the server: 127.0.0.1 and a port of its own.</summary>
    public IPEndPoint Address => (IPEndPoint)listener.LocalEndPoint!;

    /// <summary>Begins to pass on what comes to it; nothing is recorded yet.</summary>
    /// <param name="server">On this machine.</param>
    public static Recorder Start(IPEndPoint server)
    {
        if (!IPAddress.IsLoopback(server.Address)) throw new ArgumentException($"{server} is another machine", nameof(server));
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return new Recorder(listener, server);
    }

    /// <summary>Records into this file from now on.</summary>
    /// <exception cref="IOException">The file is there, or cannot be written.</exception>
    /// <exception cref="TimeoutException">A connection from before does not end: its beginning would be missing.</exception>
    public async Task BeginAsync(string path, CancellationToken cancel = default)
    {
        if (file is not null) throw new InvalidOperationException("it records already");
        await QuietAsync(cancel).ConfigureAwait(false);
        file = new RecordedFile(path);
    }

    /// <summary>Ends the recording, once all connections of it have ended.</summary>
    /// <exception cref="TimeoutException">One does not end: its end would be missing.</exception>
    public async Task EndAsync(CancellationToken cancel = default)
    {
        await QuietAsync(cancel).ConfigureAwait(false);
        file?.Dispose();
        file = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync().ConfigureAwait(false);
        listener.Dispose();
        Task[] left;
        lock (work) left = [.. work];
        await Task.WhenAll(left).ConfigureAwait(false);
        file?.Dispose();
        end.Dispose();
    }

    private async Task QuietAsync(CancellationToken cancel)
    {
        for (TimeSpan waited = TimeSpan.Zero; Volatile.Read(ref open) > 0; waited += Look)
        {
            if (waited > Patience) throw new TimeoutException("a connection through the recorder is still open");
            await Task.Delay(Look, cancel).ConfigureAwait(false);
        }
    }

    private async Task AcceptAsync()
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                Socket client = await listener.AcceptAsync(end.Token).ConfigureAwait(false);
                Interlocked.Increment(ref open);
                lock (work)
                {
                    work.RemoveAll(static task => task.IsCompleted);
                    work.Add(PassAsync(client));
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task PassAsync(Socket client)
    {
        RecordedConnection? recorded = file?.Open(((IPEndPoint)client.RemoteEndPoint!).Port, Address.Port);
        using Socket behind = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                (client.NoDelay, behind.NoDelay) = (true, true);
                await behind.ConnectAsync(server, end.Token).ConfigureAwait(false);
                await Task.WhenAll(CopyAsync(client, behind, true), CopyAsync(behind, client, false)).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
            }
            recorded?.End();
        }
        Interlocked.Decrement(ref open);

        async Task CopyAsync(Socket from, Socket to, bool isSent)
        {
            byte[] buffer = new byte[RecordedConnection.MostSegment];
            while (await from.ReceiveAsync(buffer, end.Token).ConfigureAwait(false) is > 0 and var read)
            {
                // Before it goes on: what is not written down is not passed on.
                recorded?.Take(isSent, buffer.AsSpan(0, read));
                for (int sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), end.Token).ConfigureAwait(false);
            }
            to.Shutdown(SocketShutdown.Send);
        }
    }
}
