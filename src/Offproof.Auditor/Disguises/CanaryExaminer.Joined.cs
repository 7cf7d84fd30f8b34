using System.Buffers;

namespace Offproof.Auditor;

// What is cut over several values of a message, over requests that follow one another, over names that are asked for (audit.md §6.6).
internal sealed partial class CanaryExaminer
{
    private const int LongestJoined = 64 << 10;
    private const int LongestValue = 64;
    private const int KeptValues = 128;
    private const int KeptOfName = 512;
    private const int MostParents = 256;
    // JSON in JSON in a form, base64 of gzip of it.
    private const int DeepestJoined = 3;

    private static readonly SearchValues<byte> HashLengths = SearchValues.Create([32, 40, 56, 64, 96, 128]);
    private static readonly SearchValues<byte> OfDottedBase64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_.,=~"u8);

    private readonly Output _joined = new();
    private readonly Output _joinedHex = new();
    private readonly Output _unescaped = new();
    private const int FewestDigits = 10;
    private readonly List<int> _starts = [];
    private readonly Dictionary<Flow, Tail> _tails = [];
    private readonly Dictionary<ulong, (ulong Last, byte[] Labels)> _parents = [];
    private int _values;
    private int _hexValues;
    private bool _isJoining;

    // The last values of a flow, and where each begins.
    private sealed class Tail
    {
        internal readonly byte[] Values = new byte[KeptValues];
        internal int Length;
        internal readonly List<int> Starts = [];
    }

    /// <summary>The short values of a text that leaves, in their order and without what stands between them, after the last ones of its flow.</summary>
    private void Joined(ReadOnlySpan<byte> text, in Layer at)
    {
        if (!MayJoin(at) || text.Length > LongestJoined) return;
        bool isHead = at.Depth == 0 && _place.Carrier == Carrier.Head;
        Joined(text, isHead ? OfHead(text) : OfText(text), at);
    }

    /// <summary>The same of the short parts of a multipart, whatever lies beside them.</summary>
    private void JoinedParts(ReadOnlySpan<byte> multipart, in Layer at)
    {
        if (MayJoin(at)) Joined(multipart, Wrapping.Parts, at);
    }

    // What comes out of one of the values is not put together with them.
    private bool MayJoin(in Layer at) => !_isJoining && at.Depth <= DeepestJoined && at.Depth < _limits.Depth;

    private void Joined(ReadOnlySpan<byte> text, Wrapping wrapping, in Layer at)
    {
        if (wrapping == Wrapping.None) return;
        _isJoining = true;
        Join(text, wrapping, at);
        _isJoining = false;
    }

    private void Join(ReadOnlySpan<byte> text, Wrapping wrapping, in Layer at)
    {
        _joined.Clear();
        (_values, _hexValues) = (0, 0);
        _joinedHex.Clear();
        _starts.Clear();
        if (_tails.TryGetValue(_place.Flow, out Tail? tail))
        {
            _joined.Add(tail.Values.AsSpan(0, tail.Length));
            _starts.AddRange(tail.Starts);
        }
        int before = _joined.Count;
        Layer inside = at.Inside(0, text.Length);
        if ((wrapping & Wrapping.Target) != Wrapping.None) Parameters(text[(text.IndexOf((byte)'?') + 1)..text.IndexOf((byte)'\n')], (byte)' ', inside, at);
        if ((wrapping & Wrapping.Form) != Wrapping.None) Parameters(text.TrimEnd(" \t\r\n"u8), (byte)'&', inside, at);
        if ((wrapping & Wrapping.Parts) != Wrapping.None) Parts(text, inside, at);
        if ((wrapping & Wrapping.Elements) != Wrapping.None) Elements(text[FirstElement(text)..], inside, at);
        if ((wrapping & Wrapping.Fields) != Wrapping.None) Fields(text, inside, at);
        if ((wrapping & Wrapping.Members) != Wrapping.None) Members(text[FirstMember(text)..], inside, at);
        if ((wrapping & Wrapping.Json) != Wrapping.None) Members(text, inside, at);
        JoinedHash(inside, at);
        if (_values == 0) return;
        if (_joined.Count - before + Math.Min(before, 1) >= Form.ShortestBytes || before > 0) Across(_joined.Written, before, "joined values", inside, at);
        if (tail is null) _tails[_place.Flow] = tail = new Tail();
        tail.Length = 0;
        tail.Starts.Clear();
        if (_hits.Count == 0)
        {
            int cut = Math.Max(0, _joined.Count - KeptValues);
            tail.Length = _joined.Count - cut;
            _joined.Written[cut..].CopyTo(tail.Values);
            foreach (int start in _starts)
                if (start >= cut) tail.Starts.Add(start - cut);
        }
        if (_tails.Count > Flows) _tails.Clear();
    }

