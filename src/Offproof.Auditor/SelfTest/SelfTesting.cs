namespace Offproof.Auditor;

/// <summary>Plants a sample's data in disguises and carriers, and says which are found (audit.md §9). Needs no capture and no persona.</summary>
public static class SelfTesting
{
    private const int MostMisses = 10_000;
    private const int Recorded = 200;

    /// <summary>Plants everything.</summary>
    /// <param name="seed">Of the data; the same seed plants the same.</param>
    public static SelfTestReport Run(ulong seed, CancellationToken cancel = default) => Run(seed, new Limits(), cancel);

    internal static SelfTestReport Run(ulong seed, Limits limits, CancellationToken cancel = default)
    {
        Sample sample = new(seed);
        Searcher searcher = new(Permutation.WithMapped(sample.Canaries.Forms));
        SelfTest test = new(() => new CanaryExaminer(searcher, new Digests(sample.Canaries.Forms), limits), sample.Salt);
        IReadOnlyList<Holder> holders = Holder.All;
        Planted[] email = [sample.Email];
        Planted[] three = [sample.Email, .. sample.Planted.Where(p => p.Kind is "android-id" or "message-text")];
        IReadOnlyList<Disguise> hashes = LeakyHashes.All(sample.Salt);
        List<Planting> everywhere = [];
        List<SelfTestSet> sets = [];
        List<SelfTestMiss> misses = [];
        Add("leaky-forms' 11 encodings, all chains of one to three (an e-mail address)", true, test.Run(email, Chains.UpTo(3, Disguise.LeakyForms), holders));
        Add("its 18 hashes, alone and inside one or two of its encodings", true, test.Run(email, Chains.Inside([.. hashes.Where(h => !LeakyHashes.IsShort(h))], 2, Disguise.LeakyForms), holders));
        Add("hashes of 32 bits as a whole value", true, test.Run(email, Chains.Inside([.. hashes.Where(LeakyHashes.IsShort)], 0, []), [.. holders.Where(h => h.Name is not ("dns" or "sni"))]));
        Add("hashes of 32 bits inside one or two encodings", false, test.Run(email, Chains.Inside([.. hashes.Where(LeakyHashes.IsShort)], 2, Disguise.LeakyForms).Where(c => c.Length > 1), holders));
        Add("24 everyday disguises, all chains of one and two (an e-mail address, a Greek text, 16 hex digits)", true, test.Run(three, Chains.UpTo(2, Chains.Everyday), holders));
        Add("every kind of datum, as it is and in each everyday disguise", true, Kept(test.Run(sample.Planted, [[], .. Chains.UpTo(1, Chains.Everyday)], holders)));
        Add("every kind of datum, in all chains of two everyday disguises", false, test.Run(sample.Planted, Chains.UpTo(2, Chains.Everyday).Where(chain => chain.Length == 2), holders));
        Add("the same through packets, streams and protocols: a drawn capture", true, SelfTestCapture.Run(sample, Recorded, seed));
        Add("all 33 disguises, all chains of one and two (the same three)", false, test.Run(three, Chains.UpTo(2, Disguise.All), holders));
        Add("all 33, chains of three pairwise (an e-mail address)", false, test.Run(email, Chains.ThreePairwise(), holders));
        return new SelfTestReport(SelfTestReport.SchemaName, seed, sets.TrueForAll(s => !s.All || s.Missed == 0), sets.Sum(s => s.Planted), sets.Sum(s => s.Missed), sets,
            Counted(everywhere.GroupBy(p => p.Carrier, StringComparer.Ordinal)), Counted(everywhere.GroupBy(p => p.Kind, StringComparer.Ordinal)), [.. misses.Take(MostMisses)]);

        void Add(string name, bool all, IEnumerable<Planting> plantings)
        {
            int planted = 0;
            Dictionary<string, SelfTestMiss> missed = new(StringComparer.Ordinal);
            foreach (Planting planting in plantings)
            {
                cancel.ThrowIfCancellationRequested();
                planted++;
                if (planting.IsFound) continue;
                SelfTestMiss miss = missed.GetValueOrDefault(planting.Chain) ?? new SelfTestMiss(name, planting.Chain, $"{planting.Carrier}, {planting.Kind}", 0);
                missed[planting.Chain] = miss with { Missed = miss.Missed + 1 };
            }
            sets.Add(new SelfTestSet(name, all, planted, missed.Values.Sum(m => m.Missed)));
            misses.AddRange(missed.Values);
        }

        IEnumerable<Planting> Kept(IEnumerable<Planting> plantings)
        {
            foreach (Planting planting in plantings)
            {
                everywhere.Add(planting);
                yield return planting;
            }
        }
    }

    private static IReadOnlyList<SelfTestCount> Counted(IEnumerable<IGrouping<string, Planting>> groups) => [.. groups.Select(g => new SelfTestCount(g.Key, g.Count(), g.Count(p => !p.IsFound)))];
}
