namespace Offproof.Auditor.Tests;

/// <summary>The secrets, streams and datagrams of a capture.</summary>
internal sealed class StreamsOf(string path)
{
    internal List<byte[]> Secrets()
    {
        List<byte[]> secrets = [];
        using FileStream stream = File.OpenRead(path);
        using CaptureFile file = new(stream, (_, bytes) => secrets.Add(bytes.ToArray()));
        while (file.TryRead(out _))
        {
        }
        Assert.True(file.IsComplete);
        return secrets;
    }

    /// <summary>Hands every TCP stream to a conversation, and every payload of UDP to <paramref name="datagram"/>; returns the flows of TCP.</summary>
    internal List<Flow> Replay(Func<Flow, Conversation> tcp, Action<Flow, Sender, byte[], long>? datagram = null)
    {
        List<Flow> flows = [];
        Traffic traffic = new(new FlowReaders
        {
            Stream = flow =>
            {
                flows.Add(flow);
                return tcp(flow);
            },
            Datagram = (flow, sender, payload, packet) => datagram?.Invoke(flow, sender, payload.ToArray(), packet),
        });
        using FileStream stream = File.OpenRead(path);
        using CaptureFile file = new(stream);
        while (file.TryRead(out CapturedPacket packet)) traffic.Read(packet);
        traffic.End();
        return flows;
    }
}
