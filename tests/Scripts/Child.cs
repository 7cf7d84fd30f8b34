using System.Diagnostics;
using System.Text;

namespace Offproof.Scripts;

/// <summary>A command that ended: what it was, how it ended, and every byte it wrote.</summary>
internal sealed record Ended(string Command, int ExitCode, byte[] Output, byte[] Errors)
{
    internal string OutputText => Encoding.UTF8.GetString(Output);
    internal string ErrorsText => Encoding.UTF8.GetString(Errors);
}

/// <summary>A command and all that it starts: a session of its own, without a terminal, that can be ended as a whole.</summary>
internal static class ProcessGroup
{
    internal static ProcessStartInfo StartInfo(string path, IEnumerable<string> arguments) => new("/usr/bin/setsid", [path, .. arguments]);

    /// <param name="leader">The process that was started: setsid becomes the command, so the number is also the group's.</param>
    /// <param name="signal">Its name without SIG. A group that has ended already is no error.</param>
    internal static async Task SignalAsync(int leader, string signal)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -s {signal} -- -{leader} 2>/dev/null"]);
        await kill.WaitForExitAsync();
    }
}

internal static class Child
{
    /// <summary>Runs a command to its end, or kills it and everything below it at the limit.</summary>
    /// <param name="start">What to run.</param>
    /// <param name="input">What it reads on stdin.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="scriptEnds">Ends it earlier.</param>
    /// <param name="started">Told its process number, before this method returns to its caller for the first time.</param>
    internal static async Task<Ended> RunAsync(ProcessStartInfo start, byte[] input, TimeSpan limit, CancellationToken scriptEnds, Action<int>? started = null)
    {
        var command = string.Join(' ', start.ArgumentList.Skip(1).Prepend(Path.GetFileName(start.ArgumentList[0])));
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start) ?? throw new FormatException($"{command} did not start");
        started?.Invoke(process.Id);
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(scriptEnds);
        timer.CancelAfter(limit);
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        try
        {
            // A pipe that a grandchild keeps open counts as not ended: nothing may outlive its command unseen.
            await Task.WhenAll(
                process.StandardOutput.BaseStream.CopyToAsync(output, timer.Token),
                process.StandardError.BaseStream.CopyToAsync(errors, timer.Token),
                FeedAsync(process, input, timer.Token),
                process.WaitForExitAsync(timer.Token));
            return new Ended(command, process.ExitCode, output.ToArray(), errors.ToArray());
        }
        catch (OperationCanceledException e)
        {
            await ProcessGroup.SignalAsync(process.Id, "KILL");
            throw new TimeoutException(
                $"{command} did not end within {(scriptEnds.IsCancellationRequested ? "the script's time" : $"{limit.TotalSeconds} s")}\n--- stdout so far\n"
                + Encoding.UTF8.GetString(output.ToArray()) + "\n--- stderr so far\n" + Encoding.UTF8.GetString(errors.ToArray()), e);
        }
    }

    static async Task FeedAsync(Process process, byte[] input, CancellationToken ends)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, ends);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The command ended, or closed its input, without reading everything: its right.
        }
    }
}
