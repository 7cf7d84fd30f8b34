using System.Buffers;

namespace Offproof.Auditor;

/// <summary>Bytes that wait for those that follow. Empty, it holds no memory.</summary>
internal sealed class Held
{
    private byte[] _bytes = [];
    private int _start;

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, Length);

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Takes bytes away at the beginning.</summary>
    internal void Drop(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length);
        _start += count;
        Length -= count;
        if (Length == 0) Free();
    }

    internal void Free()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _start, Length) = ([], 0, 0);
    }

    private Span<byte> Room(int count)
    {
        if (_start + Length + count > _bytes.Length)
        {
            if (Length + count <= _bytes.Length / 2)
            {
                Span.CopyTo(_bytes);
            }
            else
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + count, Math.Min(2 * _bytes.Length, 1 << 29)));
                Span.CopyTo(larger);
                if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = larger;
            }
            _start = 0;
        }
        return _bytes.AsSpan(_start + Length, count);
    }
}
