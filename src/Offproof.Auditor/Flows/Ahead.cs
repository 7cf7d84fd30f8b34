using System.Buffers;

namespace Offproof.Auditor;

/// <summary>Bytes that came before their turn.</summary>
/// <param name="CutEnd">Where the segment ended on the wire: behind its bytes when the recorder cut it.</param>
internal readonly record struct Piece(long Start, int Length, long CutEnd, byte[] Buffer, long Packet)
{
    internal long End => Start + Length;

    internal ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);
}

/// <summary>What a direction's segments brought ahead of their turn: pieces in order that do not overlap.</summary>
internal sealed class Ahead(TcpLimits limits)
{
    internal const int MaxPieces = 4096;
    internal const int MaxBytes = 4 << 20;

    // What a piece takes beside its bytes, of which a cut segment may have none.
    const int Cost = 64;

    readonly List<Piece> _pieces = [];
    int _taken;
    long _bytes;

    internal bool IsEmpty => _taken == _pieces.Count;

    internal bool IsFull => _bytes > MaxBytes || _pieces.Count - _taken > MaxPieces;

    internal Piece First => _pieces[_taken];

    /// <summary>Where everything here ends.</summary>
    internal long End => _pieces[^1].End;

    /// <summary>Adds what is not here yet of a segment; the rest is given to <paramref name="repeated"/>: the bytes that are here, and those that came now.</summary>
    internal void Insert(long start, ReadOnlySpan<byte> bytes, long cutEnd, long packet, RepeatReader repeated)
    {
        Tidy();
        long at = start, end = start + bytes.Length;
        int index = Find(start);
        // A cut segment without any byte of its own matters only where nothing else is known.
        if (bytes.IsEmpty && index < _pieces.Count && _pieces[index].Start <= start) return;
        do
        {
            long free = index < _pieces.Count ? Math.Min(_pieces[index].Start, end) : end;
            if (at < free || bytes.IsEmpty)
            {
                ReadOnlySpan<byte> fresh = bytes[(int)(at - start)..(int)(free - start)];
                byte[] buffer = ArrayPool<byte>.Shared.Rent(fresh.Length);
                fresh.CopyTo(buffer);
                _pieces.Insert(index++, new Piece(at, fresh.Length, free == end ? cutEnd : free, buffer, packet));
                Hold(buffer.Length + Cost);
                at = free;
                continue;
            }
            Piece piece = _pieces[index++];
            long again = Math.Min(piece.End, end);
            if (again > at) repeated(piece.Bytes[(int)(at - piece.Start)..(int)(again - piece.Start)], bytes[(int)(at - start)..(int)(again - start)], packet);
            at = Math.Max(at, again);
        }
        while (at < end);
    }

    // The first piece that ends behind an offset.
    int Find(long offset)
    {
        int low = 0, high = _pieces.Count;
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (_pieces[middle].End <= offset) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>Gives its buffer back: the first piece was handed on.</summary>
    internal void TakeFirst()
    {
        Piece piece = _pieces[_taken++];
        Hold(-piece.Buffer.Length - Cost);
        ArrayPool<byte>.Shared.Return(piece.Buffer);
        if (IsEmpty) Tidy();
    }

    // Taken pieces are removed together: one by one, each would move all others.
    void Tidy()
    {
        _pieces.RemoveRange(0, _taken);
        _taken = 0;
    }

    void Hold(int bytes)
    {
        _bytes += bytes;
        limits.Wait(bytes);
    }
}

/// <summary>Told of bytes that came a second time.</summary>
internal delegate void RepeatReader(ReadOnlySpan<byte> first, ReadOnlySpan<byte> again, long packet);
