using System.Security.Cryptography;

namespace Offproof.Phone;

/// <summary>A stream that is only read, from front to back.</summary>
abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public abstract override int Read(Span<byte> buffer);

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>The lines of one file of the tree, out of the spool.</summary>
sealed class SpooledLines(Spool spool, ArraySegment<MessageTree.Line> lines, long length) : ReadOnlyStream
{
    int _line;
    int _at;

    public override long Length => length;

    public override int Read(Span<byte> buffer)
    {
        int filled = 0;
        while (filled < buffer.Length && _line < lines.Count)
        {
            // Lines that were spooled one after the other are read as one.
            int last = _line;
            long run = lines[_line].Length - _at;
            while (last + 1 < lines.Count && run < buffer.Length - filled && lines[last + 1].Offset == lines[last].Offset + lines[last].Length) run += lines[++last].Length;
            int wanted = (int)Math.Min(run, buffer.Length - filled);
            int read = spool.Read(buffer.Slice(filled, wanted), lines[_line].Offset + _at);
            if (read == 0) throw new IOException("the spooled messages are gone");
            filled += read;
            for (int left = read; left > 0;)
            {
                int step = Math.Min(left, lines[_line].Length - _at);
                _at += step;
                left -= step;
                if (_at < lines[_line].Length) continue;
                _line++;
                _at = 0;
            }
        }
        return filled;
    }
}

/// <summary>An attachment, read again from its source; the end is only reached when it still is what it was.</summary>
sealed class CheckedStream(Attachment attachment) : ReadOnlyStream
{
    readonly Stream _bytes = Reopen(attachment);
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    long _read;
    bool _checked;

    public override long Length => attachment.Length ?? throw new NotSupportedException();

    public override int Read(Span<byte> buffer)
    {
        if (_checked || buffer.IsEmpty) return 0;
        int read;
        try
        {
            read = _bytes.Read(buffer);
        }
        catch (Exception problem) when (problem is InvalidDataException or DamagedTextException or TextEndsException or NotSupportedException)
        {
            throw Changed(problem);
        }
        _hash.AppendData(buffer[..read]);
        _read += read;
        if (_read > attachment.Length || (read == 0 && _read < attachment.Length)) throw Changed();
        // Checked with the last byte, not after it: a reader that knows the length never asks again.
        if (attachment.Length is { } length ? _read == length : read == 0)
        {
            if (!string.Equals(Convert.ToHexStringLower(_hash.GetHashAndReset()), attachment.Hash, StringComparison.Ordinal)) throw Changed();
            _checked = true;
        }
        return read;
    }

    static Stream Reopen(Attachment attachment)
    {
        try
        {
            return attachment.Open();
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or InvalidDataException or DamagedTextException or TextEndsException)
        {
            throw Changed(problem);
        }
    }

    static IOException Changed(Exception? problem = null) => new("an attachment is not what it was when it was first read", problem);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _bytes.Dispose();
            _hash.Dispose();
        }
        base.Dispose(disposing);
    }
}
