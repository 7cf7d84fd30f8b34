using System.Text;

namespace Offproof.Auditor;

/// <summary>A value of a MaxMind DB: a text, a number, or a map. Others are read over.</summary>
internal sealed class MmdbValue
{
    internal string? Text { get; init; }

    internal ulong? Number { get; init; }

    internal Dictionary<string, MmdbValue>? Map { get; init; }

    internal MmdbValue? this[string name] => Map?.GetValueOrDefault(name);
}

/// <summary>The data section of a MaxMind DB ("Data Section" of its specification): values behind control bytes, and pointers, which must not go round in a circle.</summary>
internal sealed class MmdbData
{
    private const int MostDepth = 16;
    private const int MostValues = 512;
    private const int MostText = 16 << 10;

    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle? _file;
    private readonly long _begin;
    private readonly long _end;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly byte[] _window = [];
    private long _windowAt = -1;
    private int _windowLength;
    private int _values;
    private int _text;

    /// <summary>From bytes in memory.</summary>
    internal MmdbData(ReadOnlyMemory<byte> bytes) => (_bytes, _end) = (bytes, bytes.Length);

    /// <summary>From a part of a file.</summary>
    internal MmdbData(Microsoft.Win32.SafeHandles.SafeFileHandle file, long begin, long end) => (_file, _begin, _end, _window) = (file, begin, end - begin, new byte[4096]);

    /// <returns>Null when it is broken, or larger than any entry is.</returns>
    internal MmdbValue? Read(long at) => TryValue(ref at, 0, out MmdbValue? value) ? value : null;

    private bool TryValue(ref long at, int depth, out MmdbValue? value)
    {
        value = null;
        if (depth > MostDepth || ++_values > MostValues || !TryByte(at++, out int control)) return false;
        int type = control >> 5;
        if (type == 1) return TryPointer(ref at, control, depth, out value);
        if (type == 0)
        {
            if (!TryByte(at++, out type)) return false;
            type += 7;
        }
        if (!TrySize(ref at, control & 0x1f, out int size)) return false;
        switch (type)
        {
            case 2: // text
                if ((_text += size) > MostText || !TryBytes(at, size, out byte[] text)) return false;
                at += size;
                value = new MmdbValue { Text = Encoding.UTF8.GetString(text) };
                return true;
            case 5 or 6 or 9: // unsigned numbers of 2, 4 and 8 bytes
                if (size > 8 || !TryBytes(at, size, out byte[] number)) return false;
                at += size;
                ulong sum = 0;
                foreach (byte one in number) sum = sum << 8 | one;
                value = new MmdbValue { Number = sum };
                return true;
            case 7: // map
                return TryMap(ref at, size, depth, out value);
            case 11: // array
                for (int item = 0; item < size; item++)
                {
                    if (!TryValue(ref at, depth + 1, out _)) return false;
                }
                value = new MmdbValue();
                return true;
            case 3 or 4 or 8 or 10 or 15: // double, bytes, signed, 16 bytes, float
                at += size;
                value = new MmdbValue();
                return at <= _end;
            case 14: // boolean: its size is its value
                value = new MmdbValue { Number = (ulong)size };
                return true;
            default:
                return false;
        }
    }

    private bool TryMap(ref long at, int size, int depth, out MmdbValue? value)
    {
        value = null;
        Dictionary<string, MmdbValue> map = new(StringComparer.Ordinal);
        for (int item = 0; item < size; item++)
        {
            if (!TryValue(ref at, depth + 1, out MmdbValue? key) || key!.Text is not { } name || !TryValue(ref at, depth + 1, out MmdbValue? held)) return false;
            map.TryAdd(name, held!);
        }
        value = new MmdbValue { Map = map };
        return true;
    }

    private bool TryPointer(ref long at, int control, int depth, out MmdbValue? value)
    {
        value = null;
        int length = (control >> 3 & 3) + 1;
        if (!TryBytes(at, length, out byte[] bytes)) return false;
        at += length;
        long target = length < 4 ? control & 7 : 0;
        foreach (byte one in bytes) target = target << 8 | one;
        target += length switch { 2 => 2048, 3 => 526_336, _ => 0 };
        // A pointer to a pointer is not allowed; following one costs a level, so that no circle is endless.
        return target < _end && TryByte(target, out int next) && next >> 5 != 1 && TryValue(ref target, depth + 1, out value);
    }

    private bool TrySize(ref long at, int size, out int total)
    {
        total = size;
        if (size < 29) return true;
        int length = size - 28;
        if (!TryBytes(at, length, out byte[] bytes)) return false;
        at += length;
        int more = 0;
        foreach (byte one in bytes) more = more << 8 | one;
        total = more + length switch { 1 => 29, 2 => 285, _ => 65_821 };
        return true;
    }

    private bool TryByte(long at, out int value)
    {
        value = 0;
        if (!TryBytes(at, 1, out byte[] bytes)) return false;
        value = bytes[0];
        return true;
    }

    private bool TryBytes(long at, int count, out byte[] bytes)
    {
        bytes = [];
        if (at < 0 || count > MostText || at + count > _end) return false;
        if (_file is null)
        {
            bytes = _bytes.Slice((int)at, count).ToArray();
            return true;
        }
        if (_windowAt < 0 || at < _windowAt || at + count > _windowAt + _windowLength)
        {
            if (count > _window.Length)
            {
                bytes = new byte[count];
                return Mmdb.Read(_file, bytes, _begin + at) == count;
            }
            _windowAt = at;
            _windowLength = Mmdb.Read(_file, _window.AsSpan(0, (int)Math.Min(_window.Length, _end - at)), _begin + at);
            if (_windowLength < count) return false;
        }
        bytes = _window.AsSpan((int)(at - _windowAt), count).ToArray();
        return true;
    }
}
