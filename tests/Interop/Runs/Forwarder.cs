using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Offproof.Interop.Runs;

/// <summary>Stands between a device and its server on loopback: it remembers the tokens that pass, and holds uploads back when told to.</summary>
sealed class Forwarder : IAsyncDisposable
{
    const string Bearer = "Authorization: Bearer ";
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly Uri _server;
    readonly CancellationTokenSource _stop = new();
    volatile bool _holds;

    internal Forwarder(Uri server)
    {
        _server = server;
        _listener.Start();
        _ = AcceptAsync();
    }

    internal string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    internal ConcurrentDictionary<string, bool> Tokens { get; } = new(StringComparer.Ordinal);

    internal string LastToken { get; private set; } = "";

    /// <summary>How many uploads of packs wait here.</summary>
    internal int Held;

    /// <summary>From now on uploads of packs go no further.</summary>
    internal void Hold() => _holds = true;

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            using (TcpClient server = new())
            {
                await server.ConnectAsync(_server.Host, _server.Port, _stop.Token);
                await Task.WhenAny(PumpAsync(client.GetStream(), server.GetStream(), up: true), PumpAsync(server.GetStream(), client.GetStream(), up: false));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two ended.
        }
    }

    async Task PumpAsync(NetworkStream from, NetworkStream to, bool up)
    {
        byte[] buffer = new byte[64 * 1024];
        string before = "";
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            if (up)
            {
                string text = before + Encoding.Latin1.GetString(buffer, 0, read);
                for (int at = text.IndexOf(Bearer, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Bearer, at + 1, StringComparison.Ordinal))
                    if (text.IndexOf('\r', at) is var end and > 0) Tokens[LastToken = text[(at + Bearer.Length)..end]] = true;
                before = text[^Math.Min(text.Length, 4096)..];
                if (_holds && text.Contains("POST /v1/vaults/", StringComparison.Ordinal) && text.Contains("/data/", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref Held);
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                }
            }
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        _listener.Dispose();
        _stop.Dispose();
    }
}
