using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Offproof.Lab.Tests;

/// <summary>Real runs: as root, with the tools that docs/lab.md §3 names. A machine without them fails here; one whose kernel gives no namespaces to root (some containers) says so and skips.</summary>
static class Lab
{
    const int MostTries = 3;

    internal const string Persona = """
        {"schema":"offproof/v1/persona","seed":0,"identifiers":{"imei":"001017981670485","email":"jonas.fairweather.a652e3@example.org","phone":"+447700900028"},
         "contacts":[{"canary":"gasopatobanesobe","displayName":"A Contact","phones":[{"value":"+33639983361","type":"mobile","label":null}],"emails":[{"value":"gasopatobanesobe@example.net","type":"home"}]}],
         "messages":[],"notes":[],"photos":[]}
        """;

    internal static string Program => Environment.GetEnvironmentVariable("OFFPROOF_BIN") is { Length: > 0 } named ? named
        : Path.Combine(Root, "artifacts", "publish", "current", "offproof") is var published && File.Exists(published) ? published
        : throw new FileNotFoundException("the program is missing\nhint: run tools/publish, or set OFFPROOF_BIN");

    internal static string Root
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Offproof.slnx"))) folder = folder.Parent;
            return folder?.FullName ?? throw new DirectoryNotFoundException("Offproof.slnx");
        }
    }

    internal static async Task<(LabReport Report, string Folder)> RunAsync(string scenario, bool withProgram = false, bool withPersona = true)
    {
        Assert.True(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "the lab's tests need Linux and root");
        string folder = Directory.CreateTempSubdirectory("offproof-lab-test-").FullName;
        string persona = Path.Combine(folder, "persona.json"), file = Path.Combine(folder, "scenario.txt");
        await File.WriteAllTextAsync(persona, Persona);
        await File.WriteAllTextAsync(file, scenario);
        List<string> said = [];
        LabReport report = await OnceAsync();
        // A void run says nothing (lab.md §2), and is repeated; one that stays void fails.
        for (int tries = 1; report.Result == "void" && tries < MostTries; tries++)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"repeated, since it was void: {report.Reasons[0]}");
            Directory.Delete(Path.Combine(folder, "kept"), recursive: true);
            report = await OnceAsync();
        }
        Assert.True(report.Result != "void", string.Join('\n', LabText.Lines(report)));
        Assert.True(report.Control.Seen);
        Assert.All(report.Counters, static count => Assert.True(count.Equal));
        return (report, folder);

        Task<LabReport> OnceAsync() => AskAsync(new LabRequest(file, withProgram ? Program : null, withPersona ? persona : null, Path.Combine(folder, "kept"), said.Add));
    }

    internal static async Task<LabReport> AskAsync(LabRequest request)
    {
        try
        {
            return await Laboratory.RunAsync(request, TestContext.Current.CancellationToken);
        }
        catch (LabException e) when (e.Message.StartsWith("namespaces cannot be made here", StringComparison.Ordinal))
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    internal static string Text(LabReport report) => string.Join('\n', LabText.Lines(report));
}
