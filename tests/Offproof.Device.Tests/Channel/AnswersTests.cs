using System.Net;
using System.Net.Sockets;
using Offproof.Channel;
using Offproof.Channel.Tests.Polling;

namespace Offproof.Device.Tests.Channel;

/// <summary>What is said of a server that answers a poll with something else than the file (channel.md §6.2): which answer, to what, and what to do.</summary>
public sealed class AnswersTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("404 Not Found", "the server answers 404 to /channel/timestamp.json: it has no such file", "serves no channel, or not all of it")]
    [InlineData("403 Forbidden", "the server answers 403 to /channel/timestamp.json: it has no such file, or does not give it", "serves no channel, or not all of it")]
    [InlineData("302 Found", "the server answers 302 to /channel/timestamp.json and sends elsewhere", "a network that wants a login first")]
    [InlineData("500 Internal Server Error", "the server answers 500 to /channel/timestamp.json", "the server failed: again later")]
    [InlineData("", "unavailable", "again, when the server is reached")]
    public async Task Which_answer_it_was_is_said_and_what_to_do(string answer, string says, string toDo)
    {
        await using Rig rig = await Rig.StartAsync();
        await rig.StopServerAsync();
        using DeviceHome device = rig.Open();
        using TestChannel channel = new(TimeProvider.System.GetUtcNow());
        using TcpListener listener = new(IPAddress.Loopback, rig.Url.Port);
        listener.Start();
        Task<DeviceException> polling = Assert.ThrowsAsync<DeviceException>(() => device.PollAsync(Path.Combine(channel.Folder, "trust.json"), null, None));
        using (Socket caller = await listener.AcceptSocketAsync(None))
        {
            byte[] request = new byte[4096];
            await caller.ReceiveAsync(request, None);
            // Elsewhere is this very place: whoever followed would ask it again.
            if (answer.Length > 0) await caller.SendAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), None);
            caller.Shutdown(SocketShutdown.Both);
        }
        DeviceException e = await polling;
        Assert.Equal(DeviceFault.Unreachable, e.Fault);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("the release that was offered could not be fetched: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(toDo, e.Hint, StringComparison.Ordinal);
        Assert.EndsWith("what is held stays, and works offline", e.Hint, StringComparison.Ordinal);
        Assert.False(listener.Pending()); // nothing was asked elsewhere
    }

    [Fact]
    public async Task A_server_that_ends_each_connection_is_asked_for_the_rest_over_another()
    {
        await using Closing server = new();
        using DeviceHome device = await server.DeviceAsync();
        PollOutcome outcome = await device.PollAsync(server.Trust, null, None);
        Assert.True(outcome.IsNew);
        Assert.Equal((server.Asked.Count, outcome.Requests), (server.Connections, server.Asked.Count));
        Assert.Equal(server.Connections, outcome.Connections);
        Assert.Equal(server.Asked.Count, server.Asked.Distinct().Count());
        Assert.Equal(server.Asked.Count, PublicLines(server).Count);
    }

    [Fact] // .NET would send it again over a new connection, and the ledger would have it once.
    public async Task What_left_once_leaves_no_second_time()
    {
        await using Closing server = new() { Unanswered = "/channel/roots.bin.zst" };
        using DeviceHome device = await server.DeviceAsync();
        DeviceException e = await Assert.ThrowsAsync<DeviceException>(() => device.PollAsync(server.Trust, null, None));
        Assert.Equal(DeviceFault.Unreachable, e.Fault);
        Assert.Contains("/channel/roots.bin.zst", e.Message, StringComparison.Ordinal);
        Assert.Equal(["/channel/timestamp.json", "/channel/roots.bin.zst"], server.Asked);
        Assert.Equal(1, server.Connections);
        Assert.Equal(["/channel/timestamp.json", "/channel/roots.bin.zst"], PublicLines(server));
    }

    [Fact]
    public async Task A_handshake_that_stalls_is_no_answer_and_no_interruption()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start(); // connections come about in its backlog; nobody speaks
        Uri url = new($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        using HttpMessageInvoker http = new(Wire.To(url));
        DirectoryInfo folder = Directory.CreateTempSubdirectory("offproof-stalled-");
        TufException e = await Assert.ThrowsAsync<TufException>(() => new PublicChannel(folder.FullName, TimeProvider.System).FetchTrustAsync(http, new Uri(url, "channel/"), None));
        folder.Delete(recursive: true);
        Assert.Equal(Refusal.Unavailable, e.Refusal);
        Assert.EndsWith("/channel/trust.json: no TLS connection came about in time", e.Message, StringComparison.Ordinal);
        Assert.Equal(DeviceFault.Unreachable, ChannelAccess.Explain(e, "it").Fault);
    }

    [Fact]
    public async Task What_speaks_no_TLS_is_said_without_pointing_inside()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Uri url = new($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        using HttpMessageInvoker http = new(Wire.To(url));
        Task<TufException> fetching = Assert.ThrowsAsync<TufException>(() => new PublicChannel(Path.GetTempPath(), TimeProvider.System).FetchTrustAsync(http, new Uri(url, "channel/"), None));
        using (Socket caller = await listener.AcceptSocketAsync(None)) await caller.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), None);
        TufException e = await fetching;
        Assert.Contains("/channel/trust.json: no TLS connection: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("inner exception", e.Message, StringComparison.Ordinal);
    }

    private static List<string> PublicLines(Closing server) =>
        [.. File.ReadAllLines(Path.Combine(server.Rig.Home, "ledger.ndjson")).Where(static line => line.Contains("\"/channel/", StringComparison.Ordinal)).Select(static line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("path").GetString()!)];

    /// <summary>A channel in the place of a device's server. It ends each connection behind one answer; or keeps it, and does not answer one request.</summary>
    private sealed class Closing : IAsyncDisposable
    {
        private readonly TestChannel channel = new(TimeProvider.System.GetUtcNow());
        private TcpListener? listener;

        internal Rig Rig { get; private set; } = null!;

        internal string? Unanswered { get; init; }

        internal List<string> Asked { get; } = [];

        internal int Connections { get; private set; }

        internal string Trust => Path.Combine(channel.Folder, "trust.json");

        internal async Task<DeviceHome> DeviceAsync()
        {
            channel.Release();
            Rig = await Rig.StartAsync();
            await Rig.StopServerAsync();
            listener = new TcpListener(IPAddress.Loopback, Rig.Url.Port);
            listener.Start();
            _ = ServeAsync(listener);
            return Rig.Open();
        }

        public async ValueTask DisposeAsync()
        {
            listener?.Dispose();
            await Rig.DisposeAsync();
            channel.Dispose();
        }

        private async Task ServeAsync(TcpListener listener)
        {
            try
            {
                while (true) await AnswerAsync(listener);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test has ended.
            }
        }

        private async Task AnswerAsync(TcpListener listener)
        {
            using Socket caller = await listener.AcceptSocketAsync(None);
            Connections++;
            while (await ReadAsync(caller) is { } path)
            {
                Asked.Add(path);
                if (path == Unanswered) break;
                byte[] body = await File.ReadAllBytesAsync(Path.Combine(channel.Folder, path["/channel/".Length..]), None);
                string close = Unanswered is null ? "Connection: close\r\n" : "";
                await caller.SendAsync((byte[])[.. System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{close}Content-Length: {body.Length}\r\n\r\n"), .. body], None);
                if (Unanswered is null) break;
            }
            caller.Shutdown(SocketShutdown.Both);
        }

        private static async Task<string?> ReadAsync(Socket caller)
        {
            byte[] request = new byte[4096];
            int got = await caller.ReceiveAsync(request, None);
            return got == 0 ? null : System.Text.Encoding.ASCII.GetString(request, 0, got).Split(' ')[1];
        }
    }
}
