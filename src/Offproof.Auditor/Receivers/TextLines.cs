namespace Offproof.Auditor;

/// <summary>The lines of a stream of text. One that is too long is passed over and counted; so is what lies beyond the most that is read.</summary>
internal sealed class TextLines(Stream stream, long most = TextLines.MostBytes)
{
    internal const int Longest = 4096;
    internal const long MostBytes = 4L << 30;

    private readonly byte[] _buffer = new byte[64 << 10];
    private int _at;
    private int _end;
    private long _read;
    private bool _isOver;

    internal long TooLong { get; private set; }

    /// <summary>The file goes on, and was not read further.</summary>
    internal bool IsCut { get; private set; }

    /// <summary>Does the text end in the middle of a line? A file that was downloaded in part does.</summary>
    internal bool EndsInLine { get; private set; }

    /// <param name="line">Without its end; valid until the next call.</param>
    internal bool TryRead(out ReadOnlySpan<byte> line)
    {
        bool isSkipping = false;
        while (true)
        {
            int end = _buffer.AsSpan(_at, _end - _at).IndexOf((byte)'\n');
            if (end >= 0)
            {
                line = _buffer.AsSpan(_at, end);
                _at += end + 1;
                if (isSkipping || line.Length > Longest)
                {
                    TooLong++;
                    isSkipping = false;
                    continue;
                }
                if (line.EndsWith("\r"u8)) line = line[..^1];
                return true;
            }
            if (_end - _at > Longest)
            {
                isSkipping = true;
                _at = _end;
            }
            if (Fill()) continue;
            line = _buffer.AsSpan(_at, _end - _at);
            if (line.IsEmpty && !isSkipping) return false;
            EndsInLine = true;
            _at = _end;
            if (!isSkipping) return true;
            TooLong++;
            return false;
        }
    }

    private bool Fill()
    {
        if (_isOver) return false;
        _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
        (_end, _at) = (_end - _at, 0);
        int count = stream.Read(_buffer, _end, _buffer.Length - _end);
        _read += count;
        _end += count;
        IsCut = _read > most;
        _isOver = count == 0 || IsCut;
        return count > 0;
    }
}
