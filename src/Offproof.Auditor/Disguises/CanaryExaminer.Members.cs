using System.Buffers;

namespace Offproof.Auditor;

// Where short values stand that belong together: parameters, members of JSON, elements of XML and HTML (audit.md §6.6).
internal sealed partial class CanaryExaminer
{
    // Two hyphens, a boundary of seventy characters, and what some leave behind it.
    private const int LongestDelimiter = 78;

    private static readonly SearchValues<byte> Blank = SearchValues.Create(" \t\r\n"u8);

    [Flags]
    private enum Wrapping : byte
    {
        None = 0,
        /// <summary>Parameters of a request's target.</summary>
        Target = 1,
        Form = 2,
        Elements = 4,
        /// <summary>JSON behind something else.</summary>
        Members = 8,
        /// <summary>JSON in fields of a head.</summary>
        Fields = 16,
        /// <summary>JSON alone.</summary>
        Json = 32,
        /// <summary>Parts of a multipart.</summary>
        Parts = 64,
    }

    private static Wrapping OfHead(ReadOnlySpan<byte> head)
    {
        int line = head.IndexOf((byte)'\n') + 1;
        return (head[..line].Contains((byte)'?') ? Wrapping.Target : Wrapping.None) | (FirstMember(head[line..]) >= 0 ? Wrapping.Fields : Wrapping.None);
    }

    private Wrapping OfText(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> start = (text.StartsWith("\ufeff"u8) ? text[3..] : text).TrimStart(" \t\r\n"u8);
        if (start is [(byte)'{' or (byte)'[', ..]) return Wrapping.Json;
        int element = FirstElement(text);
        Wrapping wrapping = element >= 0 ? Wrapping.Elements : Wrapping.None;
        if (FirstMember(text) >= 0) wrapping |= Wrapping.Members;
        if (!Delimiter(text, out _).IsEmpty) return wrapping | Wrapping.Parts;
        return element != text.Length - start.Length && IsForm(text) ? wrapping | Wrapping.Form : wrapping;
    }

