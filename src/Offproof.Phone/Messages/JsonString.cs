using System.Buffers;

namespace Offproof.Phone;

/// <summary>JSON strings as RFC 8785 writes them; half of a surrogate pair as <c>\udXXX</c> (messages.md §1.3).</summary>
static class JsonString
{
    static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 32).Select(b => (byte)b), (byte)'"', (byte)'\\', 0xED]);

    internal static void Write(ReadOnlySpan<byte> text, ByteBuffer into)
    {
        into.Add((byte)'"');
        while (!text.IsEmpty)
        {
            int special = text.IndexOfAny(Special);
            into.Add(special < 0 ? text : text[..special]);
            if (special < 0) break;
            text = text[special..];
            if (Wtf8.IsSurrogate(text, out char unit))
            {
                Unit(unit, into);
                text = text[3..];
                continue;
            }
            byte value = text[0];
            text = text[1..];
            switch (value)
            {
                case 0xED: into.Add(value); break;
                case (byte)'"': into.Add("\\\""u8); break;
                case (byte)'\\': into.Add("\\\\"u8); break;
                case (byte)'\n': into.Add("\\n"u8); break;
                case (byte)'\r': into.Add("\\r"u8); break;
                case (byte)'\t': into.Add("\\t"u8); break;
                case (byte)'\b': into.Add("\\b"u8); break;
                case (byte)'\f': into.Add("\\f"u8); break;
                default: Unit((char)value, into); break;
            }
        }
        into.Add((byte)'"');
    }

    static void Unit(char unit, ByteBuffer into)
    {
        into.Add("\\u"u8);
        for (int shift = 12; shift >= 0; shift -= 4) into.Add("0123456789abcdef"u8[(unit >> shift) & 0xF]);
    }
}
