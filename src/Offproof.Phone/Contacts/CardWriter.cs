namespace Offproof.Phone;

/// <summary>A card as the bytes of its file: UTF-8, CR LF, folded at 75 octets between characters (contacts.md §2.1).</summary>
static class CardWriter
{
    const int Longest = 75;

    internal static void Write(Card card, ByteBuffer into)
    {
        into.Add("BEGIN:VCARD\r\n"u8);
        into.Add(card.Version is CardVersion.V3 ? "VERSION:3.0\r\n"u8 : "VERSION:4.0\r\n"u8);
        ByteBuffer line = new();
        foreach (CardProperty property in card.Properties)
        {
            line.Clear();
            Write(property, line);
            Fold(line.Span, into);
        }
        into.Add("END:VCARD\r\n"u8);
    }

    static void Write(CardProperty property, ByteBuffer line)
    {
        if (property.Group is not null)
        {
            line.Add(property.Group);
            line.Add((byte)'.');
        }
        line.Add(property.Name);
        foreach (CardParameter parameter in property.Parameters)
        {
            line.Add((byte)';');
            line.Add(parameter.Name);
            line.Add((byte)'=');
            for (int index = 0; index < parameter.Values.Count; index++)
            {
                if (index > 0) line.Add((byte)',');
                Value(parameter.Values[index], line);
            }
        }
        line.Add((byte)':');
        line.Add(property.Value);
    }

    static void Value(string value, ByteBuffer line)
    {
        bool quotes = value.AsSpan().IndexOfAny(":;,") >= 0;
        if (quotes) line.Add((byte)'"');
        line.Add(value.Contains('"', StringComparison.Ordinal) ? value.Replace('"', '\'') : value); // RFC 6350 §3.3: no quote in a value
        if (quotes) line.Add((byte)'"');
    }

    static void Fold(ReadOnlySpan<byte> line, ByteBuffer into)
    {
        int room = Longest;
        while (line.Length > room)
        {
            int length = room;
            while ((line[length] & 0xC0) == 0x80) length--; // before a character, not within one
            into.Add(line[..length]);
            into.Add("\r\n "u8);
            line = line[length..];
            room = Longest - 1;
        }
        into.Add(line);
        into.Add("\r\n"u8);
    }
}
