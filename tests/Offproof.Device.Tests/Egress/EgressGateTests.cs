using System.Net;
using Offproof.Consent;

namespace Offproof.Device.Tests.Egress;

public sealed class EgressGateTests
{
    private static readonly Uri Server = new("http://127.0.0.1:8750/");
    private static readonly Digest Grant = Digest.Of("a grant"u8);

    [Fact]
    public async Task What_is_allowed_passes()
    {
        CountingWire wire = new();
        using EgressGate gate = new(Server, static c => c == Category.Photos ? Holding.ToAdd : Holding.Nothing, null, wire);
        await SendAsync(gate, new Uri(Server, "v1/server"), new Purpose.Public());
        await SendAsync(gate, new Uri(Server, "v1/vaults/a/d/photos/1/config"), new Purpose.Backup(Category.Photos, Grant));
        Assert.Equal(2, wire.Count);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8751/")] // another port
    [InlineData("http://localhost:8750/")] // another name for the same place is another name
    [InlineData("https://127.0.0.1:8750/")]
    [InlineData("http://192.0.2.1:8750/")]
    [InlineData("http://127.0.0.1.example.org:8750/")]
    public Task Another_host_is_refused(string url) => AssertRefusedAsync(new Uri(url), new Purpose.ConsentRecords());

    [Fact]
    public Task A_category_that_is_not_on_is_refused() => AssertRefusedAsync(Server, new Purpose.Backup(Category.Messages, Grant));

    [Fact]
    public async Task A_request_that_does_not_say_why_never_leaves()
    {
        CountingWire wire = new();
        using EgressGate gate = new(Server, static _ => Holding.ToAdd, null, wire);
        await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync(gate, Server, null));
        Assert.Equal(0, wire.Count);
    }

    [Theory]
    [InlineData("http://192.0.2.1/")]
    [InlineData("http://offproof.example.org/")]
    [InlineData("ftp://127.0.0.1/")]
    public void Http_off_loopback_is_refused_before_a_gate_exists(string url)
    {
        DeviceException refused = Assert.Throws<DeviceException>(() => new EgressGate(new Uri(url), static _ => Holding.ToAdd, null, new CountingWire()));
        Assert.Equal(DeviceFault.Refused, refused.Fault);
    }

    public static TheoryData<string, string, string> Needed => new()
    {
        { "public", "GET", "v1/server" }, { "consent", "POST", "v1/accounts" }, { "consent", "POST", "v1/records" }, { "consent", "POST", "v1/nonces" },
        { "consent", "POST", "v1/tokens" }, { "recovery", "GET", "v1/recovery/a/" }, { "recovery", "GET", "v1/recovery/a/d/notes/1" },
        { "reading", "GET", "v1/vaults/a/d/photos/1/data/" }, { "reading", "HEAD", "v1/vaults/a/d/photos/1/config" },
        { "reading", "POST", "v1/vaults/a/d/photos/1/locks/n" }, { "reading", "DELETE", "v1/vaults/a/d/photos/1/locks/n" },
        { "backup", "POST", "v1/vaults/a/d/photos/1/?create=true" }, { "backup", "POST", "v1/vaults/a/d/photos/1/data/n" },
        { "backup", "GET", "v1/vaults/a/d/photos/1/index/" }, { "backup", "DELETE", "v1/vaults/a/d/photos/1/locks/n" }, { "backup", "PUT", "v1/recovery/a/d/photos/1" },
        { "public", "GET", "channel/timestamp.json" }, { "public", "GET", "channel/log/tile/0/000" },
    };

    [Theory]
    [MemberData(nameof(Needed))]
    public async Task Each_purpose_gets_what_the_protocol_needs_for_it(string purpose, string method, string path)
    {
        CountingWire wire = new();
        using EgressGate gate = new(Server, static _ => Holding.ToAdd, null, wire);
        await SendAsync(gate, new Uri(Server, path), Named(purpose), new HttpMethod(method));
        Assert.Equal(1, wire.Count);
    }

