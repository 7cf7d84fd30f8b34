namespace Offproof.Auditor;

// RFC 9112 §7.1: chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF; the last has size 0, and trailer fields follow it.
internal sealed partial class HttpSide
{
    private int ChunkLine(ReadOnlySpan<byte> bytes, int offset)
    {
        int end = bytes[..Math.Min(bytes.Length, LongestChunkLine)].IndexOf((byte)'\n');
        if (end < 0) return bytes.Length < LongestChunkLine ? -1 : Broken();
        ReadOnlySpan<byte> line = bytes[..(end + 1)];
        int extension = line.IndexOf((byte)';');
        ReadOnlySpan<byte> size = (extension < 0 ? line : line[..extension]).Trim(" \t\r\n"u8);
        if (!TryHex(size, out _left)) return Broken();
        int zeros = size.IndexOfAnyExcept((byte)'0') is var first and >= 0 ? first : size.Length - 1;
        int blanks = (extension >= 0 ? extension : line.Length - (line.EndsWith("\r\n"u8) ? 2 : 1)) - size.Length;
        _flow.Capacity(_sender, zeros + blanks); // more than a number has
        if (extension < 0)
        {
            _flow.Count(_sender, ByteKind.Structural, line.Length);
        }
        else
        {
            _flow.Count(_sender, ByteKind.Structural, extension);
            Examine(line[extension..], PacketAt(offset));
        }
        (_state, _scanned) = (_left > 0 ? State.Chunk : State.Trailer, 0);
        return line.Length;
    }

    private int ChunkEnd(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] == '\r' && bytes.Length == 1) return -1;
        int count = bytes[0] == '\n' ? 1 : bytes[0] == '\r' && bytes[1] == '\n' ? 2 : 0;
        if (count == 0) return Broken();
        _state = State.ChunkLine;
        return Empty(count);
    }

    private int Trailer(ReadOnlySpan<byte> bytes, int offset)
    {
        if (bytes[0] == '\r' && bytes.Length == 1) return -1;
        int count = bytes[0] == '\n' ? 1 : bytes[0] == '\r' && bytes[1] == '\n' ? 2 : 0;
        if (count > 0)
        {
            Finish();
            return Empty(count);
        }
        int end = HttpHead.End(bytes, Math.Min(_scanned, bytes.Length));
        _scanned = Math.Max(0, bytes.Length - 2);
        if (end > HttpHead.Longest || (end < 0 && bytes.Length > HttpHead.Longest)) return Broken();
        if (end < 0) return -1;
        Examine(bytes[..end], PacketAt(offset));
        Finish();
        return end;
    }

    private int Broken()
    {
        _flow.Remark("a chunked body is broken");
        _body.End();
        if (!IsClient) _conversation.ForgetAsked();
        Lose();
        return 0;
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, out long value)
    {
        value = 0;
        if (digits.IsEmpty) return false;
        digits = digits.TrimStart((byte)'0');
        if (digits.Length > 15) return false;
        foreach (byte digit in digits)
        {
            int one = digit switch { >= (byte)'0' and <= (byte)'9' => digit - '0', >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10, >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10, _ => -1 };
            if (one < 0) return false;
            value = 16 * value + one;
        }
        return true;
    }
}
