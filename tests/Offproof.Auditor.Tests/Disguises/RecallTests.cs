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

    // What programs ordinarily do to what they send.
    private static readonly string[] Everyday = ["base16", "base32", "base58", "base64", "base64 url", "base64 lines", "url", "url all", "entity all", "escape", "escape x", "gzip", "zlib", "deflate", "br", "zstd",
        "utf-16", "lz-string", "lz-string base64", "base32hex", "base32 crockford", "z-base-32", "base58 flickr", "base58 ripple"];

    [Fact]
    public void Every_two_of_the_everyday_disguises_are_found()
    {
        string missed = Missed(SelfTest.Run(Planted, SelfTest.UpToTwo().Where(c => Array.TrueForAll(c, d => Everyday.Contains(d.Name, StringComparer.Ordinal))), Make), out int total);
        Assert.True(missed.StartsWith("\n0 of", StringComparison.Ordinal), missed);
        Assert.True(total > 5_000, missed);
    }

    [Fact] // audit.md §9
    public void Of_all_chains_of_two_at_most_one_in_twenty_five_is_missed()
    {
        List<Planting> all = [.. SelfTest.Run(Planted, SelfTest.UpToTwo(), Make)];
        Assert.True(all.Count(p => !p.IsFound) * 25 <= all.Count, Missed(all, out _));
    }

    [Fact]
    public void The_encodings_of_leaky_forms_are_found_to_depth_three()
    {
        string missed = Missed(SelfTest.Run(Planted[..1], SelfTest.LeakyForms(), Make), out int total);
        Assert.True(missed.StartsWith("\n0 of", StringComparison.Ordinal), missed);
        Assert.True(total > 5_000, missed);
    }

    [Fact] // audit.md §9
    public void Of_chains_of_three_at_most_one_in_ten_is_missed()
    {
        List<Planting> all = [.. SelfTest.Run(Planted[..1], SelfTest.ThreePairwise(), Make)];
        Assert.True(all.Count(p => !p.IsFound) * 10 <= all.Count, Missed(all, out _));
    }

    [Fact]
    public void A_miss_is_a_miss()
    {
        // An examiner that knows another canary finds nothing.
        using CanaryExaminer blind = new(new Searcher([new Form(ChainTests.Email, "utf8", "somebody.else@example.org"u8.ToArray(), 60)]), null);
        Assert.DoesNotContain(SelfTest.Run(Planted[..1], [[Disguise.Of("base64")]], () => blind), p => p.IsFound);
    }
}
