namespace Offproof.Auditor;

/// <summary>Five letters for four bytes: Adobe's ascii85 (PostScript), RFC 1924's letters, Z85 (ZeroMQ RFC 32).</summary>
internal static class Base85
{
    private const byte None = 0xFF;
    private const byte Zeros = 0xFE;

    internal static readonly (string Name, byte[] Letters)[] Alphabets =
    [
        ("ascii85", Of("!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstu"u8)),
        ("base85", Of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"u8)),
        ("z85", Of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"u8)),
    ];

    static Base85() => Alphabets[0].Letters['z'] = Zeros;

    private static byte[] Of(ReadOnlySpan<byte> letters)
    {
        byte[] table = new byte[256];
        Array.Fill(table, None);
        for (int i = 0; i < letters.Length; i++) table[letters[i]] = (byte)i;
        return table;
    }

    /// <summary>False where a letter is none, or a group is no four bytes. A last group may be shorter by some letters.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> text, byte[] letters, Output output)
    {
        if (text.StartsWith("<~"u8)) text = text[2..];
        if (text.EndsWith("~>"u8)) text = text[..^2];
        ulong group = 0;
        int count = 0;
        foreach (byte letter in text)
        {
            byte value = letters[letter];
            if (value == Zeros && count == 0)
            {
                for (int i = 0; i < 4; i++) output.Add(0);
                continue;
            }
            if (value >= 85) return false;
            group = 85 * group + value;
            if (++count < 5) continue;
            if (!Put(group, 4, output)) return false;
            (group, count) = (0, 0);
        }
        if (count == 1) return false;
        for (int i = count; i is > 0 and < 5; i++) group = 85 * group + 84;
        return count == 0 || Put(group, count - 1, output);
    }

    private static bool Put(ulong group, int bytes, Output output)
    {
        if (group > uint.MaxValue) return false;
        for (int i = 0; i < bytes; i++) output.Add((byte)(group >> (24 - 8 * i) & 0xFF));
        return true;
    }
}
