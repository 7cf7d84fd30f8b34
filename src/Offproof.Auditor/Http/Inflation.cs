namespace Offproof.Auditor;

/// <summary>Takes permessage-deflate off the messages of one direction (RFC 7692 §7.2.2). The window stays from message to message, unless it was agreed that it does not.</summary>
internal sealed class Inflation(Flow flow, bool forgets) : IDisposable
{
    private const int Block = 16 << 10;

    private readonly byte[] _block = new byte[Block];
    private readonly byte[] _out = new byte[Block];
    private Coding? _coding;
    private bool _isBroken; // in this direction, until its window is begun anew
    private int _filled;
    private long _taken;
    private long _made;
    private bool _isRaw;

    internal void Begin()
    {
        (_taken, _made, _filled) = (0, 0, 0);
        _isRaw = _isBroken && !forgets;
        if (forgets || _coding is null)
        {
            _coding?.Dispose();
            _coding = _isRaw ? null : Coding.Of("deflate");
        }
    }

    internal void Add(ReadOnlySpan<byte> bytes, Gathered into, long packet)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, Block - _filled);
            bytes[..count].CopyTo(_block.AsSpan(_filled));
            _filled += count;
            bytes = bytes[count..];
            if (_filled == Block) Take(into, packet, isCaptured: true);
        }
    }

    internal void End(Gathered into, long packet)
    {
        Take(into, packet, isCaptured: true);
        // What the sender took off its end.
        ReadOnlySpan<byte> tail = [0, 0, 0xFF, 0xFF];
        tail.CopyTo(_block);
        _filled = 4;
        Take(into, packet, isCaptured: false);
    }

    /// <summary>Bytes are lost: the window is, too.</summary>
    internal void Break(Gathered into, long packet)
    {
        Take(into, packet, isCaptured: true);
        Spoil("bytes are lost inside of a compressed WebSocket message: what refers to them stays unread");
    }

    public void Dispose() => _coding?.Dispose();

    private void Take(Gathered into, long packet, bool isCaptured)
    {
        int count = _filled;
        _filled = 0;
        if (count == 0) return;
        _taken += count;
        if (!_isRaw && !Pump(count, into, packet)) Spoil(_made > Allowed ? "a WebSocket message grows without measure when it is decoded" : "a compressed WebSocket message is broken");
        if (!isCaptured) return;
        if (_isRaw)
        {
            into.Unknown();
            into.Add(_block.AsSpan(0, count), packet);
        }
        else
        {
            into.Charge(count);
        }
    }

    private long Allowed => Math.Min(Unpacking.Most, (1 << 20) + 200 * _taken);

    private bool Pump(int count, Gathered into, long packet)
    {
        _coding!.Add(_block, 0, count);
        while (_coding.TryRead(_out, out int written))
        {
            if (written == 0)
            {
                // A last block ends the stream (RFC 7692 §7.2.3.4 allows it): the next message begins a new one.
                if (_coding.Unused > 0)
                {
                    _coding.Dispose();
                    _coding = Coding.Of("deflate");
                }
                return true;
            }
            _made += written;
            if (_made > Allowed) return false;
            into.AddDecoded(_out.AsSpan(0, written), packet);
        }
        return false;
    }

    private void Spoil(string why)
    {
        flow.Remark(why);
        (_isBroken, _isRaw) = (true, true);
        _coding?.Dispose();
        _coding = null;
    }
}
