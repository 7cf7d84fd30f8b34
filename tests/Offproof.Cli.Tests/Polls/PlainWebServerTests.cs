using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Offproof.Cli.Tests.Polls;

/// <summary>The channel from a stock web server that knows neither ranges nor HTTP/1.1: Python's (channel.md §8). It speaks with processes of the program.</summary>
public sealed class PlainWebServerTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task An_update_comes_whole_and_is_verified()
    {
        byte[] update = [.. Enumerable.Range(0, 3_000_000).Select(static i => (byte)(((i * 7919L) >> 5) & 255))];
        await using PublishedChannel channel = new();
        await channel.StartAsync(update);
        PhoneProcess phone = new(channel["phone"], new Dictionary<string, string>(StringComparer.Ordinal));
        await phone.GoodAsync("init", "--server", channel.Url.AbsoluteUri, "--sheet", channel["sheet"]);
        Directory.CreateSymbolicLink(Path.Combine(Directory.CreateDirectory(channel["site"]).FullName, "channel"), channel.Served);
        using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", channel["site"]]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            python.ErrorDataReceived += static (_, _) => { };
            python.BeginErrorReadLine();
            string said = await python.StandardOutput.ReadLineAsync(None) ?? "";
            await phone.MoveAsync(channel.Url, new Uri(Regex.Match(said, @"http://127\.0\.0\.1:[0-9]+/", RegexOptions.None, TimeSpan.FromSeconds(1)).Value));
            await phone.GoodAsync("poll");
            await phone.GoodAsync("updates", "--model", "acme-one", "--installed", "1.0");

            // What a server that gave parts left; and then one with another file in its place.
            string stopped = Path.Combine(Directory.CreateDirectory(Path.Combine(channel["phone"], "channel", "parts")).FullName, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(update)));
            await File.WriteAllBytesAsync(stopped, update[..(1 << 20)], None);
            (int exit, string told) = await phone.SayAsync("updates", "fetch", "--to", channel["got"], "--yes", "--json");
            Assert.True(exit == 0, told);
            Assert.Contains("gives no parts of files", told, StringComparison.Ordinal);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\"received\":{update.Length}"), told.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Equal(update, await File.ReadAllBytesAsync(Path.Combine(channel["got"], "update.img"), None));
            Assert.False(File.Exists(stopped));

            string payload = Directory.EnumerateFiles(channel.Served, "*.update.img", SearchOption.AllDirectories).Single();
            await File.AppendAllTextAsync(payload, "more", None);
            (exit, told) = await phone.SayAsync("updates", "fetch", "--to", channel["again"], "--yes");
            Assert.True(exit == ExitCode.Unreachable, told);
            Assert.Contains("3000004 bytes", told, StringComparison.Ordinal);
        }
        finally
        {
            python.Kill();
            await python.WaitForExitAsync(None);
        }
    }
}
