using System.Net;
using System.Net.Sockets;

namespace Offproof.Device.Tests.Channel;

/// <summary>Passes connections on to a server, and writes down every byte that comes from the caller.</summary>
internal sealed class RecordingRelay : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<MemoryStream> said = [];
    private readonly List<Task> running = [];
    private readonly int target;
    private long answered;

    internal RecordingRelay(Uri server)
    {
        target = server.Port;
        listener.Start();
        running.Add(AcceptAsync());
    }

    internal Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    /// <summary>What was said since this was last asked: one text a connection, byte for byte; and how many bytes came back.</summary>
    internal (string[] Connections, long Answered) Take()
    {
        lock (said)
        {
            string[] taken = [.. said.Select(static connection => System.Text.Encoding.Latin1.GetString(connection.ToArray()))];
            said.Clear();
            return (taken, Interlocked.Exchange(ref answered, 0));
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket caller = await listener.AcceptSocketAsync();
                MemoryStream record = new();
                lock (said) said.Add(record);
                running.Add(PassAsync(caller, record));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task PassAsync(Socket caller, MemoryStream record)
    {
        using Socket server = new(SocketType.Stream, ProtocolType.Tcp);
        using (caller)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, target);
                Task back = CopyAsync(server, caller, bytes => Interlocked.Add(ref answered, bytes.Length));
                await CopyAsync(caller, server, bytes =>
                {
                    lock (said) record.Write(bytes.Span);
                });
                server.Shutdown(SocketShutdown.Send);
                await back;
            }
            catch (SocketException)
            {
                // One side is gone; the other sees it.
            }
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, Action<ReadOnlyMemory<byte>> see)
    {
        byte[] buffer = new byte[64 * 1024];
        for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
        {
            see(buffer.AsMemory(0, read));
            for (int sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await Task.WhenAll(running);
    }
}
