using System.Buffers;
using System.Text;

namespace Offproof.Auditor;

/// <summary>UTF-8 whose bytes were taken for ISO 8859-1 or Windows-1252 and written in UTF-8 once more.</summary>
internal static class Twice
{
    // Windows-1252 from 0x80 to 0x9F; where it has no character, that of ISO 8859-1.
    private const string Windows1252 = "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    /// <summary>Undoes the second writing where the first makes characters beyond ASCII, and leaves all else. False where there are fewer than two.</summary>
    internal static bool Undo(ReadOnlySpan<byte> text, Output output)
    {
        int undone = 0;
        int from = 0;
        // The first byte of a character is U+00C2 to U+00F4: C3 82 to C3 B4.
        for (int at = 0; text[at..].IndexOf((byte)0xC3) is var next and >= 0;)
        {
            at += next;
            if (!TryCharacter(text[at..], output, text[from..at], out int length))
            {
                at++;
                continue;
            }
            undone++;
            from = at += length;
        }
        if (undone < 2) return false;
        output.Add(text[from..]);
        return true;
    }

    private static bool TryCharacter(ReadOnlySpan<byte> text, Output output, ReadOnlySpan<byte> before, out int length)
    {
        length = 2;
        if (text.Length < 4 || text[1] is < 0x82 or > 0xB4) return false;
        Span<byte> bytes = stackalloc byte[4];
        bytes[0] = (byte)(text[1] | 0x40);
        int count = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
        for (int i = 1; i < count; i++)
        {
            if (Rune.DecodeFromUtf8(text[length..], out Rune rune, out int used) != OperationStatus.Done) return false;
            int value = rune.Value is >= 0x80 and < 0xC0 ? rune.Value : rune.Value > 0xFF && rune.IsBmp && Windows1252.IndexOf((char)rune.Value, StringComparison.Ordinal) is var index and >= 0 ? 0x80 + index : -1;
            if (value < 0) return false;
            bytes[i] = (byte)value;
            length += used;
        }
        if (!System.Text.Unicode.Utf8.IsValid(bytes[..count])) return false;
        output.Add(before);
        output.Add(bytes[..count]);
        return true;
    }
}