    [Theory] // and no purpose serves for another's: that would be a mistake of this program
    [InlineData("consent", "POST", "v1/vaults/a/d/photos/1/data/n")]
    [InlineData("consent", "PUT", "v1/recovery/a/d/photos/1")]
    [InlineData("consent", "GET", "v1/server")]
    [InlineData("public", "POST", "v1/server")]
    [InlineData("public", "GET", "v1/recovery/a/")]
    [InlineData("public", "POST", "channel/timestamp.json")]
    [InlineData("public", "GET", "channel")]
    [InlineData("public", "GET", "channel/timestamp.json?device=1")]
    [InlineData("public", "GET", "channel/../v1/recovery/a/")]
    [InlineData("public", "GET", "v1/server?to=somebody")]
    [InlineData("backup", "POST", "v1/vaults/a/d/photos/1/data/n?note=something")]
    [InlineData("consent", "POST", "v1/server")]
    [InlineData("consent", "GET", "v1/records")]
    [InlineData("consent", "POST", "v1/records/more")]
    [InlineData("consent", "POST", "channel/photo")]
    [InlineData("recovery", "PUT", "v1/recovery/a/d/photos/1")]
    [InlineData("recovery", "POST", "v1/recovery/a/")]
    [InlineData("recovery", "GET", "v1/vaults/a/d/photos/1/data/n")]
    [InlineData("reading", "POST", "v1/vaults/a/d/photos/1/data/n")]
    [InlineData("reading", "DELETE", "v1/vaults/a/d/photos/1/data/n")]
    [InlineData("reading", "GET", "v1/vaults/a/d/notes/1/data/n")]
    [InlineData("consent", "DELETE", "v1/records")]
    [InlineData("reading", "DELETE", "v1/vaults/a/d/photos/1/snapshots/n")]
    [InlineData("reading", "POST", "v1/vaults/a/d/photos/1/index/n")]
    [InlineData("pruning", "POST", "v1/vaults/a/d/photos/1/data/n")]
    [InlineData("pruning", "POST", "v1/vaults/a/d/photos/1/snapshots/n")]
    [InlineData("pruning", "DELETE", "v1/vaults/a/d/photos/1/keys/n")]
    [InlineData("pruning", "DELETE", "v1/vaults/a/d/photos/1/config")]
    [InlineData("pruning", "DELETE", "v1/vaults/a/d/notes/1/data/n")]
    [InlineData("pruning", "PUT", "v1/recovery/a/d/photos/1")]
    [InlineData("backup", "DELETE", "v1/vaults/a/d/photos/1/snapshots/n")]
    [InlineData("backup", "POST", "v1/vaults/a/d/notes/1/data/n")]
    [InlineData("backup", "PUT", "v1/recovery/a/d/notes/1")]
    [InlineData("backup", "DELETE", "v1/vaults/a/d/photos/1/data/n")]
    [InlineData("backup", "POST", "v1/records")]
    [InlineData("backup", "POST", "v1/vaults/a/d/photos/1/../../notes/1/data/n")]
    [InlineData("backup", "POST", "v1/vaults/a/d/photos/1/%2e%2e/%2e%2e/notes/1/data/n")]
    [InlineData("backup", "PATCH", "v1/vaults/a/d/photos/1/data/n")]
    [InlineData("backup", "POST", "")]
    public async Task A_request_under_the_wrong_purpose_never_leaves(string purpose, string method, string path)
    {
        CountingWire wire = new();
        using EgressGate gate = new(Server, static _ => Holding.ToAdd, null, wire);
        await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync(gate, new Uri(Server, path), Named(purpose), new HttpMethod(method)));
        Assert.Equal(0, wire.Count);
    }

    [Theory] // channel.md §6.1: one header more, and devices can be told apart
    [InlineData("channel/timestamp.json", "User-Agent", "phone/2", false)]
    [InlineData("channel/timestamp.json", "If-None-Match", "\"a\"", false)]
    [InlineData("channel/timestamp.json", "Range", "bytes=0-1", false)]
    [InlineData("channel/timestamp.json", "X-Anything", "1", false)]
    [InlineData("channel/targets/payloads/m/1/h.full", "Cookie", "a=b", false)]
    [InlineData("channel/targets/payloads/m/1/h.full", "Range", "bytes=0-1", true)]
    public async Task A_request_of_the_channel_carries_no_header(string path, string name, string value, bool passes)
    {
        CountingWire wire = new();
        using EgressGate gate = new(Server, static _ => Holding.Nothing, null, wire);
        using HttpMessageInvoker invoker = new(gate, disposeHandler: false);
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(Server, path));
        request.Headers.TryAddWithoutValidation(name, value);
        request.Options.Set(Purpose.Key, new Purpose.Public());
        if (passes) (await invoker.SendAsync(request, TestContext.Current.CancellationToken)).Dispose();
        else await Assert.ThrowsAsync<InvalidOperationException>(() => invoker.SendAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(passes ? 1 : 0, wire.Count);
    }

    [Fact]
    public async Task A_server_below_a_path_is_left_for_no_other_path()
    {
        CountingWire wire = new();
        using EgressGate gate = new(new Uri(Server, "offproof/"), static _ => Holding.ToAdd, null, wire);
        await SendAsync(gate, new Uri(Server, "offproof/v1/server"), new Purpose.Public());
        await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync(gate, new Uri(Server, "v1/server"), new Purpose.Public()));
        Assert.Equal(1, wire.Count);
    }

    private static Purpose Named(string name) => name switch
    {
        "public" => new Purpose.Public(),
        "consent" => new Purpose.ConsentRecords(),
        "recovery" => new Purpose.Recovery(),
        "reading" => new Purpose.Reading(Category.Photos, Grant),
        "pruning" => new Purpose.Pruning(Category.Photos, Grant),
        _ => new Purpose.Backup(Category.Photos, Grant),
    };

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using HttpListener listener = new();
        int port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        int requests = 0;
        Task serving = Task.Run(async () =>
        {
            HttpListenerContext context = await listener.GetContextAsync();
            requests++;
            context.Response.StatusCode = 307;
            context.Response.RedirectLocation = $"http://127.0.0.1:{port}/elsewhere";
            context.Response.Close();
        });
        using EgressGate gate = new(new Uri($"http://127.0.0.1:{port}/"), static _ => Holding.ToAdd, null);
        using HttpResponseMessage answer = await SendAsync(gate, new Uri($"http://127.0.0.1:{port}/v1/server"), new Purpose.Public());
        await serving;
        Assert.Equal((HttpStatusCode)307, answer.StatusCode);
        Assert.Equal(1, requests);
    }

    private static async Task AssertRefusedAsync(Uri url, Purpose purpose)
    {
        CountingWire wire = new();
        using EgressGate gate = new(Server, static _ => Holding.Nothing, null, wire);
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => SendAsync(gate, url, purpose));
        Assert.Equal(DeviceFault.Refused, refused.Fault);
        Assert.Equal(0, wire.Count);
    }

    private static async Task<HttpResponseMessage> SendAsync(EgressGate gate, Uri url, Purpose? purpose, HttpMethod? method = null)
    {
        using HttpMessageInvoker invoker = new(gate, disposeHandler: false);
        using HttpRequestMessage request = new(method ?? HttpMethod.Get, url);
        if (purpose is not null) request.Options.Set(Purpose.Key, purpose);
        return await invoker.SendAsync(request, CancellationToken.None);
    }

    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private sealed class CountingWire : HttpMessageHandler
    {
        internal int Count { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }
}
