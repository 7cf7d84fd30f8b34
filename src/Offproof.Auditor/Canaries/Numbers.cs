using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Offproof.Auditor;

/// <summary>Digits, and numbers as programs store them (audit.md §4.1).</summary>
internal static class Numbers
{
    internal static string DigitsOf(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    internal static void Imei(FormList forms, Canary canary)
    {
        string digits = DigitsOf(canary.Value);
        if (digits.Length is < 14 or > 17)
        {
            AsWritten(forms, canary);
            return;
        }
        // TAC: the same on all phones of a model. The check digit follows from the others, but an accident must meet it too.
        double bits = 8 * Entropy.KnownDigit + 6 * Entropy.Digit;
        string body = digits[..14];
        if (digits.Length == 15)
        {
            forms.Add(canary, "digits", Encoding.ASCII.GetBytes(digits), bits + Entropy.Digit);
            Binary(forms, canary, "", digits, bits + Entropy.Digit);
            Number(forms, canary, "", digits, 8);
        }
        forms.Add(canary, "without-check-digit", Encoding.ASCII.GetBytes(body), bits);
        Binary(forms, canary, "without-check-digit-", body, bits);
        Number(forms, canary, "without-check-digit-", body, 8);
    }

    /// <summary>Digits as a number, which has no zeros before it; twice, as sint64 of protobuf has it; and in hexadecimal.</summary>
    /// <param name="known">How many of the first digits are known beforehand.</param>
    internal static void Number(FormList forms, Canary canary, string prefix, string digits, int known)
    {
        string number = digits.TrimStart('0');
        if (number.Length < 10 || !ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)) return;
        known = Math.Max(0, known - (digits.Length - number.Length));
        Number(forms, canary, prefix, value, known * Entropy.KnownDigit + (number.Length - known) * Entropy.Digit);
    }

    internal static void Number(FormList forms, Canary canary, string prefix, ulong value, double bits)
    {
        Digits("number", value);
        if (value <= long.MaxValue) Digits("zigzag", 2 * value);
        forms.Add(canary, prefix + "hexadecimal", value.ToString("x", CultureInfo.InvariantCulture), bits);

        void Digits(string name, ulong number) => forms.Add(canary, prefix + name, number.ToString(CultureInfo.InvariantCulture), bits);
    }

    internal static void Imsi(FormList forms, Canary canary)
    {
        string digits = DigitsOf(canary.Value);
        if (digits.Length is < 14 or > 15)
        {
            AsWritten(forms, canary);
            return;
        }
        double bits = 6 * Entropy.KnownDigit + (digits.Length - 6) * Entropy.Digit;
        forms.Add(canary, "digits", Encoding.ASCII.GetBytes(digits), bits);
        Binary(forms, canary, "", digits, bits);
        Number(forms, canary, "", digits, 6);
    }

    internal static void Iccid(FormList forms, Canary canary)
    {
        string digits = DigitsOf(canary.Value);
        if (digits.Length is < 18 or > 22)
        {
            AsWritten(forms, canary);
            return;
        }
        double bits = 7 * Entropy.KnownDigit + (digits.Length - 8) * Entropy.Digit;
        forms.Add(canary, "digits", Encoding.ASCII.GetBytes(digits), bits + Entropy.Digit);
        forms.Add(canary, "without-check-digit", Encoding.ASCII.GetBytes(digits[..^1]), bits);
        Binary(forms, canary, "", digits, bits + Entropy.Digit);
        Binary(forms, canary, "without-check-digit-", digits[..^1], bits);
    }

    static void AsWritten(FormList forms, Canary canary) => forms.Add(canary, "as-written", canary.Value, Entropy.OfText(canary.Value));

    /// <summary>A number of 10 digits or more as an integer and as packed digits, where that is 6 bytes or more of its own.</summary>
    internal static void Binary(FormList forms, Canary canary, string prefix, string digits, double bits)
    {
        if (ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) && digits.Length >= 11 && digits[0] != '0' | digits.Length >= 15)
        {
            byte[] little = new byte[8], big = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(little, value);
            BinaryPrimitives.WriteUInt64BigEndian(big, value);
            forms.Add(canary, prefix + "int64-le", little, bits);
            forms.Add(canary, prefix + "int64-be", big, bits);
            byte[] varint = Varint(value);
            if (varint.Length >= Form.ShortestBytes) forms.Add(canary, prefix + "varint", varint, bits);
        }
        byte[] packed = Packed(digits, swapped: false), swapped = Packed(digits, swapped: true);
        if (packed.Length < Form.ShortestBytes) return;
        forms.Add(canary, prefix + "bcd", packed, bits);
        forms.Add(canary, prefix + "bcd-swapped", swapped, bits);
        if (digits.Length % 2 != 0)
        {
            // An odd number may be filled at either end, and a SIM's files begin with the kind of identity (9: IMSI, A: IMEI) in the first half byte.
            forms.Add(canary, prefix + "bcd", Packed("0" + digits, swapped: false), bits);
            forms.Add(canary, prefix + "bcd-swapped", Packed(":" + digits, swapped: true), bits);
            forms.Add(canary, prefix + "bcd-swapped", Packed("9" + digits, swapped: true), bits);
        }
    }

    internal static byte[] Varint(ulong value)
    {
        Span<byte> bytes = stackalloc byte[10];
        int length = 0;
        for (; value >= 0x80; value >>= 7) bytes[length++] = (byte)(value & 0x7F | 0x80);
        bytes[length++] = (byte)value;
        return bytes[..length].ToArray();
    }

    /// <summary>Two digits a byte, the first in the upper half or (swapped: 3GPP TS 24.008) in the lower; a missing last one is F.</summary>
    internal static byte[] Packed(string digits, bool swapped)
    {
        byte[] packed = new byte[(digits.Length + 1) / 2];
        for (int i = 0; i < packed.Length; i++)
        {
            int first = digits[2 * i] - '0', second = 2 * i + 1 < digits.Length ? digits[2 * i + 1] - '0' : 15;
            packed[i] = (byte)(swapped ? second << 4 | first : first << 4 | second);
        }
        return packed;
    }
}
