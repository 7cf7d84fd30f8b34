namespace Offproof.Phone;

/// <summary>The entry at hand is damaged; the reader goes on behind it.</summary>
sealed class DamagedTextException(string message) : Exception(message);

/// <summary>The text ends where it may not.</summary>
sealed class TextEndsException() : Exception("the text ends inside an entry");

/// <summary>
/// A text that is read once, from front to back, through one buffer of 64 KiB: sources are gigabytes, and one attachment may be fifty megabytes.
/// </summary>
abstract class SourceText(Stream stream, long offset = 0) : IDisposable
{
    readonly byte[] _buffer = new byte[1 << 16];
    long _base = offset;
    int _at;
    int _end;
    int _counted;
    long _line = 1;

    /// <summary>Where the next byte stands in the text.</summary>
    internal long Position => _base + _at;

    /// <summary>The line of the next byte, from 1.</summary>
    internal long Line
    {
        get
        {
            Count();
            return _line;
        }
    }

    /// <summary>What is in the buffer; empty only at the end.</summary>
    protected ReadOnlySpan<byte> Window
    {
        get
        {
            if (_at == _end) Has(1);
            return _buffer.AsSpan(_at, _end - _at);
        }
    }

    /// <summary>
    /// Copies the next bytes of the value that the text stands in, with all escapes resolved, and returns how many; 0 when the value has ended.
    /// A destination of at least 4 bytes never gets 0 before that.
    /// </summary>
    internal abstract int ReadValue(Span<byte> into);

    /// <summary>Adds the rest of the value to <paramref name="into"/>. Returns true when it held bytes that are no text.</summary>
    /// <exception cref="DamagedTextException">It is longer than <paramref name="most"/> bytes.</exception>
    internal bool ReadValue(ByteBuffer into, int most = MostText)
    {
        int start = into.Length;
        while (ReadValue(into.Room(512)) is var read and > 0)
        {
            into.Advance(read);
            if (into.Length - start > most) throw new DamagedTextException($"a text is longer than {most} bytes");
            if (into.Length > MostText) throw new DamagedTextException($"its texts together are longer than {MostText} bytes");
        }
        return Wtf8.Repair(into, start);
    }

    /// <summary>A message with more text than any phone can show is not held in memory.</summary>
    internal const int MostText = 16 << 20;

    /// <summary>True when the next <paramref name="size"/> bytes are in the buffer; false when the text ends before.</summary>
    protected bool Has(int size)
    {
        while (_end - _at < size)
        {
            if (_at > 0)
            {
                Count();
                _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
                _base += _at;
                _end -= _at;
                _at = _counted = 0;
            }
            int read = stream.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0) return false;
            _end += read;
        }
        return true;
    }

    /// <summary>True when the text goes on with these bytes.</summary>
    protected bool StartsWith(ReadOnlySpan<byte> bytes) => Has(bytes.Length) && Window.StartsWith(bytes);

    protected void Skip(int count) => _at += count;

    /// <summary>The next byte, or -1 at the end.</summary>
    protected int Peek() => _at < _end || Has(1) ? _buffer[_at] : -1;

    protected byte Next()
    {
        if (_at == _end && !Has(1)) throw new TextEndsException();
        return _buffer[_at++];
    }

    void Count()
    {
        _line += _buffer.AsSpan(_counted, _at - _counted).Count((byte)'\n');
        _counted = _at;
    }

    public void Dispose() => stream.Dispose();
}
