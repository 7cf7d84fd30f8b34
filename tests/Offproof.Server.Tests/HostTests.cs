using System.Net;
using System.Net.Sockets;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>The door: where it listens, what it says, what it references.</summary>
public sealed class HostTests
{
    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://192.0.2.1:0")]
    [InlineData("http://example.org:0")]
    public async Task Off_loopback_is_refused(string listen)
    {
        using StringWriter log = new();
        string folder = Path.Combine(Path.GetTempPath(), "offproof-never-made");
        var e = await Assert.ThrowsAsync<ArgumentException>(() => ServerHost.StartAsync(new() { DataDirectory = folder, Listen = new(listen) }, log, CancellationToken.None));
        Assert.Contains("http off loopback is refused", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("http://127.0.0.1:0/path")]
    [InlineData("http://user@127.0.0.1:0")]
    public async Task What_cannot_be_listened_on_is_refused(string listen)
    {
        using StringWriter log = new();
        await Assert.ThrowsAsync<ArgumentException>(() => ServerHost.StartAsync(new() { DataDirectory = "/nowhere", Listen = new(listen) }, log, CancellationToken.None));
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://localhost:0")]
    [InlineData("http://[::1]:0")]
    public async Task One_line_says_that_it_is_ready(string listen)
    {
        Assert.SkipUnless(!listen.Contains("::", StringComparison.Ordinal) || System.Net.Sockets.Socket.OSSupportsIPv6, "no IPv6 here");
        string folder = Directory.CreateTempSubdirectory("offproof-host-").FullName;
        using StringWriter log = new();
        await using (var server = await ServerHost.StartAsync(new() { DataDirectory = folder, Listen = new(listen) }, log, CancellationToken.None))
        {
            Assert.Equal($"server key {server.Key}\nlistening on {server.Url.AbsoluteUri.TrimEnd('/')}\n", log.ToString());
            Assert.NotEqual(0, server.Url.Port);
            using HttpClient http = new();
            using var answer = await http.GetAsync(new Uri(server.Url, "v1/server"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Server"));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory] // protocol.md §9: what is somebody's stays as it is; what a first start left when it was killed is taken.
    [InlineData(null, true)]
    [InlineData("server.lock", true)]
    [InlineData("lost+found", true)]
    [InlineData("offproof.db", true)]
    [InlineData("thesis.txt", false)]
    [InlineData("vaults", false)]
    public async Task A_folder_that_was_there_is_taken_only_when_it_is_empty_or_a_servers(string? holds, bool taken)
    {
        string folder = Directory.CreateTempSubdirectory("offproof-host-").FullName;
        if (holds is not null) await File.WriteAllBytesAsync(Path.Combine(folder, holds), []);
        ServerOptions options = new() { DataDirectory = folder, Listen = new("http://127.0.0.1:0") };
        if (taken)
        {
            await using (await ServerHost.StartAsync(options, TextWriter.Null, CancellationToken.None)) { }
            Assert.True(File.Exists(Path.Combine(folder, "server.key")));
        }
        else
        {
            await Assert.ThrowsAsync<ForeignFolderException>(() => ServerHost.StartAsync(options, TextWriter.Null, CancellationToken.None));
            Assert.Equal([Path.Combine(folder, holds!)], Directory.GetFileSystemEntries(folder));
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_folder_has_one_server_at_a_time()
    {
        await using var bench = await Bench.StartAsync();
        using StringWriter log = new();
        ServerOptions same = new() { DataDirectory = bench.Folder, Listen = new("http://127.0.0.1:0") };
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerHost.StartAsync(same, log, CancellationToken.None));
        Assert.Contains("another server", e.Message, StringComparison.Ordinal);
        (await bench.SendAsync(HttpMethod.Get, "v1/server")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_an_error_and_frees_the_folder()
    {
        await using var bench = await Bench.StartAsync();
        string folder = Directory.CreateTempSubdirectory("offproof-host-").FullName;
        using StringWriter log = new();
        ServerOptions taken = new() { DataDirectory = folder, Listen = bench.Server.Url };
        var refused = await Assert.ThrowsAsync<ListenException>(() => ServerHost.StartAsync(taken, log, CancellationToken.None));
        Assert.Equal(($"port {bench.Server.Url.Port} of 127.0.0.1 is in use: another program, or another server, listens there", "--listen with another port"), (refused.Message, refused.Hint));
        await using (await ServerHost.StartAsync(taken with { Listen = new("http://127.0.0.1:0") }, log, CancellationToken.None)) { }
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(SocketError.AccessDenied, "port 80 may not be used by this user", "--listen with a port from 1024 on")]
    [InlineData(SocketError.AddressNotAvailable, "192.0.2.1 is no address of this machine", "--listen with one that it has")]
    public void Where_it_cannot_listen_is_said_with_what_helps(SocketError error, string message, string hint)
    {
        var refused = ListenException.Of(new SocketException((int)error), new(IPAddress.Parse("192.0.2.1"), 80));
        Assert.Equal(message, refused?.Message);
        Assert.StartsWith(hint, refused?.Hint, StringComparison.Ordinal);
        Assert.Null(ListenException.Of(new SocketException((int)SocketError.HostNotFound), new(IPAddress.Loopback, 80)));
    }

    [Fact]
    public async Task It_runs_until_it_is_cancelled()
    {
        string folder = Directory.CreateTempSubdirectory("offproof-host-").FullName;
        using CancellationTokenSource stop = new();
        using StringWriter log = new();
        var running = ServerHost.RunAsync(new() { DataDirectory = folder, Listen = new("http://127.0.0.1:0") }, TextWriter.Synchronized(log), stop.Token);
        while (!log.ToString().Contains('\n', StringComparison.Ordinal)) await Task.Delay(5);
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        Directory.Delete(folder, recursive: true);
    }

    [Fact] // README: "the log never holds names, paths, keys or people's addresses".
    public async Task The_log_has_patterns_and_nothing_of_the_caller()
    {
        await using var bench = await Bench.StartAsync(verbose: true);
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        await vault.AddAsync(bench, [1], await vault.AddTokenAsync());
        string log = bench.Log.ToString();
        Assert.Contains("POST /v1/vaults/{account}/{device}/{category}/{epoch}/{type}/{name} 200", log, StringComparison.Ordinal);
        foreach (string secret in (string[])[owner.Account.Text, owner.Device.Thumbprint.Text, Digest.Of([1]).Text, "photos", bench.Folder])
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", log[log.IndexOf('\n', log.IndexOf("listening on", StringComparison.Ordinal))..], StringComparison.Ordinal);

        await using var quiet = await Bench.StartAsync();
        await quiet.SendAsync(HttpMethod.Get, "v1/server");
        Assert.Collection(quiet.Log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.StartsWith("server key ", line, StringComparison.Ordinal), line => Assert.StartsWith("listening on ", line, StringComparison.Ordinal));
    }

    [Fact] // README: "the server is never given what opens a backup": it holds no program that could.
    public void The_server_references_nothing_that_can_decrypt()
    {
        string[] ours = [.. typeof(ServerHost).Assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("Offproof.", StringComparison.Ordinal))];
        Assert.Equal(["Offproof.Consent"], ours);
        string[] others = [.. typeof(ServerHost).Assembly.GetReferencedAssemblies().Concat(typeof(SignedRecord).Assembly.GetReferencedAssemblies())
            .Select(name => name.Name!).Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && !name.StartsWith("Microsoft.", StringComparison.Ordinal)
                && !name.StartsWith("SQLitePCL", StringComparison.Ordinal) && !name.StartsWith("Offproof.", StringComparison.Ordinal))];
        Assert.Empty(others);
    }
}
