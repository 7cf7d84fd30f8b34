using System.Net;

namespace Offproof.Auditor;

/// <summary>One planting: what, in what, how it was written, and whether it was found.</summary>
internal readonly record struct Planting(string Kind, string Carrier, string Chain, bool IsFound);

/// <summary>Which of a set of disguises are undone: plants canaries through the examiner itself, and says what it finds and what it misses (audit.md §9).</summary>
internal static class SelfTest
{
    /// <summary>Every chain of one disguise and of two.</summary>
    internal static IEnumerable<Disguise[]> UpToTwo()
    {
        foreach (Disguise inner in Disguise.All)
        {
            yield return [inner];
            foreach (Disguise outer in Disguise.All) yield return [inner, outer];
        }
    }

    /// <summary>Chains of three in which every two disguises meet at every two places.</summary>
    internal static IEnumerable<Disguise[]> ThreePairwise()
    {
        IReadOnlyList<Disguise> all = Disguise.All;
        for (int i = 0; i < all.Count; i++)
            for (int j = 0; j < all.Count; j++) yield return [all[i], all[j], all[(i + j) % all.Count]];
    }

    /// <summary>The eleven encodings of leaky-forms in every chain of up to three.</summary>
    internal static IEnumerable<Disguise[]> LeakyForms()
    {
        IReadOnlyList<Disguise> all = Disguise.LeakyForms;
        foreach (Disguise a in all)
        {
            yield return [a];
            foreach (Disguise b in all)
            {
                yield return [a, b];
                foreach (Disguise c in all) yield return [a, b, c];
            }
        }
    }

    /// <summary>Plants each canary in each chain and each carrier that can hold the result.</summary>
    /// <param name="planted">What is written: a canary, and how.</param>
    /// <param name="chains">Innermost first.</param>
    /// <param name="make">A new examiner, which knows the forms of all canaries.</param>
    internal static IEnumerable<Planting> Run(IReadOnlyList<(Canary Canary, byte[] Text)> planted, IEnumerable<Disguise[]> chains, Func<CanaryExaminer> make)
    {
        Flow flow = new(1, "tcp", new IPEndPoint(IPAddress.Loopback, 49152), new IPEndPoint(IPAddress.Loopback, 80));
        CanaryExaminer examiner = make();
        try
        {
            foreach (Disguise[] chain in chains)
            {
                foreach ((Canary canary, byte[] text) in planted)
                {
                    if (Disguised(text, chain) is not { } payload) continue;
                    foreach (Holder holder in Holder.All)
                    {
                        if (holder.Hold(payload, chain[^1]) is not { } bytes) continue;
                        if (examiner.Findings.Count > 5000)
                        {
                            examiner.Dispose();
                            examiner = make();
                        }
                        int before = examiner.Findings.Count;
                        examiner.Examine(new Place(flow, Sender.Client, holder.Carrier, 1, 1), bytes, holder.Declared);
                        bool isFound = examiner.Findings.Skip(before).Any(f => f.Form.Canary.Id == canary.Id);
                        yield return new Planting(canary.Kind, holder.Name, string.Join('+', chain.Reverse().Select(d => d.Name)), isFound);
                    }
                }
            }
        }
        finally
        {
            examiner.Dispose();
        }
    }

    // Null where a disguise changes nothing, or is none for such bytes.
    private static byte[]? Disguised(byte[] text, Disguise[] chain)
    {
        byte[] bytes = text;
        foreach (Disguise disguise in chain)
        {
            if (disguise.NeedsText && !System.Text.Unicode.Utf8.IsValid(bytes)) return null;
            byte[] next = disguise.Apply(bytes);
            if (next.AsSpan().SequenceEqual(bytes)) return null;
            bytes = next;
        }
        return bytes;
    }
}
