using Microsoft.Data.Sqlite;

namespace Offproof.Server;

/// <summary>
/// Four times a second: what the operator's verbs wrote from another process takes effect on uploads that run (protocol.md §12), and what was refused is
/// written down (§13).
/// </summary>
sealed class Watch(RunningUploads uploads, RefusalLog refusals) : BackgroundService
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Look);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync();
        }
        catch (OperationCanceledException)
        {
            // The server stops, and looks once more when nothing runs any longer.
        }
    }

    internal async Task LookAsync()
    {
        try
        {
            await uploads.CutSuspendedAsync();
            refusals.Flush();
        }
        catch (SqliteException)
        {
            // A full disk, or a database that another process holds: the next look is soon, and lines may be lost (§13).
        }
    }
}
