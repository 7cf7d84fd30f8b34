using static Offproof.Auditor.Tests.Packets.Made;
using static Offproof.Auditor.Tests.Packets.OptionTests;

namespace Offproof.Auditor.Tests.Packets;

/// <summary>Packets that somebody made to lead a reader astray.</summary>
public sealed class HostileTests
{
    static byte[] Segment(int from, int to, uint sequence, byte flags, byte[]? header = null) => Ethernet(0x0800, Ip(6, header ?? Tcp(from, to, sequence, 0, flags, [])));

    [Fact]
    public void A_header_that_cannot_be_read_opens_no_conversation_of_port_0()
    {
        byte[] broken = Tcp(0, 0, 1, 0, Syn, []);
        broken[12] = 0;
        AuditReport report = Audited(Segment(0, 0, 1, Syn, broken), Segment(0, 0, 1000, Syn), Segment(0, 0, 2000, Syn));
        Assert.Equal("INCONCLUSIVE", report.Verdict);
        Assert.Equal(["headers are cut or broken"], report.Flows[0].Remarks.Where(static remark => remark.StartsWith("headers", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_fragment_is_counted_before_its_flow_is_closed_for_newer_ones()
    {
        byte[] lone = Ethernet(0x0800, Ip(17, Udp(40_000, 53, new byte[64]), more: true));
        AuditReport report = Audited([lone, .. Enumerable.Range(1, FlowTable.MaxOpen + 1).Select(static port => Segment(port, 80, 1, Syn))]); // which also asks that the account balances
        Assert.Contains("missing", report.Causes.Select(static cause => cause.Code));
    }
}
