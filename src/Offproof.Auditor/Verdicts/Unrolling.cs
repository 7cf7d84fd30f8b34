namespace Offproof.Auditor;

/// <summary>
/// Undoes the chain of a finding once more, from the captured bytes alone, and keeps what each step made: so that a reader sees how the planted value comes out
/// of them (audit.md §8). It knows the steps by name only, tries each where it could apply, and takes what leads to the value.
/// </summary>
internal sealed class Unrolling : IDisposable
{
    /// <summary>Of so many findings the captured bytes are kept, of the first few up to the larger size.</summary>
    internal const int MostFindings = 1000, MostOfAll = 4096, FirstFindings = 200, MostOfFirst = 65_536;

    /// <summary>So many bytes before and after are kept too.</summary>
    internal const int Around = 24;

    private const int Shown = 160;
    private const int MostCandidates = 400;
    private const int MostMade = 1 << 22;

    private readonly Decoders _decoders = new();
    private readonly List<Hit> _hits = [];
    private Searcher _searcher = new([]);
    private Digests _digests = new([]);
    private IReadOnlyList<string> _chain = [];
    private int _candidates;
    private long _made;

    public void Dispose() => _decoders.Dispose();

    /// <summary>How many of a finding's captured bytes are kept.</summary>
    internal static int Kept(int before) => before < FirstFindings ? MostOfFirst : before < MostFindings ? MostOfAll : 0;

    /// <summary>The captured bytes, and after each step; empty where the bytes were not kept, or the steps do not lead to the value from them.</summary>
    internal IReadOnlyList<LayerReport> Of(Finding finding)
    {
        if (finding.Bytes.Length == 0) return [];
        // A form may be as the map writes it, which is a step of the chain.
        _searcher = new Searcher([finding.Form, .. Enumerable.Range(1, finding.Chain.Count(static step => step == Permutation.CustomMap)).Select(times => finding.Form with { Bytes = Mapped(finding.Form.Bytes, times) })]);
        _digests = new Digests([finding.Form]);
        (_chain, _candidates, _made) = (finding.Chain, 0, 0);
        List<LayerReport> layers = [];
        byte[] captured = finding.Bytes[finding.Before..(finding.Before + finding.Length)];
        if (!Follow(captured, 0, layers)) return [];
        layers.Reverse();
        // The captured bytes among those that stand around them.
        LayerReport first = Piece(null, finding.Bytes, finding.Before + layers[0].At, layers[0].Length);
        int start = checked((int)finding.Offset) - finding.Before;
        layers[0] = first with { Size = captured.Length, From = start + first.From, At = start + first.At };
        return layers;
    }

    // What these bytes hold after so many steps. Innermost first, since it is known last where a step began.
    private bool Follow(byte[] bytes, int steps, List<LayerReport> layers)
    {
        if (_made > MostMade) return false;
        _made += bytes.Length;
        if (Found(bytes, steps) is var (at, length))
        {
            layers.Add(Layer(bytes, steps, at, length));
            return true;
        }
        if (steps == _chain.Count) return false;
        string step = _chain[steps] == "hex" ? "base16" : _chain[steps];
        // Of a base the whole token is undone, of what stands for single characters just what was seen.
        IEnumerable<(int, int, byte[])> anywhere = _decoders.Undo(step, bytes), seen = Seen(bytes, step);
        foreach ((int start, int run, byte[] made) in step.StartsWith("base", StringComparison.Ordinal) ? anywhere.Concat(seen) : seen.Concat(anywhere))
        {
            if (++_candidates > MostCandidates || _made > MostMade) return false;
            if (!Follow(made, steps + 1, layers)) continue;
            layers.Add(Layer(bytes, steps, start, run));
            return true;
        }
        return false;
    }

    // The search undoes some steps in the middle of other bytes.
    private IEnumerable<(int Start, int Length, byte[] Made)> Seen(byte[] bytes, string step)
    {
        _hits.Clear();
        _searcher.Search(bytes, _hits);
        foreach (Hit hit in _hits.FindAll(hit => hit.Step == step || (hit.Step is null && step == Permutation.CustomMap)))
        {
            // Of UTF-16 the last zero may be missing.
            int length = Math.Min(hit.Length + (step == "utf-16" ? 1 : 0), bytes.Length - hit.Offset);
            foreach ((int start, int run, byte[] made) in _decoders.Undo(step, bytes[hit.Offset..(hit.Offset + length)])) yield return (hit.Offset + start, run, made);
        }
    }

    // The value itself, or its hash.
    private (int At, int Length)? Found(byte[] bytes, int steps)
    {
        if (_chain.Count - steps is 0 or 1)
        {
            // In the other case, and in other digits, it can be read as it stands.
            string? written = steps == _chain.Count ? null : _chain[steps];
            _hits.Clear();
            if (written is null or "other case" or "other digits") _searcher.Search(bytes, _hits);
            foreach (Hit hit in _hits)
                if (hit.Step == written) return (hit.Offset, hit.Length);
        }
        int left = _chain.Count - steps;
        if (left is 0 or > 2 || !IsHash(_chain[^1]) || (left == 2 && _chain[steps] != "decimal")) return null;
        // With a salt it cannot be made again from these bytes alone: then it has to be all of them.
        if (left == 2 || _chain[^1].Contains(" with a salt", StringComparison.Ordinal) || _chain[^1].Contains("(HMAC)", StringComparison.Ordinal)) return bytes.Length <= 96 ? (0, bytes.Length) : null;
        _hits.Clear();
        _digests.Find(bytes, _hits);
        if (_hits.Count == 0) _digests.FindWithin(bytes, _hits);
        if (_hits.Count == 0) _digests.FindShort(bytes, _hits);
        return _hits.Count > 0 && _hits[0].Step == _chain[^1] ? (_hits[0].Offset, _hits[0].Length) : null;
    }

    private static byte[] Mapped(byte[] bytes, int times)
    {
        Output output = new();
        for (; times > 0; times--)
        {
            Permutation.Custom.Apply(bytes, output.Clear());
            bytes = output.Written.ToArray();
        }
        return bytes;
    }

    internal static bool IsHash(string step)
    {
        int end = step.AsSpan().IndexOfAny(' ', ',');
        string name = end < 0 ? step : step[..end];
        return Array.Exists(HashAlgorithms.All, algorithm => algorithm.Name == name) || Array.Exists(HashAlgorithms.Short, algorithm => algorithm.Name == name);
    }

    private LayerReport Layer(byte[] bytes, int steps, int at, int length) => Piece(steps == 0 ? null : _chain[steps - 1], bytes, at, length);

    // Rows of eight, some before what is marked.
    private static LayerReport Piece(string? step, byte[] bytes, int at, int length)
    {
        int from = Math.Max(0, at - Around) & ~7;
        return new LayerReport(step, bytes.Length, from, Convert.ToBase64String(bytes, from, Math.Min(Shown, bytes.Length - from)), at, length);
    }
}
