using System.Buffers;

namespace Offproof.Phone;

/// <summary>JSON, value by value. The platform's reader wants a whole string in its buffer, and an attachment of v1 (messages.md §3.2) is one string.</summary>
sealed class JsonText(Stream stream) : SourceText(stream)
{
    const int MostDepth = 32;
    static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 32).Select(b => (byte)b), (byte)'"', (byte)'\\']);
    static readonly SearchValues<byte> Literal = SearchValues.Create("+-.0123456789Eaeflnrstu"u8);
    readonly ByteBuffer _name = new();
    bool _inString;
    bool _inLine;

    /// <summary>The name of the member that was read last.</summary>
    internal ReadOnlySpan<byte> Name => _name.Span;

    /// <summary>Enters the text inside of a string.</summary>
    internal static JsonText InString(Stream stream) => new(stream) { _inString = true };

    /// <summary>Until <see cref="EndLine"/> a line feed is no blank: an entry that does not end on its line takes no other with it.</summary>
    internal void BeginLine() => _inLine = true;

    internal void EndLine() => _inLine = false;

    /// <summary>The next byte that is not blank, or -1 at the end.</summary>
    internal int Ahead()
    {
        if (Position == 0 && StartsWith("\uFEFF"u8)) Skip(3);
        while (Peek() is var next && (next is ' ' or '\t' or '\r' || (next is '\n' && !_inLine))) Skip(1);
        return Peek();
    }

    internal bool Take(char expected)
    {
        if (Ahead() != expected) return false;
        Skip(1);
        return true;
    }

    internal void Expect(char expected)
    {
        if (Take(expected)) return;
        if (Peek() < 0) throw new TextEndsException();
        throw new DamagedTextException($"'{expected}' is missing");
    }

    /// <summary>Goes to the next member of an object whose '{' was taken; false behind its '}'.</summary>
    internal bool NextMember(ref bool first)
    {
        if (Take('}')) return false;
        if (!first) Expect(',');
        first = false;
        BeginString();
        _name.Clear();
        if (ReadValue(_name, 256)) throw new DamagedTextException("a name is no text");
        Expect(':');
        return true;
    }

    /// <summary>Goes to the next element of an array whose '[' was taken; false behind its ']'.</summary>
    internal bool NextElement(ref bool first)
    {
        if (Take(']')) return false;
        if (!first) Expect(',');
        first = false;
        return true;
    }

    /// <summary>Goes into a string: what follows is read with <see cref="ReadValue(Span{byte})"/>.</summary>
    internal void BeginString()
    {
        Expect('"');
        _inString = true;
    }

    /// <summary>A number, true, false or null, as it is written.</summary>
    internal void ReadLiteral(ByteBuffer into)
    {
        int start = into.Length;
        while (Peek() is var next and >= 0 && Literal.Contains((byte)next))
        {
            into.Add(Next());
            if (into.Length - start > 256) throw new DamagedTextException("a number of more than 256 digits");
        }
        if (into.Length == start) throw Peek() < 0 ? new TextEndsException() : new DamagedTextException("a value is missing");
    }

    /// <summary>Any value, as compact JSON. Returns true when it held bytes that are no text.</summary>
    internal bool Capture(ByteBuffer into, int most = MostText, int depth = 0)
    {
        if (depth > MostDepth) throw new DamagedTextException("values stand too deep in each other");
        if (into.Length > most) throw new DamagedTextException("a value is too long");
        bool first = true;
        bool notText = false;
        switch (Ahead())
        {
            case '"':
                BeginString();
                ByteBuffer text = new();
                notText = ReadValue(text);
                JsonString.Write(text.Span, into);
                break;
            case '{':
                Skip(1);
                for (into.Add((byte)'{'); NextMember(ref first);)
                {
                    if (into.Span[^1] != '{') into.Add((byte)',');
                    JsonString.Write(Name, into);
                    into.Add((byte)':');
                    notText |= Capture(into, most, depth + 1);
                }
                into.Add((byte)'}');
                break;
            case '[':
                Skip(1);
                for (into.Add((byte)'['); NextElement(ref first);)
                {
                    if (into.Span[^1] != '[') into.Add((byte)',');
                    notText |= Capture(into, most, depth + 1);
                }
                into.Add((byte)']');
                break;
            default:
                ReadLiteral(into);
                break;
        }
        return notText;
    }

    /// <inheritdoc/>
    internal override int ReadValue(Span<byte> into)
    {
        int length = 0;
        while (_inString && into.Length - length >= 4)
        {
            ReadOnlySpan<byte> window = Window;
            if (window.IsEmpty) throw new TextEndsException();
            if (window.Length > into.Length - length) window = window[..(into.Length - length)];
            int special = window.IndexOfAny(Special);
            int plain = special < 0 ? window.Length : special;
            window[..plain].CopyTo(into[length..]);
            length += plain;
            Skip(plain);
            if (special < 0) continue;
            if (into.Length - length < 4) break;
            byte found = window[special];
            if (found < ' ')
            {
                _inString = false;
                throw new DamagedTextException("a string without an end");
            }
            Skip(1);
            if (found == '"') _inString = false;
            else length += Escape(into[length..]);
        }
        return length;
    }

    /// <summary>Passes over the rest of the string that the text stands in.</summary>
    internal void SkipString()
    {
        Span<byte> nowhere = stackalloc byte[1024];
        while (ReadValue(nowhere) > 0) { }
    }

    int Escape(Span<byte> into)
    {
        byte escape = Next();
        if (escape == 'u')
        {
            int value = 0;
            for (int digit = 0; digit < 4; digit++)
            {
                byte next = Next();
                if (!char.IsAsciiHexDigit((char)next)) throw Damaged();
                value = (value << 4) | (char.IsAsciiDigit((char)next) ? next - '0' : (next | 0x20) - 'a' + 10);
            }
            return Wtf8.Encode(value, into);
        }
        into[0] = escape switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'\'' => escape,
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            _ => throw Damaged(),
        };
        return 1;
    }

    DamagedTextException Damaged()
    {
        _inString = false;
        return new DamagedTextException("an unknown escape in a string");
    }

    /// <summary>Goes to the start of the next line.</summary>
    internal void SkipLine()
    {
        _inString = _inLine = false;
        while (Window is { IsEmpty: false } window)
        {
            int end = window.IndexOf((byte)'\n');
            Skip(end < 0 ? window.Length : end + 1);
            if (end >= 0) return;
        }
    }
}
