namespace Offproof.Phone;

/// <summary>Bytes that grow at the end and are used again: one for each text under construction, not one for each message.</summary>
sealed class ByteBuffer
{
    byte[] _bytes = new byte[4096];

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    internal Span<byte> Writable => _bytes.AsSpan(0, Length);

    internal ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    internal ReadOnlySpan<byte> Slice(int start, int length) => _bytes.AsSpan(start, length);

    /// <summary>Room for at least <paramref name="size"/> bytes behind the end; what was written there counts after <see cref="Advance"/>.</summary>
    internal Span<byte> Room(int size)
    {
        if (_bytes.Length - Length < size) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + size));
        return _bytes.AsSpan(Length);
    }

    internal void Advance(int count) => Length += count;

    internal void Add(byte value)
    {
        if (Length == _bytes.Length) Room(1);
        _bytes[Length++] = value;
    }

    internal void Add(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    internal void Add(string text) => Advance(System.Text.Encoding.UTF8.GetBytes(text, Room(System.Text.Encoding.UTF8.GetMaxByteCount(text.Length))));

    /// <summary>Forgets what stands behind <paramref name="length"/>. A buffer that one giant message blew up does not stay that large.</summary>
    internal void Cut(int length)
    {
        Length = length;
        if (length == 0 && _bytes.Length > 1 << 20) _bytes = new byte[4096];
    }

    internal void Clear() => Cut(0);
}
