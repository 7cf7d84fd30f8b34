using System.Buffers.Binary;

namespace Offproof.Phone;

/// <summary>The checksum of a ZIP's members (CRC-32 of ISO 3309, reflected), eight bytes at a time: an export may hold gigabytes.</summary>
static class Crc32
{
    // Row r is the checksum of a byte that r zeros follow.
    static readonly uint[] Table = Make();

    /// <summary>Goes on from <paramref name="checksum"/>; the first is all ones, and the last is inverted.</summary>
    internal static uint Add(uint checksum, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> table = Table;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            uint low = checksum ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            checksum = table[(int)(0x700 | (low & 0xFF))] ^ table[(int)(0x600 | ((low >> 8) & 0xFF))] ^ table[(int)(0x500 | ((low >> 16) & 0xFF))] ^ table[(int)(0x400 | (low >> 24))]
                ^ table[(int)(0x300 | (high & 0xFF))] ^ table[(int)(0x200 | ((high >> 8) & 0xFF))] ^ table[(int)(0x100 | ((high >> 16) & 0xFF))] ^ table[(int)(high >> 24)];
        }
        foreach (byte value in bytes) checksum = (checksum >> 8) ^ table[(int)((checksum ^ value) & 0xFF)];
        return checksum;
    }

    static uint[] Make()
    {
        uint[] table = new uint[8 * 256];
        for (uint index = 0; index < 256; index++)
        {
            uint value = index;
            for (int bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320 : value >> 1;
            table[index] = value;
        }
        for (int index = 256; index < table.Length; index++) table[index] = (table[index - 256] >> 8) ^ table[(int)(table[index - 256] & 0xFF)];
        return table;
    }
}
