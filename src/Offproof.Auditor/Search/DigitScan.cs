using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Offproof.Auditor;

/// <summary>
/// Finds forms of digits whatever stands between the digits, and coordinates (audit.md §4.2, §5.2). Runs of digits and separators are found 64 bytes at a
/// time; in a run the last eight digits are kept as a number, and name the forms that may end there.
/// </summary>
internal sealed class DigitScan
{
    const int Block = 64, MostGap = 3, MostGroups = 7, KeyDigits = Form.ShortestBytes, MostDigits = PatternSet.MostDigits;

    // A number can stand alone in one row or in groups.
    const int WaysToStandAlone = 2;

    // Shortest things that are met: 8 digits; of a coordinate "1.234".
    const int ShortestNumber = 7, ShortestDecimal = 5;

    readonly PatternSet _patterns;
    readonly Dictionary<uint, int[]> _byEnd = [];
    readonly Dictionary<int, int[]> _byPlace = [];
    readonly ulong[] _ends = new ulong[1024];
    readonly ulong[] _places = new ulong[256];
    readonly int _shortest;

    // At how many digits a number may have ended: with seven before them in their run; and how many of these stand in numbers of so many digits that stand alone.
    long _numbersEnd;
    readonly long[] _alone = new long[MostDigits + 1], _inGroups = new long[MostDigits + 1];
    bool _areJoined;

    /// <summary>At how many places like its own a number of so many digits may have ended.</summary>
    internal long Ends(Among among, int digits) => among switch
    {
        Among.Alone => WaysToStandAlone * _alone[digits],
        Among.Groups => WaysToStandAlone * _inGroups[digits],
        _ => _numbersEnd,
    };

    internal DigitScan(PatternSet patterns)
    {
        IReadOnlyList<Form> forms = patterns.Forms;
        _patterns = patterns;
        Dictionary<uint, List<int>> ends = [];
        Dictionary<int, List<int>> places = [];
        for (int i = 0; i < forms.Count; i++)
        {
            if (PatternSet.IsDigits(forms[i])) Enter(ends, Key(forms[i].Bytes), i);
            else if (PatternSet.IsPairOfDecimals(forms[i]))
            {
                (int cut, int rounded) = DecimalPlace.Of(forms[i].Bytes).Keys;
                Enter(places, cut, i);
                if (rounded != cut) Enter(places, rounded, i);
            }
        }
        foreach ((uint key, List<int> list) in ends)
        {
            Mark(_ends, key);
            _byEnd.Add(key, [.. list.OrderByDescending(form => forms[form].Bytes.Length)]);
        }
        foreach ((int key, List<int> list) in places)
        {
            Mark(_places, (uint)key);
            _byPlace.Add(key, [.. list]);
        }
        _shortest = _byPlace.Count > 0 ? ShortestDecimal : ShortestNumber;

        static void Enter<T>(Dictionary<T, List<int>> into, T key, int form) where T : notnull
        {
            if (!into.TryGetValue(key, out List<int>? list)) into.Add(key, list = []);
            list.Add(form);
        }
    }

    internal void Search(ReadOnlySpan<byte> bytes, HitList hits, bool areJoined)
    {
        _areJoined = areJoined;
        if (_byEnd.Count == 0 && _byPlace.Count == 0) return;
        Span<byte> tail = stackalloc byte[Block];
        // What lies within three bytes of a block's edge, or of a run that leaves it, is judged by the next block.
        int step = Block - _shortest - 2 * MostGap;
        ulong inner = ((1UL << step) - 1) << MostGap, first = (1UL << (step + MostGap)) - 1;
        int at = 0;
        bool fresh = true;
        while (at < bytes.Length)
        {
            Rows rows;
            ulong starts;
            if (bytes.Length - at >= Block)
            {
                ReadOnlySpan<byte> block = bytes.Slice(at, Block);
                if (!Rows.MayBegin(block, out ulong digits))
                {
                    (at, fresh) = (at + step, false);
                    continue;
                }
                rows = new(block, digits, _shortest);
                starts = rows.Starts & (fresh ? first : inner);
            }
            else
            {
                tail.Clear();
                bytes[at..].CopyTo(tail);
                if (!Rows.MayBegin(tail, out ulong digits)) return;
                rows = new(tail, digits, _shortest);
                starts = rows.Starts & (fresh ? ulong.MaxValue : ~((1UL << MostGap) - 1));
            }
            int start = rows.First(starts, _byPlace.Count > 0);
            fresh = start >= 0;
            if (fresh) at = Run(bytes, at + start, hits);
            else if (bytes.Length - at >= Block) at += step;
            else return;
        }
    }

