using Offproof.Channel;

namespace Offproof.Cli;

/// <summary>
/// The channel of a server for which nobody publishes: all its keys lie in DATA/channel (channel.md §9.6). An `offproof publish` may work in that folder too, also while the server runs.
/// Whatever is wrong with it is said, and is no reason not to serve backups.
/// </summary>
internal sealed class OwnChannel(string data)
{
    private static readonly TimeSpan Look = TimeSpan.FromHours(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly string folder = Path.Combine(Path.GetFullPath(data), "channel");

    internal string PublicFolder => Path.Combine(folder, "public");

    /// <summary>Begins it with the starter collection, before the server says that it listens: who inits then finds keys to pin. Later, what its operator published in it stays.</summary>
    internal async Task BeginAsync(CancellationToken cancel)
    {
        try
        {
            // Elsewhere: a file that never opens (a pipe, a dead share) must not keep the server from its work.
            await Task.Run(() => EnsureAsync(cancel), cancel).WaitAsync(Patience, cancel);
        }
        catch (Exception e) when (IsTrouble(e))
        {
            Terminal.Talk($"note: the server's own channel is served as it is: {e.Message}; backups do not depend on it; tried again in an hour");
        }
    }

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
                catch (Exception e) when (IsTrouble(e))
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

    private async Task EnsureAsync(CancellationToken cancel) => await LocalChannel.EnsureAsync(folder, StarterGreetings.OfProgram, [], TimeProvider.System, cancel);

    private static bool IsTrouble(Exception e) => e is PublishingException or IOException or UnauthorizedAccessException or InvalidDataException or FormatException or TimeoutException;
}
