using System.Text;
using System.Text.Unicode;

namespace Offproof.Phone;

/// <summary>
/// UTF-8 in which an unpaired surrogate stands as the three bytes that it would have. Phones write emoji as two numeric references, one for each
/// half; in memory the halves arrive one by one and are joined when the value is whole (messages.md §2.2).
/// </summary>
static class Wtf8
{
    /// <summary>Joins pairs of surrogates from <paramref name="start"/> to the end, and puts U+FFFD where bytes are no text. Returns true when it had to.</summary>
    internal static bool Repair(ByteBuffer buffer, int start)
    {
        if (Utf8.IsValid(buffer.Slice(start, buffer.Length - start))) return false;
        byte[] text = buffer.Slice(start, buffer.Length - start).ToArray();
        buffer.Cut(start);
        bool replaced = false;
        for (int at = 0; at < text.Length;)
        {
            ReadOnlySpan<byte> rest = text.AsSpan(at);
            if (IsSurrogate(rest, out char unit))
            {
                if (char.IsHighSurrogate(unit) && IsSurrogate(rest[3..], out char low) && char.IsLowSurrogate(low))
                {
                    buffer.Advance(new Rune(unit, low).EncodeToUtf8(buffer.Room(4)));
                    at += 6;
                }
                else
                {
                    buffer.Add(rest[..3]);
                    at += 3;
                }
                continue;
            }
            if (Rune.DecodeFromUtf8(rest, out _, out int length) is System.Buffers.OperationStatus.Done)
            {
                buffer.Add(rest[..length]);
            }
            else
            {
                buffer.Add("\uFFFD"u8);
                replaced = true;
            }
            at += length;
        }
        return replaced;
    }

    /// <summary>True where the three bytes of a surrogate begin.</summary>
    internal static bool IsSurrogate(ReadOnlySpan<byte> text, out char unit)
    {
        bool found = text.Length >= 3 && text[0] == 0xED && text[1] is >= 0xA0 and <= 0xBF && text[2] is >= 0x80 and <= 0xBF;
        unit = found ? (char)(0xD000 | ((text[1] & 0x3F) << 6) | (text[2] & 0x3F)) : '\0';
        return found;
    }

    /// <summary>Adds a code point, a surrogate included.</summary>
    internal static int Encode(int codePoint, Span<byte> into)
    {
        if (Rune.TryCreate(codePoint, out Rune rune)) return rune.EncodeToUtf8(into);
        into[0] = (byte)(0xE0 | (codePoint >> 12));
        into[1] = (byte)(0x80 | ((codePoint >> 6) & 0x3F));
        into[2] = (byte)(0x80 | (codePoint & 0x3F));
        return 3;
    }
}
