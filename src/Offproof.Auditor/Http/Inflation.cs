using Org.BouncyCastle.Utilities.Zlib;

namespace Offproof.Auditor;

/// <summary>
/// Takes permessage-deflate off the messages of one direction (RFC 7692 §7.2.2). The window stays from message to message, unless it was agreed that it does not. The platform's stream does not
/// say where it ended, and behind a last block a message goes on.
/// </summary>
internal sealed class Inflation(Flow flow, bool forgets) : IDisposable
{
    private const int Block = 16 << 10;
    private const int WindowBits = 15;

    // A message of nothing is two bytes, of a letter three.
    private const int Header = 12;

    private readonly byte[] _block = new byte[Block];
    private readonly byte[] _out = new byte[Block];
    private ZStream? _stream;
    private bool _isBroken; // in this direction, until its window is begun anew
    private bool _isFresh;  // nothing was read since it was begun
    private bool _hasEnded; // in this message, by a last block
    private int _filled;
    private CodingAccount _account = new(Header);
    private bool _isRaw;

    internal void Begin()
    {
        (_account, _filled, _hasEnded) = (new(Header), 0, false);
        _isRaw = _isBroken && !forgets;
        if (_isRaw) Close();
        else if (forgets || _stream is null) Open();
    }

    internal void Add(ReadOnlySpan<byte> bytes, Gathered into, long packet)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, Block - _filled);
            bytes[..count].CopyTo(_block.AsSpan(_filled));
            _filled += count;
            bytes = bytes[count..];
            if (_filled == Block) Take(into, packet);
        }
    }

    internal void End(Gathered into, long packet)
    {
        Take(into, packet);
        if (_isRaw) return;
        // What the sender took off its end; behind a last block there is nothing to put it to.
        if (!_isFresh)
        {
            ReadOnlySpan<byte> tail = [0, 0, 0xFF, 0xFF];
            tail.CopyTo(_block);
            _hasEnded = false;
            if (Pump(tail.Length, into, packet) != 0) Spoil();
        }
        if (_account.Settle(into)) flow.Remark("a compressed WebSocket message is longer than what it holds");
    }

    /// <summary>Bytes are lost: the window is, too.</summary>
    internal void Break(Gathered into, long packet)
    {
        Take(into, packet);
        _account.Settle(into);
        Spoil("bytes are lost inside of a compressed WebSocket message: what refers to them stays unread");
    }

    public void Dispose() => Close();

    private void Take(Gathered into, long packet)
    {
        int count = _filled;
        _filled = 0;
        if (count == 0) return;
        int left = _isRaw ? count : Pump(count, into, packet);
        if (left == 0)
        {
            _account.Taken += count;
            _account.Charge(into);
            return;
        }
        if (!_isRaw)
        {
            _account.Taken += left < 0 ? 0 : count - left;
            _account.Settle(into);
            if (left < 0) Spoil();
            else flow.Remark("bytes stand behind the end of a compressed WebSocket message");
            _isRaw = true;
        }
        into.Unknown();
        into.Add(left < 0 ? _block.AsSpan(0, count) : _block.AsSpan(count - left, left), packet);
    }

    // How many of them stand behind a last block; -1 where they are broken.
    private int Pump(int count, Gathered into, long packet)
    {
        // RFC 7692 §7.2.3.4: a byte of zero follows it, for an empty block.
        if (_hasEnded && !(count == 1 && _block[0] == 0)) return count;
        _stream!.next_in = _block;
        _stream.next_in_index = 0;
        _stream.avail_in = count;
        while (true)
        {
            (_stream.next_out, _stream.next_out_index, _stream.avail_out) = (_out, 0, Block);
            _isFresh = false;
            int code = _stream.inflate(JZlib.Z_SYNC_FLUSH);
            int written = Block - _stream.avail_out;
            _account.Made += written;
            if (_account.Made > _account.Allowed(count) || (code != JZlib.Z_OK && code != JZlib.Z_STREAM_END && code != JZlib.Z_BUF_ERROR)) return -1;
            if (written > 0) into.AddDecoded(_out.AsSpan(0, written), packet);
            if (code == JZlib.Z_STREAM_END)
            {
                // The next message begins a new stream.
                int left = _stream.avail_in;
                _hasEnded = true;
                Open();
                if (left != 1 || _block[count - 1] != 0) return left;
                (_stream.next_in, _stream.next_in_index, _stream.avail_in) = (_block, count - left, left);
            }
            else if (_stream.avail_out > 0 && (_stream.avail_in == 0 || code == JZlib.Z_BUF_ERROR))
            {
                return 0;
            }
        }
    }

    private void Spoil() => Spoil(_account.Made > _account.Allowed(Block) ? "a WebSocket message grows without measure when it is decoded" : "a compressed WebSocket message is broken");

    private void Spoil(string why)
    {
        flow.Remark(why);
        (_isBroken, _isRaw) = (true, true);
        Close();
    }

    private void Open()
    {
        Close();
        _stream = new ZStream();
        _stream.inflateInit(WindowBits, true);
        _isFresh = true;
    }

    private void Close()
    {
        _stream?.inflateEnd();
        _stream = null;
    }
}
