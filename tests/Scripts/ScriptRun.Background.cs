using System.Diagnostics;

namespace Offproof.Scripts;

/// <summary>A command that runs while the script goes on (<c>&amp;</c>, <c>wait</c>, <c>signal</c>, <c>await</c>), and disks of the script's own.</summary>
internal sealed partial class ScriptRun
{
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    Task<Ended>? background;
    int backgroundLeader;
    readonly List<string> mounted = [];

    void StartInBackground(ProcessStartInfo start, bool mustFail)
    {
        if (mustFail)
            throw new FormatException("whether it had to fail is said where it is waited for: ! wait");
        if (background is not null)
            throw new FormatException("a command is already running in the background");
        background = Child.RunAsync(start, input, limit, ends.Token, id => backgroundLeader = id);
    }

    async Task BackgroundAsync(string command, List<string> words, bool negated)
    {
        if (negated && command is not "wait")
            throw new FormatException($"{command} cannot be negated");
        switch (command, words)
        {
            case ("await", [_, ..]):
                await AppearAsync(words);
                break;
            case ("wait" or "signal", _) when background is null:
                throw new FormatException("no command is running in the background");
            case ("signal", [var name]) when background!.IsCompleted:
                throw new FormatException($"the command in the background had ended before {name} was sent");
            case ("signal", [var name]):
                await ProcessGroup.SignalAsync(backgroundLeader, name);
                break;
            case ("wait", []):
                var running = background!;
                background = null;
                last = await running;
                Judge(last, negated);
                break;
            default:
                throw new FormatException($"unknown command, or wrong arguments: {command}");
        }
    }

    async Task AppearAsync(List<string> paths)
    {
        var start = Stopwatch.GetTimestamp();
        while (paths.Find(path => Files.TryMatch(path).Count == 0) is { } absent)
        {
            if (background is { IsCompleted: true })
                throw new FormatException($"the command in the background ended, and {absent} does not exist");
            if (Stopwatch.GetElapsedTime(start) > limit || ends.IsCancellationRequested)
                throw new TimeoutException($"{absent} did not come to exist");
            await Task.Delay(Glance);
        }
    }

    async Task EndBackgroundAsync()
    {
        if (background is null)
            return;
        var running = background;
        background = null;
        await ends.CancelAsync();
        try
        {
            await running;
        }
        catch (TimeoutException)
        {
            // It was killed just now: the script failed while it ran.
        }
    }

    async Task TmpfsAsync(List<string> words, bool negated)
    {
        if (negated || words is not [var folder, var size])
            throw new FormatException("tmpfs wants a folder and a size");
        var path = Directory.CreateDirectory(At(folder)).FullName;
        var options = $"size={size},mode=700" + (mounted.Contains(path, StringComparer.Ordinal) ? ",remount" : "");
        var mount = await Child.RunAsync(StartInfo(Find("mount"), ["-t", "tmpfs", "-o", options, "offproof-test", path]), [], limit, ends.Token);
        if (mount.ExitCode != 0)
            throw new FormatException($"a disk of the script's own cannot be mounted: {mount.ErrorsText.Trim()}. This test has to run as root, and where root may mount");
        if (!mounted.Contains(path, StringComparer.Ordinal))
            mounted.Add(path);
    }

    async Task UnmountAsync()
    {
        foreach (var path in mounted)
        {
            // At once, also while a process that is being killed still holds a file.
            using var unmount = Process.Start("umount", ["-l", path]);
            await unmount.WaitForExitAsync();
        }
    }
}
