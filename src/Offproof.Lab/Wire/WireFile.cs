using System.Buffers.Binary;
using System.Net;

namespace Offproof.Lab;

/// <summary>A capture that is not as dumpcap wrote it.</summary>
internal sealed class WireException(string message) : Exception(message);

/// <summary>One frame of the link, as it was captured.</summary>
/// <param name="Number">From 1, as Wireshark counts.</param>
/// <param name="Time">When, since 1970.</param>
/// <param name="Block">Its whole block of the file, to be written again.</param>
/// <param name="Length">On the wire.</param>
/// <param name="Bytes">What was captured of it.</param>
internal sealed record Frame(int Number, TimeSpan Time, ReadOnlyMemory<byte> Block, int Length, ReadOnlyMemory<byte> Bytes)
{
    internal ushort EtherType => Bytes.Length < Ethernet ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(Bytes.Span[12..]);

    internal ReadOnlyMemory<byte> Payload => Bytes.Length < Ethernet ? default : Bytes[Ethernet..];

    internal const int Ethernet = 14;

    /// <summary>Of IPv4, the sender; null of anything else.</summary>
    internal IPAddress? From => IsInternet ? new IPAddress(Payload.Span[12..16]) : null;

    internal IPAddress? To => IsInternet ? new IPAddress(Payload.Span[16..20]) : null;

    internal bool IsInternet => EtherType == 0x0800 && Payload.Length >= 20;

    internal bool IsArp => EtherType == 0x0806;

    /// <summary>Which end of the link sent it, by the hardware address that the lab gave the device's end.</summary>
    internal bool IsFromDevice => Bytes.Length >= Ethernet && Bytes.Span[6..12].SequenceEqual(DeviceAddress);

    internal static ReadOnlySpan<byte> DeviceAddress => [0x02, 0x00, 0x00, 0x00, 0x00, 0x02];
}

/// <summary>Reads the pcapng files that dumpcap writes for the lab, and writes parts of them: one interface, Ethernet. Nothing of the auditor's reader is used: the two are held against each other.</summary>
internal sealed class WireFile
{
    private const uint Section = 0x0A0D0D0A, Interface = 1, Enhanced = 6, Statistics = 5;

    private readonly List<ReadOnlyMemory<byte>> beginning = [];

    internal List<Frame> Frames { get; } = [];

    /// <summary>What dumpcap says that it did not get; null where it does not say.</summary>
    internal long? Dropped { get; private set; }

    internal static WireFile Read(byte[] file)
    {
        WireFile wire = new();
        long resolution = 1_000_000;
        for (int at = 0; at < file.Length;)
        {
            if (file.Length - at < 12) throw new WireException("the capture ends inside a block");
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 4));
            if (length < 12 || length % 4 != 0 || length > file.Length - at) throw new WireException("a block of the capture has no right length");
            ReadOnlyMemory<byte> block = file.AsMemory(at, (int)length);
            switch (type)
            {
                case Section or Interface:
                    if (type == Interface)
                    {
                        if (wire.beginning.Count > 1) throw new WireException("the capture has a second interface");
                        if (length < 20 || BinaryPrimitives.ReadUInt16LittleEndian(block.Span[8..]) != 1) throw new WireException("the capture is not of Ethernet");
                        if (Option(block.Span[16..^4], 9) is [var power, ..] && power < 10) resolution = (long)Math.Pow(10, power);
                    }
                    wire.beginning.Add(block);
                    break;
                case Enhanced:
                    wire.Add(block, resolution);
                    break;
                case Statistics when length >= 24:
                    if (Option(block.Span[20..^4], 5) is { Length: >= 8 } dropped) wire.Dropped = BinaryPrimitives.ReadInt64LittleEndian(dropped);
                    break;
                default:
                    break;
            }
            at += (int)length;
        }
        return wire;
    }

    /// <summary>A capture of these frames alone.</summary>
    internal void Write(Stream to, IEnumerable<Frame> frames)
    {
        foreach (ReadOnlyMemory<byte> block in beginning) to.Write(block.Span);
        foreach (Frame frame in frames) to.Write(frame.Block.Span);
    }

    private void Add(ReadOnlyMemory<byte> block, long resolution)
    {
        if (block.Length < 32) throw new WireException("a packet's block is too short");
        ReadOnlySpan<byte> head = block.Span;
        ulong ticks = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(head[12..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(head[16..]);
        uint captured = BinaryPrimitives.ReadUInt32LittleEndian(head[20..]), length = BinaryPrimitives.ReadUInt32LittleEndian(head[24..]);
        if (captured > block.Length - 32 || length > int.MaxValue || ticks > long.MaxValue) throw new WireException("a packet's block has no right length");
        long whole = (long)ticks / resolution, part = (long)ticks % resolution;
        Frames.Add(new Frame(Frames.Count + 1, TimeSpan.FromTicks((whole * TimeSpan.TicksPerSecond) + (part * TimeSpan.TicksPerSecond / resolution)), block, (int)length, block.Slice(28, (int)captured)));
    }

    private static ReadOnlySpan<byte> Option(ReadOnlySpan<byte> options, ushort wanted)
    {
        while (options.Length >= 4)
        {
            ushort code = BinaryPrimitives.ReadUInt16LittleEndian(options), length = BinaryPrimitives.ReadUInt16LittleEndian(options[2..]);
            if (code == 0 || length > options.Length - 4) return default;
            if (code == wanted) return options.Slice(4, length);
            int padded = 4 + ((length + 3) & ~3);
            if (padded > options.Length) return default;
            options = options[padded..];
        }
        return default;
    }
}
