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
    private byte[][] _values = [];
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
        _searcher = new Searcher([finding.Form]);
        // A form may be as the map writes it.
        _values = [finding.Form.Bytes, Mapped(finding.Form.Bytes, 1), Mapped(finding.Form.Bytes, 2), Mapped(finding.Form.Bytes, 3)];
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
        if (Found(bytes, steps) is var (at, length, undone))
        {
            Last(bytes.AsSpan(at, length).ToArray(), steps, undone, layers);
            layers.Add(Layer(bytes, steps, at, length));
            return true;
        }
        if (steps == _chain.Count) return false;
        foreach ((int start, int run, byte[] made) in _decoders.Undo(_chain[steps], bytes))
        {
            if (++_candidates > MostCandidates) return false;
            if (!Follow(made, steps + 1, layers)) continue;
            layers.Add(Layer(bytes, steps, start, run));
            return true;
        }
        return false;
    }

    // The value itself, by the search that found it: it undoes some steps on its own, which must be the rest of the chain. Or its hash.
    private (int At, int Length, int Undone)? Found(byte[] bytes, int steps)
    {
        _hits.Clear();
        _searcher.Search(bytes, _hits);
        foreach (Hit hit in _hits)
        {
            // The form is already as the map writes it, where the search found it so.
            List<string> rest = [.. _chain.Skip(steps)];
            if (hit.Step is { } step && (rest.Count == 0 || rest[0] != step)) continue;
            if (rest.Skip(hit.Step is null ? 0 : 1).All(static one => one == Permutation.CustomMap)) return (hit.Offset, hit.Length, rest.Count);
        }
        int left = _chain.Count - steps;
        if (left is 0 or > 2 || !IsHash(_chain[^1]) || (left == 2 && _chain[steps] != "decimal")) return null;
        // With a salt it cannot be made again from these bytes alone: then it has to be all of them.
        if (left == 2 || _chain[^1].Contains(" with a salt", StringComparison.Ordinal) || _chain[^1].Contains("(HMAC)", StringComparison.Ordinal)) return bytes.Length <= 96 ? (0, bytes.Length, 0) : null;
        _hits.Clear();
        _digests.Find(bytes, _hits);
        if (_hits.Count == 0) _digests.FindWithin(bytes, _hits);
        if (_hits.Count == 0) _digests.FindShort(bytes, _hits);
        return _hits.Count > 0 && _hits[0].Step == _chain[^1] ? (_hits[0].Offset, _hits[0].Length, 0) : null;
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

    // What the search undid on its own, shown too: of the first way that makes the value's characters.
    private void Last(byte[] bytes, int steps, int undone, List<LayerReport> layers)
    {
        if (undone == 0) return;
        string step = _chain[steps] == "hex" ? "base16" : _chain[steps];
        foreach ((int _, int _, byte[] made) in _decoders.Undo(step, bytes))
        {
            if (undone == 1 && !Array.Exists(_values, value => Holds(made, value))) continue;
            Last(made, steps + 1, undone - 1, layers);
            layers.Add(Layer(made, steps + 1, 0, made.Length));
            return;
        }
    }

    // Of base 64 at another alignment the outermost characters are not whole.
    private static bool Holds(byte[] bytes, byte[] value)
    {
        int left = Math.Min(2, value.Length / 4);
        return IndexOf(bytes, value.AsSpan(left..^left)) >= 0;
    }

    private static int IndexOf(byte[] bytes, ReadOnlySpan<byte> value)
    {
        for (int at = 0; at + value.Length <= bytes.Length; at++)
            if (System.Text.Ascii.EqualsIgnoreCase(bytes.AsSpan(at, value.Length), value)) return at;
        return -1;
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
