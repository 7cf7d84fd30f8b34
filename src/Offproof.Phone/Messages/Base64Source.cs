using System.Buffers;
using System.Buffers.Text;

namespace Offproof.Phone;

/// <summary>The bytes of a base64 value, decoded while the text is read. Blanks between the digits are allowed, padding may be missing.</summary>
sealed class Base64Source(SourceText text, bool owned) : ReadOnlyStream
{
    readonly byte[] _digits = new byte[1 << 15];
    readonly byte[] _bytes = new byte[1 << 15];
    int _pending;
    int _at;
    int _end;
    bool _ended;

    public override int Read(Span<byte> buffer)
    {
        while (_at == _end && !_ended && buffer.Length > 0) Decode();
        int count = Math.Min(buffer.Length, _end - _at);
        _bytes.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    void Decode()
    {
        int read = text.ReadValue(_digits.AsSpan(_pending));
        int length = _pending + Compact(_digits.AsSpan(_pending, read));
        _ended = read == 0;
        if (_ended)
        {
            if (length % 4 == 1) throw new InvalidDataException("an attachment's base64 ends in the middle of a byte");
            while (length % 4 != 0) _digits[length++] = (byte)'=';
        }
        int whole = length / 4 * 4;
        // Padding ends the value: the decoder takes it in the last block alone.
        bool padded = whole > 0 && _digits[whole - 1] == '=';
        if (Base64.DecodeFromUtf8(_digits.AsSpan(0, whole), _bytes, out int consumed, out _end, isFinalBlock: padded) != OperationStatus.Done || consumed != whole)
            throw new InvalidDataException("an attachment is not valid base64");
        _at = 0;
        if (padded && !_ended)
        {
            Span<byte> rest = stackalloc byte[256];
            if (length > whole) throw new InvalidDataException("an attachment's base64 goes on after its end");
            while (text.ReadValue(rest) is var more and > 0)
            {
                if (Compact(rest[..more]) > 0) throw new InvalidDataException("an attachment's base64 goes on after its end");
            }
            _ended = true;
        }
        _digits.AsSpan(whole, length - whole).CopyTo(_digits);
        _pending = length - whole;
    }

    static int Compact(Span<byte> digits)
    {
        int kept = digits.IndexOfAny(" \t\r\n"u8);
        if (kept < 0) return digits.Length;
        for (int at = kept; at < digits.Length; at++)
        {
            if (digits[at] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')) digits[kept++] = digits[at];
        }
        return kept;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && owned) text.Dispose();
        base.Dispose(disposing);
    }
}
