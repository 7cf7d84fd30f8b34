using System.Text;

namespace Offproof.Auditor;

/// <summary>
/// Reads the blocks of fields of one direction of HTTP/2 (RFC 7541), in their order, into lines. After an answer of false its table no longer is the sender's, and nothing more can be read.
/// </summary>
internal sealed class FieldBlock
{
    /// <summary>The most that a block may have, as sent and as read.</summary>
    internal const int Most = 256 << 10;

    private readonly FieldTable _table = new();
    private byte[] _lines = new byte[4096];
    private byte[] _strings = [];
    private int _length;

    /// <summary>The fields as lines: <c>name: value</c>, CR LF. Valid until the next block.</summary>
    internal ReadOnlySpan<byte> Lines => _lines.AsSpan(0, _length);

    /// <summary>Not all lines had room: the fields expand to more than anybody sends.</summary>
    internal bool IsTooLarge { get; private set; }

    internal string? ContentType { get; private set; }

    internal string? ContentEncoding { get; private set; }

    internal string? GrpcEncoding { get; private set; }

    internal string? Authority { get; private set; }

    /// <summary>The number of an answer; 0 in a request and in trailers.</summary>
    internal int Status { get; private set; }

    /// <summary>The block begins with a pseudo field: it is no trailer.</summary>
    internal bool IsMessage { get; private set; }

    /// <summary>How many bytes say how large the table shall be.</summary>
    internal int Resizing { get; private set; }

    internal bool TryRead(ReadOnlySpan<byte> block)
    {
        (_length, IsTooLarge, Status, IsMessage, Resizing) = (0, false, 0, false, 0);
        (ContentType, ContentEncoding, GrpcEncoding, Authority) = (null, null, null, null);
        while (!block.IsEmpty)
        {
            byte first = block[0];
            if (first >= 0x80)
            {
                if (!TryInteger(ref block, 7, out long index) || !_table.TryGet(index, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)) return false;
                Emit(name, value);
            }
            else if (first is >= 0x20 and < 0x40)
            {
                int before = block.Length;
                if (!TryInteger(ref block, 5, out long size) || !_table.TryResize(size)) return false;
                Resizing += before - block.Length;
            }
            else
            {
                bool isKept = first >= 0x40;
                if (!TryInteger(ref block, isKept ? 6 : 4, out long index)) return false;
                int used = 0;
                ReadOnlySpan<byte> name;
                if (index == 0)
                {
                    if (!TryString(ref block, ref used, out name)) return false;
                }
                else if (!_table.TryGet(index, out name, out _))
                {
                    return false;
                }
                if (!TryString(ref block, ref used, out ReadOnlySpan<byte> value)) return false;
                Emit(name, value);
                if (isKept) _table.Add(name, value);
            }
        }
        return true;
    }

    // RFC 7541 §5.1.
    private static bool TryInteger(scoped ref ReadOnlySpan<byte> block, int prefix, out long value)
    {
        int most = (1 << prefix) - 1;
        value = block[0] & most;
        block = block[1..];
        if (value < most) return true;
        for (int shift = 0; shift <= 28 && !block.IsEmpty; shift += 7)
        {
            byte next = block[0];
            block = block[1..];
            value += (long)(next & 0x7F) << shift;
            if (next < 0x80) return true;
        }
        return false;
    }

    // RFC 7541 §5.2. Decoded strings of one field lie one after the other.
    private bool TryString(scoped ref ReadOnlySpan<byte> block, scoped ref int used, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (block.IsEmpty) return false;
        bool isCoded = block[0] >= 0x80;
        if (!TryInteger(ref block, 7, out long length) || length > block.Length) return false;
        ReadOnlySpan<byte> bytes = block[..(int)length];
        block = block[(int)length..];
        if (!isCoded)
        {
            text = bytes;
            return true;
        }
        // The shortest code has 5 bits. A name that lies in the old array stays there.
        int most = used + bytes.Length * 8 / 5 + 8;
        if (_strings.Length < most) _strings = new byte[Math.Max(most, 1024)];
        int written = Huffman.Decode(bytes, _strings.AsSpan(used));
        if (written < 0) return false;
        text = _strings.AsSpan(used, written);
        used += written;
        return true;
    }

    private void Emit(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int size = name.Length + value.Length + 4;
        IsTooLarge |= _length + size > Most;
        if (IsTooLarge) return;
        Note(name, value);
        if (_length + size > _lines.Length) Array.Resize(ref _lines, Math.Min(Most, Math.Max(_length + size, 2 * _lines.Length)));
        Span<byte> line = _lines.AsSpan(_length, size);
        name.CopyTo(line);
        ": "u8.CopyTo(line[name.Length..]);
        value.CopyTo(line[(name.Length + 2)..]);
        "\r\n"u8.CopyTo(line[(size - 2)..]);
        _length += size;
    }

    private void Note(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_length == 0) IsMessage = name.StartsWith(":"u8);
        switch (name.Length)
        {
            case 7 when name.SequenceEqual(":status"u8):
                Status = value.Length == 3 && value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 ? 100 * (value[0] - '0') + 10 * (value[1] - '0') + value[2] - '0' : 0;
                break;
            case 10 when name.SequenceEqual(":authority"u8):
                Authority = Interned.Of(value);
                break;
            case 12 when Ascii.EqualsIgnoreCase(name, "content-type"u8):
                ContentType ??= Interned.Of(value);
                break;
            case 13 when Ascii.EqualsIgnoreCase(name, "grpc-encoding"u8):
                GrpcEncoding ??= Interned.Of(value);
                break;
            case 16 when Ascii.EqualsIgnoreCase(name, "content-encoding"u8):
                ContentEncoding = Declared.Also(ContentEncoding, Interned.Of(value));
                break;
            default:
                break;
        }
    }
}