    // One line: without blanks, or with several parameters.
    private static bool IsForm(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'=')) return false;
        text = text.TrimEnd(" \t\r\n"u8);
        return text.IndexOfAny(Blank) is var blank && (blank < 0 || (text.Contains((byte)'&') && text[blank..].IndexOfAny((byte)'\r', (byte)'\n') < 0));
    }

    // Where JSON begins that holds a string, an object or an array. -1 where none does.
    private static int FirstMember(ReadOnlySpan<byte> text)
    {
        int from = 0;
        while (text[from..].IndexOfAny((byte)'{', (byte)'[') is var next and >= 0)
        {
            from += next + 1;
            if (text[from..].IndexOfAnyExcept(Blank) is var content and >= 0 && text[from + content] is (byte)'"' or (byte)'{' or (byte)'[') return from - 1;
        }
        return -1;
    }

    // Where a tag begins in a text that ends one. -1 where none does.
    private static int FirstElement(ReadOnlySpan<byte> text)
    {
        int from = 0;
        while (text[from..].IndexOf((byte)'<') is var next and >= 0)
        {
            from += next + 1;
            if (from < text.Length && (char.IsAsciiLetter((char)text[from]) || text[from] is (byte)'?' or (byte)'!'))
                return text[from..].IndexOf("</"u8) >= 0 || text[from..].IndexOf("/>"u8) >= 0 ? from - 1 : -1;
        }
        return -1;
    }

    private void Fields(ReadOnlySpan<byte> head, in Layer inside, in Layer at)
    {
        head = head[(head.IndexOf((byte)'\n') + 1)..];
        while (FirstMember(head) is var first and >= 0)
        {
            head = head[first..];
            int end = head.IndexOf((byte)'\n') is var line and >= 0 ? line : head.Length;
            Members(head[..end], inside, at);
            head = head[end..];
        }
    }

    // What stands between tags, but for the keys of property lists; then the values of attributes.
    private void Elements(ReadOnlySpan<byte> text, in Layer inside, in Layer at)
    {
        bool isKey = false;
        for (int from = 0; from < text.Length;)
        {
            int open = text[from..].IndexOf((byte)'<') is var next and >= 0 ? from + next : text.Length;
            if (!isKey) One(Meant(text[from..open].Trim(" \t\r\n"u8), (byte)'&'), inside, at);
            ReadOnlySpan<byte> tag = text[open..];
            if (tag.StartsWith("<![CDATA["u8) && tag.IndexOf("]]>"u8) is var end and >= 0)
            {
                if (!isKey) One(tag[9..end], inside, at);
                from = open + end + 3;
                continue;
            }
            isKey = tag.StartsWith("<key>"u8);
            from = tag.IndexOf((byte)'>') is var close and >= 0 ? open + close + 1 : text.Length;
        }
        bool isInTag = false;
        for (int from = 0; from < text.Length && text[from..].IndexOfAny(OfTags) is var next and >= 0;)
        {
            from += next + 1;
            byte mark = text[from - 1];
            if (mark is (byte)'<' or (byte)'>') isInTag = mark == '<';
            if (mark is (byte)'<' or (byte)'>' || !isInTag || text[from - 2] != '=') continue;
            int length = text[from..].IndexOf(mark) is var end and >= 0 ? end : text.Length - from;
            One(Meant(text.Slice(from, length), (byte)'&'), inside, at);
            from = Math.Min(from + length + 1, text.Length);
        }
    }

    private static readonly SearchValues<byte> OfTags = SearchValues.Create("<>\"'"u8);

    // RFC 2046 §5.1: how long the first line of a multipart is, which each part ends with; 0 where there is none.
    private static int DelimiterOf(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("--"u8)) return 0;
        int line = bytes[..Math.Min(bytes.Length, LongestDelimiter + 2)].IndexOf("\r\n"u8);
        return line > 2 && IsText(bytes[..line]) ? line : 0;
    }

    // The same of a text, whose lines may end without CR, and behind a preamble where the message names the boundary.
    private ReadOnlySpan<byte> Delimiter(ReadOnlySpan<byte> text, out int start)
    {
        start = text.IndexOfAnyExcept("\ufeff \t\r\n"u8);
        if (start < 0) return default;
        if (!text[start..].StartsWith("--"u8))
        {
            if (_boundary.Length == 0 || text.IndexOf(_boundary) is not (var named and >= 0)) return default;
            start = text[..named].LastIndexOf((byte)'\n') + 1;
        }
        ReadOnlySpan<byte> line = text[start..];
        line = line[..Math.Max(0, line[..Math.Min(line.Length, LongestDelimiter + 2)].IndexOf((byte)'\n'))].TrimEnd((byte)'\r');
        return line.Length > 2 && line.StartsWith("--"u8) ? line : default;
    }

    // What the parts hold, also those in others; but for the last where nothing ends it.
    private void Parts(ReadOnlySpan<byte> text, in Layer inside, in Layer at, int nesting = 0)
    {
        ReadOnlySpan<byte> delimiter = Delimiter(text, out int from);
        if (delimiter.IsEmpty || nesting >= DeepestJoined) return;
        for (from += delimiter.Length; from < text.Length && text[from..].IndexOf(delimiter) is var next and >= 0; from += next + delimiter.Length)
        {
            ReadOnlySpan<byte> part = text.Slice(from, next);
            if (part is not [.., (byte)'\n']) continue;
            part = part[..^(part.EndsWith("\r\n"u8) ? 2 : 1)];
            int head = part.IndexOf("\n\r\n"u8) is var blank and >= 0 ? blank + 3 : part.IndexOf("\n\n"u8) is var line and >= 0 ? line + 2 : -1;
            if (head < 0) continue;
            part = part[head..];
            if (part.Length > LongestValue && part.StartsWith("--"u8)) Parts(part, inside, at, nesting + 1);
            else One(part, inside, at);
        }
    }

    // Up to what ends them.
    private void Parameters(ReadOnlySpan<byte> text, byte last, in Layer inside, in Layer at)
    {
        Span<byte> plain = stackalloc byte[LongestValue];
        while (!text.IsEmpty)
        {
            int end = text.IndexOfAny((byte)'&', last) is var next and >= 0 ? next : text.Length;
            ReadOnlySpan<byte> value = text[..end];
            if (value.IndexOf((byte)'=') is var equals and >= 0) value = value[(equals + 1)..];
            One(Plain(value, plain), inside, at);
            if (end == text.Length || text[end] != '&') return;
            text = text[(end + 1)..];
        }
    }

    private static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> value, Span<byte> room)
    {
        if (!value.Contains((byte)'%')) return value;
        int length = 0;
        for (int i = 0; i < value.Length && length < room.Length; i++)
        {
            bool isEscape = value[i] == '%' && i + 2 < value.Length && (BaseN.Hex[value[i + 1]] | BaseN.Hex[value[i + 2]]) != BaseN.None;
            room[length++] = isEscape ? (byte)(BaseN.Hex[value[i + 1]] << 4 | BaseN.Hex[value[i + 2]]) : value[i];
            if (isEscape) i += 2;
        }
        return room[..length];
    }

    // Strings that no colon follows, and numbers.
    private void Members(ReadOnlySpan<byte> text, in Layer inside, in Layer at)
    {
        Quotes marks = new(text);
        for (int from = 0; from < text.Length;)
        {
            from = marks.Next(from, Quotes.Quote | Quotes.Digit);
            if (from == text.Length) return;
            if (text[from] == '"')
            {
                int close = marks.Next(from + 1, Quotes.Quote | Quotes.Backslash);
                while (close < text.Length && text[close] == '\\') close = marks.Next(close + 2, Quotes.Quote | Quotes.Backslash);
                int after = Math.Min(close + 1, text.Length);
                if (!(after < text.Length && text[after] == ':') && !text[after..].TrimStart(" \t"u8).StartsWith(":"u8)) One(Meant(text[(from + 1)..close], (byte)'\\'), inside, at);
                from = after;
                continue;
            }
            int length = 0;
            while (from + length < text.Length && text[from + length] is >= (byte)'0' and <= (byte)'9') length++;
            if (length > 0) One(text.Slice(from, length), inside, at);
            from += Math.Max(length, 1);
        }
    }

    // A string, or a text of an element, as it is meant; a character takes twelve at most.
    private ReadOnlySpan<byte> Meant(ReadOnlySpan<byte> text, byte mark)
    {
        if (text.Length > 12 * LongestValue || !text.Contains(mark)) return text;
        _unescaped.Clear();
        if (mark == '&') Escapes.Entity(text, _unescaped);
        else Escapes.Backslash(text, _unescaped);
        return _unescaped.Written;
    }
}
