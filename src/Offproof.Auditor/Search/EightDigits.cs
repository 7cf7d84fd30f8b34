using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>Eight digits at once.</summary>
internal static class EightDigits
{
    /// <summary>Are the first eight bytes decimal digits, and which number do they make?</summary>
    internal static bool TryRead(ReadOnlySpan<byte> text, out uint number)
    {
        unchecked
        {
            ulong eight = BinaryPrimitives.ReadUInt64LittleEndian(text);
            ulong digits = eight ^ 0x3030303030303030;
            number = 0;
            // A digit more than nine carries into the high half of its byte.
            if (((digits | (digits + 0x0606060606060606)) & 0xF0F0F0F0F0F0F0F0) != 0) return false;
            // Pairs, fours, all: the first digit stands lowest.
            digits = (digits * 10) + (digits >> 8);
            digits = ((digits & 0x000000FF000000FF) * 0x000F424000000064) + (((digits >> 16) & 0x000000FF000000FF) * 0x0000271000000001);
            number = (uint)(digits >> 32);
            return true;
        }
    }
}
