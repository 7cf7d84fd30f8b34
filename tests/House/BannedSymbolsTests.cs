using System.Text.RegularExpressions;

namespace Offproof.House;

/// <summary>The compiler refuses connections outside the egress gate: shown on a small copy of the device's project with the repository's own settings.</summary>
public sealed class BannedSymbolsTests : IDisposable
{
    const string Connects = """
        namespace Offproof.Device;

        internal static class NAME
        {
            internal static object Client() => new System.Net.Http.HttpClient();
            internal static object Socket() => new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            internal static object Name() => System.Net.Dns.GetHostName();
            internal static object Now(System.TimeProvider time) => time.GetUtcNow();
        }
        """;

    readonly string folder = Directory.CreateTempSubdirectory("offproof-banned-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact] // README: "connections leave through one gate"
    public async Task The_compiler_refuses_connections_outside_the_egress_gate()
    {
        Write("src/Offproof.Device/Outside.cs", Connects.Replace("NAME", "Outside", StringComparison.Ordinal));
        Write("src/Offproof.Device/Egress/Gate.cs", Connects.Replace("NAME", "Gate", StringComparison.Ordinal));
        var build = await BuildAsync();

        Assert.NotEqual(0, build.ExitCode);
        var errors = Regex.Matches(build.Output, @"(?<file>\w+\.cs)\((?<line>\d+),\d+\): error (?<rule>\w+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))
            .Select(m => $"{m.Groups["file"].Value} {m.Groups["line"].Value} {m.Groups["rule"].Value}")
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        Assert.True(errors.SequenceEqual(["Outside.cs 5 RS0030", "Outside.cs 6 RS0030", "Outside.cs 7 RS0030"], StringComparer.Ordinal), build.Output);
    }

    [Fact] // the same copy without a connection compiles: the errors above are not the copy's own
    public async Task The_egress_gate_compiles()
    {
        Write("src/Offproof.Device/Egress/Gate.cs", Connects.Replace("NAME", "Gate", StringComparison.Ordinal));
        var build = await BuildAsync();
        Assert.True(build.ExitCode == 0, build.Output);
    }

    async Task<ProgramResult> BuildAsync()
    {
        foreach (var file in Repository.Files.Where(f => !f.Path.Contains('/', StringComparison.Ordinal)
            && (f.Path is ".editorconfig" or "global.json" || f.Path.StartsWith("Directory.", StringComparison.Ordinal) || f.Path.StartsWith("Banned", StringComparison.Ordinal))))
            Write(file.Path, file.Text);
        Write("src/Offproof.Device/Offproof.Device.csproj", """<Project Sdk="Microsoft.NET.Sdk" />""");
        Directory.CreateDirectory(Path.Combine(folder, "no-packages"));
        // From an empty source: the analyzers are in the packages folder since the solution was restored, so the network is not asked.
        return await Programs.RunAsync(
            folder,
            Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root ? Path.Combine(root, "dotnet") : "dotnet",
            ["build", "src/Offproof.Device", "--nologo", "-tl:off", "--source", Path.Combine(folder, "no-packages"), "-nodeReuse:false", "-p:UseSharedCompilation=false",
             "-p:NuGetAudit=false", "-p:RestoreLockedMode=false", "-clp:NoSummary"],
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0", ["DOTNET_NOLOGO"] = "1" });
    }

    void Write(string path, string text)
    {
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
