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
    const int Block = 64, MostGap = 3, Remembered = 64, MostGroups = 7, KeyDigits = Form.ShortestBytes;

    // Shortest things that are met: 8 digits; of a coordinate "1.234".
    const int ShortestNumber = 7, ShortestDecimal = 5;

    readonly IReadOnlyList<Form> _forms;
    readonly Dictionary<uint, int[]> _byEnd = [];
    readonly Dictionary<int, int[]> _byPlace = [];
    readonly ulong[] _ends = new ulong[1024];
    readonly ulong[] _places = new ulong[256];
    readonly byte[] _digits = new byte[Remembered];
    readonly int[] _at = new int[Remembered];
    readonly int _shortest;

    internal DigitScan(IReadOnlyList<Form> forms)
    {
        _forms = forms;
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

    internal void Search(ReadOnlySpan<byte> bytes, HitList hits)
    {
        if (_byEnd.Count == 0 && _byPlace.Count == 0) return;
        Span<byte> tail = stackalloc byte[Block];
        // What lies within three bytes of a block's edge, or of a run that leaves it, is judged by the next block.
        int step = Block - _shortest - 2 * MostGap;
        ulong inner = ((1UL << step) - 1) << MostGap, first = (1UL << (step + MostGap)) - 1;
        int at = 0;
        bool fresh = true;
        while (at < bytes.Length)
        {
            ulong mask;
            if (bytes.Length - at >= Block) mask = Starts(bytes.Slice(at, Block)) & (fresh ? first : inner);
            else
            {
                tail.Clear();
                bytes[at..].CopyTo(tail);
                mask = Starts(tail) & (fresh ? ulong.MaxValue : ~((1UL << MostGap) - 1));
                if (mask == 0) return;
            }
            fresh = mask != 0;
            at = fresh ? Run(bytes, at + BitOperations.TrailingZeroCount(mask), hits) : at + step;
        }
    }

    /// <summary>Where in 64 bytes a row of digits and separators begins that is long enough.</summary>
    ulong Starts(ReadOnlySpan<byte> block)
    {
        (ulong digits, ulong separators) = Masks(block);
        ulong near = digits | digits << 1 | digits >> 1;
        near |= near << 2 | near >> 2;
        ulong row = digits | (separators & near), two = row & (row >> 1), four = two & (two >> 2);
        return four & (_shortest == ShortestDecimal ? row >> 4 : four >> 3);
    }

    static (ulong Digits, ulong Separators) Masks(ReadOnlySpan<byte> block)
    {
        Vector256<byte> low = Vector256.Create(block), high = Vector256.Create(block[32..]);
        return (Digits(low).ExtractMostSignificantBits() | (ulong)Digits(high).ExtractMostSignificantBits() << 32,
            Separators(low).ExtractMostSignificantBits() | (ulong)Separators(high).ExtractMostSignificantBits() << 32);

        static Vector256<byte> Digits(Vector256<byte> v) => Vector256.LessThan(v - Vector256.Create((byte)'0'), Vector256.Create((byte)10));

        // space ( ) + - . /
        static Vector256<byte> Separators(Vector256<byte> v) => Vector256.Equals(v, Vector256.Create((byte)' ')) | Vector256.LessThan(v - Vector256.Create((byte)'('), Vector256.Create((byte)2))
            | Vector256.Equals(v, Vector256.Create((byte)'+')) | Vector256.LessThan(v - Vector256.Create((byte)'-'), Vector256.Create((byte)3));
    }

    static bool IsSeparator(byte b) => b is (byte)' ' or (byte)'(' or (byte)')' or (byte)'+' or (byte)'-' or (byte)'.' or (byte)'/';

    /// <summary>Reads a run, and says where it ends.</summary>
    int Run(ReadOnlySpan<byte> bytes, int at, HitList hits)
    {
        uint last = 0;
        int count = 0, gap = 0;
        for (; at < bytes.Length; at++)
        {
            uint digit = unchecked((uint)bytes[at] - '0');
            if (digit <= 9)
            {
                gap = 0;
                _digits[count % Remembered] = bytes[at];
                _at[count % Remembered] = at;
                count++;
                last = last % 10_000_000 * 10 + digit;
                if (count >= KeyDigits && IsMarked(_ends, last)) Ending(bytes, last, count, hits);
                // Only the last ones are asked for; a row of 2 GiB must not count past them.
                if (count == 2 * Remembered) count = Remembered;
                continue;
            }
            if (!IsSeparator(bytes[at]) || ++gap > MostGap) break;
            if (bytes[at] == '.' && _byPlace.Count > 0) Decimal(bytes, at, hits);
        }
        return Math.Max(at, 1);
    }

    void Ending(ReadOnlySpan<byte> bytes, uint key, int count, HitList hits)
    {
        if (!_byEnd.TryGetValue(key, out int[]? candidates)) return;
        for (int c = 0; c < candidates.Length; c++)
        {
            Form form = _forms[candidates[c]];
            int length = form.Bytes.Length;
            if (length > Math.Min(count, Remembered) || !EndsWith(form.Bytes, count)) continue;
            int start = _at[(count - length) % Remembered], end = _at[(count - 1) % Remembered] + 1;
            bool alone = !(start > 0 && char.IsAsciiDigit((char)bytes[start - 1])) && !(end < bytes.Length && char.IsAsciiDigit((char)bytes[end]));
            if (end - start > length && !(alone && IsGrouped(count, length))) continue;
            if (HasLonger(candidates, c, count, bytes)) continue;
            if (form.Near is not null && !NearHalf.Find(bytes, ref start, ref end, form.Near)) continue;
            double bits = alone ? Math.Min(form.Bits + Math.Log2(length + 1), Form.MostBits) : form.Bits;
            hits.Add(candidates[c], new Hit(form, start, end - start, null, bits));
        }
    }

    // Of the forms of one canary that end here, the longest.
    bool HasLonger(int[] candidates, int which, int count, ReadOnlySpan<byte> bytes)
    {
        for (int c = 0; c < which; c++)
        {
            Form longer = _forms[candidates[c]];
            int length = longer.Bytes.Length;
            if (!ReferenceEquals(longer.Canary, _forms[candidates[which]].Canary) || length == _forms[candidates[which]].Bytes.Length || length > Math.Min(count, Remembered) || !EndsWith(longer.Bytes, count)) continue;
            int start = _at[(count - length) % Remembered], end = _at[(count - 1) % Remembered] + 1;
            bool alone = !(start > 0 && char.IsAsciiDigit((char)bytes[start - 1])) && !(end < bytes.Length && char.IsAsciiDigit((char)bytes[end]));
            if (end - start == length || (alone && IsGrouped(count, length))) return true;
        }
        return false;
    }

    bool EndsWith(byte[] form, int count)
    {
        for (int i = form.Length - 1, at = count - 1; i >= 0; i--, at--)
            if (_digits[at % Remembered] != form[i]) return false;
        return true;
    }

    // audit.md §4.2: at most seven groups, of which only the first two and the last may be a single digit.
    bool IsGrouped(int count, int length)
    {
        int groups = 1, size = 1;
        for (int i = count - length + 1; i < count; i++)
        {
            if (_at[i % Remembered] == _at[(i - 1) % Remembered] + 1)
            {
                size++;
                continue;
            }
            if (size == 1 && groups > 2) return false;
            groups++;
            size = 1;
        }
        return groups <= MostGroups;
    }

    void Decimal(ReadOnlySpan<byte> bytes, int point, HitList hits)
    {
        if (!DecimalPlace.TryRead(bytes, point, out int first, out int past, out int places, out long value)) return;
        int key = DecimalPlace.Key(value, places);
        if (!IsMarked(_places, (uint)key) || !_byPlace.TryGetValue(key, out int[]? candidates)) return;
        foreach (int candidate in candidates)
        {
            Form form = _forms[candidate];
            (int start, int end, int fewest) = (first, past, places);
            if (DecimalPlace.Of(form.Bytes).IsWrittenAs(value, places) && DecimalPlace.Of(form.Near).Find(bytes, ref start, ref end, ref fewest))
                hits.Add(candidate, new Hit(form, start, end - start, null, Math.Min(form.Bits, Places.Bits(fewest))));
        }
    }

    static uint Key(ReadOnlySpan<byte> digits)
    {
        uint key = 0;
        foreach (byte b in digits[^KeyDigits..]) key = key * 10 + b - '0';
        return key;
    }

    static void Mark(ulong[] table, uint key) => table[Slot(key) % (uint)table.Length] |= 1UL << (int)(Slot(key) >> 26);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IsMarked(ulong[] table, uint key) => (table[Slot(key) % (uint)table.Length] >> (int)(Slot(key) >> 26) & 1) != 0;

    static uint Slot(uint key) => unchecked(key * 2654435761u);
}
