using System.Buffers.Binary;
using System.Text;

namespace Offproof.Phone;

/// <summary>Which places of a UTF-16 text stand where when it is read as UTF-8. Filled by the first reading, used by every later one.</summary>
sealed class Utf16Map(bool isUtf16, bool isBigEndian)
{
    /// <summary>Places of the UTF-8 text and of the file, one for each block.</summary>
    readonly List<(long Text, long File)> _blocks = [(0, 0)];

    internal bool IsUtf16 => isUtf16;

    internal bool IsBigEndian => isBigEndian;

    /// <summary>By the byte order mark, or by the zero beside the first character.</summary>
    internal static Utf16Map Detect(Stream raw)
    {
        Span<byte> start = stackalloc byte[2];
        raw.Position = 0;
        int read = raw.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        bool big = read == 2 && ((start[0] == 0xFE && start[1] == 0xFF) || (start[0] == 0 && start[1] != 0));
        bool little = read == 2 && ((start[0] == 0xFF && start[1] == 0xFE) || (start[0] != 0 && start[1] == 0));
        return new Utf16Map(big || little, big);
    }

    internal void Add(long text, long file)
    {
        if (text > _blocks[^1].Text) _blocks.Add((text, file));
    }

    internal (long Text, long File) Before(long text)
    {
        int low = 0;
        int high = _blocks.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_blocks[middle].Text <= text) low = middle;
            else high = middle - 1;
        }
        return _blocks[low];
    }
}

/// <summary>A UTF-16 file, read as UTF-8. Half of a surrogate pair keeps its three bytes (<see cref="Wtf8"/>).</summary>
sealed class Utf16Source : ReadOnlyStream
{
    const int Block = 1 << 14;

    readonly Stream _file;
    readonly Utf16Map _map;
    readonly byte[] _units = new byte[Block];
    readonly byte[] _text = new byte[Block * 2];
    long _fileAt;
    long _textAt;
    int _at;
    int _end;

    internal Utf16Source(Stream file, Utf16Map map, long offset)
    {
        _file = file;
        _map = map;
        (_textAt, _fileAt) = map.Before(offset);
        long skip = offset - _textAt;
        while (skip > 0 && Fill())
        {
            int step = (int)Math.Min(skip, _end);
            _at = step;
            skip -= step;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (_at == _end && !Fill()) return 0;
        int count = Math.Min(buffer.Length, _end - _at);
        _text.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    bool Fill()
    {
        _map.Add(_textAt, _fileAt);
        _file.Position = _fileAt;
        int bytes = _file.ReadAtLeast(_units, Block, throwOnEndOfStream: false) & ~1;
        // The halves of a pair stay in one block.
        if (bytes == Block && char.IsHighSurrogate(Unit(bytes - 2))) bytes -= 2;
        _at = _end = 0;
        for (int index = 0; index < bytes; index += 2)
        {
            char unit = Unit(index);
            bool pair = char.IsHighSurrogate(unit) && index + 2 < bytes && char.IsLowSurrogate(Unit(index + 2));
            _end += Wtf8.Encode(pair ? new Rune(unit, Unit(index + 2)).Value : unit, _text.AsSpan(_end));
            if (pair) index += 2;
        }
        _fileAt += bytes;
        _textAt += _end;
        return bytes > 0;
    }

    char Unit(int index) =>
        (char)(_map.IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(_units.AsSpan(index)) : BinaryPrimitives.ReadUInt16LittleEndian(_units.AsSpan(index)));

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }
}
