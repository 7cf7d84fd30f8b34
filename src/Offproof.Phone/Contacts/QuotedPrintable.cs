namespace Offproof.Phone;

/// <summary>One quoted-printable value over all of its lines (RFC 2045 §6.7, contacts.md §1.3).</summary>
sealed class QuotedPrintable
{
    readonly ByteBuffer _text = new();
    readonly List<(int At, byte Blank)> _breaks = [];

    /// <summary>The last line ended with a soft break: another one belongs to the value.</summary>
    internal bool IsOpen { get; private set; }

    internal void Begin(CardLines lines, int start)
    {
        _text.Clear();
        _breaks.Clear();
        IsOpen = false;
        Add(lines, start);
    }

    /// <summary>Adds a line; where it was unfolded behind a soft break, the blank may be text.</summary>
    internal void Add(CardLines lines, int start)
    {
        if (IsOpen) _breaks.Add((_text.Length, 0));
        foreach ((int at, byte blank) in lines.Folds)
        {
            if (at < start) continue;
            if (Segment(lines.Text.Slice(start, at - start))) _breaks.Add((_text.Length, blank));
            start = at;
        }
        IsOpen = Segment(lines.Text.Slice(start, lines.Text.Length - start));
    }

    // True when it ends with a soft break.
    bool Segment(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> trimmed = line.TrimEnd(" \t"u8);
        bool soft = trimmed.Length > 0 && trimmed[^1] == '=';
        _text.Add(soft ? trimmed[..^1] : line);
        return soft;
    }

    // A blank behind a soft break is text, unless the whole value was folded like one of version 3.
    bool AreBlanksFolds()
    {
        if (_breaks.Count == 0 || _breaks.Exists(one => one.Blank == 0)) return false;
        return _breaks.Count > 2 || _text.Span.IndexOfAny((byte)' ', (byte)'\t') < 0;
    }

    /// <summary>Decodes the value; false when there was an escape that is none.</summary>
    /// <param name="into">Where the bytes go.</param>
    /// <param name="isStructured">The value has components: an encoded ; is a character of one, where others stand between them as they are.</param>
    internal bool Decode(ByteBuffer into, bool isStructured)
    {
        bool clean = true;
        isStructured &= _text.Span.Contains((byte)';');
        bool dropped = AreBlanksFolds();
        int next = 0;
        for (int at = 0; at <= _text.Length; at++)
        {
            for (; next < _breaks.Count && _breaks[next].At == at; next++)
            {
                if (!dropped && _breaks[next].Blank != 0) into.Add(_breaks[next].Blank);
            }
            if (at == _text.Length) break;
            ReadOnlySpan<byte> rest = _text.Slice(at, Math.Min(3, _text.Length - at));
            if (rest[0] == '=' && rest.Length == 3 && char.IsAsciiHexDigit((char)rest[1]) && char.IsAsciiHexDigit((char)rest[2]))
            {
                byte decoded = (byte)((Digit(rest[1]) << 4) | Digit(rest[2]));
                if (decoded == ';' && isStructured && !IsEscaped(into.Span)) into.Add((byte)'\\');
                into.Add(decoded);
                // A break within an escape stands behind it.
                for (; next < _breaks.Count && _breaks[next].At < at + 3; next++) { }
                at += 2;
                continue;
            }
            clean &= rest[0] != '=';
            into.Add(rest[0]);
        }
        return clean;
    }

    static bool IsEscaped(ReadOnlySpan<byte> before) => (before.Length - before.TrimEnd((byte)'\\').Length) % 2 == 1;

    static int Digit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
