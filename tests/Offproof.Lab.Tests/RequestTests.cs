namespace Offproof.Lab.Tests;

public sealed class RequestTests
{
    [Fact]
    public void A_comparison_without_a_second_run_has_no_control() => Assert.Null(new CompareRequest("a.pcap", "b.pcap", null, "a.json", "b.json", []).Control);
}
