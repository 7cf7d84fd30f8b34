namespace Offproof.Auditor.Tests.SelfTests;

/// <summary>The self-test, whole (audit.md §9.1).</summary>
public sealed class SelfTestTests
{
    private static readonly Lazy<SelfTestReport> First = new(() => SelfTesting.Run(1));

    private static readonly Sample Sample = new(1);

    [Fact]
    public void Nothing_is_missed_that_must_be_found()
    {
        SelfTestReport report = First.Value;
        Assert.True(report.Ok, string.Join('\n', report.Misses.Where(m => report.Sets.Single(s => s.Set == m.Set).All)));
        Assert.Equal(6, report.Sets.Count(s => s.All));
        Assert.All(report.Sets, s => Assert.True(s.Planted >= 20, s.Set));
        Assert.True(report.Planted > 90_000);
        Assert.Equal(12, report.Carriers.Count);
        Assert.Equal(18, report.Kinds.Count);
    }

    [Fact] // the page's promise of what need not be found
    public void Of_the_other_sets_few_are_missed() =>
        Assert.All(First.Value.Sets.Where(s => s.Set.StartsWith("all 33", StringComparison.Ordinal)), s => Assert.True(s.Missed * 12 <= s.Planted, $"{s}"));

    [Fact]
    public void The_page_holds_its_tables()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs/audit.md"));
        Assert.Contains(string.Join('\n', SelfTestText.Tables(First.Value)), page, StringComparison.Ordinal);
    }

    // The checks can fail:

    [Fact]
    public void An_examiner_that_decodes_nothing_misses()
    {
        SelfTest test = new(() => new CanaryExaminer(new Searcher(Sample.Canaries.Forms), null, new Limits { Depth = 0 }));
        List<Planting> plantings = [.. test.Run([Sample.Email], Chains.UpTo(1, Disguise.LeakyForms), Holder.All)];
        Assert.Contains(plantings, p => !p.IsFound && p.Chain == "gzip");
        Assert.DoesNotContain(plantings, p => p.IsFound && p.Chain == "zlib");
    }

    [Fact]
    public void An_examiner_without_hashes_misses_them()
    {
        SelfTest test = new(() => new CanaryExaminer(new Searcher(Sample.Canaries.Forms), null), Sample.Salt);
        Assert.DoesNotContain(test.Run([Sample.Email], Chains.Inside(LeakyHashes.All(Sample.Salt), 0, []), Holder.All), p => p.IsFound);
    }

    [Fact]
    public void Data_of_another_phone_are_not_found()
    {
        Sample other = new(2);
        SelfTest test = new(() => new CanaryExaminer(new Searcher(other.Canaries.Forms), other.Canaries.Digests));
        Assert.DoesNotContain(test.Run([.. Sample.Planted.Where(p => IsOfOne(p.Kind))], [[], .. Chains.UpTo(1, Chains.Everyday)], Holder.All), p => p.IsFound);
        Assert.NotEqual(Sample.Email.Bytes, other.Email.Bytes);
    }

    // The carrier is the same for every seed, and so are most words of the texts.
    private static bool IsOfOne(string kind) => kind is not ("carrier" or "message-text" or "fragment" or "note-text");

    [Fact]
    public void What_is_not_in_the_capture_is_not_found_in_it()
    {
        IReadOnlyList<Planting> plantings = SelfTestCapture.Run(Sample, 24, 7, other: new Sample(2).Canaries);
        Assert.Equal(24, plantings.Count);
        Assert.DoesNotContain(plantings, p => p.IsFound && IsOfOne(p.Kind));
        Assert.All(SelfTestCapture.Run(Sample, 24, 7), p => Assert.True(p.IsFound, $"{p}"));
    }

    [Fact]
    public void The_same_seed_plants_the_same() => Assert.Equal(Sample.Planted.Select(p => Convert.ToHexString(p.Bytes)), new Sample(1).Planted.Select(p => Convert.ToHexString(p.Bytes)));
}
