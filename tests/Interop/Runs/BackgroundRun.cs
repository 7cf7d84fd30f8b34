using System.Diagnostics;
using System.Globalization;

namespace Offproof.Interop.Runs;

/// <summary>`offproof run` in the background, or under a tracer.</summary>
sealed class BackgroundRun : IAsyncDisposable
{
    readonly Process _process;
    readonly List<string> _said = [];
    readonly bool _traced;

    BackgroundRun(Process process, bool traced)
    {
        (_process, _traced) = (process, traced);
        process.StandardInput.Close();
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <param name="server">Whose device.</param>
    /// <param name="tracer">What it is started by, with its options; nothing for as it is.</param>
    internal static async Task<BackgroundRun> StartAsync(OwnServer server, params string[] tracer)
    {
        ProcessStartInfo start = await server.DeviceAsync("run", "--every", "1s");
        if (tracer.Length > 0)
        {
            ProcessStartInfo traced = Processes.StartInfo(tracer[0], [.. tracer[1..], start.FileName, .. start.ArgumentList]);
            traced.Environment["DOTNET_ROOT"] = start.Environment["DOTNET_ROOT"];
            start = traced;
        }
        return new BackgroundRun(Process.Start(start)!, tracer.Length > 0);
    }

    /// <summary>The program's own id, also where a tracer started it.</summary>
    internal int Id => _traced ? Children(_process.Id).Single() : _process.Id;

    internal static int[] Children(int process) =>
    [.. Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task"))
        .SelectMany(static task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(static id => int.Parse(id, CultureInfo.InvariantCulture))];

    internal string Said
    {
        get
        {
            lock (_said) return string.Join('\n', _said);
        }
    }

    internal async Task UntilSaidAsync(string what)
    {
        for (int i = 0; !Said.Contains(what, StringComparison.Ordinal); i++)
        {
            Assert.True(i < 1200 && !_process.HasExited, $"it never said '{what}', but:\n{Said}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>SIGTERM, which is how it ends: with 0.</summary>
    internal async Task StopAsync()
    {
        await Processes.RunAsync("kill", "-TERM", Id.ToString(CultureInfo.InvariantCulture));
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    void Add(string? line)
    {
        lock (_said) if (line is not null) _said.Add(line);
    }
}
