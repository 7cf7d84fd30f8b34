using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>
/// A packet on its way from its outermost header to its payload. What was passed is structural; between <see cref="At"/> and <see cref="End"/> lies the payload of the layers so far, and
/// what is behind it is padding of one of them.
/// </summary>
internal ref struct Layers(ReadOnlySpan<byte> bytes, long length, long packet)
{
    /// <summary>What was captured, from the packet's first byte.</summary>
    internal readonly ReadOnlySpan<byte> Bytes = bytes;

    /// <summary>How long it was on the wire.</summary>
    internal readonly long Length = length;

    internal readonly long Packet = packet;

    internal int At;

    /// <summary>On the wire: it may be beyond the captured bytes.</summary>
    internal long End = length;

    /// <summary>How many bytes more than there were the headers say that there were.</summary>
    internal long Beyond;

    /// <summary>How many bytes of the headers a sender was free to choose.</summary>
    internal int Capacity;

    /// <summary>How many of the last bytes on the wire are a frame check.</summary>
    internal int FrameCheck;

    internal string? Remark;

    /// <summary>Of the headers that were passed, what nobody reads: from where in the packet, and how much.</summary>
    internal List<(int Start, int Length)>? Strange;

    internal UInt128 Source;
    internal UInt128 Destination;
    internal bool IsVersion6;

    /// <summary>How many internet headers were passed.</summary>
    internal int Depth;

    /// <summary>The captured part of the payload.</summary>
    internal readonly ReadOnlySpan<byte> Payload => Bytes[At..(int)Math.Min(Bytes.Length, End)];

    /// <summary>Bytes of the payload that were sent and are not here.</summary>
    internal readonly long Cut => Beyond + End - Math.Min(Bytes.Length, End);

    /// <summary>Of the header at hand, what its sender chose and a form could stand in.</summary>
    internal (int Start, int Length) Chosen;

    /// <summary>The captured bytes behind the payload.</summary>
    internal readonly ReadOnlySpan<byte> Padding => Bytes[(int)Math.Min(Bytes.Length, End)..];

    /// <summary>So many bytes of the header at hand hold something that is no part of the protocol.</summary>
    internal void Leave(int offset, int length)
    {
        Capacity -= length;
        Strange?.Add((At + offset, length));
    }

    /// <summary>Is a header of so many bytes there, whole?</summary>
    internal readonly bool Has(int header) => At + header <= Bytes.Length && At + header <= End;

    internal readonly ushort Word(int offset) => BinaryPrimitives.ReadUInt16BigEndian(Bytes[(At + offset)..]);

    internal readonly uint Long(int offset) => BinaryPrimitives.ReadUInt32BigEndian(Bytes[(At + offset)..]);

    /// <summary>The payload of the layer at hand ends after <paramref name="length"/> bytes from here, its header included, as that header says.</summary>
    internal void Limit(long length)
    {
        if (At + length <= End)
        {
            End = At + length;
            return;
        }
        Remark = "headers say that packets are longer than they were on the wire";
        Beyond += At + length - End;
    }
}
