using System.Diagnostics;

namespace Offproof.Interop;

/// <summary>The program as it is published: the real binary, as a person starts it.</summary>
static class ProgramUnderTest
{
    static readonly SemaphoreSlim Gate = new(1);
    static (string Program, string Runtime)? _found;

    internal static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    static string FindRoot(string folder)
    {
        while (!File.Exists(Path.Combine(folder, "Offproof.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("no Offproof.slnx above the tests");
        return folder;
    }

    // Publishes when the sources are newer than what lies there; after ./test it finds everything done.
    static async Task<(string, string)> FindAsync()
    {
        ProcessStartInfo start = Processes.StartInfo(Path.Combine(Root, "tools", "publish"));
        start.Environment["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } set ? set : Path.GetDirectoryName(Path.GetFullPath(Environment.ProcessPath!))!;
        (await Processes.RunAsync(start, minutes: 15)).Is(0);
        // The folder itself, not the link: a build in the meantime must not exchange the program under a running test.
        string current = new DirectoryInfo(Path.Combine(Root, "artifacts", "publish", "current")).ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        return (Path.Combine(current, "offproof"), (await File.ReadAllLinesAsync(Path.Combine(current, "stamp")))[0]);
    }

    internal static async Task<ProcessStartInfo> StartInfoAsync(params string[] arguments)
    {
        await Gate.WaitAsync();
        try
        {
            _found ??= await FindAsync();
        }
        finally
        {
            Gate.Release();
        }
        (string program, string runtime) = _found.Value;
        ProcessStartInfo start = Processes.StartInfo(program, arguments);
        start.Environment["DOTNET_ROOT"] = runtime;
        start.Environment.Remove("OFFPROOF_HOME");
        return start;
    }

}

/// <summary>The program's verbs for one repository: `RESTIC_REPOSITORY=PLACE offproof vault VERB --password-file FILE`.</summary>
/// <param name="Place">A folder, or <c>rest:http://...</c>.</param>
/// <param name="Password">What opens it.</param>
/// <param name="PasswordFile">The same, where the program reads it.</param>
sealed record OwnVault(string Place, string Password, string PasswordFile)
{
    internal Restic Restic => new(Place, Password);

    /// <summary>The place in the variable, as restic has it: a URL with a token in it is no argument.</summary>
    internal async Task<ProcessStartInfo> StartInfoAsync(params string[] verb)
    {
        ProcessStartInfo start = await ProgramUnderTest.StartInfoAsync(["vault", .. verb, "--password-file", PasswordFile]);
        start.Environment["RESTIC_REPOSITORY"] = Place;
        return start;
    }

    internal async Task<Ended> RunAsync(params string[] verb) => await Processes.RunAsync(await StartInfoAsync(verb));

    internal async Task<string> GoodAsync(params string[] verb) => (await RunAsync(verb)).Is(0).Output;

    internal static async Task<OwnVault> CreateAsync(string folder, string place, string password = "geheim", bool make = true)
    {
        string file = Path.Combine(folder, $"password.{Path.GetFileName(place)}");
        await File.WriteAllTextAsync(file, password + "\n");
        OwnVault vault = new(place, password, file);
        if (make) await vault.GoodAsync("init");
        return vault;
    }

    /// <summary>Adds a snapshot, of which nothing may be missing, and returns its id and what it added in bytes.</summary>
    internal async Task<(string Id, long Added)> BackupAsync(string source)
    {
        using System.Text.Json.JsonDocument summary = System.Text.Json.JsonDocument.Parse(await GoodAsync("backup", source, "--json"));
        return (summary.RootElement.GetProperty("snapshot").GetString()!, summary.RootElement.GetProperty("bytesAdded").GetInt64());
    }

    internal async Task CheckAsync() => Assert.Contains("no errors were found", await GoodAsync("check", "--read-data"), StringComparison.Ordinal);

    internal async Task<string> RestoreAsync(string snapshot, string target, string source)
    {
        await GoodAsync("restore", snapshot, "--to", target);
        return target + source;
    }
}
