namespace Offproof.Auditor;

/// <summary>
/// Takes the codings off a body that is handed over in pieces (audit.md §3.4). A declaration is tried first, then every other coding: a wrong one must not hide a body. What is no coding
/// at all is handed over as it is; what breaks in the middle is opaque from there.
/// </summary>
internal sealed class Unpacking : IDisposable
{
    /// <summary>The most that comes out of one body.</summary>
    internal const long Most = 256L << 20;

    private const int Block = 16 << 10;

    // So many wait until it is known whether they are the last.
    private const int Kept = 512;

    private readonly Flow _flow;
    private readonly Gathered _text;
    private readonly Gathered _raw;
    private readonly List<string> _declared;
    private readonly byte[] _block = new byte[Block];
    private readonly byte[][] _out = [new byte[Block], new byte[Block]];
    private readonly Place _place;
    private readonly Declared _type;
    private Coding[] _codings = [];
    private bool _isOpen;
    private bool _isRaw;
    private int _filled;
    private long _packet;
    private CodingAccount _account = new(Compressed.Header);

    private Unpacking(Flow flow, Examiner examiner, Sender sender, Place place, Declared declared, List<string> codings)
    {
        _flow = flow;
        (_text, _raw) = (new Gathered(flow, examiner, sender), new Gathered(flow, examiner, sender));
        (_place, _type) = (place, declared with { ContentEncoding = null });
        _declared = codings;
        _text.Begin(place.Carrier, place.Message, _type);
    }

    /// <summary>What takes off the declared codings; null where none is declared.</summary>
    internal static Unpacking? Of(Flow flow, Examiner examiner, Sender sender, Place place, Declared declared, bool opaque)
    {
        if (opaque || declared.ContentEncoding is not { } encoding) return null;
        List<string> codings = [];
        foreach (string name in encoding.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (name.Equals("identity", StringComparison.OrdinalIgnoreCase)) continue;
            codings.Insert(0, name.ToLowerInvariant() switch { "x-gzip" => "gzip", "deflate" => "zlib", var other => other });
        }
        return codings.Count == 0 ? null : new Unpacking(flow, examiner, sender, place, declared, codings);
    }

    internal void Add(ReadOnlySpan<byte> bytes, long packet)
    {
        while (!bytes.IsEmpty)
        {
            if (_isRaw)
            {
                _raw.Add(bytes, packet);
                return;
            }
            int count = Math.Min(bytes.Length, Block - _filled);
            bytes[..count].CopyTo(_block.AsSpan(_filled));
            if (_filled <= Kept) _packet = packet;
            _filled += count;
            bytes = bytes[count..];
            if (_filled == Block) Take(Block - Kept, isLast: false);
        }
    }

    internal void End()
    {
        if (_filled > Kept) Take(_filled - Kept, isLast: false);
        if (_filled > 0) Take(_filled, isLast: true);
        if (_isOpen && !_isRaw)
        {
            if (!HasEnded()) _flow.Remark("a coded body ends before its coding does");
            // Behind its end one byte is swallowed.
            else if (_codings[0].SwallowsOne) _flow.Capacity(_place.Sender, 1);
            Settle();
        }
        _text.End();
        _raw.End();
    }

    public void Dispose() => Close();

    private void Take(int count, bool isLast)
    {
        if (!_isOpen && !TryOpen(count))
        {
            _flow.Remark("a body is not in the coding that was declared, and in no other that is known");
            GiveUp(0, opaque: false);
            return;
        }
        _isOpen = true;
        _account.Taken += count;
        bool good = Pump(0, _block, 0, count, _text, isLast);
        if (!good || _codings[0].Unused > 0)
        {
            if (good) _flow.Remark("bytes stand behind the end of a coded body");
            else if (_account.Made > _account.Allowed()) _flow.Remark("a body grows without measure when it is decoded");
            else _flow.Remark("the coding of a body is broken");
            int unused = good ? Math.Min(count, _codings[0].Unused + (isLast && _codings[0].SwallowsOne ? 1 : 0)) : count;
            _account.Taken -= unused;
            Settle();
            GiveUp(count - unused, opaque: true);
            return;
        }
        _account.Charge(_text);
        _block.AsSpan(count, _filled - count).CopyTo(_block);
        _filled -= count;
    }

    private void Settle()
    {
        if (_account.Settle(_text)) _flow.Remark("a coded body is longer than what it holds");
    }

    // What has ended takes no more.
    private bool HasEnded()
    {
        _block.AsSpan(0, Coding.Probe).Clear();
        return Pump(0, _block, 0, Coding.Probe, null, isLast: false) && _codings[0].Unused > 0;
    }

    private void GiveUp(int from, bool opaque)
    {
        Close();
        _text.End();
        _isRaw = true;
        _raw.Begin(_place.Carrier, _place.Message, _type, opaque);
        _raw.Add(_block.AsSpan(from, _filled - from), _packet);
        _filled = 0;
    }

    // The declared codings, then each alone, then two: the first that decodes the whole block.
    private bool TryOpen(int count)
    {
        if (_declared.Count <= 2 && Fits(_declared, count)) return true;
        foreach (string one in (string[])["gzip", "zlib", "zstd", "br", "deflate"])
        {
            if (Fits([one], count)) return true;
        }
        return false;
    }

    private bool Fits(List<string> names, int count)
    {
        if (names.Exists(name => name is not ("gzip" or "zlib" or "zstd" or "br" or "deflate"))) return false;
        Open(names);
        // A block of zstd may be larger than what is tried here.
        bool isZstd = names.Contains("zstd") && (names[0] != "zstd" || _block.AsSpan(0, count).StartsWith(Coding.ZstdMagic));
        bool fits = (Pump(0, _block, 0, count, null, isLast: false) || _account.Made > _account.Allowed()) && (_account.Made > 0 || isZstd) && _codings[0].Unused == 0;
        _account.Made = 0;
        Open(names);
        return fits;
    }

    private void Open(List<string> names)
    {
        Close();
        _codings = [.. names.Select(Coding.Of)];
    }

    private void Close()
    {
        foreach (Coding coding in _codings) coding.Dispose();
        _codings = [];
    }

    // Everything that these bytes give: of one coding into the next, of the last into the text.
    private bool Pump(int stage, byte[] bytes, int start, int count, Gathered? into, bool isLast)
    {
        Coding coding = _codings[stage];
        coding.Add(bytes, start, count, isLast);
        byte[] decoded = _out[stage];
        while (true)
        {
            if (!coding.TryRead(decoded, out int written)) return false;
            if (written == 0) return true;
            if (stage + 1 < _codings.Length)
            {
                if (!Pump(stage + 1, decoded, 0, written, into, isLast)) return false;
                continue;
            }
            _account.Made += written;
            if (_account.Made > _account.Allowed()) return false;
            into?.AddDecoded(decoded.AsSpan(0, written), _packet);
        }
    }
}
