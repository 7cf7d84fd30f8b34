using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Offproof.Scripts;

/// <summary>The commands <c>server start|stop|kill|restart|pause|resume|log</c>: one server per script, of the program under test, on loopback.</summary>
internal sealed partial class ScriptRun
{
    BackgroundServer? server;
    List<string> serverArguments = [];
    string listen = "http://127.0.0.1:0";

    async Task ServerAsync(List<string> words, bool negated)
    {
        if (negated && words is not ["log", _])
            throw new FormatException("server cannot be negated; a server that must refuse to start is: ! offproof serve ...");
        switch (words)
        {
            case ["start", .. var arguments] when server is null:
                if (arguments.IndexOf("--listen") is var at and >= 0 && at + 1 < arguments.Count)
                {
                    listen = arguments[at + 1];
                    arguments.RemoveRange(at, 2);
                }
                serverArguments = arguments;
                await StartServerAsync();
                break;
            case ["stop"] when server is not null:
                await StopServerAsync();
                break;
            case ["kill"] when server is not null:
                await server.KillAsync();
                server = null;
                break;
            case ["pause" or "resume"] when server is not null:
                await ProcessGroup.SignalAsync(server.Process.Id, words[0] is "pause" ? "STOP" : "CONT");
                // On a busy machine a thread can go on for a moment.
                string status = $"/proc/{server.Process.Id}/status";
                for (int i = 0; i < 1000 && words[0] is "pause" && File.Exists(status) && !(await File.ReadAllTextAsync(status)).Contains("State:\tT", StringComparison.Ordinal); i++) await Task.Delay(20);
                break;
            case ["restart"] when server is not null:
                await StopServerAsync();
                await StartServerAsync();
                break;
            case ["log", var pattern] when server is not null:
                Match("the server's log", server.Log, pattern, negated);
                break;
            default:
                throw new FormatException(server is null ? "no server is running; server start [ARGUMENTS]" : "a server is running; server stop|kill|restart|pause|resume|log PATTERN");
        }
    }

    async Task StartServerAsync()
    {
        server = new BackgroundServer(StartInfo(program, ["serve", "--data", Path.Combine(variables["WORK"], "server"), "--listen", listen, .. serverArguments]));
        // Devices keep the address: after the first start the port stays.
        variables["SERVER"] = listen = await server.ListeningAsync(limit, ends.Token);
    }

    async Task StopServerAsync()
    {
        var stopping = server!;
        var code = await stopping.StopAsync(limit, ends.Token);
        if (code != 0)
            throw new FormatException($"the server ended with exit code {code} when it was asked to stop");
        await stopping.KillAsync();
        server = null;
    }
}

internal sealed partial class BackgroundServer
{
    readonly StringBuilder log = new();
    readonly TaskCompletionSource<string> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal BackgroundServer(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        Process = new Process { StartInfo = start, EnableRaisingEvents = true };
        Process.OutputDataReceived += (_, line) => Take(line.Data, mayAnnounce: false);
        Process.ErrorDataReceived += (_, line) => Take(line.Data, mayAnnounce: true);
        Process.Start();
        Process.StandardInput.Close();
        Process.BeginOutputReadLine();
        Process.BeginErrorReadLine();
    }

    internal Process Process { get; }

    internal string Log
    {
        get
        {
            lock (log)
                return log.ToString();
        }
    }

    [GeneratedRegex(@"listening on (?<url>https?://127\.0\.0\.1:\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Announcement();

    /// <returns>The address from the server's line on stderr.</returns>
    internal async Task<string> ListeningAsync(TimeSpan limit, CancellationToken scriptEnds)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(scriptEnds);
        timer.CancelAfter(limit);
        var exited = Process.WaitForExitAsync(timer.Token);
        try
        {
            if (await Task.WhenAny(listening.Task.WaitAsync(timer.Token), exited) != exited)
                return await listening.Task.WaitAsync(timer.Token);
            await exited; // and all that it wrote has been read
            if (listening.Task.IsCompleted)
                return await listening.Task.WaitAsync(timer.Token);
            throw new FormatException($"the server ended with exit code {Process.ExitCode} before it listened");
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException("the server did not say on stderr: listening on http://127.0.0.1:PORT", e);
        }
    }

    /// <summary>Asks it to stop (SIGTERM) and waits.</summary>
    internal async Task<int> StopAsync(TimeSpan limit, CancellationToken scriptEnds)
    {
        if (Process.HasExited)
            throw new FormatException($"the server had already ended by itself, with exit code {Process.ExitCode}");
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(scriptEnds);
        timer.CancelAfter(limit);
        await ProcessGroup.SignalAsync(Process.Id, "TERM");
        try
        {
            await Process.WaitForExitAsync(timer.Token);
            return Process.ExitCode;
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException("the server did not stop when it was asked to", e);
        }
    }

    internal async Task KillAsync()
    {
        await ProcessGroup.SignalAsync(Process.Id, "KILL");
        await Process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Process.Dispose();
    }

    void Take(string? line, bool mayAnnounce)
    {
        if (line is null)
            return;
        lock (log)
            log.AppendLine(line);
        if (mayAnnounce && Announcement().Match(line) is { Success: true } found)
            listening.TrySetResult(found.Groups["url"].Value);
    }
}
