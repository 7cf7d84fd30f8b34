using System.Buffers;

namespace Offproof.Auditor;

// What is cut over several values of a message, over requests that follow one another, over names that are asked for (audit.md §6.6).
internal sealed partial class CanaryExaminer
{
    private const int LongestJoined = 64 << 10;
    private const int LongestValue = 64;
    private const int KeptValues = 256;
    private const int KeptOfName = 512;
    private const int MostParents = 256;

    private static readonly SearchValues<byte> AroundString = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> HashLengths = SearchValues.Create([32, 40, 56, 64, 96, 128]);
    private static readonly SearchValues<byte> OfDottedBase64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_.,=~"u8);

    private readonly Output _joined = new();
    private readonly Output _joinedHex = new();
    private readonly Dictionary<Flow, byte[]> _tails = [];
    private readonly Dictionary<ulong, (ulong Last, byte[] Labels)> _parents = [];
    private int _values;
    private int _hexValues;

    /// <summary>The short values of a text that leaves, in their order and without what stands between them, after the last ones of its flow.</summary>
    private void Joined(ReadOnlySpan<byte> text, in Layer at)
    {
        if (at.Depth > 1 || at.Depth >= _limits.Depth || text.Length > LongestJoined) return;
        _joined.Clear();
        (_values, _hexValues) = (0, 0);
        _joinedHex.Clear();
        _tails.TryGetValue(_place.Flow, out byte[]? tail);
        _joined.Add(tail);
        int before = _joined.Count;
        Layer inside = at.Inside(0, text.Length);
        if (at.Depth == 0 && _place.Carrier == Carrier.Head)
        {
            int line = text.IndexOf((byte)'\n') is var end and >= 0 ? end : text.Length;
            int query = text[..line].IndexOf((byte)'?');
            if (query >= 0) Parameters(text[(query + 1)..line], inside, at);
        }
        else if (text.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..])
        {
            Members(text, inside, at);
        }
        else if (text.Contains((byte)'=') && text.IndexOfAny(" \r\n\t"u8) < 0)
        {
            Parameters(text, inside, at);
        }
        JoinedHash(inside, at);
        if (_values == 0) return;
        if (_joined.Count - before + Math.Min(before, 1) >= Form.ShortestBytes || before > 0) Across(_joined.Written, before, "joined values", inside, at);
        _tails[_place.Flow] = _hits.Count > 0 ? [] : _joined.Written[Math.Max(0, _joined.Count - KeptValues)..].ToArray();
        if (_tails.Count > Flows) _tails.Clear();
    }

    // What lies wholly in what was searched before is known.
    private void Across(ReadOnlySpan<byte> joined, int before, string step, in Layer inside, in Layer at)
    {
        _hits.Clear();
        if (joined.Length < Form.ShortestBytes || !Spend(joined.Length)) return;
        Searched += joined.Length;
        _searcher.Search(joined, _hits);
        _hits.RemoveAll(hit => hit.Offset + hit.Length <= before);
        if (_hits.Count == 0) return;
        _steps[at.Depth] = step;
        Report(inside);
    }

    private void One(ReadOnlySpan<byte> value, in Layer inside, in Layer at)
    {
        if (value.Length is > 16 and <= 1024) Dotted(value, inside, at);
        if (value.Length is 0 or > LongestValue) return;
        _joined.Add(value);
        _values++;
        if (value.Length >= 4 && BaseN.IsHex(value))
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

    private void Parameters(ReadOnlySpan<byte> text, in Layer inside, in Layer at)
    {
        Span<byte> plain = stackalloc byte[LongestValue];
        while (!text.IsEmpty)
        {
            int end = text.IndexOfAny((byte)'&', (byte)' ') is var next and >= 0 ? next : text.Length;
            ReadOnlySpan<byte> value = text[..end];
            if (value.IndexOf((byte)'=') is var equals and >= 0) value = value[(equals + 1)..];
            One(Plain(value, plain), inside, at);
            if (end == text.Length || text[end] == ' ') return;
            text = text[(end + 1)..];
        }
    }

    private static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> value, Span<byte> room)
    {
        if (!value.Contains((byte)'%')) return value;
        int length = 0;
        for (int i = 0; i < value.Length && length < room.Length; i++)
        {
            bool isEscape = value[i] == '%' && i + 2 < value.Length && (BaseN.Hex[value[i + 1]] | BaseN.Hex[value[i + 2]]) != BaseN.None;
            room[length++] = isEscape ? (byte)(BaseN.Hex[value[i + 1]] << 4 | BaseN.Hex[value[i + 2]]) : value[i];
            if (isEscape) i += 2;
        }
        return room[..length];
    }

    // Strings that no colon follows, and numbers.
    private void Members(ReadOnlySpan<byte> text, in Layer inside, in Layer at)
    {
        for (int from = 0; from < text.Length;)
        {
            byte one = text[from];
            if (one == '"')
            {
                int end = from + 1;
                while (end < text.Length && text[end..].IndexOfAny(AroundString) is var stop and >= 0 && text[end + stop] == '\\') end += stop + 2;
                int close = end < text.Length && text[end..].IndexOf((byte)'"') is var quote and >= 0 ? end + quote : text.Length;
                int after = Math.Min(close + 1, text.Length);
                if (!(after < text.Length && text[after] == ':') && !text[after..].TrimStart(" \t"u8).StartsWith(":"u8)) One(text[(from + 1)..close], inside, at);
                from = after;
                continue;
            }
            int length = 0;
            while (from + length < text.Length && text[from + length] is >= (byte)'0' and <= (byte)'9') length++;
            if (length > 0) One(text.Slice(from, length), inside, at);
            from += Math.Max(length, 1);
        }
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
        _joined.Add(asked);
        int before = _joined.Count;
        foreach (byte letter in name[..parent])
            if (letter != '.') _joined.Add(letter);
        Across(_joined.Written, before, "joined names", inside, at);
        bool isFound = _hits.Count > 0;
        if (!isFound && _joined.Count >= 2 * Form.ShortestBytes && BaseN.IsHex(_joined.Written) && BaseN.TryHex(_joined.Written, _value.Clear()))
        {
            _steps[0] = "joined names";
            Across(_value.Written, before / 2, "base16", inside.Inside(0, 0), inside);
            isFound = _hits.Count > 0;
        }
        if (_parents.Count >= MostParents) _parents.Clear();
        _parents[key] = (labels, isFound ? [] : _joined.Written[(_joined.Count > KeptOfName ? _joined.Count - KeptOfName / 2 & ~1 : 0)..].ToArray());
    }
}
