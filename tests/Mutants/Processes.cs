using System.Diagnostics;
using System.Text;

namespace Offproof.Mutants;

static class Processes
{
    internal static string Dotnet => Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) is "dotnet" ? host : "dotnet";

    internal static Ended Run(string folder, string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        StringBuilder errors = new();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        StringBuilder output = new();
        process.OutputDataReceived += (_, line) => output.Append(line.Data).Append('\n');
        process.BeginOutputReadLine();
        if (!process.WaitForExit(TimeSpan.FromMinutes(15)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} did not end within 15 minutes");
        }
        process.WaitForExit();
        return new Ended($"{program} {string.Join(' ', start.ArgumentList)}", process.ExitCode, output.ToString(), errors.ToString());
    }
}

sealed record Ended(string Command, int Exit, string Output, string Errors)
{
    internal string Whole() => Is(0).Output;

    internal Ended Is(int exit)
    {
        Assert.True(Exit == exit, $"{Command}\nended with {Exit}, expected {exit}:\n{Output}{Errors}");
        return this;
    }
}
