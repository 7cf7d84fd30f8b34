using System.Diagnostics;
using System.Text;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>What one program printed and how it ended.</summary>
internal sealed record Outcome(int Exit, string Out, string Error);

/// <summary>The demo's folder and the processes in it: each command is the real program, started as a person would.</summary>
internal sealed class Stage : IDisposable
{
    private readonly TextWriter talk;
    private readonly bool keep;
    private Process? server;

    private Stage(string root, bool keep, TextWriter talk)
    {
        Root = root;
        this.keep = keep;
        this.talk = talk;
    }

    internal string Root { get; }

    /// <summary>Whether the folder stays when the demo is over.</summary>
    internal bool IsKept => keep;

    internal string this[string name] => Path.Combine(Root, name);

    internal static Stage Set(string? keep, TextWriter talk)
    {
        if (keep is null) return new Stage(Directory.CreateTempSubdirectory("offproof-demo-").FullName, keep: false, talk);
        string root = Path.GetFullPath(keep);
        if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
            throw new DeviceException(DeviceFault.Refused, $"{root} is not empty: nothing in it was touched", "name an empty folder");
        Directory.CreateDirectory(root);
        return new Stage(root, keep: true, talk);
    }

    internal void Say(string line) => talk.WriteLine(Terminal.ForReading(line, talk == Console.Out ? Console.IsOutputRedirected : Console.IsErrorRedirected));

    /// <summary>Starts `offproof serve` and waits for its address.</summary>
    internal async Task<Uri> StartServerAsync(CancellationToken cancel)
    {
        string[] arguments = ["serve", "--data", this["server"], "--listen", "http://127.0.0.1:0"];
        Show(arguments);
        server = Process.Start(StartInfo(OwnProgram, arguments, [])) ?? throw new InvalidOperationException("the server did not start");
        server.OutputDataReceived += static (_, _) => { };
        server.BeginOutputReadLine();
        const string ready = "listening on ";
        while (await server.StandardError.ReadLineAsync(cancel) is { } line)
        {
            if (!line.StartsWith(ready, StringComparison.Ordinal)) continue;
            _ = server.StandardError.ReadToEndAsync(CancellationToken.None); // keeps its pipe from filling
            return new Uri(line[ready.Length..].TrimEnd('/') + "/");
        }
        throw new DeviceException(DeviceFault.Failure, "the demo's server ended before it listened");
    }

    /// <summary>Runs this very program with arguments, showing them; with a remark, where what it meets was altered.</summary>
    internal Task<Outcome> OffproofAsync(string[] arguments, CancellationToken cancel, bool isQuiet = false, string? remark = null)
    {
        if (!isQuiet) Show(arguments, remark);
        return RunAsync(OwnProgram, [.. arguments, "--json"], new(StringComparer.Ordinal) { ["OFFPROOF_HOME"] = this["home"] }, cancel, Root);
    }

    /// <summary>The line that a person would type in the demo's folder.</summary>
    internal void ShowPeer(string tool, string[] arguments, IEnumerable<KeyValuePair<string, string>> shown) =>
        talk.WriteLine($"  $ {string.Concat(shown.Select(v => $"{v.Key}={Short(v.Value)} "))}{tool} {string.Join(' ', arguments.Select(Short))}");

    /// <summary>Runs a program that is not ours; null when it is not installed.</summary>
    internal static async Task<Outcome?> PeerAsync(string tool, string[] arguments, Dictionary<string, string> environment, CancellationToken cancel)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Array.Exists(folders, folder => File.Exists(Path.Combine(folder, tool))) ? await RunAsync(tool, arguments, environment, cancel) : null;
    }

    public void Dispose()
    {
        if (server is not null)
        {
            if (!server.HasExited) server.Kill();
            server.WaitForExit();
            server.Dispose();
        }
        if (!keep) Directory.Delete(Root, recursive: true);
    }

    private static string OwnProgram => Environment.ProcessPath ?? throw new InvalidOperationException("this program does not know its own path");

    private void Show(string[] arguments, string? remark = null) =>
        talk.WriteLine($"  $ offproof {string.Join(' ', arguments.Select(Short))}{(remark is null ? "" : $"  # {remark}")}");

    private string Short(string word) => Terminal.ShellWord(word.Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));

    private static async Task<Outcome> RunAsync(string program, string[] arguments, Dictionary<string, string> environment, CancellationToken cancel, string folder = "")
    {
        using Process process = Process.Start(StartInfo(program, arguments, environment, folder)) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancel);
        Task<string> error = process.StandardError.ReadToEndAsync(cancel);
        try
        {
            await process.WaitForExitAsync(cancel);
            return new Outcome(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static ProcessStartInfo StartInfo(string program, string[] arguments, Dictionary<string, string> environment, string folder = "")
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder, // what a command hands out beside itself, like a receipt, stays within the demo
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return start;
    }
}
