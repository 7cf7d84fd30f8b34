using Offproof.Channel;

namespace Offproof.Cli;

/// <summary>
/// The channel of a server for which nobody publishes: all its keys lie in DATA/channel (channel.md §9.6). An `offproof publish` may work in that folder too, also while the server runs.
/// </summary>
internal sealed class OwnChannel(string data)
{
    private static readonly TimeSpan Look = TimeSpan.FromHours(1);
    private readonly string folder = Path.Combine(Path.GetFullPath(data), "channel");

    internal string PublicFolder => Path.Combine(folder, "public");

    /// <summary>Begins it with the starter collection; later, what its operator published in it stays.</summary>
    internal async Task EnsureAsync(CancellationToken cancel) => await LocalChannel.EnsureAsync(folder, StarterGreetings.OfProgram, [], TimeProvider.System, cancel);

    /// <summary>Signs the timestamp anew before it expires. What keeps it from that is said, and tried again: the server's other work goes on.</summary>
    internal async Task KeepSignedAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Look, cancel);
                try
                {
                    await EnsureAsync(cancel);
                }
                catch (Exception e) when (e is PublishingException or IOException or UnauthorizedAccessException)
                {
                    Terminal.Talk($"note: the channel's timestamp could not be signed: {e.Message}; tried again in an hour");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
