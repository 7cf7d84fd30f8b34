using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Offproof.Auditor;

/// <summary>
/// Finds patterns of 8 bytes and more in one pass (audit.md §5.1). At every third position the differences of 6 neighbouring bytes, without the bit of
/// case, are asked of a small table; each pattern has entered three neighbouring sixes, so that one of them lies at such a position wherever it stands.
/// </summary>
internal sealed unsafe class GramFilter
{
    const int Stride = 3, Gram = 6, FarthestGram = 96;

    // So many bytes eight positions read.
    const int AtOnce = 29;

    // Of the word whose byte i is b[i] ^ b[i+1], the five that 6 bytes give.
    const ulong Mask = 0x000000DF_DFDFDFDF;

    const ulong Mix = 0x9E3779B97F4A7C15;

    const uint First = 0x9E3779B1, Second = 0x85EBCA77;

    static readonly string[] Xors = [.. Enumerable.Range(0, 256).Select(key => $"xor 0x{key:x2}")];

    readonly PatternSet _patterns;
    readonly uint[] _table;
    readonly int _shift;
    readonly int[] _buckets;
    readonly int _bucketShift;
    readonly Entry[] _entries;

    readonly record struct Entry(uint Print, int Pattern, int Offset);

    internal GramFilter(PatternSet patterns)
    {
        _patterns = patterns;
        int grams = Math.Max(patterns.Count * Stride, 1);
        // 32 bits for each or more, from 8 KiB to 512 KiB: what every third byte asks stays in the cache of one core.
        int words = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(grams, 2048, 131_072));
        _table = new uint[words];
        _shift = 32 - BitOperations.Log2((uint)words);
        int buckets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(grams, 1024, 1 << 20));
        _bucketShift = 64 - BitOperations.Log2((uint)buckets);
        _buckets = new int[buckets + 1];
        _entries = new Entry[patterns.Count * Stride];
        Fill(ChooseGrams());
    }

    internal int Size => _table.Length * sizeof(uint);

    internal void Search(ReadOnlySpan<byte> bytes, HitList hits)
    {
        if (Avx2.IsSupported && bytes.Length is >= Gram and < AtOnce)
        {
            SearchShort(bytes, hits);
            return;
        }
        fixed (byte* start = bytes)
        fixed (uint* table = _table)
        {
            int at = Avx2.IsSupported ? SearchEight(start, bytes.Length, bytes.Length, table, hits) : 0;
            for (; at <= bytes.Length - Gram; at += Stride)
            {
                ulong gram = Differences(*(uint*)(start + at) | (ulong)*(ushort*)(start + at + 4) << 32);
                if (Passes(table, gram)) Compare(bytes, at, gram, hits);
            }
        }
    }

    // What decoders make of tokens is seldom longer: filled up with zeros, and what passes beyond its end is not asked.
    void SearchShort(ReadOnlySpan<byte> bytes, HitList hits)
    {
        byte* padded = stackalloc byte[AtOnce];
        Vector256.Store(Vector256<byte>.Zero, padded);
        bytes.CopyTo(new Span<byte>(padded, AtOnce));
        fixed (uint* table = _table) SearchEight(padded, AtOnce, bytes.Length, table, hits);
    }

    // Eight positions at once, 24 bytes on: the differences of 16 bytes in each half, spread to four lanes of four, and once more one byte further.
    int SearchEight(byte* start, int readable, int length, uint* table, HitList hits)
    {
        Vector256<byte> spread = Vector256.Create((byte)0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12, 0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12), next = spread + Vector256<byte>.One;
        Vector256<byte> noCase = Vector256.Create((byte)0xDF);
        Vector256<uint> first = Vector256.Create(First), second = Vector256.Create(Second), five = Vector256.Create(31u);
        Vector128<uint> index = Vector128.CreateScalar((uint)_shift);
        int at = 0;
        for (; at <= readable - AtOnce; at += 8 * Stride)
        {
            byte* p = start + at;
            Vector256<byte> differences = (Vector256.Create(Vector128.Load(p), Vector128.Load(p + 12)) ^ Vector256.Create(Vector128.Load(p + 1), Vector128.Load(p + 13))) & noCase;
            Vector256<uint> hash = Avx2.Shuffle(differences, spread).AsUInt32() * first + Avx2.Shuffle(differences, next).AsUInt32() * second;
            hash ^= Avx2.ShiftRightLogical(hash, 15);
            Vector256<uint> words = Avx2.GatherVector256(table, Avx2.ShiftRightLogical(hash, index).AsInt32(), sizeof(uint));
            Vector256<uint> both = Avx2.ShiftRightLogicalVariable(words, hash & five) & Avx2.ShiftRightLogicalVariable(words, Avx2.ShiftRightLogical(hash, 5) & five);
            uint passed = Vector256.ExtractMostSignificantBits(Avx2.ShiftLeftLogical(both, 31));
            for (; passed != 0; passed &= passed - 1)
            {
                int position = at + Stride * BitOperations.TrailingZeroCount(passed);
                if (position > length - Gram) break;
                Compare(new ReadOnlySpan<byte>(start, length), position, Differences(*(uint*)(start + position) | (ulong)*(ushort*)(start + position + 4) << 32), hits);
            }
        }
        return at;
    }

    /// <summary>The five differences of six bytes, without the bit of case.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Differences(ulong bytes) => (bytes ^ (bytes >> 8)) & Mask;

    // The first four and the last four differences, each times an odd number; the low bits are mixed once more, since they are asked too.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Short(ulong gram)
    {
        uint hash = unchecked((uint)gram * First + (uint)(gram >> 8) * Second);
        return hash ^ (hash >> 15);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool Passes(uint* table, ulong gram)
    {
        uint hash = Short(gram), word = table[hash >> _shift];
        return ((word >> (int)(hash & 31)) & (word >> (int)((hash >> 5) & 31)) & 1) != 0;
    }

    static ulong Hash(ulong gram) => unchecked(gram * Mix);

    static uint Print(ulong hash) => unchecked((uint)(hash >> 16));

    [MethodImpl(MethodImplOptions.NoInlining)]
    void Compare(ReadOnlySpan<byte> bytes, int at, ulong gram, HitList hits)
    {
        ulong hash = Hash(gram);
        int bucket = (int)(hash >> _bucketShift);
        uint print = Print(hash);
        for (int i = _buckets[bucket]; i < _buckets[bucket + 1]; i++)
        {
            ref readonly Entry entry = ref _entries[i];
            if (entry.Print != print) continue;
            PatternSet.Pattern pattern = _patterns[entry.Pattern];
            int start = at - entry.Offset;
            if (start >= 0 && start + pattern.Length <= bytes.Length) Compare(bytes, start, pattern, hits);
        }
    }

    void Compare(ReadOnlySpan<byte> bytes, int start, in PatternSet.Pattern pattern, HitList hits)
    {
        ReadOnlySpan<byte> seen = bytes.Slice(start, pattern.Length), wanted = _patterns.Bytes(pattern);
        Form form = _patterns.Forms[pattern.Form];
        bool same = seen.SequenceEqual(wanted);
        int letters = 0;
        Among among = Among.Bytes;
        string? step;
        double bits = pattern.Bits;
        switch (pattern.Writing)
        {
            case Writing.Plain when same:
                step = null;
                among = OfPlain(form);
                break;
            case Writing.Plain when OtherCase(seen, wanted, out letters):
                step = "other case";
                among = OfPlain(form);
                bits -= letters;
                break;
            case Writing.Plain or Writing.Digits when !same && Xored(seen, wanted) is > 0 and int key:
                step = Xors[key];
                // The high halves of the bytes must agree as well; those of digits do where the key is small, and half of these keys make other digits of them.
                bool isOfDigits = key < 16 && PatternSet.IsDigits(form);
                if (isOfDigits && key < 8) among = Among.Digits;
                bits = isOfDigits ? bits - 3 : Math.Min(bits - 8 + wanted.Length - 1, Form.MostBits);
                break;
            case Writing.Reversed when same:
                step = "reversed";
                among = PatternSet.IsDigits(form) ? Among.Digits : Among.Bytes;
                break;
            case Writing.Rot13 when same: step = "rot13"; break;
            case Writing.Utf16 when same: step = "utf-16"; break;
            case Writing.Base64 when same: step = "base64"; break;
            case Writing.Hex when same || OtherCase(seen, wanted, out _): step = "hex"; break;
            case Writing.OtherDigits when same: step = "other digits"; break;
            default: return;
        }
        if (bits < Form.FewestBits && step is not null) return;
        int end = start + pattern.Length;
        if (form.Near is not null && !(step is null && NearHalf.Find(bytes, ref start, ref end, form.Near))) return;
        hits.Add(pattern.Form, new Hit(form, start, end - start, step, bits - _patterns.BitsOfChoice(form), among));
    }

    static Among OfPlain(Form form) => PatternSet.IsMail(form) ? Among.Mail : Among.Bytes;

    // How many letters differ is how many bits were free, but that all are upper or all lower case is one choice.
    static bool OtherCase(ReadOnlySpan<byte> seen, ReadOnlySpan<byte> wanted, out int free)
    {
        int differ = 0, upper = 0, lower = 0;
        free = 0;
        for (int i = 0; i < seen.Length; i++)
        {
            if (char.IsAsciiLetterUpper((char)seen[i])) upper++;
            else if (char.IsAsciiLetterLower((char)seen[i])) lower++;
            if (seen[i] == wanted[i]) continue;
            if ((seen[i] ^ wanted[i]) != 0x20 || !char.IsAsciiLetter((char)seen[i])) return false;
            differ++;
        }
        free = upper == 0 || lower == 0 ? 1 : upper + lower;
        return differ > 0;
    }

    static int Xored(ReadOnlySpan<byte> seen, ReadOnlySpan<byte> wanted)
    {
        int key = seen[0] ^ wanted[0];
        for (int i = 1; i < seen.Length; i++)
            if ((seen[i] ^ wanted[i]) != key) return 0;
        return key;
    }

    /// <summary>For each pattern the three neighbouring grams that are rarest among all patterns, and least ordinary.</summary>
    int[] ChooseGrams()
    {
        ushort[] counts = new ushort[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(_patterns.Count * 16L, 1024, 1 << 20))];
        int shift = 64 - BitOperations.Log2((uint)counts.Length);
        for (int i = 0; i < _patterns.Count; i++)
        {
            ReadOnlySpan<byte> bytes = _patterns.Bytes(_patterns[i]);
            for (int o = 0; o <= Math.Min(bytes.Length - Gram, FarthestGram); o++)
            {
                ref ushort count = ref counts[Hash(Differences(Word(bytes, o))) >> shift];
                if (count < ushort.MaxValue) count++;
            }
        }
        int[] chosen = new int[_patterns.Count];
        for (int i = 0; i < chosen.Length; i++)
        {
            ReadOnlySpan<byte> bytes = _patterns.Bytes(_patterns[i]);
            int best = int.MaxValue;
            for (int o = 0; o <= Math.Min(bytes.Length - Gram - Stride + 1, FarthestGram) && best > 0; o++)
            {
                int cost = 0;
                for (int s = 0; s < Stride; s++)
                {
                    ulong word = Word(bytes, o + s);
                    cost += counts[Hash(Differences(word)) >> shift] + Ordinary(word);
                }
                if (cost < best) (best, chosen[i]) = (cost, o);
            }
        }
        return chosen;
    }

    // Sixes that other traffic has as well: repetitions (differences of zero), digits alone, and lower-case words.
    static int Ordinary(ulong word)
    {
        ulong differences = Differences(word);
        int cost = 0, letters = 0, digits = 0;
        for (int i = 0; i < Gram - 1; i++)
            if ((differences >> (8 * i) & 0xFF) == 0) cost += 40;
        for (int i = 0; i < Gram; i++)
        {
            byte b = (byte)(word >> (8 * i) & 0xFF);
            if (char.IsAsciiLetter((char)b) || b == ' ') letters++;
            else if (char.IsAsciiDigit((char)b)) digits++;
        }
        return cost + (digits == Gram ? 20 : 0) + (letters == Gram ? 10 : 0);
    }

    static ulong Word(ReadOnlySpan<byte> bytes, int at) => MemoryMarshal.Read<uint>(bytes[at..]) | (ulong)MemoryMarshal.Read<ushort>(bytes[(at + 4)..]) << 32;

    void Fill(int[] chosen)
    {
        foreach ((ulong gram, int _, int _) in Grams(chosen))
        {
            uint hash = Short(gram);
            _table[hash >> _shift] |= 1u << (int)(hash & 31) | 1u << (int)((hash >> 5) & 31);
            _buckets[(int)(Hash(gram) >> _bucketShift) + 1]++;
        }
        for (int i = 1; i < _buckets.Length; i++) _buckets[i] += _buckets[i - 1];
        int[] next = [.. _buckets];
        foreach ((ulong gram, int pattern, int offset) in Grams(chosen))
            _entries[next[(int)(Hash(gram) >> _bucketShift)]++] = new Entry(Print(Hash(gram)), pattern, offset);
    }

    IEnumerable<(ulong Gram, int Pattern, int Offset)> Grams(int[] chosen)
    {
        for (int i = 0; i < chosen.Length; i++)
            for (int s = 0; s < Stride; s++) yield return (Differences(Word(_patterns.Bytes(_patterns[i]), chosen[i] + s)), i, chosen[i] + s);
    }
}

/// <summary>The other half of a pair.</summary>
internal static class NearHalf
{
    /// <summary>Widens the range so that it holds both halves; false where the other does not stand near.</summary>
    internal static bool Find(ReadOnlySpan<byte> bytes, ref int start, ref int end, ReadOnlySpan<byte> other)
    {
        int after = bytes[end..Math.Min(bytes.Length, end + Form.Reach)].IndexOf(other);
        if (after >= 0)
        {
            end += after + other.Length;
            return true;
        }
        int from = Math.Max(0, start - Form.Reach), before = bytes[from..start].LastIndexOf(other);
        if (before < 0) return false;
        start = from + before;
        return true;
    }
}
