namespace Offproof.Device.Tests.Egress;

/// <summary>ledger.md §1: every byte below TLS counts with a request, whichever was written down already.</summary>
public sealed class MeterTests
{
    [Fact]
    public async Task The_rest_of_a_handshake_for_a_request_that_is_written_down_counts_with_the_next_on_its_connection()
    {
        Meter opener = new(), next = new();
        await using CountedStream connection = new(new MemoryStream(new byte[1000]), opener);
        await connection.WriteAsync(new byte[290], TestContext.Current.CancellationToken); // the hello
        opener.IsRead = true; // it got its answer over another connection
        Meter.Current.Value = opener;
        await connection.ReadExactlyAsync(new byte[500], TestContext.Current.CancellationToken);
        await connection.WriteAsync(new byte[80], TestContext.Current.CancellationToken);
        Assert.Equal((290, 0), (opener.Sent, opener.Received));
        Meter.Current.Value = next;
        await connection.WriteAsync(new byte[100], TestContext.Current.CancellationToken);
        Assert.Equal((180, 500), (next.Sent, next.Received));
        Assert.Equal((290, 0), (opener.Sent, opener.Received));
    }
}