    // What lies wholly in what was searched before is known.
    private void Across(ReadOnlySpan<byte> joined, int before, string step, in Layer inside, in Layer at)
    {
        _hits.Clear();
        if (joined.Length < Form.ShortestBytes || !Spend(joined.Length)) return;
        _searcher.Search(joined, _hits, areJoined: true);
        _joinedStarts += _starts.Count;
        int length = joined.Length;
        _hits.RemoveAll(hit => hit.Offset + hit.Length <= before || (PatternSet.IsDigits(hit.Form) && !IsOfValues(hit, length)));
        if (_hits.Count == 0) return;
        _steps[at.Depth] = step;
        Report(inside);
    }

    /// <summary>A folded line is one field (RFC 9112 §5.2): what stands across its fold.</summary>
    private void Folded(ReadOnlySpan<byte> head)
    {
        if (head.IndexOf("\n "u8) < 0 && head.IndexOf("\n\t"u8) < 0) return;
        _joined.Clear();
        _starts.Clear();
        for (int from = 0; from < head.Length;)
        {
            int end = head[from..].IndexOf((byte)'\n') is var next and >= 0 ? from + next + 1 : head.Length;
            bool isFolded = end < head.Length && head[end] is (byte)' ' or (byte)'\t';
            _joined.Add(isFolded ? head[from..end].TrimEnd(" \t\r\n"u8) : head[from..end]);
            from = end;
            if (!isFolded) continue;
            while (from < head.Length && head[from] is (byte)' ' or (byte)'\t') from++;
            _starts.Add(_joined.Count);
            _joined.Add((byte)' ');
        }
        _hits.Clear();
        if (!Spend(_joined.Count)) return;
        _searcher.Search(_joined.Written, _hits);
        _hits.RemoveAll(hit => !_starts.Exists(fold => hit.Offset < fold && fold < hit.Offset + hit.Length));
        if (_hits.Count == 0) return;
        _steps[0] = "folded line";
        Report(new Layer(0, 0, head.Length).Inside(0, head.Length));
    }

    // Numbers beside one another make telephone numbers by chance: one that was cut begins where a value does and ends with one.
    private bool IsOfValues(in Hit hit, int end) =>
        hit.Form.Bytes.Length >= FewestDigits && _starts.Contains(hit.Offset) && (hit.Offset + hit.Length == end || _starts.Contains(hit.Offset + hit.Length));

    private void One(ReadOnlySpan<byte> value, in Layer inside, in Layer at)
    {
        if (value.Length is > 16 and <= 1024) Dotted(value, inside, at);
        if (value.Length is 0 or > LongestValue) return;
        _starts.Add(_joined.Count);
        if (value[0] == '+') _starts.Add(_joined.Count + 1);
        _joined.Add(value);
        _values++;
        if (value.Length >= 4 && BaseN.Hex[value[^1]] != BaseN.None && BaseN.IsHex(value))
        {
            _joinedHex.Add(value);
            _hexValues++;
            return;
        }
        JoinedHash(inside, at);
    }

