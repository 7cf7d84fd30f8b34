using System.Diagnostics;

namespace Offproof.Cli.Tests.Polls;

/// <summary>The program in processes of its own, on a phone with a home and an environment of its own.</summary>
internal sealed class PhoneProcess(string home, IReadOnlyDictionary<string, string> environment)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    internal string Home => home;

    internal async Task<(int Exit, string Said)> SayAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        process.StandardInput.Close();
        using CancellationTokenSource limit = new(Longest);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, output + await errors);
    }

    internal async Task GoodAsync(params string[] arguments)
    {
        (int exit, string said) = await SayAsync(arguments);
        Assert.True(exit == 0, $"{string.Join(' ', arguments)} ended with {exit}: {said}");
    }

    /// <summary>Its server is from now on another one, which nobody asked it about.</summary>
    internal async Task MoveAsync(Uri from, Uri to)
    {
        string account = Path.Combine(home, "account.json"), text = await File.ReadAllTextAsync(account), moved = text.Replace(from.AbsoluteUri, to.AbsoluteUri, StringComparison.Ordinal);
        Assert.NotEqual(text, moved);
        await File.WriteAllTextAsync(account, moved);
    }

    /// <summary>`run`, until it is told to end. Its backups are due all the time, its polls when <see cref="LongRun.PollAsync"/> says so.</summary>
    internal LongRun Run() => new(Start("run", "--json", "--every", "1s"), Path.Combine(home, "channel", "next-poll"));

    private Process Start(params string[] arguments)
    {
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) is "dotnet" ? path : "dotnet";
        ProcessStartInfo start = new(host, [Path.Combine(AppContext.BaseDirectory, "offproof.dll"), .. arguments, "--home", home]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in (string[])["LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "TZ", "OFFPROOF_HOME"]) start.Environment.Remove(name);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException("the program did not start");
    }

    internal sealed class LongRun : IDisposable
    {
        private readonly Process process;
        private readonly string next;

        internal LongRun(Process process, string next)
        {
            (this.process, this.next) = (process, next);
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
        }

        /// <summary>Its time has come: what <c>next-poll</c> says is a second ago (run.md §1.8). Ends when the poll did.</summary>
        internal async Task PollAsync()
        {
            await File.WriteAllTextAsync(next + ".new", TimeProvider.System.GetUtcNow().AddSeconds(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'\n", System.Globalization.CultureInfo.InvariantCulture));
            File.Move(next + ".new", next, overwrite: true);
            using CancellationTokenSource limit = new(Longest);
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.Contains("\"event\":\"polled\"", StringComparison.Ordinal)) return;
                Assert.DoesNotContain("notPolled", line, StringComparison.Ordinal);
            }
            Assert.Fail("run ended");
        }

        public void Dispose()
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }
    }
}
