using System.CommandLine;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>What `init` and `join` pin of the channel (channel.md §2). That it cannot be had takes nothing from the device that was made.</summary>
/// <param name="Sha256">Of trust.json; null where none was pinned</param>
/// <param name="Words">One line, or two</param>
internal sealed record PinnedChannel(string? Sha256, string Words)
{
    internal static Option<string?> Option() => new("--trust") { Description = "The publisher's trust.json of the public channel; the server's where not given", HelpName = "FILE" };

    internal static async Task<PinnedChannel> PinAsync(string home, string? trustFile, CancellationToken cancel)
    {
        try
        {
            return await DeviceHome.PinChannelAsync(home, trustFile, TimeProvider.System, cancel) is { } sha256
                ? new PinnedChannel(sha256, $"Channel     {sha256}\n            Of the public data's keys (trust.json): compare it with what their publisher tells you.")
                : new PinnedChannel(null, "Channel     none: this server has no public data");
        }
        catch (Exception e) when (e is DeviceException or IOException or UnauthorizedAccessException)
        {
            return new PinnedChannel(null, $"Channel     not pinned: {e.Message}\n            Later: offproof poll --trust FILE");
        }
    }
}
