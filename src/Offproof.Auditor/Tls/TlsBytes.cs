using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>Reads the numbers and vectors of TLS (RFC 8446 §3) off the front of hostile bytes.</summary>
internal ref struct TlsBytes(ReadOnlySpan<byte> bytes)
{
    internal ReadOnlySpan<byte> Rest { get; private set; } = bytes;

    internal readonly bool IsEmpty => Rest.IsEmpty;

    internal bool TryTake(int length, out ReadOnlySpan<byte> taken)
    {
        if (length > Rest.Length)
        {
            taken = default;
            return false;
        }
        taken = Rest[..length];
        Rest = Rest[length..];
        return true;
    }

    internal bool TryByte(out byte value)
    {
        bool isThere = TryTake(1, out ReadOnlySpan<byte> taken);
        value = isThere ? taken[0] : (byte)0;
        return isThere;
    }

    internal bool TryShort(out ushort value)
    {
        bool isThere = TryTake(2, out ReadOnlySpan<byte> taken);
        value = isThere ? BinaryPrimitives.ReadUInt16BigEndian(taken) : (ushort)0;
        return isThere;
    }

    /// <summary>A vector whose length stands before it in one byte.</summary>
    internal bool TryVector8(out ReadOnlySpan<byte> taken)
    {
        taken = default;
        return TryByte(out byte length) && TryTake(length, out taken);
    }

    internal bool TryVector16(out ReadOnlySpan<byte> taken)
    {
        taken = default;
        return TryShort(out ushort length) && TryTake(length, out taken);
    }
}
