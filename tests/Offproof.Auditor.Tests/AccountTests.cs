using System.Net;

namespace Offproof.Auditor.Tests;

public sealed class AccountTests
{
    [Fact]
    public void A_flow_adds_up_what_was_counted_by_sender_and_kind()
    {
        Flow flow = new(1, "tcp", new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2));
        flow.Count(Sender.Client, ByteKind.Decoded, 3);
        flow.Count(Sender.Client, ByteKind.Decoded, 4);
        flow.Count(Sender.Server, ByteKind.Opaque, 5);
        Assert.Equal(7, flow.Bytes(Sender.Client, ByteKind.Decoded));
        Assert.Equal(0, flow.Bytes(Sender.Client, ByteKind.Opaque));
        Assert.Equal(5, flow.Bytes(Sender.Server, ByteKind.Opaque));
    }
}
