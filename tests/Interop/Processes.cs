using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;

[assembly: UnsupportedOSPlatform("windows")]

namespace Offproof.Interop;

/// <summary>A program that ended: how, and what it wrote.</summary>
sealed record Ended(string Command, int Exit, byte[] Bytes, string Errors)
{
    internal string Output => Encoding.UTF8.GetString(Bytes);

    internal string Both => Output + Errors;

    internal Ended Is(int exit)
    {
        Assert.True(Exit == exit, $"{Command}\nended with {Exit}, expected {exit}:\n{Both}");
        return this;
    }
}

/// <summary>Real programs. One that is not installed is a failure, never a skip: a proof by a peer that did not run proves nothing.</summary>
static class Processes
{
    internal static ProcessStartInfo StartInfo(string program, params IEnumerable<string> arguments) =>
        new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };

    internal static Task<Ended> RunAsync(string program, params string[] arguments) => RunAsync(StartInfo(program, arguments));

    internal static async Task<Ended> RunAsync(ProcessStartInfo start, int minutes = 5)
    {
        string command = $"{Path.GetFileName(start.FileName)} {string.Join(' ', start.ArgumentList)}";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start");
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(minutes));
        try
        {
            process.StandardInput.Close();
            using MemoryStream output = new();
            Task reading = process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            await reading;
            return new Ended(command, process.ExitCode, output.ToArray(), await errors);
        }
        catch (OperationCanceledException e)
        {
            process.Kill();
            throw new TimeoutException($"{command} did not end within {minutes} minutes", e);
        }
    }

    internal static Task<Ended> ShellAsync(string folder, string script)
    {
        ProcessStartInfo start = StartInfo("/bin/sh", "-eu", "-c", script);
        start.WorkingDirectory = folder;
        return RunAsync(start);
    }
}

/// <summary>Stock restic on one repository.</summary>
/// <param name="Place">A folder, or <c>rest:http://...</c>.</param>
/// <param name="Password">What opens it.</param>
sealed record Restic(string Place, string Password)
{
    internal Task<Ended> RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = Processes.StartInfo("restic", ["--no-cache", .. arguments]);
        start.Environment["RESTIC_PASSWORD"] = Password;
        start.Environment["RESTIC_REPOSITORY"] = Place;
        return Processes.RunAsync(start);
    }

    internal async Task<string> GoodAsync(params string[] arguments) => (await RunAsync(arguments)).Is(0).Both;

    /// <summary>restic's own words for a repository without damage, besides the exit code.</summary>
    internal async Task CheckAsync(bool readData = true, bool noLock = false) =>
        Assert.Contains("no errors were found", await GoodAsync([.. noLock ? ["--no-lock"] : Array.Empty<string>(), "check", .. readData ? ["--read-data"] : Array.Empty<string>()]), StringComparison.Ordinal);

    /// <summary>Where restic puts what was backed up from an absolute path.</summary>
    internal async Task<string> RestoreAsync(string snapshot, string target, string source)
    {
        await GoodAsync("--no-lock", "restore", snapshot, "--target", target);
        return target + source;
    }
}
