using System.Buffers;

namespace Offproof.Phone;

enum XmlToken
{
    Start,
    End,
    Text,
    EndOfFile,
}

/// <summary>
/// XML as phones write it (messages.md §2.1), element by element and attribute by attribute. The platform's reader holds an attribute of 50 MB in
/// memory six times over, and gives up a whole file for one stray byte.
/// </summary>
sealed class XmlText(Stream stream, long offset = 0) : SourceText(stream, offset)
{
    const int MostName = 256;
    const int MostMarkup = 60_000; // fits into the buffer: one that has no end is not searched to the end of the file, and takes no message with it
    static readonly SearchValues<byte> NameEnds = SearchValues.Create(" \t\r\n=/><\"'"u8);
    static readonly SearchValues<byte> NotBlank = SearchValues.Create([.. Enumerable.Range(0, 256).Select(b => (byte)b).Where(b => b is not (32 or 9 or 10 or 13))]);
    readonly ByteBuffer _name = new();
    byte _quote;
    XmlToken? _again;

    /// <summary>The name of the element or attribute that was read last.</summary>
    internal ReadOnlySpan<byte> Name => _name.Span;

    /// <summary>After the last attribute: the element has no content.</summary>
    internal bool SelfClosed { get; private set; }

    /// <summary>The line on which the last token begins.</summary>
    internal long TokenLine { get; private set; }

    /// <summary>The encoding that the text declares, in lower case; null where it declares none.</summary>
    internal string? Encoding { get; private set; }

    /// <summary>True when the value that the text stands in is the word null, as phones write what is absent.</summary>
    internal bool IsNull() => Has(5) && Window.StartsWith("null"u8) && Window[4] == _quote;

    /// <summary>Enters the text inside of an attribute's value.</summary>
    internal static XmlText InValue(Stream stream, byte quote) => new(stream) { _quote = quote };

    internal byte Quote => _quote;

    /// <summary>The tag whose name was read last belongs to what follows: it is the next one again, also after <see cref="Resynchronize"/>.</summary>
    internal void Unread(XmlToken token) => _again = token;

    /// <summary>The next tag, or text between tags that is not blank. Comments, instructions and document types are passed over.</summary>
    internal XmlToken Read()
    {
        if (_again is { } again)
        {
            _again = null;
            return again;
        }
        if (Position == 0 && StartsWith("\uFEFF"u8)) Skip(3);
        while (true)
        {
            ReadOnlySpan<byte> window = Window;
            if (window.IsEmpty) return XmlToken.EndOfFile;
            int text = window.IndexOfAny(NotBlank);
            if (text < 0)
            {
                Skip(window.Length);
                continue;
            }
            Skip(text);
            TokenLine = Line;
            if (window[text] != '<' || StartsWith("<![CDATA["u8))
            {
                SkipText();
                return XmlToken.Text;
            }
            if (StartsWith("<!--"u8)) SkipMarkup("-->"u8);
            else if (StartsWith("<?"u8)) SkipInstruction();
            else if (StartsWith("<!DOCTYPE"u8)) SkipDocumentType();
            else if (StartsWith("</"u8))
            {
                Skip(2);
                ReadName();
                SkipBlank();
                Take('>', "a tag without an end");
                return XmlToken.End;
            }
            else
            {
                Skip(1);
                ReadName();
                return XmlToken.Start;
            }
        }
    }

    /// <summary>Goes to the value of the next attribute; false behind the tag. A value that was not read is passed over.</summary>
    internal bool NextAttribute()
    {
        if (_quote != 0) SkipValue();
        SkipBlank();
        switch (Peek())
        {
            case '>':
                Skip(1);
                SelfClosed = false;
                return false;
            case '/':
                Skip(1);
                Take('>', "a '/' inside of a tag");
                SelfClosed = true;
                return false;
            default:
                ReadName();
                SkipBlank();
                Take('=', "an attribute without a value");
                SkipBlank();
                byte quote = (byte)(Peek() == '\'' ? '\'' : '"');
                Take((char)quote, "a value without quotation marks");
                _quote = quote;
                return true;
        }
    }

