using System.Diagnostics;
using System.Runtime.Versioning;
using Xunit.Sdk;
using Xunit.v3;

// Scripts wait for processes most of the time; four at once keep two cores busy.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 4)]
[assembly: UnsupportedOSPlatform("windows")]

namespace Offproof.Scripts;

/// <summary>Every file below scripts/ is one case, named by its path.</summary>
public sealed class ScriptTests
{
    static readonly string Folder = Path.Combine(ProgramUnderTest.Root, "tests", "Scripts", "scripts");

    public static IEnumerable<TheoryDataRow<string>> All() => Directory.EnumerateFiles(Folder, "*.txt", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder, path)[..^".txt".Length])
        .Order(StringComparer.Ordinal)
        .Select(name => new TheoryDataRow<string>(name) { TestDisplayName = $"scripts/{name}.txt" }.WithTrait("script", name));

    [Theory]
    [MemberData(nameof(All))]
    public async Task Script_holds(string name)
    {
        var path = Path.Combine(Folder, name + ".txt");
        var script = Script.Parse($"tests/Scripts/scripts/{name}.txt", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        try
        {
            await ScriptRun.RunAsync(script, ProgramUnderTest.Path);
        }
        catch (ScriptFailedException e)
        {
            Assert.Fail(e.Message);
        }
    }
}

/// <summary>The program that ./offproof published, or the one that OFFPROOF_BIN names.</summary>
internal static class ProgramUnderTest
{
    static readonly Lazy<string> Found = new(Find);

    internal static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    internal static string Path => Found.Value;

    static string Find()
    {
        if (Environment.GetEnvironmentVariable("OFFPROOF_BIN") is { Length: > 0 } named)
            return System.IO.Path.GetFullPath(named);
        var current = new DirectoryInfo(System.IO.Path.Combine(Root, "artifacts", "publish", "current"));
        // The folder itself, not the link: a build in the meantime must not exchange the program under a running script.
        var program = System.IO.Path.Combine(current.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? current.FullName, "offproof");
        if (!File.Exists(program))
            throw new FileNotFoundException($"{program} is missing\nhint: run ./test, which publishes the program first");
        var stamp = File.ReadAllText(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(program)!, "stamp")).Split('\n', 2)[1];
        if (!string.Equals(stamp.Trim(), Listing().Trim(), StringComparison.Ordinal))
            throw new InvalidOperationException($"{program} is older than the sources\nhint: run ./test, which publishes the program first");
        return program;
    }

    static string Listing()
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", "source tools/listing.sh; listing"]) { WorkingDirectory = Root, RedirectStandardOutput = true })!;
        return bash.StandardOutput.ReadToEnd();
    }

    static string FindRoot(string folder)
    {
        while (!File.Exists(System.IO.Path.Combine(folder, "Offproof.slnx")))
            folder = System.IO.Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("no Offproof.slnx above the tests");
        return folder;
    }
}
