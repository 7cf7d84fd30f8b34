using System.Net;
using System.Net.Sockets;
using Offproof.Channel.Tests.Polling;

namespace Offproof.Device.Tests.Channel;

/// <summary>What is said of a server that answers a poll with something else than the file (channel.md §6.2): which answer, to what, and what to do.</summary>
public sealed class AnswersTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("404 Not Found", "the server answers 404 to /channel/timestamp.json: it has no such file", "serves no channel, or not all of it")]
    [InlineData("403 Forbidden", "the server answers 403 to /channel/timestamp.json: it has no such file, or does not give it", "serves no channel, or not all of it")]
    [InlineData("302 Found", "the server answers 302 to /channel/timestamp.json and sends elsewhere", "a network that wants a login first")]
    [InlineData("500 Internal Server Error", "the server answers 500 to /channel/timestamp.json", "the server failed: again later")]
    [InlineData("", "unavailable", "again, when the server is reached")]
    public async Task Which_answer_it_was_is_said_and_what_to_do(string answer, string says, string toDo)
    {
        await using Rig rig = await Rig.StartAsync();
        await rig.StopServerAsync();
        using DeviceHome device = rig.Open();
        using TestChannel channel = new(TimeProvider.System.GetUtcNow());
        using TcpListener listener = new(IPAddress.Loopback, rig.Url.Port);
        listener.Start();
        Task<DeviceException> polling = Assert.ThrowsAsync<DeviceException>(() => device.PollAsync(Path.Combine(channel.Folder, "trust.json"), null, None));
        using (Socket caller = await listener.AcceptSocketAsync(None))
        {
            byte[] request = new byte[4096];
            await caller.ReceiveAsync(request, None);
            // Elsewhere is this very place: whoever followed would ask it again.
            if (answer.Length > 0) await caller.SendAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), None);
            caller.Shutdown(SocketShutdown.Both);
        }
        DeviceException e = await polling;
        Assert.Equal(DeviceFault.Unreachable, e.Fault);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("the release that was offered could not be fetched: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(toDo, e.Hint, StringComparison.Ordinal);
        Assert.EndsWith("what is held stays, and works offline", e.Hint, StringComparison.Ordinal);
        Assert.False(listener.Pending()); // nothing was asked elsewhere
    }
}
