using System.Buffers;
using System.Text;

namespace Offproof.Auditor;

/// <summary>
/// lz-string: LZ78 over UTF-16 code units, the first bit of each number the least significant. Its variants differ in how the stream of bits is written: six bits
/// a character (base64, URI), fifteen a code unit (UTF-16), sixteen (raw, or as bytes).
/// </summary>
internal sealed class LzString
{
    private const int LargestDictionary = 1 << 20;

    private readonly Output _text = new();
    // An entry is a piece of the text that was written, so the dictionary needs no strings: where it begins, and how long it is, in code units.
    private readonly List<(int Start, int Length)> _entries = [];
    private char[] _units = new char[1024];
    private int _count;
    private bool _isText;
    private bool _isNarrow;

    /// <summary>Six bits of each character; '=' and '$' end it.</summary>
    internal bool FromBase64(ReadOnlySpan<byte> text, Output output, long limit)
    {
        int end = text.IndexOfAnyExcept(Base64);
        return Decode(new Bits(end < 0 ? text : text[..end], 6, 1), output, limit);
    }

    /// <summary>Code units of 16 bits, big-endian: what compressToUint8Array makes.</summary>
    internal bool FromBytes(ReadOnlySpan<byte> bytes, Output output, long limit) => Decode(new Bits(bytes, 16, 2), output, limit);

    /// <summary>UTF-8 of code units of 15 bits and 32: what compressToUTF16 makes.</summary>
    internal bool FromUtf16(ReadOnlySpan<byte> utf8, Output output, long limit)
    {
        Output values = _text.Clear();
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int used) != OperationStatus.Done || rune.Value is < 32 or > 0x801F) return false;
            int unit = rune.Value - 32;
            values.Add((byte)(unit >> 8));
            values.Add((byte)(unit & 255));
            utf8 = utf8[used..];
        }
        return Decode(new Bits(values.Written, 15, 2), output, limit);
    }

    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-"u8);

    // Units with their bits in the order in which they are taken: of each byte, and of what each character of base64 stands for.
    private static readonly byte[] Reversed = [.. Enumerable.Range(0, 256).Select(static value => Reverse(value, 8))];
    private static readonly byte[] ReversedOfBase64 = [.. Enumerable.Range(0, 256).Select(static character => Reverse(Value((byte)character), 6))];

    private static byte Reverse(int value, int width)
    {
        int reversed = 0;
        for (int bit = 0; bit < width; bit++) reversed |= ((value >> bit) & 1) << (width - 1 - bit);
        return (byte)reversed;
    }

    private static int Value(byte character) => character switch
    {
        >= (byte)'A' and <= (byte)'Z' => character - 'A',
        >= (byte)'a' and <= (byte)'z' => character - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => character - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' or (byte)'-' => 63,
        _ => -1,
    };

    // True where the stream says its end where it ends, and what it made is a text, or bytes.
    private bool Decode(Bits bits, Output output, long limit)
    {
        _entries.Clear();
        _count = 0;
        _isText = true;
        _isNarrow = true;
        int width = 3;
        int enlargeIn = 4;
        int size = 4;
        (int Start, int Length) last;
        int first = bits.Take(2);
        if (first is not (0 or 1) || !Literal(bits.Take(first == 0 ? 8 : 16))) return false;
        last = (0, 1);
        _entries.Add(last);
        while (true)
        {
            if (bits.IsPast || size > LargestDictionary || _count > limit) return false;
            int code = bits.Take(width);
            if (code == 2)
            {
                // Bytes are given as units below 256.
                if (_isText) output.Count += Encoding.UTF8.GetBytes(_units.AsSpan(0, _count), output.Room(_count * 3));
                else output.Count += Encoding.Latin1.GetBytes(_units.AsSpan(0, _count), output.Room(_count));
                // Nothing but a filled-up last unit follows, and the blank that compressToUTF16 appends.
                return !bits.IsPast && bits.UnitsLeft <= 1 + (bits.IsUtf16 ? 1 : 0);
            }
            int start = _count;
            (int Start, int Length) entry;
            if (code is 0 or 1)
            {
                if (!Literal(bits.Take(code == 0 ? 8 : 16))) return false;
                entry = (start, 1);
                _entries.Add(entry);
                size++;
                if (--enlargeIn == 0) enlargeIn = 1 << width++;
            }
            else if (code < size)
            {
                entry = _entries[code - 3];
                Copy(entry.Start, entry.Length);
            }
            else if (code == size)
            {
                Copy(last.Start, last.Length);
                Copy(last.Start, 1);
                entry = (start, last.Length + 1);
            }
            else
            {
                return false;
            }
            // The new entry - the last one and the first unit of this one - stands in the text, as the last one does just before this one.
            _entries.Add((start - last.Length, last.Length + 1));
            size++;
            if (--enlargeIn == 0) enlargeIn = 1 << width++;
            last = (start, entry.Length);
            if (width > 24) return false;
        }
    }

    private bool Literal(int unit)
    {
        _isText &= unit >= 32 || unit is 9 or 10 or 13;
        _isNarrow &= unit < 256;
        if (!_isText && !_isNarrow) return false;
        Room(1);
        _units[_count++] = (char)unit;
        return true;
    }

    private void Copy(int start, int length)
    {
        Room(length);
        for (int i = 0; i < length; i++) _units[_count++] = _units[start + i];
    }

    private void Room(int length)
    {
        if (_units.Length - _count < length) Array.Resize(ref _units, Math.Max(_units.Length * 2, _count + length));
    }

    /// <summary>Numbers out of values of <paramref name="width"/> bits, the highest bit of each first.</summary>
    private ref struct Bits(ReadOnlySpan<byte> bytes, int width, int bytesEach)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _at;
        private int _value;
        private int _left;

        internal bool IsPast { get; private set; }

        internal readonly bool IsUtf16 => width == 15;

        internal readonly int UnitsLeft => (_bytes.Length - _at) / bytesEach;

        internal int Take(int count)
        {
            int number = 0;
            for (int taken = 0; taken < count;)
            {
                if (_left == 0)
                {
                    if (_at + bytesEach > _bytes.Length)
                    {
                        IsPast = true;
                        return number;
                    }
                    _value = bytesEach == 1 ? ReversedOfBase64[_bytes[_at]] : ((Reversed[_bytes[_at + 1]] << 8) | Reversed[_bytes[_at]]) >> (16 - width);
                    _at += bytesEach;
                    _left = width;
                }
                int some = Math.Min(_left, count - taken);
                number |= (_value & ((1 << some) - 1)) << taken;
                _value >>= some;
                _left -= some;
                taken += some;
            }
            return number;
        }
    }
}
