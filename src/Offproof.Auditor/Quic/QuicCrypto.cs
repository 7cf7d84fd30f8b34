namespace Offproof.Auditor;

/// <summary>The CRYPTO frames of one sender, put in order (RFC 9000 §19.6).</summary>
internal sealed class QuicCrypto
{
    internal const int Most = 16_384;
    private const int MostWaiting = 64;

    private readonly List<(int Offset, byte[] Bytes, long Packet)> _waiting = [];
    private byte[] _bytes = [];
    private int _next;

    /// <summary>Takes a frame.</summary>
    /// <param name="fresh">What is now in order and was not before, to be handed on; valid until the next call.</param>
    /// <param name="repeated">How many bytes were there before, and are the same.</param>
    /// <param name="refused">How many bytes are too far ahead, or differ from what was there.</param>
    internal void Take(long offset, ReadOnlySpan<byte> frame, long packet, out ReadOnlySpan<byte> fresh, out int repeated, out int refused)
    {
        int before = _next;
        repeated = refused = 0;
        if (offset > Most || offset + frame.Length > Most) refused = frame.Length;
        else if (offset > _next)
        {
            if (_waiting.Count == MostWaiting) refused = frame.Length;
            else _waiting.Add(((int)offset, frame.ToArray(), packet));
        }
        else
        {
            Append((int)offset, frame, ref repeated, ref refused);
            for (int at = 0; at < _waiting.Count;)
            {
                (int from, byte[] bytes, _) = _waiting[at];
                if (from > _next)
                {
                    at++;
                    continue;
                }
                _waiting.RemoveAt(at);
                Append(from, bytes, ref repeated, ref refused);
                at = 0;
            }
        }
        fresh = _bytes.AsSpan(before, _next - before);
    }

    private void Append(int offset, ReadOnlySpan<byte> bytes, ref int repeated, ref int refused)
    {
        int old = Math.Min(_next - offset, bytes.Length);
        if (_bytes.AsSpan(offset, old).SequenceEqual(bytes[..old])) repeated += old;
        else refused += old;
        bytes = bytes[old..];
        if (bytes.IsEmpty) return;
        if (_bytes.Length < _next + bytes.Length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _next + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(_next));
        _next += bytes.Length;
    }

    /// <summary>Gives up what still waits.</summary>
    internal List<(int Offset, byte[] Bytes, long Packet)> TakeWaiting()
    {
        List<(int, byte[], long)> waiting = [.. _waiting];
        _waiting.Clear();
        return waiting;
    }
}
