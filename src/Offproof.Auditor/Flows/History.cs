namespace Offproof.Auditor;

/// <summary>The last bytes that a direction handed on: what comes again is compared with them.</summary>
internal sealed class History(TcpLimits limits)
{
    internal const int Least = 2 << 10;
    internal const int Usual = 64 << 10;
    internal const int Most = 1 << 20;

    // A ring; its length is a power of two.
    byte[] _ring = [];
    int _size;
    long _end;
    long _start;

    /// <summary>The offset of the oldest byte that is still here.</summary>
    internal long Start => Math.Max(_start, _end - _size);

    internal long End => _end;

    /// <param name="outstanding">How many bytes, with these, are not acknowledged: so many may come again soon.</param>
    internal void Append(ReadOnlySpan<byte> bytes, long outstanding)
    {
        if (_end - _start + bytes.Length > _size && _size < Most) Grow(bytes.Length, outstanding);
        ReadOnlySpan<byte> kept = bytes.Length > _size ? bytes[^_size..] : bytes;
        int at = (int)((_end + bytes.Length - kept.Length) & (_size - 1));
        int first = Math.Min(kept.Length, _size - at);
        kept[..first].CopyTo(_ring.AsSpan(at));
        kept[first..].CopyTo(_ring);
        _end += bytes.Length;
    }

    void Grow(int more, long outstanding)
    {
        long wanted = Math.Clamp(outstanding * 2, Usual, Most);
        int size = Math.Max(_size, Least);
        while (size < wanted && size < _end - Start + more) size *= 2;
        if (size == _size) return;
        byte[] larger = limits.Rent(size);
        for (long offset = Start; offset < _end;)
        {
            int from = (int)(offset & (_size - 1)), to = (int)(offset & (size - 1));
            int length = (int)Math.Min(Math.Min(_size - from, size - to), _end - offset);
            _ring.AsSpan(from, length).CopyTo(larger.AsSpan(to));
            offset += length;
        }
        long start = Start;
        Free();
        (_ring, _size, _start) = (larger, size, start);
    }

    /// <summary>Are these the bytes that stood there? They lie between <see cref="Start"/> and <see cref="End"/>.</summary>
    internal bool Equals(long offset, ReadOnlySpan<byte> bytes)
    {
        int at = (int)(offset & (_size - 1));
        int first = Math.Min(bytes.Length, _size - at);
        return bytes[..first].SequenceEqual(_ring.AsSpan(at, first)) && bytes[first..].SequenceEqual(_ring.AsSpan(0, bytes.Length - first));
    }

    /// <summary>The stream goes on at an offset; what was before is not comparable any more.</summary>
    internal void Restart(long offset) => _start = _end = offset;

    internal void Free()
    {
        if (_size == 0) return;
        limits.Return(_ring);
        (_ring, _size, _start) = ([], 0, _end);
    }
}
