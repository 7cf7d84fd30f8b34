namespace Offproof.Auditor;

/// <summary>A form that stands in searched bytes.</summary>
/// <param name="Step">What was undone to see it, in the words of audit.md §5; null where nothing was.</param>
/// <param name="Bits">How unlikely by accident, after what the step allows to vary.</param>
internal readonly record struct Hit(Form Form, int Offset, int Length, string? Step, double Bits);

/// <summary>Finds all forms of all canaries in one pass (audit.md §5).</summary>
internal sealed class Searcher(IReadOnlyList<Form> forms)
{
    /// <summary>Adds what stands in <paramref name="bytes"/> to <paramref name="hits"/>. Without a hit, nothing is allocated.</summary>
    internal void Search(ReadOnlySpan<byte> bytes, List<Hit> hits)
    {
        foreach (Form form in forms)
        {
            int at = bytes.IndexOf(form.Bytes);
            if (at >= 0) hits.Add(new Hit(form, at, form.Bytes.Length, null, form.Bits));
        }
    }
}
