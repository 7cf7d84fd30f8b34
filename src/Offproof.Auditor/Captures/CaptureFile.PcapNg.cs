namespace Offproof.Auditor;

// draft-ietf-opsawg-pcapng
internal sealed partial class CaptureFile
{
    const uint SectionHeader = 0x0a0d0d0a;
    const uint ByteOrder = 0x1a2b3c4d;

    readonly List<Interface> _interfaces = [];
    readonly Interface _undescribed = new(-1, 0, 6, 0, 0);
    int _done;

    bool TryReadBlocks(out CapturedPacket packet)
    {
        packet = default;
        while (true)
        {
            // The packet of the block before is in use until now.
            _window.Skip(_done);
            _done = 0;
            if (!_window.Ask(12)) return AtEnd("it stops inside of a block's header");
            // Its type reads the same in both orders; what comes then says the section's order.
            if (Read32(_window[..4]) == SectionHeader && !BeginSection()) return false;
            uint type = Read32(_window[..4]), length = Read32(_window[4..8]);
            if (length < 12 || length % 4 != 0 || length > MaxBlock) return Stop(CaptureEnd.Corrupt, $"a block says that it has {length} bytes");
            int whole = (int)length;
            if (!_window.Ask(whole)) return AtEnd("it stops inside of a block");
            if (Read32(_window[(whole - 4)..whole]) != length) return Stop(CaptureEnd.Corrupt, "a block's two lengths differ");
            _done = whole;
            ReadOnlySpan<byte> body = _window[8..(whole - 4)];
            bool isGood = type switch
            {
                SectionHeader => ReadSection(body),
                1 => ReadInterface(body),
                2 => ReadOldPacket(body, ref packet),
                3 => ReadSimplePacket(body, ref packet),
                5 => ReadStatistics(body),
                6 => ReadPacket(body, ref packet),
                10 => ReadSecrets(body),
                _ => true,
            };
            if (!isGood)
            {
                _done = 0;
                return Stop(CaptureEnd.Corrupt, $"a block of type {type} is not as such a block must be");
            }
            if (packet.Number > 0) return true;
        }
    }

    bool BeginSection()
    {
        uint order = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(_window[8..12]);
        if (order is not (ByteOrder or 0x4d3c2b1a)) return Stop(CaptureEnd.Corrupt, "a section does not say its byte order");
        _isBig = order == ByteOrder;
        return true;
    }

    bool ReadSection(ReadOnlySpan<byte> body)
    {
        _interfaces.Clear();
        return body.Length >= 16 && Read16(body[4..]) == 1;
    }

    bool ReadInterface(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8 || _interfaces.Count == MaxInterfaces) return false;
        byte resolution = 6;
        long offset = 0;
        int check = 0;
        for (ReadOnlySpan<byte> options = body[8..]; NextOption(ref options, out int code, out ReadOnlySpan<byte> value);)
        {
            if (code == 9 && value.Length == 1) resolution = value[0];
            else if (code == 13 && value.Length == 1) check = Math.Min(value[0], (byte)16);
            else if (code == 14 && value.Length == 8) offset = unchecked((long)Read64(value));
        }
        _interfaces.Add(new Interface(Read16(body), Read32(body[4..]), resolution, offset, check));
        return true;
    }

    bool ReadPacket(ReadOnlySpan<byte> body, ref CapturedPacket packet)
    {
        if (body.Length < 20) return false;
        return ReadPacket(Read32(body), body[4..], -1, ref packet);
    }

    // Obsolete; Wireshark's older files have it.
    bool ReadOldPacket(ReadOnlySpan<byte> body, ref CapturedPacket packet)
    {
        if (body.Length < 20) return false;
        return ReadPacket(Read16(body), body[4..], Read16(body[2..]), ref packet);
    }

    bool ReadPacket(uint number, ReadOnlySpan<byte> rest, int dropped, ref CapturedPacket packet)
    {
        uint captured = Read32(rest[8..]);
        if (captured > MaxPacket || captured > rest.Length - 16) return false;
        Interface on = At(number);
        _time = on.Nanoseconds((ulong)Read32(rest) << 32 | Read32(rest[4..]));
        int padded = Math.Min(16 + ((int)captured + 3 & ~3), rest.Length);
        if (dropped is > 0 and < 0xffff) on.DroppedAlongside += dropped;
        for (ReadOnlySpan<byte> options = rest[padded..]; NextOption(ref options, out int code, out ReadOnlySpan<byte> value);)
        {
            if (code == 4 && value.Length == 8 && dropped < 0) Drop(on, alongside: Read64(value));
        }
        Recount(on);
        packet = Packet(on, rest.Slice(16, (int)captured), Read32(rest[12..]));
        return true;
    }

    bool ReadSimplePacket(ReadOnlySpan<byte> body, ref CapturedPacket packet)
    {
        if (body.Length < 4) return false;
        Interface on = At(0);
        uint length = Read32(body);
        uint captured = on.Snapshot == 0 ? length : Math.Min(length, on.Snapshot);
        if (captured > MaxPacket || captured > body.Length - 4) return false;
        packet = Packet(on, body.Slice(4, (int)captured), length);
        return true;
    }

    bool ReadStatistics(ReadOnlySpan<byte> body)
    {
        if (body.Length < 12) return false;
        Interface on = At(Read32(body));
        ulong dropped = 0;
        for (ReadOnlySpan<byte> options = body[12..]; NextOption(ref options, out int code, out ReadOnlySpan<byte> value);)
        {
            // Received packets minus those lost by the interface (5), and lost by the system (7).
            if (code is 5 or 7 && value.Length == 8) dropped = Math.Min(dropped + Math.Min(Read64(value), MaxDropped), MaxDropped);
        }
        on.DroppedInAll = Math.Max(on.DroppedInAll, (long)dropped);
        Recount(on);
        return true;
    }

    bool ReadSecrets(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8 || Read32(body[4..]) > body.Length - 8) return false;
        secrets?.Invoke(Read32(body), body.Slice(8, (int)Read32(body[4..])));
        return true;
    }

    const ulong MaxDropped = 1UL << 40;

    static void Drop(Interface on, ulong alongside) => on.DroppedAlongside = Math.Min(on.DroppedAlongside + (long)Math.Min(alongside, MaxDropped), (long)MaxDropped);

    // The same losses may be told both ways.
    void Recount(Interface on)
    {
        long dropped = Math.Max(on.DroppedAlongside, on.DroppedInAll);
        if (dropped <= on.Counted) return;
        Dropped += dropped - on.Counted;
        on.Counted = dropped;
    }

    Interface At(uint number)
    {
        if (number < _interfaces.Count) return _interfaces[(int)number];
        _remarks.Add("packets are of interfaces that the capture does not describe");
        return _undescribed;
    }

    // A list that breaks off is no reason to lose the packet before it.
    bool NextOption(ref ReadOnlySpan<byte> options, out int code, out ReadOnlySpan<byte> value)
    {
        code = 0;
        value = default;
        if (options.Length < 4) return false;
        code = Read16(options);
        int length = Read16(options[2..]);
        if (code == 0 || length > options.Length - 4) return false;
        value = options.Slice(4, length);
        options = options[Math.Min(options.Length, 4 + (length + 3 & ~3))..];
        return true;
    }
}
