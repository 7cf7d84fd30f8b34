using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Offproof.Scripts;

/// <summary>One run of one script, in a folder of its own that is deleted afterwards. The language is described in README.md and commands.md.</summary>
internal sealed partial class ScriptRun : IAsyncDisposable
{
    static readonly TimeSpan ScriptLimit = TimeSpan.FromMinutes(5);

    readonly Script script;
    readonly string program;
    readonly string folder = Directory.CreateTempSubdirectory("offproof-script-").FullName;
    readonly Dictionary<string, string> variables;
    readonly CancellationTokenSource ends = new(ScriptLimit);
    string cwd;
    TimeSpan limit = TimeSpan.FromSeconds(60);
    byte[] input = [];
    Ended? last;

    ScriptRun(Script script, string program)
    {
        this.script = script;
        this.program = program;
        var work = cwd = Directory.CreateDirectory(Path.Combine(folder, "run")).FullName;
        // Nothing of the person who runs the tests reaches a script: this is the whole environment.
        variables = new(StringComparer.Ordinal)
        {
            ["WORK"] = work,
            ["ROOT"] = ProgramUnderTest.Root,
            ["OFFPROOF_HOME"] = Path.Combine(work, "home"),
            ["HOME"] = Directory.CreateDirectory(Path.Combine(folder, "user")).FullName,
            ["TMPDIR"] = Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName,
            ["PATH"] = Path.GetDirectoryName(program) + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root ? root : Path.GetDirectoryName(Path.GetFullPath(Environment.ProcessPath!))!,
            ["LANG"] = "C.UTF-8",
            ["LC_ALL"] = "C.UTF-8",
            ["TZ"] = "UTC",
            ["TERM"] = "dumb",
            ["NO_COLOR"] = "1",
        };
    }

    /// <exception cref="ScriptFailedException">A line did not hold.</exception>
    internal static async Task RunAsync(Script script, string program)
    {
        await using var run = new ScriptRun(script, program);
        foreach (var (name, text) in script.Files)
        {
            var path = run.At(name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, text);
        }
        if (script.Lines.Count == 0)
            throw new ScriptFailedException($"{script.Name}: the script has no command, so it shows nothing");
        foreach (var line in script.Lines)
            try
            {
                await run.LineAsync(line.Text);
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or TimeoutException or System.ComponentModel.Win32Exception
                or System.Text.Json.JsonException or System.Text.RegularExpressions.RegexMatchTimeoutException or ArgumentException or OverflowException)
            {
                throw new ScriptFailedException(run.Explain(line, e.Message));
            }
        if (run.background is not null)
            throw new ScriptFailedException($"{script.Name}: the script ended while a command was running in the background: wait");
    }

    async Task LineAsync(string line)
    {
        var words = Words.Split(line, variables.GetValueOrDefault);
        var negated = words is ["!", ..];
        if (negated)
            words.RemoveAt(0);
        if (words is not [var command, .. var arguments])
            throw new FormatException("a command is missing");
        if (server is { Process.HasExited: true } && command is not "server")
            throw new FormatException($"the server has ended by itself, with exit code {server.Process.ExitCode}");
        if (command is "exec" or "offproof")
            await ExecuteAsync(command is "offproof" ? [program, .. arguments] : arguments, negated);
        else if (command is "server")
            await ServerAsync(arguments, negated);
        else if (command is "wait" or "signal" or "await")
            await BackgroundAsync(command, arguments, negated);
        else if (command is "tmpfs")
            await TmpfsAsync(arguments, negated);
        else
            Check(command, arguments, negated);
    }

    async Task ExecuteAsync(List<string> words, bool mustFail)
    {
        var inBackground = words is [.., "&"];
        if (inBackground)
            words.RemoveAt(words.Count - 1);
        if (words is not [var name, .. var arguments])
            throw new FormatException("exec wants a command");
        var start = StartInfo(Find(name), arguments);
        if (inBackground)
            StartInBackground(start, mustFail);
        else
            last = await Child.RunAsync(start, input, limit, ends.Token);
        input = [];
        if (!inBackground)
            Judge(last!, mustFail);
    }

    static void Judge(Ended last, bool mustFail)
    {
        if (mustFail && last.ExitCode == 0)
            throw new FormatException("the command had to fail, and ended with 0");
        if (!mustFail && last.ExitCode != 0)
            throw new FormatException($"the command ended with {last.ExitCode}");
        // Killed by a signal (128 + n) is a crash, not a refusal; 130 is the program's own code for an interruption.
        if (last.ExitCode is > 128 and not 130)
            throw new FormatException($"the command crashed: exit code {last.ExitCode}");
    }

    ProcessStartInfo StartInfo(string path, IEnumerable<string> arguments)
    {
        var start = ProcessGroup.StartInfo(path, arguments);
        start.WorkingDirectory = cwd;
        start.Environment.Clear();
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        start.Environment["PWD"] = cwd;
        return start;
    }

    // The platform would search the PATH of the tests, not the script's.
    string Find(string command) => command.Contains('/', StringComparison.Ordinal)
        ? At(command)
        : variables["PATH"].Split(':').Select(f => Path.Combine(f, command)).FirstOrDefault(File.Exists)
            ?? throw new FormatException($"{command} is not installed");

    string At(string path) => Path.GetFullPath(Path.Combine(cwd, path));

    string Explain(ScriptLine line, string problem)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{script.Name}:{line.Number}: {line.Text}\n  {problem}\n");
        if (last is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"last command: {last.Command}\nexit code: {last.ExitCode}\n");
            text.Append("--- stdout\n").AppendLine(Shortened(last.OutputText)).Append("--- stderr\n").AppendLine(Shortened(last.ErrorsText));
        }
        if (server is not null)
            text.Append("--- server\n").AppendLine(Shortened(server.Log));
        return text.Append("--- end").ToString();
    }

    static string Shortened(string text) => text.Length <= 12000 ? text.TrimEnd() : $"{text[..6000]}\n[... {text.Length - 12000} characters ...]\n{text[^6000..]}";

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.KillAsync();
        await EndBackgroundAsync();
        await UnmountAsync();
        ends.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
