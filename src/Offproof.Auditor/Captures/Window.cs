namespace Offproof.Auditor;

/// <summary>The next bytes of a stream, in one buffer that is used again and grows to the largest piece that was asked for.</summary>
internal sealed class Window(Stream stream) : IDisposable
{
    const int Usual = 1 << 18;
    Stream _stream = stream;
    byte[] _buffer = new byte[1 << 16];
    int _start;
    int _end;
    bool _ended;

    /// <summary>Bytes that are there, from the current position on.</summary>
    internal int Length => _end - _start;

    /// <summary>How far the (unpacked) stream was taken.</summary>
    internal long Position { get; private set; }

    /// <summary>Why a packed stream ended before its time.</summary>
    internal string? Problem => _ended ? (_stream as Unzipped)?.Problem : null;

    internal byte this[int index] => _buffer[_start + index];

    internal ReadOnlySpan<byte> this[Range range] => _buffer.AsSpan(_start, Length)[range];

    /// <summary>Has <paramref name="length"/> bytes be there; false when the stream ends before. A caller bounds the length.</summary>
    internal bool Ask(int length)
    {
        if (Length >= length) return true;
        if (_buffer.Length - _start < length)
        {
            // More than a small piece, so that what is left of it is not moved again and again; but a small file needs no large buffer.
            byte[] into = _buffer.Length >= length && _buffer.Length >= Usual ? _buffer : new byte[Math.Max(length, Position > 0 || length > Usual ? Usual : _buffer.Length)];
            _buffer.AsSpan(_start, Length).CopyTo(into);
            (_buffer, _start, _end) = (into, 0, Length);
        }
        while (Length < length && !_ended)
        {
            int read = _stream.Read(_buffer.AsSpan(_end));
            _end += read;
            _ended = read == 0;
        }
        return Length >= length;
    }

    internal void Skip(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        _start += length;
        Position += length;
    }

    /// <summary>What is there and what comes is gzip data; from now on their contents are read.</summary>
    internal void Unzip()
    {
        _stream = new Unzipped(_buffer[_start.._end], _stream);
        (_start, _end, _ended) = (0, 0, false);
    }

    public void Dispose() => _stream.Dispose();
}
