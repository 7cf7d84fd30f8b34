namespace Offproof.Phone;

/// <summary>
/// The lines of a file of cards, unfolded: a line that begins with a blank belongs to the one before. Lines end with CR LF, LF, CR, or any number
/// of CR before one LF, as old iOS wrote.
/// </summary>
sealed class CardLines(Stream stream) : IDisposable
{
    /// <summary>Longer than any card may be; the rest of such a line is passed over.</summary>
    internal const int Longest = 1 << 26;

    readonly byte[] _buffer = new byte[1 << 16];
    int _at;
    int _end;
    long _physical;

    /// <summary>The line that the current one began on, from 1.</summary>
    internal long Line { get; private set; }

    /// <summary>The current line.</summary>
    internal ByteBuffer Text { get; } = new();

    /// <summary>Where it was unfolded, and the blank that stood there.</summary>
    internal List<(int At, byte Blank)> Folds { get; } = [];

    /// <summary>The current line is not whole: it is longer than a card can be.</summary>
    internal bool IsCut { get; private set; }

    /// <summary>Bytes read so far.</summary>
    internal long Position { get; private set; }

    /// <summary>Reads the next line; false at the end.</summary>
    internal bool Next()
    {
        Text.Clear();
        Folds.Clear();
        IsCut = false;
        Line = _physical + 1;
        if (_physical == 0) SkipMark();
        if (!Physical()) return false;
        while (Peek() is ' ' or '\t')
        {
            Folds.Add((Text.Length, _buffer[_at]));
            _at++;
            if (!Physical()) break;
        }
        return true;
    }

    /// <summary>True when the next line is the end or beginning of a card: whatever is open ends there.</summary>
    internal bool IsBoundaryNext() => Fill(24) && (StartsWith("BEGIN:VCARD"u8) || StartsWith("END:VCARD"u8));

    bool StartsWith(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> next = _buffer.AsSpan(_at, _end - _at);
        return next.Length >= text.Length && System.Text.Ascii.EqualsIgnoreCase(next[..text.Length], text) && (next.Length == text.Length || next[text.Length] is (byte)'\r' or (byte)'\n' or (byte)' ' || next[text.Length..].IndexOf(":VCARD"u8) is > 0 and < 12);
    }

    // One line of the file, up to its end, added to Text.
    bool Physical()
    {
        if (Peek() < 0) return false;
        _physical++;
        while (Peek() >= 0)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_at, _end - _at);
            int length = rest.IndexOfAny((byte)'\r', (byte)'\n');
            ReadOnlySpan<byte> text = length < 0 ? rest : rest[..length];
            if (text.Length > Longest - Text.Length)
            {
                IsCut = true;
                text = text[..(Longest - Text.Length)];
            }
            Text.Add(text);
            _at += length < 0 ? rest.Length : length;
            if (length < 0) continue;
            LineEnd();
            return true;
        }
        return true;
    }

    void LineEnd()
    {
        if (_buffer[_at++] == '\n') return;
        // Any number of CR before one LF is one end; without an LF, each CR is one, and empty lines say nothing.
        while (Peek() == '\r') _at++;
        if (Peek() == '\n') _at++;
    }

    void SkipMark()
    {
        if (Fill(3) && _buffer.AsSpan(_at, _end - _at).StartsWith("\uFEFF"u8)) _at += 3;
    }

    int Peek() => _at < _end || Fill(1) ? _buffer[_at] : -1;

    // At least this many bytes, or all that are left. False when there is none.
    bool Fill(int count)
    {
        if (_end - _at >= count) return true;
        _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
        _end -= _at;
        _at = 0;
        int read;
        while (_end < count && (read = stream.Read(_buffer.AsSpan(_end))) > 0)
        {
            _end += read;
            Position += read;
        }
        return _end > 0;
    }

    public void Dispose() => stream.Dispose();
}
