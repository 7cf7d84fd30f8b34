using System.Net;

namespace Offproof.Auditor;

/// <summary>One planting: what, in what, how it was written, and whether it was found.</summary>
/// <param name="Chain">Outermost first.</param>
internal readonly record struct Planting(string Kind, string Carrier, string Chain, bool IsFound);

/// <summary>Plants data through the examiner itself, and says what it finds and what it misses (audit.md §9).</summary>
/// <param name="make">A new examiner, as for a new run, which knows the forms of all canaries.</param>
/// <param name="salt">Said in the same flow before a salted hash.</param>
internal sealed class SelfTest(Func<CanaryExaminer> make, string salt = "")
{
    // As many findings as a run has, and few enough that looking for new ones is quick.
    private const int FindingsOfARun = 5000;

    /// <summary>Plants each datum in each chain and each carrier that can hold the result.</summary>
    /// <param name="chains">Innermost first; an empty one leaves the datum as it is.</param>
    internal IEnumerable<Planting> Run(IReadOnlyList<Planted> planted, IEnumerable<Disguise[]> chains, IReadOnlyList<Holder> holders)
    {
        Flow flow = new(1, "tcp", new IPEndPoint(IPAddress.Loopback, 49152), new IPEndPoint(IPAddress.Loopback, 80));
        CanaryExaminer examiner = make();
        try
        {
            foreach (Disguise[] chain in chains)
            {
                foreach (Planted datum in planted)
                {
                    if (Disguised(datum.Bytes, chain) is not { } payload) continue;
                    // Salts are tried for so many values of a run (audit.md §6.5).
                    if (examiner.Findings.Count > FindingsOfARun || LeakyHashes.IsSalted(chain))
                    {
                        examiner.Dispose();
                        examiner = make();
                    }
                    foreach (Holder holder in holders)
                    {
                        if (holder.Hold(payload, chain.Length == 0 ? "" : chain[^1].Name) is not { } bytes) continue;
                        if (LeakyHashes.IsSalted(chain)) examiner.Examine(new Place(flow, Sender.Client, Carrier.Head, 1, 1), Holder.Salt(salt));
                        int before = examiner.Findings.Count;
                        examiner.Examine(new Place(flow, Sender.Client, holder.Carrier, 1, 1), bytes, holder.Declared);
                        yield return new Planting(datum.Kind, holder.Name, Named(chain), examiner.Findings.Skip(before).Any(f => f.Form.Canary.Id == datum.Canary));
                    }
                }
            }
        }
        finally
        {
            examiner.Dispose();
        }
    }

    internal static string Named(Disguise[] chain) => chain.Length == 0 ? "as it is" : string.Join(" of ", chain.Reverse().Select(d => d.Name));

    /// <summary>Null where a disguise changes nothing, or is none for such bytes.</summary>
    internal static byte[]? Disguised(byte[] text, Disguise[] chain)
    {
        byte[] bytes = text;
        foreach (Disguise disguise in chain)
        {
            if (disguise.NeedsText && !IsText(bytes)) return null;
            byte[] next = disguise.Apply(bytes);
            if (next.AsSpan().SequenceEqual(bytes)) return null;
            bytes = next;
        }
        return bytes;
    }

    private static bool IsText(byte[] bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) && !System.Text.Encoding.UTF8.GetString(bytes).Any(c => char.IsControl(c) && c is not ('\t' or '\r' or '\n'));
}
