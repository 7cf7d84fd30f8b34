using System.Diagnostics;
using System.Net;

namespace Offproof.Server.Tests;

/// <summary>An upload that the server is receiving, and that does not end by itself for long.</summary>
sealed class RunningUpload : IDisposable
{
    readonly HttpRequestMessage request;
    readonly Task<int> status;

    RunningUpload(Bench bench, string path, string token, SlowContent body)
    {
        request = new(HttpMethod.Post, new Uri(bench.Http.BaseAddress!, path)) { Content = body };
        request.Headers.Authorization = new("Bearer", token);
        status = Task.Run(async () =>
        {
            try
            {
                using var response = await bench.Http.SendAsync(request);
                return (int)response.StatusCode;
            }
            catch (HttpRequestException)
            {
                return 0;
            }
        });
    }

    // Returns when the server holds some of it. One at a time.
    internal static async Task<RunningUpload> BeginAsync(Bench bench, string path, string token, int total = 50_000_000, int atOnce = 200_000)
    {
        SlowContent body = new(total, atOnce);
        RunningUpload upload = new(bench, path, token, body);
        while (!body.Started || !Runs(bench)) await Task.Delay(5);
        return upload;
    }

    // Within a second the server has dropped what it had, and its sender knows.
    internal async Task IsCutAsync(Bench bench, int answer)
    {
        long receipt = Stopwatch.GetTimestamp();
        while (Runs(bench))
        {
            Assert.True(Stopwatch.GetElapsedTime(receipt) < TimeSpan.FromSeconds(1), "the upload still runs");
            await Task.Delay(5);
        }

        int got = await status.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.True(Stopwatch.GetElapsedTime(receipt) < TimeSpan.FromSeconds(1), "the sender was still being heard");
        Assert.True(got == 0 || got == answer, $"got {got}");
    }

    static bool Runs(Bench bench) => bench.Stored().Keys.Any(path => path.StartsWith("tmp/", StringComparison.Ordinal));

    public void Dispose() => request.Dispose();

    // Sends a little every 20 ms.
    sealed class SlowContent(int total, int atOnce) : HttpContent
    {
        volatile bool started;

        internal bool Started => started;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            byte[] some = new byte[atOnce];
            for (long sent = 0; sent < total; sent += some.Length)
            {
                await stream.WriteAsync(some, cancellationToken);
                await stream.FlushAsync(cancellationToken);
                started = true;
                await Task.Delay(20, cancellationToken);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = total;
            return true;
        }
    }
}
