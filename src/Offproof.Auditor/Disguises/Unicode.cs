using System.Buffers.Binary;
using System.Text;

namespace Offproof.Auditor;

/// <summary>Texts in code units of two and four bytes.</summary>
internal static class Unicode
{
    internal sealed record Wide(string Name, int Unit, bool IsBigEndian);

    private static readonly Wide Utf16 = new("utf-16", 2, IsBigEndian: false);
    private static readonly Wide Utf16Big = new("utf-16", 2, IsBigEndian: true);
    private static readonly Wide Utf32 = new("utf-32", 4, IsBigEndian: false);
    private static readonly Wide Utf32Big = new("utf-32", 4, IsBigEndian: true);

    private static ReadOnlySpan<byte> Mark32 => [0xFF, 0xFE, 0, 0];

    private static ReadOnlySpan<byte> Mark16 => [0xFF, 0xFE];

    private static ReadOnlySpan<byte> Mark16Big => [0xFE, 0xFF];

    /// <summary>By the byte order mark, or by where the zeros of the first code units stand.</summary>
    internal static Wide? Guess(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Mark32)) return Utf32;
        if (bytes.StartsWith(Mark16)) return Utf16;
        if (bytes.StartsWith(Mark16Big)) return Utf16Big;
        Span<int> zeros = stackalloc int[4];
        int units = Math.Min(16, bytes.Length / 4);
        if (units == 0 || !bytes[..(units * 4)].Contains((byte)0)) return null;
        for (int i = 0; i < units * 4; i++)
            if (bytes[i] == 0) zeros[i & 3]++;
        if (bytes.Length % 4 == 0 && zeros[3] == units && zeros[2] == units && zeros[0] == 0) return Utf32;
        if (bytes.Length % 4 == 0 && zeros[0] == units && zeros[1] == units && zeros[3] == 0) return Utf32Big;
        int odd = zeros[1] + zeros[3];
        int even = zeros[0] + zeros[2];
        if (even == 0 && odd * 2 > units) return Utf16;
        return odd == 0 && even * 2 > units ? Utf16Big : null;
    }

    /// <summary>To UTF-8. False where units make no characters.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> bytes, Wide wide, Output output)
    {
        // A unit cut at the end is left out.
        for (int at = 0; at + wide.Unit <= bytes.Length; at += wide.Unit)
        {
            uint value = Unit(bytes[at..], wide);
            if (wide.Unit == 2 && char.IsHighSurrogate((char)value) && at + 4 <= bytes.Length && Unit(bytes[(at + 2)..], wide) is var low && char.IsLowSurrogate((char)low))
            {
                value = (uint)char.ConvertToUtf32((char)value, (char)low);
                at += 2;
            }
            if (at == 0 && value == 0xFEFF) continue;
            if (!Rune.TryCreate(value, out Rune rune)) return false;
            output.Count += rune.EncodeToUtf8(output.Room(4));
        }
        return true;
    }

    /// <summary>The first character of a text that takes three bytes of UTF-8; -1 where there is none.</summary>
    internal static int FirstWide(ReadOnlySpan<byte> utf8) => utf8.IndexOfAnyInRange((byte)0xE0, (byte)0xEF);

    private static uint Unit(ReadOnlySpan<byte> bytes, Wide wide) => wide.Unit == 2
        ? wide.IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes)
        : wide.IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
