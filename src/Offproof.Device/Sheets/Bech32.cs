using System.Diagnostics.CodeAnalysis;

namespace Offproof.Device;

/// <summary>Bech32 (BIP 173) without its 90-character limit, as age writes identities and recipients.</summary>
internal static class Bech32
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int ChecksumLength = 6;

    internal static string Encode(string prefix, ReadOnlySpan<byte> data)
    {
        List<byte> values = ToFiveBits(data);
        uint checksum = Polymod(prefix, values, appendZeros: true) ^ 1;
        return string.Create(prefix.Length + 1 + values.Count + ChecksumLength, (prefix, values, checksum), static (text, state) =>
        {
            state.prefix.CopyTo(text);
            text[state.prefix.Length] = '1';
            Span<char> body = text[(state.prefix.Length + 1)..];
            for (int i = 0; i < state.values.Count; i++) body[i] = Alphabet[state.values[i]];
            for (int i = 0; i < ChecksumLength; i++)
                body[state.values.Count + i] = Alphabet[(int)(state.checksum >> (5 * (ChecksumLength - 1 - i))) & 31];
            state.values.Clear();
        });
    }

    /// <summary>Mixed case, a wrong checksum, another prefix and non-zero padding bits are all refused.</summary>
    internal static bool TryDecode(string prefix, ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? data)
    {
        data = null;
        bool upper = false, lower = false;
        foreach (char c in text)
        {
            upper |= c is >= 'A' and <= 'Z';
            lower |= c is >= 'a' and <= 'z';
        }
        if (upper && lower) return false;
        int separator = text.LastIndexOf('1');
        if (separator < 1 || text.Length - separator - 1 < ChecksumLength) return false;
        if (!text[..separator].Equals(prefix, StringComparison.OrdinalIgnoreCase)) return false;

        List<byte> values = new(text.Length);
        foreach (char c in text[(separator + 1)..])
        {
            int value = Alphabet.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal);
            if (value < 0) return false;
            values.Add((byte)value);
        }
        if (Polymod(prefix, values, appendZeros: false) != 1) return false;
        values.RemoveRange(values.Count - ChecksumLength, ChecksumLength);
        return TryToBytes(values, out data);
    }

    private static uint Polymod(string prefix, List<byte> values, bool appendZeros)
    {
        uint checksum = 1;
        // Lower case is what the checksum is defined over, whatever case is shown.
        foreach (char c in prefix) checksum = Step(checksum, (uint)char.ToLowerInvariant(c) >> 5);
        checksum = Step(checksum, 0);
        foreach (char c in prefix) checksum = Step(checksum, (uint)char.ToLowerInvariant(c) & 31);
        foreach (byte value in values) checksum = Step(checksum, value);
        if (appendZeros)
        {
            for (int i = 0; i < ChecksumLength; i++) checksum = Step(checksum, 0);
        }
        return checksum;

        static uint Step(uint checksum, uint value)
        {
            uint top = checksum >> 25;
            checksum = ((checksum & 0x1ffffff) << 5) ^ value;
            if ((top & 1) != 0) checksum ^= 0x3b6a57b2;
            if ((top & 2) != 0) checksum ^= 0x26508e6d;
            if ((top & 4) != 0) checksum ^= 0x1ea119fa;
            if ((top & 8) != 0) checksum ^= 0x3d4233dd;
            if ((top & 16) != 0) checksum ^= 0x2a1462b3;
            return checksum;
        }
    }

    private static List<byte> ToFiveBits(ReadOnlySpan<byte> data)
    {
        List<byte> values = new((data.Length * 8 + 4) / 5);
        uint buffer = 0;
        int bits = 0;
        foreach (byte b in data)
        {
            buffer = ((buffer << 8) | b) & 0xfff;
            bits += 8;
            for (; bits >= 5; bits -= 5) values.Add((byte)((buffer >> (bits - 5)) & 31));
        }
        if (bits > 0) values.Add((byte)((buffer << (5 - bits)) & 31));
        return values;
    }

    private static bool TryToBytes(List<byte> values, [NotNullWhen(true)] out byte[]? data)
    {
        data = null;
        byte[] bytes = new byte[values.Count * 5 / 8];
        uint buffer = 0;
        int bits = 0, length = 0;
        foreach (byte value in values)
        {
            buffer = ((buffer << 5) | value) & 0xfff;
            bits += 5;
            if (bits < 8) continue;
            bytes[length++] = (byte)((buffer >> (bits - 8)) & 0xff);
            bits -= 8;
        }
        if (bits >= 5 || (buffer & ((1u << bits) - 1)) != 0) return false;
        data = bytes;
        return true;
    }
}
