using System.Buffers.Binary;
using System.Buffers.Text;

namespace Offproof.Auditor;

/// <summary>
/// Bases 16, 32, 58 and 64 (RFC 4648 and its relatives), as lenient as the loosest decoder: no padding is asked for, the case of bases 16 and 32 does not matter,
/// left-over bits are dropped. Callers know that every character belongs to the alphabet's class.
/// </summary>
internal static class BaseN
{
    internal const byte None = 255;

    internal static byte[] Hex { get; } = Table("0123456789abcdef", caseless: true);

    internal static byte[] Base32 { get; } = Table("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", caseless: true);

    internal static byte[] Base32Hex { get; } = Table("0123456789ABCDEFGHIJKLMNOPQRSTUV", caseless: true);

    /// <summary>Crockford's: I and L are read as 1, O as 0.</summary>
    internal static byte[] Crockford { get; } = CrockfordTable();

    internal static byte[] ZBase32 { get; } = Table("ybndrfg8ejkmcpqxot1uwisza345h769", caseless: true);

    internal static byte[] Base58Bitcoin { get; } = Table("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", caseless: false);

    internal static byte[] Base58Flickr { get; } = Table("123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ", caseless: false);

    internal static byte[] Base58Ripple { get; } = Table("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz", caseless: false);

    private static byte[] Base64Values { get; } = Base64Table();

    /// <summary>Two digits a byte; an odd last digit is dropped.</summary>
    internal static bool TryHex(ReadOnlySpan<byte> text, Output output)
    {
        int count = text.Length / 2;
        Span<byte> room = output.Room(count);
        return Convert.FromHexString(text[..(count * 2)], room, out _, out int written) == System.Buffers.OperationStatus.Done && Wrote(output, written);
    }

    /// <summary>Five bits a character.</summary>
    internal static bool TryBase32(ReadOnlySpan<byte> text, byte[] table, Output output)
    {
        Span<byte> room = output.Room((text.Length * 5 / 8) + 8);
        uint held = 0;
        int bits = 0;
        int written = 0;
        foreach (byte character in text)
        {
            byte value = table[character];
            if (value == None) return false;
            held = ((held & 0x7FF) << 5) | value;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            room[written++] = unchecked((byte)(held >> bits));
        }
        return Wrote(output, written);
    }

    /// <summary>Six bits a character, of the standard and the URL alphabet mixed.</summary>
    internal static bool TryBase64(ReadOnlySpan<byte> text, Output output)
    {
        Span<byte> room = output.Room((text.Length / 4 * 3) + 3);
        int written = 0;
        int at = 0;
        if (text.Length >= 16)
        {
            // In the platform's alphabet almost always; where it stops at a '-' or '_', the table goes on.
            Base64.DecodeFromUtf8(text[..(text.Length & ~3)], room, out at, out written, isFinalBlock: false);
        }
        for (; text.Length - at >= 4; at += 4)
        {
            int a = Base64Values[text[at]], b = Base64Values[text[at + 1]], c = Base64Values[text[at + 2]], d = Base64Values[text[at + 3]];
            if ((a | b | c | d) >= 64) return false;
            int all = (a << 18) | (b << 12) | (c << 6) | d;
            room[written++] = (byte)(all >> 16);
            room[written++] = unchecked((byte)(all >> 8));
            room[written++] = unchecked((byte)all);
        }
        int left = text.Length - at;
        if (left >= 2)
        {
            int a = Base64Values[text[at]], b = Base64Values[text[at + 1]], c = left > 2 ? Base64Values[text[at + 2]] : 0;
            if ((a | b | c) >= 64) return false;
            room[written++] = unchecked((byte)((a << 2) | (b >> 4)));
            if (left > 2) room[written++] = unchecked((byte)((b << 4) | (c >> 2)));
        }
        return Wrote(output, written);
    }

    /// <summary>One number in base 58; leading zero digits are zero bytes.</summary>
    internal static bool TryBase58(ReadOnlySpan<byte> text, byte[] table, Output output)
    {
        int zeros = 0;
        while (zeros < text.Length && table[text[zeros]] == 0) zeros++;
        int words = (text.Length * 6 / 32) + 1;
        Span<uint> number = words <= 128 ? stackalloc uint[128] : new uint[words];
        int used = 0;
        for (int at = zeros; at < text.Length;)
        {
            uint scale = 1;
            uint digits = 0;
            // Five digits at a time: 58^5 < 2^32.
            for (int end = Math.Min(text.Length, at + 5); at < end; at++)
            {
                byte digit = table[text[at]];
                if (digit == None) return false;
                scale *= 58;
                digits = (digits * 58) + digit;
            }
            ulong carry = digits;
            for (int i = 0; i < used; i++)
            {
                carry += (ulong)number[i] * scale;
                number[i] = (uint)(carry & uint.MaxValue);
                carry >>= 32;
            }
            if (carry != 0) number[used++] = (uint)carry;
        }
        Span<byte> room = output.Room(zeros + (used * 4));
        room[..zeros].Clear();
        for (int i = 0; i < used; i++) BinaryPrimitives.WriteUInt32BigEndian(room[(zeros + (i * 4))..], number[used - 1 - i]);
        int leading = 0;
        while (leading < used * 4 && room[zeros + leading] == 0) leading++;
        room.Slice(zeros + leading, (used * 4) - leading).CopyTo(room[zeros..]);
        return Wrote(output, zeros + (used * 4) - leading);
    }

    internal static bool IsBase64(byte character) => Base64Values[character] != None;

    internal static bool IsHex(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(HexDigits);

    internal static System.Buffers.SearchValues<byte> HexDigits { get; } = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF"u8);

    private static bool Wrote(Output output, int written)
    {
        output.Count += written;
        return true;
    }

    private static byte[] Table(string alphabet, bool caseless)
    {
        byte[] table = new byte[256];
        Array.Fill(table, None);
        for (int i = 0; i < alphabet.Length; i++)
        {
            table[alphabet[i]] = (byte)i;
            if (!caseless) continue;
            table[char.ToUpperInvariant(alphabet[i])] = (byte)i;
            table[char.ToLowerInvariant(alphabet[i])] = (byte)i;
        }
        return table;
    }

    private static byte[] CrockfordTable()
    {
        byte[] table = Table("0123456789ABCDEFGHJKMNPQRSTVWXYZ", caseless: true);
        foreach (char one in "ILil") table[one] = 1;
        foreach (char zero in "Oo") table[zero] = 0;
        return table;
    }

    private static byte[] Base64Table()
    {
        byte[] table = Table("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", caseless: false);
        table['-'] = 62;
        table['_'] = 63;
        return table;
    }
}
