using System.Diagnostics;
using System.Text.Json;

namespace Offproof.Mutants;

/// <summary>The SDK's compiler of C#, one that stays warm for all mutants and ends with them.</summary>
sealed class Compiler : IDisposable
{
    readonly string _folder;
    readonly string _pipe = $"offproof-mutants-{Environment.ProcessId}";
    readonly Process _server;

    internal Compiler()
    {
        string root = Workshop.FindRoot();
        string version = Processes.Run(root, Processes.Dotnet, ["--version"]).Whole().Trim();
        string sdk = Processes.Run(root, Processes.Dotnet, ["--list-sdks"]).Whole().Split('\n').Single(line => line.StartsWith(version + " [", StringComparison.Ordinal));
        _folder = Path.Combine(sdk[(version.Length + 2)..].Trim().TrimEnd(']'), version, "Roslyn", "bincore");
        // As a child: one that the first compilation starts would outlive the tests.
        _server = Process.Start(new ProcessStartInfo(Processes.Dotnet, [Path.Combine(_folder, "VBCSCompiler.dll"), $"-pipename:{_pipe}"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("the compiler did not start");
    }

    /// <summary>With which arguments the build compiles a project.</summary>
    internal static string[] ArgumentsOf(string project)
    {
        using JsonDocument said = JsonDocument.Parse(Processes.Run(Path.GetDirectoryName(project)!, Processes.Dotnet, ["build", project, "-c", "Release", "--no-restore", "-nodeReuse:false", "-t:Compile", "-getItem:CscCommandLineArgs",
            "-p:BuildProjectReferences=false", "-p:ProvideCommandLineArgs=true", "-p:SkipCompilerExecution=true", "-p:NonExistentFile=none", "-p:NuGetAudit=false"]).Whole());
        return [.. said.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray().Select(static item => item.GetProperty("Identity").GetString()!)];
    }

    internal Ended Run(string folder, IEnumerable<string> arguments, string responseFile)
    {
        // The compiler passes over /noconfig in a response file, with a warning.
        File.WriteAllLines(responseFile, arguments.Where(static argument => argument != "/noconfig"));
        return Processes.Run(folder, Processes.Dotnet, ["exec", Path.Combine(_folder, "csc.dll"), $"/shared:{_pipe}", "/noconfig", "@" + responseFile]);
    }

    public void Dispose()
    {
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
    }
}
