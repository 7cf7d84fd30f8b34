using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Offproof.Auditor;

// Bytes written one by one (audit.md §6.2): 6a:6f:6e, 0x6a, 0x6f, [106,111,-3], {"0":106,"1":111}; or four by four, in words.
internal sealed partial class CanaryExaminer
{
    private const int FewestItems = 8;
    private const int LongestItem = 4;
    // Of two characters in UTF-16 a word has seven digits, of four in UTF-8 nine or ten.
    private const int ShortestWord = 7;

    private static readonly bool[] IsOfList = MakeIsOfList();
    private readonly Output _bytesOfHex = new();
    private readonly Output _bytesOfDecimal = new();
    private readonly Output _digitsAlone = new();
    private readonly Output _numbered = new();
    private readonly Output _words = new();
    private int _longWords;

    private static bool[] MakeIsOfList()
    {
        bool[] table = new bool[256];
        foreach (byte one in "0123456789abcdefABCDEFxX ,:;.-_\t\r\n[]\"'\\|"u8) table[one] = true;
        return table;
    }

    private static ulong Listable(ReadOnlySpan<byte> text, int at) => Masks.Of(text, at, Vector128.Create((byte)12, 88, 92, 88, 88, 88, 88, 12, 168, 9, 9, 40, 164, 37, 4, 32));

    /// <summary>Lists of bytes in a text that leaves. How many of its bytes stay unread because of them.</summary>
    private int Lists(ReadOnlySpan<byte> text, in Layer at)
    {
        int unread = 0;
        for (int from = 0; from < text.Length;)
        {
            int block = from & ~63;
            ulong mask = Listable(text, block) & (ulong.MaxValue << (from - block));
            // The shortest list has 15 characters: of these, eight stand in one block.
            ulong eight = mask & (mask >> 1);
            eight &= eight >> 2;
            eight &= eight >> 4;
            if (eight == 0)
            {
                from = block + 64;
                continue;
            }
            int start = block + BitOperations.TrailingZeroCount(eight);
            int end = start;
            while (start > 0 && IsOfList[text[start - 1]]) start--;
            // Beyond the end of the text there are none.
            end += BitOperations.TrailingZeroCount(~(mask >> (end - block)));
            while ((end & 63) == 0 && end < text.Length && BitOperations.TrailingZeroCount(~Listable(text, end)) is var more and > 0) end += more;
            if (end - start >= 2 * FewestItems - 1 && IsProbed(text, start, end)) unread += Numbered(text[start..end], at.Depth == 0 ? new Layer(1, at.Start + start, end - start) : at.Inside(0, 0), at);
            from = end;
        }
        return Math.Min(unread, text.Length);
    }

    // Of a list of bytes, four characters in a row that are four apart lie in it, or three and its edge: of those, one begins at a multiple of eight. Shorter rows are seldom lists.
    private static bool IsProbed(ReadOnlySpan<byte> text, int start, int end)
    {
        for (int probe = (start + 7) & ~7; probe < end && probe + 12 < text.Length; probe += 8)
            if (IsOfList[text[probe + 4]] && IsOfList[text[probe + 8]] && IsOfList[text[probe + 12]]) return true;
        return false;
    }

    private int List(ReadOnlySpan<byte> run, in Layer inside, in Layer at)
    {
        int unread = 0;
        int items = 0;
        int width = 0;
        bool isMarked = false;
        bool isWide = false;
        _bytesOfHex.Clear();
        _bytesOfDecimal.Clear();
        _digitsAlone.Clear();
        (_longWords, _words.Count) = (0, 0);
        for (int from = 0; from < run.Length;)
        {
            if (!char.IsAsciiHexDigit((char)run[from]))
            {
                from++;
                continue;
            }
            int first = from;
            bool hasMark = run.Length - from > 2 && run[from] == '0' && (run[from + 1] | 0x20) == 'x';
            if (hasMark) first += 2;
            else if (from > 0 && (run[from - 1] | 0x20) == 'x') hasMark = true;
            int end = first;
            while (end < run.Length && char.IsAsciiHexDigit((char)run[end])) end++;
            ReadOnlySpan<byte> item = run[first..end];
            bool isNegative = from > 0 && run[from - 1] == '-' && (from == 1 || !char.IsAsciiHexDigit((char)run[from - 2]));
            if (hasMark && item.Length == 1) item = ((ReadOnlySpan<byte>)[(byte)'0', item[0]]).ToArray();
            from = end;
            if (item.Length is > 0 and <= LongestItem && item.Length % 2 == 0 && (_bytesOfHex.Count == 0 || item.Length == width))
            {
                width = item.Length;
                isMarked |= hasMark || item.ContainsAnyInRange((byte)'a', (byte)'f') || item.ContainsAnyInRange((byte)'A', (byte)'F');
                for (int i = 0; i < item.Length; i += 2) _bytesOfHex.Add((byte)(BaseN.Hex[item[i]] << 4 | BaseN.Hex[item[i + 1]]));
            }
            else
            {
                Hexadecimal(inside, at, ref isMarked, ref unread);
            }
            if (!hasMark && item.Length is > 0 and <= 10 && Utf8Parser.TryParse(item, out uint word, out int used) && used == item.Length)
            {
                AddWord(isNegative ? unchecked(0 - word) : word);
                if (item.Length >= ShortestWord) _longWords++;
            }
            else
            {
                FourByFour(inside, at);
            }
            if (!hasMark && item.Length is > 0 and <= 3 && !item.ContainsAnyExceptInRange((byte)'0', (byte)'9') && Decimal(item, isNegative) is { } value)
            {
                items++;
                isWide |= value is < 0 or > 127;
                _bytesOfDecimal.Add(unchecked((byte)value));
                if (item.Length == 1) _digitsAlone.Add(item[0]);
            }
            else
            {
                Decimals(inside, at, ref items, ref isWide, ref unread);
            }
        }
        Hexadecimal(inside, at, ref isMarked, ref unread);
        Decimals(inside, at, ref items, ref isWide, ref unread);
        FourByFour(inside, at);
        return Math.Min(unread, run.Length);

        static int? Decimal(ReadOnlySpan<byte> item, bool isNegative)
        {
            int value = 0;
            foreach (byte digit in item) value = 10 * value + digit - '0';
            if (isNegative) value = -value;
            return value is >= -128 and <= 255 ? value : null;
        }
    }

