using System.Net;
using System.Net.Sockets;
using Offproof.Channel;

namespace Offproof.Device;

/// <summary>
/// The channel through the gate (channel.md §6): a connection of its own, opened for one poll or one update and closed behind it, so that nothing else of the device is seen on it.
/// </summary>
internal sealed class ChannelAccess : IDisposable
{
    private readonly FileStream alone;
    private int connections;

    private ChannelAccess(HomeFolder home, Uri server, TimeProvider time, FileStream alone, Uri? proxy)
    {
        this.alone = alone;
        Channel = new PublicChannel(home.Channel, time);
        Url = new Uri(server, "channel/");
        Http = new HttpMessageInvoker(new PublicRequests(new EgressGate(server, static _ => Holding.Nothing, new Ledger(home, time), wire: null, proxy, () => Interlocked.Increment(ref connections))));
    }

    internal PublicChannel Channel { get; }

    internal Uri Url { get; }

    internal HttpMessageInvoker Http { get; }

    /// <summary>How many were opened.</summary>
    internal int Connections => Volatile.Read(ref connections);

    /// <param name="home">The device's folder</param>
    /// <param name="server">Its server, ending in a slash</param>
    /// <param name="time">The clock</param>
    /// <param name="proxy">socks5://HOST:PORT; null for none</param>
    /// <exception cref="DeviceException">Another poll works in this folder.</exception>
    internal static ChannelAccess Open(HomeFolder home, Uri server, TimeProvider time, Uri? proxy)
    {
        if (proxy is { Scheme: not "socks5" }) throw new DeviceException(DeviceFault.Usage, $"{proxy} is no SOCKS5 proxy", "--proxy socks5://127.0.0.1:9050");
        if (!Directory.Exists(home.Channel)) HomeFolder.CreatePrivateFolder(home.Channel);
        string lockFile = Path.Combine(home.Channel, ".lock");
        try
        {
            // A lock of its own: `off` and a backup wait for no poll, and a poll waits for neither.
            return new ChannelAccess(home, server, time, new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), proxy);
        }
        catch (IOException e) when (File.Exists(lockFile))
        {
            throw new DeviceException(DeviceFault.Failure, $"another poll or download is at work in {home.Channel}", "wait until it has ended", e);
        }
    }

    public void Dispose()
    {
        Http.Dispose();
        alone.Dispose();
    }

    /// <summary>What a refusal means for whoever asked: the attack by its name, and that nothing of it was taken.</summary>
    internal static DeviceException Explain(Exception refusal, string what) => refusal switch
    {
        TufException { Refusal: Refusal.Unavailable } e => new(DeviceFault.Unreachable, $"{what} could not be fetched: {e.Message}", $"{ToDo(e.Answer)}; what is held stays, and works offline", e),
        TufException { Refusal: Refusal.Freeze } e => new(DeviceFault.Forgery, $"{what} was refused: {e.Message}",
            "somebody holds news back, the publisher has stopped, or this clock is wrong; what is held stays", e),
        TufException { Refusal: Refusal.NoSuchTarget } e => new(DeviceFault.Failure, $"{what}: {e.Message}", "nothing was changed", e),
        TufException e => new(DeviceFault.Forgery, $"{what} was refused: {e.Message}", "nothing of it was taken; what is held stays, and works offline", e),
        LogException { Refusal: LogRefusal.SplitView } e => new(DeviceFault.Forgery, $"{what} was refused: {e.Message}",
            "the log signed two histories: HOME/channel has the other one as checkpoint.split beside the one in force; show both to others", e),
        LogException e => new(DeviceFault.Forgery, $"{what} was refused: {e.Message}", "nothing of it was taken; what is held stays, and works offline", e),
        ContentException e => new(DeviceFault.Failure, $"{what}: a bundle is genuine and cannot be read: {e.Message}", "its publisher made a mistake; what is held stays", e),
        InvalidDataException or FormatException when refusal.Message.EndsWith(PublicChannel.NoFile, StringComparison.Ordinal) => new(DeviceFault.Failure, $"what is held of the channel is damaged: {refusal.Message}",
            "Offproof did not make it: remove it. Without trust.json nothing is pinned, and without current the next poll begins as on a fresh device", refusal),
        LostBundleException e => new(DeviceFault.Failure, $"{what} is damaged: {e.Message}", "offproof poll fetches it again", e),
        InvalidDataException or FormatException => new(DeviceFault.Failure, $"what is held of the channel is damaged: {refusal.Message}",
            "remove HOME/channel/current, and the next poll begins as on a fresh device: what it shows is then not compared with what was held; trust.json stays", refusal),
        IOException { HResult: 28 or 122 or unchecked((int)0x80070070) or unchecked((int)0x80070027) } e => new(DeviceFault.Full, $"{what}: the disk is full", "nothing was changed; what is held stays", e),
        HttpRequestException or SocketException => new(DeviceFault.Unreachable, $"{what} could not be fetched: {refusal.Message}", $"{ToDo(null)}; what is held stays, and works offline", refusal),
        _ => throw new ArgumentException("not a refusal", nameof(refusal), refusal),
    };

    private static string ToDo(HttpStatusCode? answer) => answer switch
    {
        null => "again, when the server is reached",
        HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.Gone => "this server serves no channel, or not all of it: ask whoever runs it",
        >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => "a network that wants a login first, or a server that moved: try from another network, or ask whoever runs it",
        _ => "the server failed: again later, or ask whoever runs it",
    };

    internal static bool IsRefusal(Exception e) => e is TufException or LogException or ContentException or LostBundleException or InvalidDataException or FormatException or HttpRequestException or SocketException
        or IOException { HResult: 28 or 122 or unchecked((int)0x80070070) or unchecked((int)0x80070027) };
}
