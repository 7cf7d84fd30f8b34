using System.Buffers;
using System.Text;

namespace Offproof.Phone;

/// <summary>Attribute values in legal XML 1.0 and UTF-8: emoji as themselves, never as halves.</summary>
static class XmlValue
{
    static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 32).Select(b => (byte)b), .. "&<>\""u8.ToArray(), 0xED, 0xEF]);

    /// <summary>Adds a value. Returns true when it held characters that XML cannot hold, for which U+FFFD stands.</summary>
    internal static bool Write(ReadOnlySpan<byte> text, ByteBuffer into)
    {
        bool replaced = false;
        while (!text.IsEmpty)
        {
            int special = text.IndexOfAny(Special);
            into.Add(special < 0 ? text : text[..special]);
            if (special < 0) break;
            text = text[special..];
            int length = 1;
            switch (text[0])
            {
                case (byte)'&': into.Add("&amp;"u8); break;
                case (byte)'<': into.Add("&lt;"u8); break;
                case (byte)'>': into.Add("&gt;"u8); break;
                case (byte)'"': into.Add("&quot;"u8); break;
                case (byte)'\n': into.Add("&#10;"u8); break;
                case (byte)'\r': into.Add("&#13;"u8); break;
                case (byte)'\t': into.Add("&#9;"u8); break;
                case 0xED or 0xEF when !Wtf8.IsSurrogate(text, out _) && Rune.DecodeFromUtf8(text, out Rune rune, out int size) is OperationStatus.Done && rune.Value is not (0xFFFE or 0xFFFF):
                    into.Add(text[..size]);
                    length = size;
                    break;
                default:
                    into.Add("\uFFFD"u8);
                    replaced = true;
                    length = text[0] >= 0x80 ? Math.Min(3, text.Length) : 1;
                    break;
            }
            text = text[length..];
        }
        return replaced;
    }

    /// <summary>True for a name that any XML reader takes as an attribute's, with or without namespaces.</summary>
    internal static bool IsName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || !(char.IsAsciiLetter((char)name[0]) || name[0] == '_') || name.StartsWith("xmlns"u8)) return false;
        foreach (byte value in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)value) && value is not ((byte)'_' or (byte)'-' or (byte)'.')) return false;
        }
        return true;
    }
}