    // What is missing may be missing because the next message begins there: nothing is taken in its place.
    void Take(char expected, string otherwise)
    {
        int next = Peek();
        if (next < 0) throw new TextEndsException();
        if (next != expected) throw new DamagedTextException(otherwise);
        Skip(1);
    }

    /// <inheritdoc/>
    internal override int ReadValue(Span<byte> into)
    {
        int length = 0;
        while (_quote != 0 && into.Length - length >= 4)
        {
            ReadOnlySpan<byte> window = Window;
            if (window.IsEmpty) throw new TextEndsException();
            if (window.Length > into.Length - length) window = window[..(into.Length - length)];
            int special = window.IndexOfAny(_quote, (byte)'&', (byte)'<');
            int plain = special < 0 ? window.Length : special;
            window[..plain].CopyTo(into[length..]);
            length += plain;
            if (special < 0)
            {
                Skip(plain);
                continue;
            }
            byte found = window[special];
            Skip(plain);
            if (into.Length - length < 4) break;
            if (found == _quote)
            {
                Skip(1);
                _quote = 0;
            }
            else if (found == '&')
            {
                length += Reference(into[length..]);
            }
            else
            {
                // Not allowed in a value: a smiley that was not escaped, or the next message, because this one's quotation mark is missing.
                if (IsTag()) throw Damaged("a value without an end");
                Skip(1);
                into[length++] = (byte)'<';
            }
        }
        return length;
    }

    void SkipValue()
    {
        Span<byte> nowhere = stackalloc byte[1024];
        while (ReadValue(nowhere) > 0) { }
    }

    /// <summary>Goes on to the next message, or to the end of the list.</summary>
    internal void Resynchronize()
    {
        _quote = 0;
        while (_again is null)
        {
            ReadOnlySpan<byte> window = Window;
            if (window.IsEmpty) return;
            int tag = window.IndexOf((byte)'<');
            Skip(tag < 0 ? window.Length : tag);
            if (tag < 0) continue;
            if (IsElement("<sms"u8) || IsElement("<mms"u8) || IsElement("</smses"u8)) return;
            Skip(1);
        }
    }

    bool IsTag() => IsElement("<sms"u8) || IsElement("<mms"u8) || IsElement("<part"u8) || IsElement("<parts"u8) || IsElement("<addr"u8)
        || IsElement("<addrs"u8) || IsElement("</mms"u8) || IsElement("</smses"u8) || IsElement("</parts"u8) || IsElement("</addrs"u8);

    bool IsElement(ReadOnlySpan<byte> tag) => Has(tag.Length + 1) && Window.StartsWith(tag) && Window[tag.Length] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'/' or (byte)'>';

    // Numeric references and the five that XML itself names. Whatever else follows an ampersand is kept as it stands: nothing is expanded.
    int Reference(Span<byte> into)
    {
        Has(12);
        ReadOnlySpan<byte> window = Window;
        if (window.Length > 12) window = window[..12];
        int end = window.IndexOf((byte)';');
        if (end > 1 && Resolve(window[1..end]) is var codePoint and >= 0)
        {
            Skip(end + 1);
            return Wtf8.Encode(codePoint, into);
        }
        Skip(1);
        into[0] = (byte)'&';
        return 1;
    }

