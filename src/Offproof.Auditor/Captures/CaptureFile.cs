using System.Buffers.Binary;
using System.Globalization;

namespace Offproof.Auditor;

/// <summary>Takes the secrets that a pcapng file carries: their type (0x544c534b is an NSS key log) and their bytes, valid during the call.</summary>
internal delegate void SecretsReader(uint type, ReadOnlySpan<byte> secrets);

/// <summary>Reads the packets of a pcap or pcapng file, plain or in gzip, one after the other (audit.md §2.1).</summary>
/// <param name="secrets">Called as they come; null where nobody wants them.</param>
internal sealed partial class CaptureFile(Stream stream, SecretsReader? secrets = null) : IDisposable
{
    internal const int MaxPacket = 1 << 20;
    internal const int MaxBlock = 16 << 20;
    internal const int MaxInterfaces = 1 << 16;

    // Longer ones are searched as what stands behind a payload: nobody's frame check has more than 32 bits.
    const int MaxFrameCheck = 4;

    readonly Window _window = new(stream);
    readonly SortedSet<string> _remarks = new(StringComparer.Ordinal);
    bool _begun;
    bool _isBig;
    bool _isNg;
    long _time;

    /// <summary>Packets that were read.</summary>
    internal long Packets { get; private set; }

    internal CaptureEnd End { get; private set; }

    /// <summary>How many packets the recorder itself says it dropped.</summary>
    internal long Dropped { get; private set; }

    /// <summary>The file was read to its end and its recorder dropped nothing. False is a reason for INCONCLUSIVE.</summary>
    internal bool IsComplete => End == CaptureEnd.Whole && Dropped == 0;

    /// <summary>What is wrong with the file, in words for people.</summary>
    internal IReadOnlyCollection<string> Remarks => _remarks;

    /// <returns>False at the end, whatever end it is.</returns>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    internal bool TryRead(out CapturedPacket packet)
    {
        packet = default;
        if (End != CaptureEnd.None || (!_begun && !Begin())) return false;
        if (_isNg ? TryReadBlocks(out packet) : TryReadRecord(out packet)) return true;
        if (Dropped > 0) _remarks.Add(string.Create(CultureInfo.InvariantCulture, $"the recorder dropped {Dropped} packets"));
        return false;
    }

    bool Begin()
    {
        _begun = true;
        if (_window.Ask(2) && _window[0] == 0x1f && _window[1] == 0x8b) _window.Unzip();
        if (!_window.Ask(4)) return Stop(_window.Length == 0 && _window.Problem is null ? CaptureEnd.Unknown : CaptureEnd.Truncated, "it is shorter than a capture's first word");
        switch (BinaryPrimitives.ReadUInt32BigEndian(_window[..4]))
        {
            case 0x0a0d0d0a:
                return _isNg = true;
            case 0xa1b2c3d4 or 0xa1b23c4d or 0xa1b2cd34:
                _isBig = true;
                return BeginPcap();
            case 0xd4c3b2a1 or 0x4d3cb2a1 or 0x34cdb2a1:
                return BeginPcap();
            default:
                return Stop(CaptureEnd.Unknown, "it is no pcap, no pcapng, neither in gzip, and no HAR in UTF-8 and no flows of mitmproxy");
        }
    }

    // A file that ends between two packets is whole; one that stops inside of something is not.
    bool AtEnd(string inside)
    {
        if (_window.Problem is { } problem) return Stop(CaptureEnd.Truncated, problem);
        return _window.Length == 0 ? Stop(CaptureEnd.Whole, null) : Stop(CaptureEnd.Truncated, inside);
    }

    bool Stop(CaptureEnd end, string? problem)
    {
        End = end;
        if (problem is not null) _remarks.Add(string.Create(CultureInfo.InvariantCulture, $"the capture was read up to byte {_window.Position}, {Packets} packets: {problem}"));
        return false;
    }

    CapturedPacket Packet(Interface on, ReadOnlySpan<byte> bytes, uint length)
    {
        if (length < bytes.Length) _remarks.Add("packets say that they were shorter on the wire than what was captured of them");
        return new CapturedPacket { Number = ++Packets, Nanoseconds = _time, LinkType = on.LinkType, FrameCheck = on.FrameCheck, Bytes = bytes, Length = Math.Max(length, bytes.Length) };
    }

    ushort Read16(ReadOnlySpan<byte> bytes) => _isBig ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    uint Read32(ReadOnlySpan<byte> bytes) => _isBig ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    ulong Read64(ReadOnlySpan<byte> bytes) => _isBig ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    public void Dispose() => _window.Dispose();

    /// <summary>Where packets were captured.</summary>
    /// <param name="Snapshot">The most that is kept of a packet; 0 is no limit.</param>
    /// <param name="Resolution">As in if_tsresol.</param>
    /// <param name="Offset">Seconds that are added to each time.</param>
    sealed record Interface(int LinkType, uint Snapshot, byte Resolution, long Offset, int FrameCheck)
    {
        internal long DroppedAlongside { get; set; }

        internal long DroppedInAll { get; set; }

        internal long Counted { get; set; }

        internal long Nanoseconds(ulong time)
        {
            Int128 count = time;
            int digits = Resolution & 0x7f;
            if (Resolution >= 0x80) count = digits >= 64 ? 0 : count * 1_000_000_000 >> digits;
            else if (digits <= 9) count *= Powers[9 - digits];
            else count = digits > 28 ? 0 : count / Powers[digits - 9];
            count += (Int128)Offset * 1_000_000_000;
            return count > long.MaxValue ? long.MaxValue : count < long.MinValue ? long.MinValue : (long)count;
        }

        static readonly Int128[] Powers = [.. Enumerable.Range(0, 20).Select(power => Enumerable.Repeat((Int128)10, power).Aggregate((Int128)1, (a, b) => a * b))];
    }
}
