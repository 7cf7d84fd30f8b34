using System.Diagnostics;
using System.Text.Json;

namespace Offproof.Interop;

/// <summary>
/// Our server as a process, and a device with photos on, all by the real binary. Its vault is reached by our verbs, by stock restic over REST, and as the
/// folder that it is on the server's disk.
/// </summary>
sealed class OwnServer : IAsyncDisposable
{
    readonly Scratch _scratch;
    readonly string _home;
    Process? _process;

    OwnServer(Scratch scratch) => (_scratch, _home) = (scratch, scratch["home"]);

    internal Uri Url { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>What the device backs up.</summary>
    internal string Photos => _scratch["photos"];

    internal string Data => _scratch["server"];

    /// <summary>The process's id.</summary>
    internal int Id => _process!.Id;

    /// <summary>The vault as it lies on the server: protocol.md §9 says that this is a restic repository.</summary>
    internal string StoredVault => Directory.GetDirectories(Path.Combine(Data, "vaults"), "1", SearchOption.AllDirectories).Single(static p => p.EndsWith("/photos/1", StringComparison.Ordinal));

    internal static async Task<OwnServer> StartAsync(Scratch scratch)
    {
        OwnServer server = new(scratch);
        await server.UpAsync();
        await server.TurnOnAsync();
        return server;
    }

    /// <param name="scratch">Where it lives.</param>
    /// <param name="wrap">What the program is started by: a tracer and its options.</param>
    internal static async Task<OwnServer> StartUnderAsync(Scratch scratch, params string[] wrap)
    {
        OwnServer server = new(scratch);
        await server.UpAsync(wrap);
        return server;
    }

    internal async Task UpAsync(params string[] wrap)
    {
        // A restarted server keeps its port: devices remember the address.
        ProcessStartInfo start = await ProgramUnderTest.StartInfoAsync("serve", "--data", Data, "--listen", Url.GetLeftPart(UriPartial.Authority));
        if (wrap.Length > 0)
        {
            ProcessStartInfo wrapped = Processes.StartInfo(wrap[0], [.. wrap[1..], start.FileName, .. start.ArgumentList]);
            wrapped.Environment["DOTNET_ROOT"] = start.Environment["DOTNET_ROOT"];
            start = wrapped;
        }
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _ = _process.StandardOutput.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        const string ready = "listening on ";
        string? line;
        List<string> said = [];
        do
        {
            line = await _process.StandardError.ReadLineAsync(limit.Token);
            if (line is not null) said.Add(line);
        }
        while (line?.StartsWith(ready, StringComparison.Ordinal) == false);
        if (line is null) throw new InvalidOperationException($"the server did not start: {string.Join('\n', said)}");
        Url = new Uri(line[ready.Length..]);
        // What else it says is little, and stays in the pipe.
    }

    internal async Task TurnOnAsync()
    {
        Directory.CreateDirectory(Photos);
        string sheet = _scratch["sheet"];
        await GoodAsync("init", "--server", Url.GetLeftPart(UriPartial.Authority), "--sheet", sheet);
        await GoodAsync("sheet", "confirm", "--sheet", sheet);
        await GoodAsync("source", "add", "photos", Photos);
        await GoodAsync("on", "photos", "--yes");
    }

    internal async Task<ProcessStartInfo> DeviceAsync(params string[] arguments) => await ProgramUnderTest.StartInfoAsync([.. arguments, "--home", _home]);

    internal async Task<string> GoodAsync(params string[] arguments) => (await Processes.RunAsync(await DeviceAsync(arguments))).Is(0).Output;

    /// <summary>The vault over REST, with a token of an hour.</summary>
    internal async Task<OwnVault> VaultAsync(bool write)
    {
        using JsonDocument lines = JsonDocument.Parse(await GoodAsync([.. (string[])["vault", "env", "photos", "--json"], .. write ? ["--write"] : Array.Empty<string>()]));
        return await OwnVault.CreateAsync(_scratch.Root, lines.RootElement.GetProperty("repository").GetString()!, lines.RootElement.GetProperty("password").GetString()!, make: false);
    }

    internal async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>SIGTERM, and what it ends with.</summary>
    internal async Task<int> StopAsync(int? processId = null)
    {
        await Processes.RunAsync("kill", "-TERM", (processId ?? Id).ToString(System.Globalization.CultureInfo.InvariantCulture));
        await _process!.WaitForExitAsync(TestContext.Current.CancellationToken);
        int exit = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return exit;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await KillAsync();
    }
}