    static int Resolve(ReadOnlySpan<byte> name)
    {
        if (name[0] == '#')
        {
            bool hexadecimal = name.Length > 2 && name[1] is (byte)'x' or (byte)'X';
            ReadOnlySpan<byte> digits = name[(hexadecimal ? 2 : 1)..];
            if (digits.IsEmpty) return -1;
            int value = 0;
            foreach (byte digit in digits)
            {
                int worth = char.IsAsciiDigit((char)digit) ? digit - '0' : hexadecimal && char.IsAsciiHexDigit((char)digit) ? (digit | 0x20) - 'a' + 10 : -1;
                if (worth < 0) return -1;
                value = (value * (hexadecimal ? 16 : 10)) + worth;
                if (value > 0x10FFFF) return -1;
            }
            return value;
        }
        return name.SequenceEqual("amp"u8) ? '&' : name.SequenceEqual("lt"u8) ? '<' : name.SequenceEqual("gt"u8) ? '>' : name.SequenceEqual("quot"u8) ? '"'
            : name.SequenceEqual("apos"u8) ? '\'' : -1;
    }

    void ReadName()
    {
        _name.Clear();
        while (true)
        {
            ReadOnlySpan<byte> window = Window;
            if (window.IsEmpty) throw new TextEndsException();
            int end = window.IndexOfAny(NameEnds);
            ReadOnlySpan<byte> piece = end < 0 ? window : window[..end];
            if (_name.Length + piece.Length > MostName) throw Damaged("a name of more than 256 bytes");
            _name.Add(piece);
            Skip(piece.Length);
            if (end >= 0) break;
        }
        if (_name.Length == 0) throw Damaged("a name is missing");
    }

    DamagedTextException Damaged(string reason)
    {
        _quote = 0;
        return new DamagedTextException(reason);
    }

    void SkipBlank()
    {
        while (Peek() is ' ' or '\t' or '\r' or '\n') Skip(1);
    }

    void SkipText()
    {
        while (true)
        {
            if (StartsWith("<![CDATA["u8)) SkipMarkup("]]>"u8);
            ReadOnlySpan<byte> window = Window;
            int tag = window.IndexOf((byte)'<');
            Skip(tag < 0 ? window.Length : tag);
            if (window.IsEmpty || (tag >= 0 && !StartsWith("<![CDATA["u8))) return;
        }
    }

    void SkipMarkup(ReadOnlySpan<byte> end)
    {
        Has(MostMarkup);
        ReadOnlySpan<byte> window = Window.Length > MostMarkup ? Window[..MostMarkup] : Window;
        int found = window[2..].IndexOf(end);
        if (found < 0)
        {
            Skip(2);
            throw new DamagedTextException("a comment, instruction or document type without an end");
        }
        Skip(2 + found + end.Length);
    }

    void SkipInstruction()
    {
        if (Position <= 3 && StartsWith("<?xml "u8))
        {
            Has(256);
            ReadOnlySpan<byte> text = Window;
            int end = text.IndexOf("?>"u8);
            int at = end < 0 ? -1 : text[..end].IndexOf("encoding="u8);
            if (at >= 0 && at + 10 <= end)
            {
                ReadOnlySpan<byte> value = text[(at + 10)..end];
                int quote = value.IndexOfAny((byte)'"', (byte)'\'');
                if (quote >= 0) Encoding = System.Text.Encoding.ASCII.GetString(value[..quote]).ToLowerInvariant();
            }
        }
        SkipMarkup("?>"u8);
    }

    // Declarations inside of it declare nothing to this reader.
    void SkipDocumentType()
    {
        Has(MostMarkup);
        ReadOnlySpan<byte> window = Window.Length > MostMarkup ? Window[..MostMarkup] : Window;
        int depth = 0;
        for (int at = 0; at < window.Length; at++)
        {
            switch (window[at])
            {
                case (byte)'"' or (byte)'\'':
                    int end = window[(at + 1)..].IndexOf(window[at]);
                    if (end < 0) at = window.Length;
                    else at += 1 + end;
                    break;
                case (byte)'<':
                    depth++;
                    break;
                case (byte)'>' when --depth == 0:
                    Skip(at + 1);
                    return;
            }
        }
        Skip(2);
        throw new DamagedTextException("a comment, instruction or document type without an end");
    }
}
