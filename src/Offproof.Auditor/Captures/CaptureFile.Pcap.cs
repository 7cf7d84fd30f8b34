namespace Offproof.Auditor;

internal sealed partial class CaptureFile
{
    enum Lengths
    {
        CapturedFirst,
        WireFirst,
        SmallerIsCaptured,
    }

    Interface _only = new(-1, 0, 6, 0, 0);
    Lengths _lengths;
    bool _isNano;
    int _head = 16;

    // draft-ietf-opsawg-pcap §4
    bool BeginPcap()
    {
        if (!_window.Ask(24)) return AtEnd("it stops inside of its header");
        ReadOnlySpan<byte> header = _window[..24];
        _isNano = Read32(header) == 0xa1b23c4d;
        if (Read32(header) == 0xa1b2cd34) _head = 24;
        int major = Read16(header[4..]), minor = Read16(header[6..]);
        if (major != 2 || minor > 4) return Stop(CaptureEnd.Corrupt, $"it says that it is of version {major}.{minor}");
        _lengths = minor switch { < 3 => Lengths.WireFirst, 3 => Lengths.SmallerIsCaptured, _ => Lengths.CapturedFirst };
        uint link = Read32(header[20..]);
        _only = new Interface((int)(link & 0xffff), Read32(header[16..]), 6, 0, (link & 0x0400_0000) != 0 ? 2 * (int)(link >> 28) : 0);
        _window.Skip(24);
        return true;
    }

    bool TryReadRecord(out CapturedPacket packet)
    {
        packet = default;
        if (!_window.Ask(_head)) return AtEnd("it stops inside of a packet's header");
        ReadOnlySpan<byte> header = _window[.._head];
        uint captured = Read32(header[8..]), length = Read32(header[12..]);
        if (_lengths == Lengths.WireFirst || (_lengths == Lengths.SmallerIsCaptured && captured > length)) (captured, length) = (length, captured);
        if (captured > MaxPacket) return Stop(CaptureEnd.Corrupt, $"a packet of {captured} bytes is longer than packets are");
        uint fraction = Read32(header[4..]);
        long time = Read32(header) * 1_000_000_000L + (_isNano ? fraction : fraction * 1000L);
        int whole = _head + (int)captured;
        if (!_window.Ask(whole)) return AtEnd("it stops inside of a packet");
        _time = time;
        packet = Packet(_only, _window[_head..whole], length);
        _window.Skip(whole);
        return true;
    }
}
