using System.Buffers;

namespace Offproof.Auditor;

/// <summary>Cuts the handshake bytes of a direction into messages (RFC 8446 §4): a message may be in many records, a record may hold many messages.</summary>
internal sealed class HandshakeStream
{
    internal const int HeaderSize = 4;
    internal const int MostBody = 1 << 17;

    private byte[]? _buffer;
    private int _filled;
    private int _skip;

    /// <summary>The packet, and the place in the stream, of the first byte that waits.</summary>
    internal long Packet { get; private set; }

    internal long Offset { get; private set; }

    internal int Waiting => _filled;

    /// <summary>How many bytes from the front of <paramref name="bytes"/> belong to a message that is too long to be read.</summary>
    internal int Skip(ReadOnlySpan<byte> bytes)
    {
        int skipped = Math.Min(_skip, bytes.Length);
        _skip -= skipped;
        return skipped;
    }

    /// <summary>Takes the next whole message off the front of <paramref name="bytes"/>, and what waited before it; false when it is not whole, and then all of it waits.</summary>
    /// <param name="message">With its header; valid until the next call. One that is too long: its header alone.</param>
    internal bool TryNext(ref ReadOnlySpan<byte> bytes, long packet, long offset, out ReadOnlySpan<byte> message, out bool isTooLong)
    {
        message = default;
        isTooLong = false;
        if (_filled == 0)
        {
            if (bytes.IsEmpty) return false;
            (Packet, Offset) = (packet, offset);
            if (bytes.Length >= HeaderSize && IsWhole(bytes, out int length, out isTooLong))
            {
                message = bytes[..length];
                bytes = bytes[length..];
                return true;
            }
        }
        Wait(ref bytes, HeaderSize);
        if (_filled < HeaderSize) return false;
        IsWhole(_buffer, out int whole, out isTooLong);
        Wait(ref bytes, whole);
        if (_filled < whole) return false;
        message = _buffer.AsSpan(0, whole);
        _filled = 0;
        return true;
    }

    private bool IsWhole(ReadOnlySpan<byte> bytes, out int length, out bool isTooLong)
    {
        length = HeaderSize + ((bytes[1] << 16) | (bytes[2] << 8) | bytes[3]);
        isTooLong = length > HeaderSize + MostBody;
        if (isTooLong)
        {
            _skip = length - HeaderSize;
            length = HeaderSize;
        }
        return bytes.Length >= length;
    }

    // Until so many wait.
    private void Wait(ref ReadOnlySpan<byte> bytes, int total)
    {
        int count = Math.Min(total - _filled, bytes.Length);
        if (count <= 0) return;
        if (_buffer is null || _buffer.Length < _filled + count)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(2048, _filled + count));
            _buffer.AsSpan(0, _filled).CopyTo(larger);
            Return();
            _buffer = larger;
        }
        bytes[..count].CopyTo(_buffer.AsSpan(_filled));
        bytes = bytes[count..];
        _filled += count;
    }

    /// <summary>Forgets what waits.</summary>
    internal ReadOnlySpan<byte> Clear()
    {
        ReadOnlySpan<byte> rest = _buffer.AsSpan(0, _filled);
        (_filled, _skip) = (0, 0);
        return rest;
    }

    internal void Return()
    {
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }
}
