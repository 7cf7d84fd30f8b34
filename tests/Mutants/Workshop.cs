using System.Diagnostics;
using System.Text;

namespace Offproof.Mutants;

/// <summary>A copy of the repository's files that may be spoiled; built once, then again for each mutant.</summary>
public sealed class Workshop : IDisposable
{
    // Another test project says what it needs beside itself by its references; these are everybody's.
    static readonly string[] Needed = ["src", "fuzz", "tests/Directory.Build.props", "tests/Offproof.*", "vectors", "docs", "greetings", "saboteurs", "scenarios", "cases", "tools/fold-table", "*.props", "*.txt", ".editorconfig", "global.json", "Offproof.slnx"];

    readonly string _folder = Directory.CreateTempSubdirectory("offproof-mutants-").FullName;
    readonly HashSet<string> _built = new(StringComparer.Ordinal);
    readonly HashSet<string> _passed = new(StringComparer.Ordinal);
    readonly string _pipe = $"offproof-mutants-{Environment.ProcessId}";
    readonly Process? _compiler;

    public Workshop()
    {
        string root = FindRoot();
        foreach (string path in Run(root, "git", ["-c", "safe.directory=*", "ls-files", "-z", "--", .. Needed]).Whole().Split(['\0', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!File.Exists(Path.Combine(root, path))) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
            File.Copy(Path.Combine(root, path), Path.Combine(_folder, path));
        }
        _compiler = StartCompiler();
    }

    // One compiler that is warm for all mutants, a child of the tests: a build that had to start it would leave it behind.
    Process? StartCompiler()
    {
        string version = Run(_folder, Dotnet, ["--version"]).Whole().Trim();
        string sdks = Run(_folder, Dotnet, ["--list-sdks"]).Whole().Split('\n').Single(line => line.StartsWith(version + " [", StringComparison.Ordinal))[(version.Length + 2)..].Trim().TrimEnd(']');
        string server = Path.Combine(sdks, version, "Roslyn", "bincore", "VBCSCompiler");
        return !File.Exists(server) ? null : Process.Start(new ProcessStartInfo(server, [$"-pipename:{_pipe}"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true });
    }

    internal static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Offproof.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("no Offproof.slnx above the tests");
    }

    internal static IEnumerable<Mutant> Mutants() =>
        Directory.EnumerateFiles(Path.Combine(FindRoot(), "tests", "Mutants", "mutants"), "*.mutant").Order(StringComparer.Ordinal).Select(path => Mutant.Read(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path)));

    /// <summary>Shows the tests the program with the mutant, after they passed without it: their failure would say nothing otherwise.</summary>
    /// <returns>What the tests said of the spoiled program.</returns>
    internal string Show(Mutant mutant)
    {
        if (_built.Add(mutant.Project))
        {
            Run(_folder, Dotnet, ["restore", ProjectOf(mutant), "--locked-mode", .. Quiet]).Whole();
            Build(mutant);
            string[] all = [.. Mutants().Where(other => other.Project == mutant.Project && MutantTests.IsBuilt(other.Name)).SelectMany(other => other.Tests).Distinct(StringComparer.Ordinal)];
            Test(mutant, all).Is(0);
            _passed.UnionWith(all.Select(name => mutant.Project + "." + name));
        }
        foreach (string name in mutant.Tests) Assert.Contains(mutant.Project + "." + name, _passed);
        string file = Path.Combine(_folder, mutant.File);
        string text = File.ReadAllText(file);
        File.WriteAllText(file, mutant.Spoil(text));
        try
        {
            Build(mutant);
            return Test(mutant, mutant.Tests).Is(2).Output; // 2: at least one test failed
        }
        finally
        {
            File.WriteAllText(file, text);
        }
    }

    static string Dotnet => Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) is "dotnet" ? host : "dotnet";

    // No server may outlive the tests; what the analyzers think of a mutant does not matter.
    string[] Quiet => ["--nologo", "-nodeReuse:false", "-v:quiet", $"-p:UseSharedCompilation={_compiler is { HasExited: false }}", $"-p:SharedCompilationId={_pipe}", "-p:NuGetAudit=false"];

    static string ProjectOf(Mutant mutant) => $"tests/{mutant.Project}/{mutant.Project}.csproj";

    void Build(Mutant mutant) => Run(_folder, Dotnet, ["build", ProjectOf(mutant), "-c", "Release", "--no-restore", .. Quiet, "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false", "-p:TreatWarningsAsErrors=false",
        "-p:GenerateDocumentationFile=false"]).Whole();

    Ended Test(Mutant mutant, IEnumerable<string> classes) => Run(_folder, Dotnet, [$"tests/{mutant.Project}/bin/Release/net10.0/{mutant.Project}.dll", "--progress", "off", "--ansi", "off", .. classes.SelectMany(name => new[] { "--filter-class", $"{mutant.Project}.{name}" })]);

    static Ended Run(string folder, string program, IEnumerable<string> arguments)
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

    public void Dispose()
    {
        _compiler?.Kill();
        _compiler?.WaitForExit();
        _compiler?.Dispose();
        Directory.Delete(_folder, recursive: true);
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
}
