using System.Net;
using System.Text;

namespace Offproof.Auditor.Tests.Disguises;

/// <summary>Every disguise, alone and inside another, in every carrier that can hold it (audit.md §6.2).</summary>
public sealed class ChainTests
{
    internal const string Secret = "jonas.fairweather.a652e3@example.org";

    internal static readonly Canary Email = new("identifiers.email", "email", Secret);

    internal static CanaryExaminer Examiner(Limits? limits = null) => new(new Searcher(Permutation.WithMapped([new Form(Email, "utf8", Encoding.ASCII.GetBytes(Secret), 200)])), null, limits);

    internal static Flow Flow() => new(1, "tcp", new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2));

    internal static Place Body(Flow? flow = null, Sender sender = Sender.Client) => new(flow ?? Flow(), sender, Carrier.Body, 1, 1);

    public static TheoryData<string> Names => [.. Disguise.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void One_disguise_is_undone(string name)
    {
        byte[] body = Disguise.Of(name).Apply(Encoding.ASCII.GetBytes(Secret));
        CanaryExaminer examiner = Examiner();
        int unread = examiner.Examine(Body(), body);
        Finding finding = Assert.Single(examiner.Findings);
        if (name == "xor")
        {
            // Seen, and yet no text: its bytes are not read.
            Assert.StartsWith("xor 0x", Assert.Single(finding.Chain), StringComparison.Ordinal);
            return;
        }
        Assert.Equal(0, unread);
        if (body.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Secret)) >= 0) Assert.Empty(finding.Chain);
        else Assert.Equal(name.StartsWith("base64", StringComparison.Ordinal) || name.Contains(" utf", StringComparison.Ordinal) || name.Contains(" all", StringComparison.Ordinal) || name.StartsWith("lz", StringComparison.Ordinal) || name is "escape x" ? name.Split(' ')[0] : name, Assert.Single(finding.Chain), StringComparer.Ordinal);
    }
}
