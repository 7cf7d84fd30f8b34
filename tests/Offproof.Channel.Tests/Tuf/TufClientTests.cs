using System.Diagnostics;
using System.Net;

namespace Offproof.Channel.Tests;

/// <summary>tools/tuf-client as it is started, over real sockets, by the command line of the conformance suite.</summary>
public sealed class TufClientTests : IDisposable
{
    readonly HostileRepository repository = new();
    readonly HttpListener listener = new();
    readonly string folder = Directory.CreateTempSubdirectory("offproof-tuf-client-").FullName;
    readonly string address;

    public TufClientTests()
    {
        for (int port = 20_000 + Environment.ProcessId % 20_000; ; port++)
        {
            address = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/");
            listener.Prefixes.Clear();
            listener.Prefixes.Add(address);
            try
            {
                listener.Start();
                break;
            }
            catch (HttpListenerException) when (port < 45_000)
            {
            }
        }
        _ = Task.Run(ServeAsync);
    }

    async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            string path = context.Request.RawUrl!;
            // One request at a time, and the test looks when the program has ended.
            repository.Requests.Add($"{path} {string.Join(',', context.Request.Headers.AllKeys)}");
            if (repository.Files.TryGetValue(path, out byte[]? bytes)) await context.Response.OutputStream.WriteAsync(bytes);
            else context.Response.StatusCode = 404;
            context.Response.Close();
        }
    }

    public void Dispose()
    {
        listener.Close();
        repository.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    async Task<(int Exit, string Errors)> RunAsync(params string[] words)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Offproof.slnx"))) root = Path.GetDirectoryName(root);
        ProcessStartInfo start = new(Path.Combine(root!, "tools", "tuf-client"), ["--metadata-dir", Path.Combine(folder, "metadata"), .. words]) { RedirectStandardError = true, WorkingDirectory = folder };
        using var process = Process.Start(start)!;
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, errors);
    }

    [Fact]
    public async Task It_pins_refreshes_and_downloads_and_says_why_not()
    {
        // Its clock is the real one.
        foreach (string role in (string[])[HostileRepository.Root, HostileRepository.Timestamp, HostileRepository.Snapshot, HostileRepository.Targets]) repository.Expires[role] = TimeProvider.System.GetUtcNow().AddDays(1);
        repository.Version[HostileRepository.Root] = 0;
        repository.PutRoot();
        repository.Publish(HostileRepository.Targets);
        string root = Path.Combine(folder, "initial.json"), metadata = address + "metadata", targets = Path.Combine(folder, "targets");
        await File.WriteAllBytesAsync(root, repository.FirstRoot);
        string[] download = ["--metadata-url", metadata, "--target-base-url", address + "targets/", "--target-dir", targets, "--target-name", "greetings/hello.txt"];

        Assert.Equal(1, (await RunAsync("--metadata-url", metadata, "refresh")).Exit); // no root yet, and no request
        Assert.Empty(repository.Requests);
        Assert.Equal(0, (await RunAsync("init", root)).Exit);
        Assert.Equal(1, (await RunAsync("init", root)).Exit);
        Assert.Empty(repository.Requests);
        Assert.Equal(0, (await RunAsync("--metadata-url", metadata, "refresh")).Exit);
        Assert.Equal(["/metadata/2.root.json Host", "/metadata/timestamp.json Host", "/metadata/2.snapshot.json Host", "/metadata/2.targets.json Host"], repository.Requests);
        foreach (string role in (string[])["root", "timestamp", "snapshot", "targets"])
            Assert.Equal(repository.Files[repository.PathOf(role)], await File.ReadAllBytesAsync(Path.Combine(folder, "metadata", role + ".json")));

        for (int i = 0; i < 2; i++) Assert.Equal(0, (await RunAsync([.. download, "download"])).Exit);
        Assert.Equal("hello", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(targets))));
        Assert.Single(repository.Requests, r => r.StartsWith("/targets/", StringComparison.Ordinal));

        var (exit, errors) = await RunAsync([.. download, "--target-name", "nowhere", "download"]);
        Assert.Equal(1, exit);
        Assert.EndsWith("tuf-client: error: no such target (TUF 5.7.2): there is no nowhere in the repository\n", errors, StringComparison.Ordinal);
        repository.Files["/metadata/timestamp.json"] = "{}"u8.ToArray();
        Assert.Equal(1, (await RunAsync([.. download, "download"])).Exit);
        Assert.Equal(1, (await RunAsync("refresh")).Exit);
        Assert.Equal(1, (await RunAsync("--metadata-url", "file:///etc", "refresh")).Exit);
    }
}
