namespace Offproof.Server;

/// <summary>
/// What happens when its `due` has come and nobody asks: at start, also for what came while no server ran, and once a minute. What is decided at a look does
/// not wait for it.
/// </summary>
sealed class Dues(SheetStore sheets, Eraser eraser, Clerk clerk, TextWriter log) : IAsyncDisposable
{
    static readonly TimeSpan Often = TimeSpan.FromMinutes(1);

    readonly CancellationTokenSource stop = new();
    Task running = Task.CompletedTask;

    internal async Task StartAsync(TimeProvider time)
    {
        await SweepAsync();
        running = RunAsync(time);
    }

    async Task RunAsync(TimeProvider time)
    {
        using PeriodicTimer timer = new(Often, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token)) await Task.Run(SweepAsync);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // the server stops
        }
    }

    async Task SweepAsync()
    {
        try
        {
            sheets.Settle(clerk.Now);
            foreach (var e in await eraser.FinishDueAsync()) await ReportAsync("an erasure could not be finished; its vault stays closed, and it is tried again in a minute", e);
        }
        catch (Exception e)
        {
            // Nobody waits for a sweep, and it must not be the last one.
            await ReportAsync("what is due could not be decided; it is tried again in a minute", e);
        }
    }

    // The message of an I/O error has a path in it, so only its kind is logged (protocol.md §8).
    Task ReportAsync(string what, Exception e) => log.WriteLineAsync($"{what}: {e.GetType().Name} 0x{e.HResult:x8}");

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
#pragma warning disable VSTHRD003 // it was started here, and takes no lock of whoever disposes
        await running;
#pragma warning restore VSTHRD003
        stop.Dispose();
    }
}
