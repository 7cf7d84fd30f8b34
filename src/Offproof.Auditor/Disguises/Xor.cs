using System.Globalization;

namespace Offproof.Auditor;

/// <summary>Every byte xored with one. (The search finds forms under it by itself; this is for what lies deeper.)</summary>
internal static class Xor
{
    /// <summary>The keys that make a known format or a text of bytes, the likeliest first. 0 is no key.</summary>
    internal static int Keys(ReadOnlySpan<byte> bytes, Span<(int Letters, int Key)> keys)
    {
        int count = 0;
        Span<byte> first = stackalloc byte[16];
        for (int key = 1; key < 256; key++)
        {
            // Most keys fail at the first bytes.
            int one = bytes[0] ^ key;
            bool mayBeText = one is >= 32 and < 127 or 9 or 10 or 13;
            if (!mayBeText && one is not (0x1F or 0x28 or 0x78)) continue;
            for (int i = 0; i < first.Length; i++) first[i] = (byte)(bytes[i] ^ key);
            if (first.StartsWith(Compressed.Gzip) || first.StartsWith(Compressed.Zstd) || (one == 0x78 && first[1] is 1 or 0x5E or 0x9C or 0xDA && Compressed.IsZlib(first)))
            {
                keys[0] = (0, key);
                return 1;
            }
            if (!mayBeText || first.ContainsAnyExceptInRange((byte)9, (byte)126) || !IsText(bytes, key)) continue;
            // Several keys may make something printable: the one that makes most letters and digits.
            int letters = 0;
            foreach (byte value in bytes[..Math.Min(bytes.Length, 256)])
                if (char.IsAsciiLetterOrDigit((char)(value ^ key))) letters++;
            if (count == keys.Length && letters <= keys[^1].Letters) continue;
            if (count < keys.Length) count++;
            keys[count - 1] = (letters, key);
            keys[..count].Sort((a, b) => b.Letters.CompareTo(a.Letters));
        }
        return count;
    }

    internal static string Name(int key) => string.Create(CultureInfo.InvariantCulture, $"xor 0x{key:x2}");

    internal static void Apply(ReadOnlySpan<byte> bytes, byte key, Output output)
    {
        Span<byte> room = output.Room(bytes.Length)[..bytes.Length];
        for (int i = 0; i < bytes.Length; i++) room[i] = (byte)(bytes[i] ^ key);
        output.Count += bytes.Length;
    }

    private static bool IsText(ReadOnlySpan<byte> bytes, int key)
    {
        foreach (byte value in bytes)
            if ((value ^ key) is (< 32 and not (9 or 10 or 13)) or >= 127) return false;
        return true;
    }
}
