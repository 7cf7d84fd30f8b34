namespace Offproof.Auditor;

/// <summary>Takes the bytes of a value, valid during the call, or says how many there were.</summary>
internal delegate void HarOther(string name, ReadOnlySpan<byte> value, long notKept);

/// <summary>
/// Finds the elements of <c>log.entries</c> in a JSON file of any size: one element is in memory, the rest is passed over. Where elements begin and end is all that is looked at;
/// whether one is JSON, its reader says.
/// </summary>
/// <param name="other">Told of what stands beside the entries: values of other members, and what follows the recording; null for bytes that are not kept, with their number.</param>
internal sealed class HarElements(Stream stream, int most, HarOther? other = null)
{
    private const int Block = 64 << 10;

    private byte[] _bytes = new byte[Block];
    private int _at;
    private int _end;
    private int _kept = -1; // where the element begins that is kept
    private long _passed;   // how many of its bytes are gone

    internal enum Step
    {
        Element,

        /// <summary>It has more bytes than are kept; it was passed over.</summary>
        TooLong,
        End,

        /// <summary>The file ends, or is no JSON.</summary>
        Broken,
    }

    /// <summary>How long the last element was.</summary>
    internal long Length { get; private set; }

    /// <summary>Goes to the first element. False: there are none, because this is no HAR.</summary>
    internal bool TryBegin()
    {
        int first = Peek();
        if (first == 0xEF) _at += Math.Min(3, _end - _at);
        return TryEnter('{') && TryFind("log") && TryEnter('{') && TryFind("entries") && TryEnter('[');
    }

    /// <summary>The next element; valid until the next call.</summary>
    internal Step Read(out ReadOnlySpan<byte> element)
    {
        element = default;
        int next = PeekToken();
        if (next == ',')
        {
            _at++;
            next = PeekToken();
        }
        if (next == ']') return Step.End;
        (_kept, _passed) = (_at, 0);
        bool isWhole = next >= 0 && TrySkip();
        int begin = _kept;
        _kept = -1;
        Length = _passed + _at - Math.Max(begin, 0);
        if (!isWhole) return Step.Broken;
        if (_passed > 0 || begin < 0) return Step.TooLong;
        element = _bytes.AsSpan(begin, _at - begin);
        return Step.Element;
    }

    /// <summary>Behind the last entry: the rest of the log, of the recording, and of the file.</summary>
    /// <returns>False where that is no JSON.</returns>
    internal bool Rest()
    {
        if (PeekToken() != ']') return false;
        _at++;
        if (TryFind(null) || PeekToken() != '}') return false;
        _at++;
        if (TryFind(null) || PeekToken() != '}') return false;
        _at++;
        if (PeekToken() < 0) return true;
        (_kept, _passed) = (_at, 0);
        while (Peek() >= 0) _at = _end;
        Tell("behind the recording");
        return false;
    }

    private void Tell(string name)
    {
        int begin = Math.Max(_kept, 0);
        _kept = -1;
        if (_passed > 0) other?.Invoke(name, default, _passed + _at - begin);
        else other?.Invoke(name, _bytes.AsSpan(begin, _at - begin), 0);
    }

    // In an object: to the value of a name; without one, to its end.
    private bool TryFind(string? name)
    {
        while (true)
        {
            int next = PeekToken();
            if (next == ',')
            {
                _at++;
                continue;
            }
            if (next != '"' || !TryString(out string key) || PeekToken() != ':') return false;
            _at++;
            if (string.Equals(key, name, StringComparison.Ordinal)) return true;
            if (PeekToken() < 0) return false;
            (_kept, _passed) = (_at, 0);
            bool isWhole = TrySkip();
            Tell(key.Length > 0 ? key : "a member");
            if (!isWhole) return false;
        }
    }

    private bool TryEnter(char bracket)
    {
        if (PeekToken() != bracket) return false;
        _at++;
        return true;
    }

    // One value, whatever it is.
    private bool TrySkip()
    {
        long depth = 0;
        do
        {
            int next = PeekToken();
            switch (next)
            {
                case < 0:
                    return false;
                case '"':
                    if (!TryString(out _)) return false;
                    break;
                case '{' or '[':
                    depth++;
                    _at++;
                    break;
                case '}' or ']':
                    if (--depth < 0) return false;
                    _at++;
                    break;
                case ',' or ':':
                    if (depth == 0) return false;
                    _at++;
                    break;
                case < ' ':
                    return false; // stands nowhere in JSON outside of strings
                default:
                    while (Peek() is > ' ' and not (',' or ':' or '}' or ']' or '{' or '[' or '"')) _at++;
                    break;
            }
        }
        while (depth > 0);
        return true;
    }

    // Only short names are told.
    private bool TryString(out string text)
    {
        text = "";
        _at++;
        Span<char> name = stackalloc char[16];
        int length = 0;
        while (Peek() >= 0)
        {
            ReadOnlySpan<byte> rest = _bytes.AsSpan(_at, _end - _at);
            int stop = rest.IndexOfAny((byte)'"', (byte)'\\');
            foreach (byte one in stop < 0 ? rest : rest[..stop])
            {
                if (length >= name.Length) break;
                name[length++] = (char)one;
            }
            if (stop < 0)
            {
                _at = _end;
                continue;
            }
            _at += stop;
            if (_bytes[_at] == '"')
            {
                _at++;
                text = length < name.Length ? new string(name[..length]) : "";
                return true;
            }
            _at++;
            if (Peek() < 0) return false;
            _at++;
            length = name.Length;
        }
        return false;
    }

    private int PeekToken()
    {
        while (Peek() is ' ' or '\t' or '\r' or '\n') _at++;
        return Peek();
    }

    private int Peek() => _at < _end || Fill() ? _bytes[_at] : -1;

    private bool Fill()
    {
        int begin = _kept < 0 ? _end : _kept;
        if (_kept >= 0 && _end - begin >= most)
        {
            _passed += _end - begin;
            begin = _end;
        }
        if (begin > 0)
        {
            _bytes.AsSpan(begin, _end - begin).CopyTo(_bytes);
            _at -= begin;
            _end -= begin;
            if (_kept >= 0) _kept = 0;
        }
        if (_end == _bytes.Length) Array.Resize(ref _bytes, Math.Min(Array.MaxLength, 2 * _bytes.Length));
        int count = stream.Read(_bytes, _end, _bytes.Length - _end);
        _end += count;
        return count > 0;
    }
}
