using System.Diagnostics;
using Offproof.Channel;

namespace Offproof.Interop;

/// <summary><c>offproof witness</c> as a process.</summary>
sealed class WitnessProcess : IAsyncDisposable
{
    readonly Process process;

    WitnessProcess(Process process, NoteKey key, Uri url) => (this.process, Key, Url) = (process, key, url);

    internal NoteKey Key { get; }

    internal Uri Url { get; }

    /// <param name="folder">Its data.</param>
    /// <param name="log">For which it cosigns.</param>
    /// <param name="wrap">What the program is started by: a tracer and its options.</param>
    internal static async Task<WitnessProcess> StartAsync(string folder, NoteKey log, params string[] wrap)
    {
        ProcessStartInfo start = await ProgramUnderTest.StartInfoAsync("witness", "--data", folder, "--log", log.ToString(), "--listen", "http://127.0.0.1:0");
        if (wrap.Length > 0)
        {
            ProcessStartInfo wrapped = Processes.StartInfo(wrap[0], [.. wrap[1..], start.FileName, .. start.ArgumentList]);
            wrapped.Environment["DOTNET_ROOT"] = start.Environment["DOTNET_ROOT"];
            start = wrapped;
        }
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        _ = process.StandardOutput.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        NoteKey? key = null;
        while (await process.StandardError.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith("witness key ", StringComparison.Ordinal)) Assert.True(NoteKey.TryParse(line["witness key ".Length..], out key));
            if (line.StartsWith("listening on ", StringComparison.Ordinal)) return new WitnessProcess(process, key!, new Uri(line["listening on ".Length..]));
        }
        throw new InvalidOperationException("the witness did not start");
    }

    internal async Task KillAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }
}

/// <summary>verify/main.go over Debian's golang.org/x/mod: built once into artifacts/.</summary>
static class GoVerifier
{
    static readonly SemaphoreSlim Gate = new(1);

    internal static async Task<Ended> RunAsync(string folder, NoteKey log, IEnumerable<NoteKey> witnesses, params IEnumerable<string> more) =>
        await Processes.RunAsync(await BuildAsync(), [folder, log.ToString(), .. witnesses.Select(witness => witness.ToString()), .. more]);

    static async Task<string> BuildAsync()
    {
        string source = Path.Combine(ProgramUnderTest.Root, "tests", "Interop", "Channel", "verify", "main.go"), made = Path.Combine(ProgramUnderTest.Root, "artifacts", "log-verify");
        await Gate.WaitAsync();
        try
        {
            Directory.CreateDirectory(made);
            ProcessStartInfo start = Processes.StartInfo("go", "build", "-o", Path.Combine(made, "verify"), source);
            // The packages of Debian, and no other: nothing is fetched.
            foreach ((string name, string value) in new[] { ("GO111MODULE", "off"), ("GOPATH", "/usr/share/gocode"), ("GOCACHE", Path.Combine(made, "cache")), ("GOPROXY", "off"), ("GOFLAGS", ""), ("CGO_ENABLED", "0") }) start.Environment[name] = value;
            (await Processes.RunAsync(start)).Is(0);
            return Path.Combine(made, "verify");
        }
        finally
        {
            Gate.Release();
        }
    }
}