    // A hash that is cut into several values.
    private void JoinedHash(in Layer inside, in Layer at)
    {
        if (_hexValues > 1 && _joinedHex.Count <= 128 && HashLengths.Contains((byte)_joinedHex.Count) && BaseN.TryHex(_joinedHex.Written, _value.Clear())) Digest(_value.Written, "joined values", inside, at);
        _hexValues = 0;
        _joinedHex.Clear();
    }

    // Base64 with a point or a comma among its letters (RFC 3501 §5.1.3, and what people put into addresses): a text or a known format of it counts.
    private void Dotted(ReadOnlySpan<byte> value, in Layer inside, in Layer at)
    {
        if (value.IndexOfAny((byte)'.', (byte)',') < 0 || value.ContainsAnyExcept(OfDottedBase64)) return;
        Output letters = _spare[at.Depth].Clear();
        foreach (byte letter in value.TrimEnd("=-~"u8)) letters.Add(letter == '.' ? (byte)'+' : letter is (byte)',' or (byte)'_' ? (byte)'/' : letter);
        Output output = _made[at.Depth].Clear();
        int weak = -1;
        if (BaseN.TryBase64(letters.Written, output) && (IsText(output.Written) || IsMagic(output.Written)) && MayDecode(at)) Accepted(output, "base64", inside, at, isWhole: true, ref weak, out _);
    }

    /// <summary>A name that leaves: its own labels without points, and those of the names of the same parent that were asked before.</summary>
    private void JoinedNames(ReadOnlySpan<byte> name)
    {
        int first = name.IndexOf((byte)'.');
        int parent = name.LastIndexOf((byte)'.');
        parent = parent > 0 ? name[..parent].LastIndexOf((byte)'.') : -1;
        if (parent <= 0) return;
        JoinedNames(name, first);
        if (parent != first) JoinedNames(name, parent);
    }

    private void JoinedNames(ReadOnlySpan<byte> name, int parent)
    {
        Layer at = new(0, 0, name.Length);
        Layer inside = new(1, 0, name.Length);
        ulong key = _echoes.Hash(name[parent..]);
        ulong labels = _echoes.Hash(name[..parent]);
        (ulong last, byte[] asked) = _parents.TryGetValue(key, out (ulong, byte[]) known) ? known : default;
        // Of every name two kinds of addresses are asked for, and it stands in a hello.
        if (last == labels) return;
        _joined.Clear();
        _starts.Clear();
        _joined.Add(asked);
        int before = _joined.Count;
        _starts.Add(0);
        foreach (byte letter in name[..parent])
            if (letter != '.') _joined.Add(letter);
        Across(_joined.Written, before, "joined names", inside, at);
        bool isFound = _hits.Count > 0;
        if (!isFound && _joined.Count >= 2 * Form.ShortestBytes) isFound = JoinedInBase(before, inside);
        if (_parents.Count >= MostParents) _parents.Clear();
        // Cut where a byte ends of each of these bases.
        _parents[key] = (labels, isFound ? [] : _joined.Written[(_joined.Count > KeptOfName ? _joined.Count - KeptOfName / 2 & ~7 : 0)..].ToArray());
    }
    // Names that were put together, as hex and in each base 32, until something is found.
    private bool JoinedInBase(int before, in Layer inside)
    {
        if (BaseN.IsHex(_joined.Written) && BaseN.TryHex(_joined.Written, _value.Clear()) && IsFound("base16", before / 2, inside)) return true;
        foreach ((byte[] table, string step) in Base32Alphabets)
            if (BaseN.TryBase32(_joined.Written, table, _value.Clear()) && IsFound(step, before * 5 / 8, inside)) return true;
        return false;

        bool IsFound(string step, int before, in Layer inside)
        {
            _steps[0] = "joined names";
            Across(_value.Written, before, step, inside.Inside(0, 0), inside);
            return _hits.Count > 0;
        }
    }
}
