using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Offproof.Consent;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>
/// A backup, or a poll, in a process of its own: what opens a vault lives in it and ends with it (run.md §1.2). Its input is a pipe that nothing is written to; when
/// this end of it closes - asked to, or because this process was killed - it stops as if interrupted.
/// </summary>
internal sealed class BackupWorker(string home)
{
    /// <summary>What polls go through; null for none.</summary>
    internal Uri? Proxy { get; init; }

    private const string ErrorPrefix = "offproof: error: ";
    private const string HintPrefix = "hint: ";
    private static readonly TimeSpan ToStop = TimeSpan.FromSeconds(10);

    internal static void CancelWhenInputEnds(CancellationTokenSource gone) => _ = Task.Factory.StartNew(
        () =>
        {
            using Stream input = Console.OpenStandardInput();
            byte[] nothing = new byte[256];
            while (input.Read(nothing) > 0)
            {
            }
            try
            {
                gone.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The backup has ended meanwhile.
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    internal async Task<WorkerEnd> RunAsync(Category category, CancellationToken cancel)
    {
        (int exit, string output, string why) = await RunAsync(["backup", category.Name(), "--json", "--tied"], cancel);
        return new WorkerEnd(exit, Snapshot(output), exit == ExitCode.Unreachable ? "server unreachable" : why);
    }

    internal async Task<PollEnd> PollAsync(CancellationToken cancel)
    {
        (int exit, _, string why) = await RunAsync(["poll", "--json", .. Proxy is { } proxy ? (string[])["--proxy", proxy.AbsoluteUri] : []], cancel);
        return new PollEnd(exit, why);
    }

    private async Task<(int Exit, string Output, string Why)> RunAsync(string[] verb, CancellationToken cancel)
    {
        using Process? process = Start(verb, out string whyNot);
        if (process is null) return (ExitCode.Failure, "", whyNot);
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> error = PassOnAsync(process.StandardError);
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.StandardInput.Close();
            using CancellationTokenSource late = new(ToStop);
            try
            {
                await process.WaitForExitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }
            throw;
        }
        string said = await error;
        return (process.ExitCode, await output, said.Length > 0 ? said : $"it ended with {process.ExitCode}");
    }

    /// <summary>A program that was exchanged meanwhile, or too many processes: tried again later, like any failure.</summary>
    private Process? Start(string[] verb, out string whyNot)
    {
        whyNot = "its process could not be started";
        try
        {
            return Process.Start(StartInfo(verb));
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            whyNot = $"its process could not be started: {e.Message}";
            return null;
        }
    }

    private ProcessStartInfo StartInfo(string[] verb)
    {
        string self = Environment.ProcessPath ?? throw new InvalidOperationException("this program does not know its own path");
        // `dotnet offproof.dll`, where there is no launcher for this system.
        string[] first = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, "offproof.dll")] : [];
        return new ProcessStartInfo(self, [.. first, .. verb, "--home", Path.GetFullPath(home)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
    }

    /// <summary>What it says is said here; its error is the caller's to say.</summary>
    private static async Task<string> PassOnAsync(StreamReader lines)
    {
        string error = "";
        while (await lines.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(ErrorPrefix, StringComparison.Ordinal)) error = line[ErrorPrefix.Length..];
            else if (line.Length > 0 && !line.StartsWith(HintPrefix, StringComparison.Ordinal)) Terminal.Talk(line); // a hint belongs to an error
        }
        return error;
    }

    private static string? Snapshot(string json)
    {
        try
        {
            return json.Length == 0 ? null : JsonSerializer.Deserialize(json, OutputJson.Default.BackupsJson)?.Backups is [{ Snapshot: { Length: > 8 } id }] ? id : null;
        }
        catch (JsonException)
        {
            return null; // it was killed while it wrote
        }
    }
}
