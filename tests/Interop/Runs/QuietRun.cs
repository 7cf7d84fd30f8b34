using System.Diagnostics;
using System.Text;

namespace Offproof.Interop.Runs;

/// <summary>README and run.md §1.3: while everything is off, `run` and `status` touch no source and make no connection. strace sees every name that is handed to the system.</summary>
public sealed class QuietRun
{
    static readonly string[] Strace = ["strace", "-f", "-qq", "-y", "--seccomp-bpf", "-s", "4096", "-e", "trace=%file,getdents64,connect,sendto,sendmsg", "-o"];

    [Fact]
    public async Task With_everything_off_no_source_is_touched_and_no_connection_made_and_with_photos_on_both_are_seen()
    {
        await using Scratch scratch = new();
        await using OwnServer server = await OwnServer.StartAsync(scratch);
        await File.WriteAllTextAsync(Path.Combine(server.Photos, "IMG_1.jpg"), "one", TestContext.Current.CancellationToken);
        foreach (string category in (string[])["contacts", "messages", "notes"])
        {
            Directory.CreateDirectory(scratch[$"sources/{category}"]);
            await server.GoodAsync("source", "add", category, scratch[$"sources/{category}"]);
        }
        await server.GoodAsync("backup");
        await server.GoodAsync("off", "photos", "--yes");

        int seconds = Environment.GetEnvironmentVariable("OFFPROOF_SOAK") == "1" ? 60 : 8;
        string[] run, status = [];
        await using (BackgroundRun quiet = await BackgroundRun.StartAsync(server, [.. Strace, scratch["run.trace"]]))
        {
            await quiet.UntilSaidAsync("everything is off");
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
            {
                status = await TraceAsync(scratch, await server.DeviceAsync("status"));
                AssertQuiet(scratch, status);
                await Task.Delay(1000, TestContext.Current.CancellationToken);
            }
            await quiet.StopAsync();
            run = await LinesAsync(scratch["run.trace"]);
        }
        AssertQuiet(scratch, run);
        // They did look where they look.
        int looks = run.Count(line => line.Contains($"{scratch["home/vaults/photos"]}/ready", StringComparison.Ordinal));
        Assert.True(looks >= seconds / 4, $"it looked at photos {looks} times in {seconds} s");
        Assert.Contains(status, line => line.Contains(scratch["home/sources.json"], StringComparison.Ordinal));
        // Nor did `run` open what is secret, or what is signed; it started no process.
        Assert.DoesNotContain(run, static line => line.Contains("device.key", StringComparison.Ordinal) || line.Contains(".jws\", O_", StringComparison.Ordinal));
        Assert.Equal(1, run.Count(static line => line.Contains(" execve(", StringComparison.Ordinal) && line.EndsWith("= 0", StringComparison.Ordinal)));

        // The same eyes, with photos on.
        await server.GoodAsync("on", "photos", "--yes");
        await using BackgroundRun busy = await BackgroundRun.StartAsync(server, [.. Strace, scratch["on.trace"]]);
        await busy.UntilSaidAsync("photos: snapshot ");
        await busy.StopAsync();
        string[] on = await LinesAsync(scratch["on.trace"]);
        Assert.Contains(on, line => line.Contains("openat(", StringComparison.Ordinal) && line.Contains($"{server.Photos}/IMG_1.jpg", StringComparison.Ordinal));
        Assert.Contains(on, static line => Connects(line));
        Assert.NotEmpty(Complaints(scratch, on));
        // Of the others, still nothing.
        Assert.DoesNotContain(on, line => line.Contains(scratch["sources"], StringComparison.Ordinal));
        TestContext.Current.TestOutputHelper!.WriteLine($"{seconds} s: run made {run.Length} calls and looked {looks} times, status {status.Length}, run with photos on {on.Length}");
    }

    static void AssertQuiet(Scratch scratch, string[] trace) => Assert.Empty(Complaints(scratch, trace));

    static IEnumerable<string> Complaints(Scratch scratch, string[] trace) => trace.Where(line =>
        line.Contains(scratch["photos"], StringComparison.Ordinal) || line.Contains(scratch["sources/"], StringComparison.Ordinal) || Connects(line));

    /// <summary>To an address; a local socket of the system (a log, a name service) has a path instead.</summary>
    static bool Connects(string line) => line.Contains("sin_port", StringComparison.Ordinal) || line.Contains("sin6_port", StringComparison.Ordinal);

    static async Task<string[]> TraceAsync(Scratch scratch, ProcessStartInfo program)
    {
        ProcessStartInfo traced = Processes.StartInfo(Strace[0], [.. Strace[1..], scratch["status.trace"], program.FileName, .. program.ArgumentList]);
        traced.Environment["DOTNET_ROOT"] = program.Environment["DOTNET_ROOT"];
        (await Processes.RunAsync(traced)).Is(0);
        return await LinesAsync(scratch["status.trace"]);
    }

    static Task<string[]> LinesAsync(string file) => File.ReadAllLinesAsync(file, Encoding.Latin1, TestContext.Current.CancellationToken);
}