    /// <summary>Rows of digits and separators in 64 bytes, a bit for each.</summary>
    readonly struct Rows
    {
        readonly ulong _digits, _rows, _decimals;


        /// <summary>Most pieces of a text hold no digits, or too few for a form, and no decimal, and none near their end.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static bool MayBegin(ReadOnlySpan<byte> block, out ulong digits)
        {
            digits = Mask(Digits(Vector256.Create(block)), Digits(Vector256.Create(block[32..])));
            return digits != 0 && (BitOperations.PopCount(digits) >= KeyDigits || digits >> (Block - 2 * (MostGap + 1)) != 0 || (~digits & digits << 1 & digits >> 1 & digits >> 2 & digits >> 3) != 0);
        }

        internal Rows(ReadOnlySpan<byte> block, ulong digits, int shortest)
        {
            Vector256<byte> low = Vector256.Create(block), high = Vector256.Create(block[32..]);
            _digits = digits;
            ulong separators = Mask(Separators(low), Separators(high)), points = Mask(Points(low), Points(high));
            ulong near = _digits | _digits << 1 | _digits >> 1;
            near |= near << 2 | near >> 2;
            _rows = _digits | (separators & near);
            _decimals = points & _digits << 1 & _digits >> 1 & _digits >> 2 & _digits >> 3;
            ulong two = _rows & (_rows >> 1), four = two & (two >> 2);
            Starts = four & (shortest == ShortestDecimal ? _rows >> 4 : four >> 3);
        }

        /// <summary>Where a row begins that is long enough.</summary>
        internal ulong Starts { get; }

        /// <summary>The first of these rows that has enough digits, or a decimal, or leaves the block; -1 where none has.</summary>
        internal int First(ulong starts, bool decimals)
        {
            while (starts != 0)
            {
                int start = BitOperations.TrailingZeroCount(starts), length = BitOperations.TrailingZeroCount(~(_rows >> start)), end = start + length;
                if (end > Block - MostGap - 1) return start;
                ulong row = ((1UL << length) - 1) << start;
                if (BitOperations.PopCount(_digits & row) >= KeyDigits || (decimals && (_decimals & row) != 0)) return start;
                starts &= ulong.MaxValue << end;
            }
            return -1;
        }

        static ulong Mask(Vector256<byte> low, Vector256<byte> high) => low.ExtractMostSignificantBits() | (ulong)high.ExtractMostSignificantBits() << 32;

        static Vector256<byte> Digits(Vector256<byte> v) => Vector256.LessThan(v - Vector256.Create((byte)'0'), Vector256.Create((byte)10));

        // . and , which stand side by side but for the hyphen.
        static Vector256<byte> Points(Vector256<byte> v) => Vector256.Equals(v & Vector256.Create((byte)0xfd), Vector256.Create((byte)0x2c));

        // space ( ) + , - . / _ and bytes of characters beyond ASCII
        static Vector256<byte> Separators(Vector256<byte> v) => Vector256.Equals(v, Vector256.Create((byte)' ')) | Vector256.LessThan(v - Vector256.Create((byte)'('), Vector256.Create((byte)2))
            | Vector256.LessThan(v - Vector256.Create((byte)'+'), Vector256.Create((byte)5)) | Vector256.Equals(v, Vector256.Create((byte)'_')) | Vector256.GreaterThan(v, Vector256.Create((byte)0x7f));
    }

    static bool IsSeparator(byte b) => b is (byte)' ' or (byte)'(' or (byte)')' or (>= (byte)'+' and <= (byte)'/') or (byte)'_' or > 0x7f;

