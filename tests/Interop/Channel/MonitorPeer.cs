using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Offproof.Interop;

/// <summary><c>offproof monitor</c> on a channel that any web server of static files serves: here Python's.</summary>
public sealed class MonitorPeer
{
    [Fact]
    public async Task A_channel_of_static_files_is_read_from_a_stock_web_server()
    {
        await using Scratch scratch = new();
        await Processes.ShellAsync(scratch.Root, $"cp -r '{Path.Combine(ProgramUnderTest.Root, "vectors", "channel", "log")}' log; mkdir -p site; mv log site/");
        string trust = Path.Combine(scratch["site"], "log", "trust.json");
        using Process server = Process.Start(Processes.StartInfo("/usr/bin/python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", scratch["site"]))!;
        try
        {
            string said = await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
            string url = Regex.Match(said, @"http://127\.0\.0\.1:[0-9]+/", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;
            Assert.Contains("3 entries, signed by 2 of 2 witnesses", (await MonitorAsync(url, trust)).Is(0).Output, StringComparison.Ordinal);
            Assert.Contains("missing-entry", await SpoiledAsync("rm site/log/tile/entries/000.p/3", 4), StringComparison.Ordinal);
            Assert.Contains("more than 8192 bytes", await SpoiledAsync("head -c 1000000 /dev/zero >site/log/tile/0/000.p/3", 4), StringComparison.Ordinal);
            Assert.Contains("malformed-checkpoint", await SpoiledAsync("rm site/log/checkpoint", 4), StringComparison.Ordinal);
            // What is neither there nor gone was no look at the log: python answers a folder without a slash by sending elsewhere.
            Assert.Contains("301", await SpoiledAsync("mkdir site/log/checkpoint", 1), StringComparison.Ordinal);

            async Task<string> SpoiledAsync(string command, int exit)
            {
                await Processes.ShellAsync(scratch.Root, command);
                return (await MonitorAsync(url, trust)).Is(exit).Both;
            }
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    static async Task<Ended> MonitorAsync(string url, string trust) => await Processes.RunAsync(await ProgramUnderTest.StartInfoAsync("monitor", "--channel", url, "--trust", trust));
}
