using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Offproof.Device.Tests.Egress;

/// <summary>channel.md §6.4: a SOCKS5 proxy (RFC 1928), as Tor is one.</summary>
public sealed class ProxyTests
{
    [Fact]
    public async Task The_proxy_alone_is_connected_to_and_is_told_the_name()
    {
        using TcpListener proxy = new(IPAddress.Loopback, 0);
        proxy.Start();
        int port = ((IPEndPoint)proxy.LocalEndpoint).Port;
        Task<string> seen = ServeAsync(proxy);
        using TemporaryFolder folder = new();
        HomeFolder home = new(folder["home"]);
        Directory.CreateDirectory(home.Root);
        Uri server = new("http://localhost:9/"); // nobody listens there: only the proxy can answer
        using (EgressGate gate = new(server, static _ => Holding.Nothing, new Ledger(home, TimeProvider.System), proxy: new Uri($"socks5://127.0.0.1:{port}")))
        using (HttpMessageInvoker invoker = new(gate))
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(server, "channel/timestamp.json"));
            request.Options.Set(Purpose.Key, new Purpose.Public());
            using HttpResponseMessage answer = await invoker.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal("{}", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        Assert.Equal("localhost:9 GET /channel/timestamp.json HTTP/1.1\r\nHost: localhost:9\r\n\r\n", await seen);
        Assert.Contains($"\"path\":\"/channel/timestamp.json\",\"via\":\"127.0.0.1:{port}\"", await File.ReadAllTextAsync(home.Ledger, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <returns>Where the connection was to go, as the proxy was told, and the bytes of the request.</returns>
    private static async Task<string> ServeAsync(TcpListener listener)
    {
        using Socket caller = await listener.AcceptSocketAsync();
        await using NetworkStream stream = new(caller);
        byte[] hello = await TakeAsync(stream, 2);
        await TakeAsync(stream, hello[1]);
        await stream.WriteAsync(new byte[] { 5, 0 });
        byte[] connect = await TakeAsync(stream, 5);
        Assert.Equal([5, 1, 0, 3], connect[..4]); // a name, not an address
        string name = Encoding.ASCII.GetString(await TakeAsync(stream, connect[4]));
        byte[] port = await TakeAsync(stream, 2);
        await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 });
        StringBuilder request = new();
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) request.Append((char)(await TakeAsync(stream, 1))[0]);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray());
        return $"{name}:{port[0] * 256 + port[1]} {request}";
    }

    private static async Task<byte[]> TakeAsync(NetworkStream stream, int count)
    {
        byte[] taken = new byte[count];
        await stream.ReadExactlyAsync(taken);
        return taken;
    }
}