    /// <summary>Reads a run, and says where it ends.</summary>
    int Run(ReadOnlySpan<byte> bytes, int at, HitList hits)
    {
        // The last eight digits, four bits each.
        uint last = 0;
        int count = 0, gap = 0, begin = at, first = at, row = at, end = at, ends = 0;
        bool places = _byPlace.Count > 0;
        for (; at < bytes.Length; at++)
        {
            uint digit = unchecked((uint)bytes[at] - '0');
            if (digit <= 9)
            {
                if (gap > 0)
                {
                    (gap, row) = (0, at);
                    if (count == 0) first = at;
                }
                last = last << 4 | digit;
                if (count < KeyDigits - 1)
                {
                    count++;
                    continue;
                }
                ends++;
                if (IsMarked(_ends, last)) Ending(bytes, begin, at, last, hits);
                continue;
            }
            if (gap == 0) Count(_alone, at - row, bytes, row, end = at);
            if (!IsSeparator(bytes[at]) || ++gap > MostGap) break;
            if (places && bytes[at] is (byte)'.' or (byte)',') Decimal(bytes, at, hits);
        }
        if (at == bytes.Length && gap == 0) Count(_alone, at - row, bytes, row, end = at);
        Count(_inGroups, count + ends, bytes, first, end);
        if (!_areJoined) _numbersEnd += ends;
        return Math.Max(at, 1);
    }

    /// <summary>Of the digits of a number those where one may have ended, if it stands alone.</summary>
    void Count(long[] among, int digits, ReadOnlySpan<byte> bytes, int start, int end)
    {
        if (digits < KeyDigits || _areJoined) return;
        int ofEscape = DigitsOfEscape(bytes, start, end);
        digits -= ofEscape;
        if (digits is >= KeyDigits and <= MostDigits && !IsInWord(bytes, start + ofEscape, end)) among[digits] += digits - KeyDigits + 1;
    }

    // Hexadecimal digits, and codes of letters and digits; the end of an escape is no part of a word.
    static bool IsInWord(ReadOnlySpan<byte> bytes, int start, int end) =>
        (start > 0 && char.IsAsciiLetterOrDigit((char)bytes[start - 1]) && !EndsEscape(bytes[..start])) || (end < bytes.Length && char.IsAsciiLetterOrDigit((char)bytes[end]));

    // %2B, \n, \u002b: as forms and JSON write what stands before a number.
    static bool EndsEscape(ReadOnlySpan<byte> before) =>
        before is [.., (byte)'%', var high, var low] && (BaseN.Hex[high] | BaseN.Hex[low]) != BaseN.None
        || before is [.., (byte)'\\', (byte)'n' or (byte)'r' or (byte)'t']
        || before is [.., (byte)'\\', (byte)'u', _, _, _, _] && BaseN.IsHex(before[^4..]);

    // The first digits of a row may be the last of an escape: %20, \u0020.
    static int DigitsOfEscape(ReadOnlySpan<byte> bytes, int start, int end)
    {
        for (int digits = Math.Min(4, end - start); digits >= 2; digits -= 2)
            if (EndsEscape(bytes[..(start + digits)])) return digits;
        return 0;
    }

    /// <summary>How a number stands: alone where no letter or digit is beside it, in groups where its run has no other digits.</summary>
    Among AmongOf(ReadOnlySpan<byte> bytes, int begin, int start, int end, int digits)
    {
        if (_areJoined || IsInWord(bytes, start, end)) return Among.Digits;
        if (end - start == digits) return Among.Alone;
        int next = end;
        while (next < bytes.Length && next - end < MostGap && IsSeparator(bytes[next])) next++;
        int first = begin + Math.Max(0, bytes[begin..].IndexOfAnyInRange((byte)'0', (byte)'9'));
        bool isWhole = first + DigitsOfEscape(bytes, first, start) == start && !(next < bytes.Length && char.IsAsciiDigit((char)bytes[next]));
        return isWhole ? Among.Groups : Among.Digits;
    }

