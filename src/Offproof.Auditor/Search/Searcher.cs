namespace Offproof.Auditor;

/// <summary>A form that stands in searched bytes.</summary>
/// <param name="Step">What was undone to see it, in the words of audit.md §5; null where nothing was.</param>
/// <param name="Bits">How unlikely by accident, after what the step allows to vary.</param>
/// <param name="AmongDigits">An accident could have happened where digits stand, and nowhere else.</param>
internal readonly record struct Hit(Form Form, int Offset, int Length, string? Step, double Bits, bool AmongDigits = false);

/// <summary>Finds all forms of all canaries in one pass (audit.md §5). Not safe for several threads at once: one for each.</summary>
internal sealed class Searcher
{
    /// <summary>So many hits of one form are reported of one call.</summary>
    internal const int MostHitsOfAForm = 64;

    readonly PatternSet _patterns;
    readonly GramFilter _filter;
    readonly DigitScan _digits;
    readonly HitList _hits;

    internal Searcher(IReadOnlyList<Form> forms)
    {
        _patterns = PatternSet.Of(forms);
        _filter = new GramFilter(_patterns);
        _digits = new DigitScan(_patterns);
        _hits = new HitList(forms.Count);
    }

    internal int Patterns => _patterns.Count;

    /// <summary>At how many places of all that was searched a number may have ended.</summary>
    internal long PlacesAmongDigits => _digits.Ends;

    /// <summary>Bytes of the table that every third position asks.</summary>
    internal int FilterSize => _filter.Size;

    /// <summary>Adds what stands in <paramref name="bytes"/> to <paramref name="hits"/>. Without a hit, nothing is allocated.</summary>
    internal void Search(ReadOnlySpan<byte> bytes, List<Hit> hits)
    {
        _hits.Begin(hits);
        _filter.Search(bytes, _hits);
        _digits.Search(bytes, _hits);
        _hits.End();
    }
}

/// <summary>The hits of one call, of each form at most 64.</summary>
internal sealed class HitList(int forms)
{
    readonly byte[] _counts = new byte[forms];
    readonly List<int> _touched = [];
    List<Hit> _hits = [];

    internal void Begin(List<Hit> hits) => _hits = hits;

    internal void Add(int form, in Hit hit)
    {
        if (_counts[form] == Searcher.MostHitsOfAForm) return;
        if (_counts[form]++ == 0) _touched.Add(form);
        _hits.Add(hit);
    }

    internal void End()
    {
        foreach (int form in _touched) _counts[form] = 0;
        _touched.Clear();
    }
}