    // Typed arrays that were written as objects, each byte under its number, and what stands beside them.
    private int Numbered(ReadOnlySpan<byte> run, in Layer inside, in Layer at)
    {
        int unread = 0;
        while (NextNumbered(run, out int start, out int end))
        {
            int left = Listed(_numbered, "numbered bytes", inside, at);
            if (IsSpread(_numbered.Written)) unread += left;
            unread += List(run[..start], inside, at);
            run = run[end..];
        }
        return unread + List(run, inside, at);
    }

    private bool NextNumbered(ReadOnlySpan<byte> run, out int start, out int end)
    {
        (start, end) = (0, 0);
        int first = 0;
        _numbered.Clear();
        for (int from = 0; run[from..].IndexOf((byte)'"') is var quote and >= 0;)
        {
            int key = from + quote;
            from = key + 1;
            if (!Utf8Parser.TryParse(run[from..], out int number, out int used) || !run[(from + used)..].StartsWith("\""u8)) continue;
            ReadOnlySpan<byte> rest = run[(from + used + 1)..].TrimStart(" \t\r\n"u8);
            if (!rest.StartsWith(":"u8)) continue;
            rest = rest[1..].TrimStart(" \t\r\n\""u8);
            from = run.Length - rest.Length;
            if (number != first + _numbered.Count)
            {
                if (_numbered.Count >= FewestItems) return true;
                _numbered.Clear();
            }
            if (!Utf8Parser.TryParse(rest, out int value, out int digits) || value is < -128 or > 255) continue;
            if (_numbered.Count == 0) (first, start) = (number, key);
            _numbered.Add(unchecked((byte)value));
            end = from + digits;
        }
        return _numbered.Count >= FewestItems;
    }

    // Of 32 bits, the first byte first, as CryptoJS writes them.
    private void AddWord(uint word)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_words.Room(sizeof(uint)), word);
        _words.Count += sizeof(uint);
    }

    // Half of a row of them have so many digits. Such numbers are times and ids as well: nothing is unread because of them.
    private void FourByFour(in Layer inside, in Layer at)
    {
        if (_longWords * 2 * sizeof(uint) >= _words.Count) Listed(_words, "words", inside, at);
        (_longWords, _words.Count) = (0, 0);
    }

    private void Hexadecimal(in Layer inside, in Layer at, ref bool isMarked, ref int unread)
    {
        int left = Listed(_bytesOfHex, "hex list", inside, at);
        // Digits alone may be times, versions, dates.
        if (isMarked) unread += 2 * left;
        isMarked = false;
        _bytesOfHex.Clear();
    }

    private void Decimals(in Layer inside, in Layer at, ref int items, ref bool isWide, ref int unread)
    {
        if (_digitsAlone.Count == items && items >= FewestItems && Spend(items))
        {
            _steps[at.Depth] = "digit list";
            Search(_digitsAlone.Written, inside);
        }
        int left = Listed(_bytesOfDecimal, "byte list", inside, at);
        // Counts and measures are small numbers; bytes that nobody wrote use all of their range.
        if (isWide && IsSpread(_bytesOfDecimal.Written)) unread += left;
        (items, isWide) = (0, false);
        _bytesOfDecimal.Clear();
        _digitsAlone.Clear();
    }

    // How many of a list's bytes stay unread.
    private int Listed(Output bytes, string step, in Layer inside, in Layer at)
    {
        if (bytes.Count < FewestItems || !MayDecode(at)) return 0;
        _steps[at.Depth] = step;
        Digest(bytes.Written, step, inside, at);
        Output made = _made[at.Depth].Clear();
        made.Add(bytes.Written);
        int unread = Region(made.Written, inside, isNew: true);
        return made.Count < Opaque ? 0 : unread;
    }

    // Are the values those of bytes that look random: most of them different, and in all quarters?
    private static bool IsSpread(ReadOnlySpan<byte> bytes)
    {
        Span<bool> seen = stackalloc bool[256];
        Span<int> quarters = stackalloc int[4];
        int different = 0;
        foreach (byte value in bytes)
        {
            quarters[value >> 6]++;
            if (seen[value]) continue;
            seen[value] = true;
            different++;
        }
        return different * 2 >= Math.Min(bytes.Length, 128) && quarters.IndexOfAnyInRange(0, bytes.Length / 16) < 0;
    }
}
