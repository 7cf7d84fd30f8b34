using System.Text.Unicode;

namespace Offproof.Auditor;

/// <summary>
/// Searches what protocols carried, and all that can be decoded out of it, layer by layer (audit.md §6). One for all flows of a run; not for several threads.
/// Without a finding nothing is allocated, but for buffers that grow once.
/// </summary>
internal sealed partial class CanaryExaminer : Examiner, IDisposable
{
    private readonly Searcher _searcher;
    private readonly Digests? _digests;
    private readonly Limits _limits;

    // What the decoders made: one for each depth, since a layer is done before the next at its depth is made.
    private readonly Output[] _made;
    private readonly Output[] _spare;
    private readonly string[] _steps;
    private readonly List<Hit> _hits = [];

    private Place _place;
    // What leaves the phone is judged strictly, what arrives is not (audit.md §6.4).
    private bool _isLeaving;
    private long _budget;
    private bool _isTooDeep;
    private bool _isSpent;

    // Of values that were put together: where one begins.
    private long _joinedStarts;

    /// <summary>At how many places like its own what was found could have been met by accident (audit.md §7.2).</summary>
    internal long Places(Finding finding) => finding.Among switch
    {
        Among.Values => _digests!.Values,
        Among.ShortValues => _digests!.ShortValues,
        Among.Digits => _searcher.Places(Among.Digits, finding.Form.Bytes.Length) + _joinedStarts,
        _ => _searcher.Places(finding.Among, finding.Form.Bytes.Length),
    };

    internal CanaryExaminer(Searcher searcher, Digests? digests, Limits? limits = null)
    {
        _searcher = searcher;
        _digests = digests;
        _limits = limits ?? new Limits();
        _made = [.. Enumerable.Range(0, _limits.Depth + 2).Select(_ => new Output())];
        _spare = [.. Enumerable.Range(0, _limits.Depth + 2).Select(_ => new Output())];
        _steps = new string[_limits.Depth + 2];
        _untried = $"more than {_limits.SaltedValues} values look like hashes: the others were not tried with salts";
    }

    public void Dispose() => _compressed.Dispose();

    internal override int Examine(in Place place, ReadOnlySpan<byte> bytes, in Declared declared = default)
    {
        if (bytes.IsEmpty) return 0;
        _place = place;
        _isLeaving = place.Flow.Leaves(place.Sender);
        _budget = _limits.Budget(bytes.Length);
        _isTooDeep = false;
        _isSpent = false;
        _tries = Tries;
        _names.Clear();
        Boundary(declared.ContentType);
        _isUpgrade = place.Carrier == Carrier.Head && IsUpgrade(bytes);
        _encoding = declared.ContentEncoding;
        int unread = Region(bytes, new Layer(0, 0, bytes.Length), isNew: true);
        if (place.Carrier is Carrier.DnsName or Carrier.ServerName)
        {
            unread = Math.Max(unread, Labels(bytes));
            if (_isLeaving) JoinedNames(bytes);
        }
        if (_isLeaving && place.Carrier == Carrier.Head) Folded(bytes);
        if (unread >= bytes.Length) _names.Clear(); // counted whole: nobody knows what would be left without them
        Keep(bytes);
        if (_isTooDeep) place.Flow.CutOff($"nested deeper than {_limits.Depth} layers: not looked at");
        if (_isSpent) place.Flow.CutOff("grows too much when it is decoded: the rest was not looked at");
        return Math.Clamp(unread, 0, bytes.Length);
    }

    /// <summary>A piece of a layer, or with <paramref name="isNew"/> a whole one, which is searched.</summary>
    /// <returns>How many of its bytes stay unread.</returns>
    private int Region(ReadOnlySpan<byte> bytes, in Layer at, bool isNew)
    {
        if (bytes.IsEmpty) return 0;
        if (isNew)
        {
            if (!Spend(bytes.Length)) return bytes.Length;
            Search(bytes, at);
        }
        Traits traits = Traits.Of(bytes);
        if (!IsText(bytes, traits)) return Binary(bytes, at, isGuess: false);
        Remember(bytes, at);
        int unread = Text(bytes, at, traits);
        return traits.HasEscape && _isLeaving ? Math.Min(bytes.Length, unread + Controls.Shifted(bytes)) : unread;
    }

    /// <summary>What a decoder made out of a run of a layer, examined; the decoder's name is already among the steps.</summary>
    /// <returns>How many bytes of the run stay unread.</returns>
    private int Decoded(ReadOnlySpan<byte> made, in Layer inside, int run)
    {
        int unread = Region(made, inside, isNew: true);
        return Math.Min(unread, run);
    }

    private void Search(ReadOnlySpan<byte> bytes, in Layer at)
    {
        _hits.Clear();
        _searcher.Search(bytes, _hits);
        if (_hits.Count > 0) Report(at);
    }

    // Every layer costs what it is long, and something to begin with.
    private bool Spend(int length)
    {
        _budget -= length + 32;
        if (_budget >= 0) return true;
        _isSpent = true;
        return false;
    }

    private bool MayDecode(in Layer at)
    {
        if (at.Depth < _limits.Depth) return true;
        _isTooDeep = true;
        return false;
    }

    /// <summary>UTF-8 without control characters. A character may be cut at either end: examined bytes can be a piece of a body.</summary>
    internal static bool IsText(ReadOnlySpan<byte> bytes) => IsText(bytes, Traits.Of(bytes));

    private static bool IsText(ReadOnlySpan<byte> bytes, Traits traits)
    {
        if (traits.HasControls) return false;
        return traits.HasHigh ? IsUtf8(bytes) : !bytes.IsEmpty;
    }

    private static bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        int from = 0;
        while (from < 3 && from < bytes.Length && (bytes[from] & 0xC0) == 0x80) from++;
        int to = bytes.Length;
        for (int back = 1; back <= 3 && back <= bytes.Length - from; back++)
        {
            byte lead = bytes[^back];
            if ((lead & 0xC0) == 0x80) continue;
            int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
            if (length > back) to = bytes.Length - back;
            break;
        }
        return to > from && Utf8.IsValid(bytes[from..to]);
    }
}
