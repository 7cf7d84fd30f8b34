namespace Offproof.Auditor;

/// <summary>
/// Bytes that belong together - a body, a message, an unknown stream - on their way to the examiner: at once when they are few, in place when they lie in one span, and in pieces that
/// overlap when they are many (audit.md §3.4). What is handed over does not depend on how the bytes came. Counts what was captured.
/// </summary>
internal sealed class Gathered(Flow flow, Examiner examiner, Sender sender, int piece = Gathered.Body)
{
    /// <summary>The most that is handed over at once of a body.</summary>
    internal const int Body = 4 << 20;

    /// <summary>The same of a stream in which no messages can be told apart.</summary>
    internal const int Stream = 1 << 20;

    private const int Overlap = 64 << 10;

    private readonly Held _held = new();
    private Place _place;
    private Declared _declared;
    private bool _opaque;
    private bool _inPieces;
    private int _old;         // of what is held, how much was handed over before
    private long _charge;     // captured bytes that are not counted yet
    private long _unread;     // of what was handed over and is not counted yet
    private bool _isDecoded;  // what it cost is known only after it was added
    private long _unpacked;   // captured bytes that are taken apart while they come
    private long _nextPacket; // of the first byte of the next piece, once it came
    private Unpacking? _unpacking;

    /// <summary>How many bytes wait.</summary>
    internal int Waiting => _held.Length;

    internal bool IsOpaque => _opaque;

    /// <summary>How many bytes of it were counted as opaque, but for those of what is taken apart while it comes.</summary>
    internal long Opaque { get; private set; }

    /// <param name="opaque">Whatever the examiner can read of them: nobody knows what these bytes are.</param>
    internal void Begin(Carrier carrier, int message, in Declared declared = default, bool opaque = false)
    {
        _place = new Place(flow, sender, carrier, 0, message);
        (_declared, _opaque, _inPieces, _old, _charge, _nextPacket) = (declared, opaque, false, 0, 0, 0);
        (_unread, _isDecoded, _unpacked) = (0, false, 0);
        Opaque = 0;
    }

    /// <summary>All of them, when they lie in one span.</summary>
    internal void Whole(ReadOnlySpan<byte> bytes, long packet)
    {
        if (_held.Length == 0 && !_inPieces && _unpacking is null && bytes.Length <= piece)
        {
            if (bytes.IsEmpty) return;
            _place = _place with { Packet = packet };
            _unread = examiner.Examine(_place, bytes, _declared);
            _charge = bytes.Length;
            Count();
        }
        else
        {
            Add(bytes, packet);
            End();
        }
    }

    /// <summary>The next of them.</summary>
    internal void Add(ReadOnlySpan<byte> bytes, long packet)
    {
        if (_unpacking is not null)
        {
            _unpacked += bytes.Length;
            _unpacking.Add(bytes, packet);
            return;
        }
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, piece - _held.Length);
            Put(bytes[..count], packet);
            _charge += count;
            bytes = bytes[count..];
            // A body that ends exactly here is whole: a piece goes when more comes.
            if (bytes.IsEmpty || _held.Length < piece) continue;
            if (!_inPieces && _place.Offset == 0 && Unpacking.Of(flow, examiner, sender, _place, _declared, _opaque) is { } unpacking)
            {
                _unpacking = unpacking;
                _unpacked = _held.Length + bytes.Length;
                unpacking.Add(_held.Span, _place.Packet);
                unpacking.Add(bytes, packet);
                _charge = 0;
                _held.Free();
                return;
            }
            Hand(keep: true);
        }
    }

    /// <summary>Decoded bytes, without what they cost.</summary>
    internal void AddDecoded(ReadOnlySpan<byte> bytes, long packet)
    {
        _isDecoded = true;
        while (!bytes.IsEmpty)
        {
            if (_held.Length == piece) Hand(keep: true);
            int count = Math.Min(bytes.Length, piece - _held.Length);
            Put(bytes[..count], packet);
            bytes = bytes[count..];
        }
    }

    /// <summary>So many captured bytes carried what was added since.</summary>
    internal void Charge(long captured) => _charge += captured;

    /// <summary>So many captured bytes carried nothing of it, and nobody knows what they are for.</summary>
    internal void Unread(long captured)
    {
        Opaque += captured;
        flow.Count(sender, ByteKind.Opaque, captured);
    }

    /// <summary>Bytes are lost: what comes next does not join.</summary>
    internal void Gap(long length)
    {
        if (_unpacking is not null) _unpacking.End();
        _unpacking?.Dispose();
        _unpacking = null;
        Hand(keep: false);
        _place = _place with { Offset = _place.Offset + _unpacked + length };
        _unpacked = 0;
        _declared = _declared with { ContentEncoding = null }; // no coding goes on behind a gap
        _inPieces = true;
    }

    /// <summary>What comes next belongs to it, and nobody can tell what it is.</summary>
    internal void Unknown()
    {
        if (_opaque) return;
        Gap(0);
        _opaque = true;
    }

    /// <summary>Hands over what waits, now: somebody else needs the memory.</summary>
    internal void Press() => Gap(0);

    internal void End()
    {
        _unpacking?.End();
        _unpacking?.Dispose();
        _unpacking = null;
        Hand(keep: false);
        _inPieces = false;
    }

    private void Put(ReadOnlySpan<byte> bytes, long packet)
    {
        if (_held.Length == 0) _place = _place with { Packet = packet };
        if (_nextPacket == 0 && _held.Length + bytes.Length > piece - Overlap) _nextPacket = packet;
        _held.Add(bytes);
    }

    private void Hand(bool keep)
    {
        int fresh = _held.Length - _old;
        if (fresh > 0) _unread += Math.Clamp(examiner.Examine(_place, _held.Span, _declared), 0, fresh);
        // A piece goes in the middle of the block that it was made of.
        if (!keep || !_isDecoded) Count();
        int drop = keep ? _held.Length - Overlap : _held.Length;
        _held.Drop(drop);
        _old = _held.Length;
        _place = _place with { Offset = _place.Offset + drop, Packet = _nextPacket };
        _nextPacket = 0;
        if (keep) (_inPieces, _declared) = (true, _declared with { ContentEncoding = null });
    }

    // Of what was decoded before, as many captured bytes are opaque as decoded ones are unread: random bytes were no fewer.
    private void Count()
    {
        long opaque = _opaque ? _charge : Math.Clamp(_unread, 0, _charge);
        Opaque += opaque;
        flow.Count(sender, ByteKind.Opaque, opaque);
        flow.Count(sender, ByteKind.Decoded, _charge - opaque);
        (_charge, _unread) = (0, 0);
    }

    /// <summary>So much of <paramref name="whole"/> as <paramref name="part"/> is of <paramref name="of"/>, rounded up.</summary>
    internal static long Part(long whole, long part, long of) => part >= of ? whole : (long)(((Int128)whole * part + of - 1) / of);
}
