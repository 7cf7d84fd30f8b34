using System.Text;

namespace Offproof.Auditor.Tests.Disguises;

/// <summary>Chains of disguises in every carrier, through the examiner and the real search (audit.md §9).</summary>
public sealed class RecallTests
{
    private static readonly (Canary Canary, byte[] Text)[] Planted =
    [
        (ChainTests.Email, Encoding.ASCII.GetBytes(ChainTests.Secret)),
        (new Canary("messages[3].body", "message-text", "x"), "Φτάνω σε δέκα λεπτά. gasopatobane"u8.ToArray()),
        (new Canary("identifiers.androidId", "android-id", "5c4eacd6b50ece49"), "5c4eacd6b50ece49"u8.ToArray()),
    ];

    private static CanaryExaminer Make() => new(new Searcher(Permutation.WithMapped([.. Planted.Select(p => new Form(p.Canary, "utf8", p.Text, 60))])), null);

    private static string Missed(IEnumerable<Planting> plantings, out int total)
    {
        List<Planting> all = [.. plantings];
        total = all.Count;
        List<Planting> missed = [.. all.Where(p => !p.IsFound)];
        return string.Join('\n', missed.GroupBy(p => p.Chain, StringComparer.Ordinal).OrderBy(g => g.Key.Length)
            .Select(g => $"{g.Key}: {string.Join(' ', g.Select(p => p.Carrier + "/" + p.Kind).Take(6))} ({g.Count()})").Take(150)) + $"\n{missed.Count} of {all.Count} missed";
    }

    [Fact]
    public void Every_chain_of_up_to_two_disguises_is_found()
    {
        string missed = Missed(SelfTest.Run(Planted, SelfTest.UpToTwo(), Make), out int total);
        Assert.True(missed.StartsWith("\n0 of", StringComparison.Ordinal), missed);
        Assert.True(total > 10_000);
    }

    [Fact]
    public void The_encodings_of_leaky_forms_are_found_to_depth_three()
    {
        string missed = Missed(SelfTest.Run(Planted[..1], SelfTest.LeakyForms(), Make), out int total);
        Assert.True(missed.StartsWith("\n0 of", StringComparison.Ordinal), missed);
        Assert.True(total > 1000);
    }

    [Fact]
    public void Chains_of_three_are_found_pairwise()
    {
        string missed = Missed(SelfTest.Run(Planted[..1], SelfTest.ThreePairwise(), Make), out int total);
        Assert.True(missed.StartsWith("\n0 of", StringComparison.Ordinal), missed);
        Assert.True(total > 1000);
    }
}