    /// <summary>The forms that end with this digit.</summary>
    void Ending(ReadOnlySpan<byte> bytes, int begin, int last, uint key, HitList hits)
    {
        if (!_byEnd.TryGetValue(key, out int[]? candidates)) return;
        for (int c = 0; c < candidates.Length; c++)
        {
            Form form = _patterns.Forms[candidates[c]];
            if (!Stands(bytes, begin, last, form.Bytes, out int start)) continue;
            int end = last + 1;
            Among among = form.Near is null ? AmongOf(bytes, begin, start, end, form.Bytes.Length) : Among.Digits;
            if (HasLonger(bytes, begin, last, candidates, c, among)) continue;
            if (form.Near is not null && !NearHalf.Find(bytes, ref start, ref end, form.Near)) continue;
            hits.Add(candidates[c], new Hit(form, start, end - start, null, form.Bits - _patterns.BitsOfChoice(form), among));
        }
    }

    // Of the forms of one canary that end here, the longest; of one that stands alone, the longest that does.
    bool HasLonger(ReadOnlySpan<byte> bytes, int begin, int last, int[] candidates, int which, Among among)
    {
        Form form = _patterns.Forms[candidates[which]];
        for (int c = 0; c < which; c++)
        {
            Form longer = _patterns.Forms[candidates[c]];
            if (longer.Canary == form.Canary && longer.Bytes.Length > form.Bytes.Length && Stands(bytes, begin, last, longer.Bytes, out int start)
                && (among == Among.Digits || AmongOf(bytes, begin, start, last + 1, longer.Bytes.Length) != Among.Digits)) return true;
        }
        return false;
    }

    /// <summary>Read backwards from its last digit: the digits of the form, in a row or in groups as numbers have them (audit.md §4.2).</summary>
    static bool Stands(ReadOnlySpan<byte> bytes, int begin, int last, byte[] digits, out int start)
    {
        int groups = 1, size = 0, singles = 0;
        bool second = false;
        start = last;
        for (int at = last, left = digits.Length - 1; ; at--)
        {
            if (at < begin) return false;
            byte b = bytes[at];
            if (!char.IsAsciiDigit((char)b))
            {
                if (size == 0) continue;
                // Read backwards: the last group may be one digit, and so may the first two, of which one is still to come when this one ends.
                second = size == 1 && groups > 1;
                if (second) singles++;
                (groups, size) = (groups + 1, 0);
                continue;
            }
            if (b != digits[left]) return false;
            start = at;
            size++;
            if (--left < 0) break;
        }
        bool alone = !(start > 0 && char.IsAsciiDigit((char)bytes[start - 1])) && !(last + 1 < bytes.Length && char.IsAsciiDigit((char)bytes[last + 1]));
        return last + 1 - start == digits.Length || (alone && groups <= MostGroups && singles == (second ? 1 : 0));
    }

    void Decimal(ReadOnlySpan<byte> bytes, int point, HitList hits)
    {
        if (!DecimalPlace.TryRead(bytes, point, out int first, out int past, out int places, out long value)) return;
        int key = DecimalPlace.Key(value, places);
        if (!IsMarked(_places, (uint)key) || !_byPlace.TryGetValue(key, out int[]? candidates)) return;
        foreach (int candidate in candidates)
        {
            Form form = _patterns.Forms[candidate];
            (int start, int end, int fewest) = (first, past, places);
            if (DecimalPlace.Of(form.Bytes).IsWrittenAs(value, places) && DecimalPlace.Of(form.Near).Find(bytes, DecimalPlace.Of(form.Bytes), ref start, ref end, ref fewest))
                hits.Add(candidate, new Hit(form, start, end - start, null, Math.Min(form.Bits, Places.Bits(fewest))));
        }
    }

    static uint Key(ReadOnlySpan<byte> digits)
    {
        uint key = 0;
        foreach (byte b in digits[^KeyDigits..]) key = key << 4 | (uint)(b - '0');
        return key;
    }

    static void Mark(ulong[] table, uint key) => table[Slot(key) % (uint)table.Length] |= 1UL << (int)(Slot(key) >> 26);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IsMarked(ulong[] table, uint key) => (table[Slot(key) % (uint)table.Length] >> (int)(Slot(key) >> 26) & 1) != 0;

    static uint Slot(uint key) => unchecked(key * 2654435761u);
}
