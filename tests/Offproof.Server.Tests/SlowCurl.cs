using System.Diagnostics;
using System.Globalization;

namespace Offproof.Server.Tests;

/// <summary>curl, sending slowly: a real client that is in the middle of an upload. Above a megabyte it asks with Expect: 100-continue, unless told otherwise.</summary>
sealed class SlowCurl : IDisposable
{
    readonly Process process;
    readonly string file;

    SlowCurl(Process process, string file) => (this.process, this.file) = (process, file);

    internal static SlowCurl Start(Bench bench, HttpMethod method, string path, string token, int bytes, int bytesPerSecond, bool expect = true)
    {
        string file = Path.GetTempFileName();
        File.WriteAllBytes(file, new byte[bytes]);
        ProcessStartInfo start = new("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", method.Method, "-H", $"Authorization: Bearer {token}", "-H", "Content-Type: application/octet-stream",
            .. expect ? Array.Empty<string>() : ["-H", "Expect:"],
            "--limit-rate", bytesPerSecond.ToString(CultureInfo.InvariantCulture), "--data-binary", "@" + file, new Uri(bench.Http.BaseAddress!, path).AbsoluteUri])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new(Process.Start(start)!, file);
    }

    internal async Task RunsAsync(Bench bench)
    {
        long start = Stopwatch.GetTimestamp();
        while (!bench.Stored().Any(stored => stored.Key.StartsWith("tmp/", StringComparison.Ordinal)))
        {
            Assert.False(process.HasExited, "curl ended before it was cut");
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "the upload did not begin");
            await Task.Delay(5);
        }
    }

    /// <returns>The status that curl heard; 0 where the connection was cut before one came.</returns>
    internal async Task<int> EndsAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20));
        return int.Parse(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
        File.Delete(file);
    }
}
