using System.Text;

namespace Offproof.Auditor;

/// <summary>What the fields of an HTTP/1 head say about the bytes that follow (RFC 9112 §6).</summary>
internal ref struct HttpHead
{
    /// <summary>The longest that is read.</summary>
    internal const int Longest = 256 << 10;

    private const long NoLength = -1;

    public HttpHead() => Length = NoLength;

    internal long Length { get; private set; }

    internal bool HasLength => Length != NoLength;

    internal bool IsChunked { get; private set; }

    /// <summary>Transfer-Encoding is there.</summary>
    internal bool HasTransferEncoding { get; private set; }

    /// <summary>Why two readers could disagree about where the message ends; null where they cannot.</summary>
    internal string? Ambiguous { get; private set; }

    internal bool HasStrangeLine { get; private set; }

    internal string? ContentType { get; private set; }

    internal string? ContentEncoding { get; private set; }

    internal string? Host { get; private set; }

    internal string? Upgrade { get; private set; }

    internal string? Extensions { get; private set; }

    internal readonly Declared Declared => new(ContentType, ContentEncoding);

    /// <summary>Where the head that begins at the first byte ends: behind its empty line. -1 when that has not come.</summary>
    internal static int End(ReadOnlySpan<byte> bytes, int from)
    {
        // Line by line, and not for an empty line at once: heads with the one end of a line must not be searched for the other.
        while (true)
        {
            int line = bytes[from..].IndexOf((byte)'\n');
            if (line < 0) return -1;
            from += line + 1;
            if (from < bytes.Length && bytes[from] == '\n') return from + 1;
            if (from + 1 < bytes.Length && bytes[from] == '\r' && bytes[from + 1] == '\n') return from + 2;
        }
    }

    /// <summary>Reads the fields.</summary>
    /// <param name="fields">What follows the start line, to the end.</param>
    internal void Read(ReadOnlySpan<byte> fields, bool isOldVersion)
    {
        string? transfer = null;
        while (!fields.IsEmpty)
        {
            int end = fields.IndexOf((byte)'\n');
            if (end < 0) end = fields.Length - 1;
            // A line that begins with a blank goes on with the one before (RFC 9112 §5.2).
            while (end + 1 < fields.Length && fields[end + 1] is (byte)' ' or (byte)'\t')
            {
                int more = fields[(end + 1)..].IndexOf((byte)'\n');
                end = more < 0 ? fields.Length - 1 : end + 1 + more;
            }
            ReadOnlySpan<byte> line = fields[..(end + 1)];
            fields = fields[(end + 1)..];
            int colon = line.IndexOfAnyExcept(StartLine.Token);
            if (colon < 0 || line[colon] != ':' || colon == 0)
            {
                if (Trim(line).IsEmpty) continue;
                HasStrangeLine = true;
                if (colon > 0 && Blank(line[colon..], out int after) && line[(colon + after)..].StartsWith(":"u8) && IsFraming(line[..colon])) Ambiguous ??= "a blank before the colon";
                continue;
            }
            Field(line[..colon], Trim(line[(colon + 1)..]), ref transfer);
        }
        if (transfer is not null) Transfer(transfer, isOldVersion);
    }

    private void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref string? transfer)
    {
        switch (name.Length)
        {
            case 4 when Ascii.EqualsIgnoreCase(name, "host"u8):
                Host ??= Interned.Of(value);
                break;
            case 7 when Ascii.EqualsIgnoreCase(name, "upgrade"u8):
                Upgrade = Interned.Of(value);
                break;
            case 12 when Ascii.EqualsIgnoreCase(name, "content-type"u8):
                ContentType ??= Interned.Of(value);
                break;
            case 14 when Ascii.EqualsIgnoreCase(name, "content-length"u8):
                ReadLength(value);
                break;
            case 16 when Ascii.EqualsIgnoreCase(name, "content-encoding"u8):
                ContentEncoding = Declared.Also(ContentEncoding, Interned.Of(value));
                break;
            case 17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8):
                transfer = transfer is null ? Interned.Of(value) : $"{transfer}, {Interned.Of(value)}";
                break;
            case 24 when Ascii.EqualsIgnoreCase(name, "sec-websocket-extensions"u8):
                Extensions = Extensions is null ? Interned.Of(value) : $"{Extensions}, {Interned.Of(value)}";
                break;
            default:
                break;
        }
    }

    private void ReadLength(ReadOnlySpan<byte> value)
    {
        // "5, 5" is 5 (RFC 9110 §8.6).
        while (true)
        {
            int comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> one = Trim(comma < 0 ? value : value[..comma]);
            if (one.Length is 0 or > 18 || one.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
            {
                Ambiguous ??= "a Content-Length that is no number";
                return;
            }
            long length = 0;
            foreach (byte digit in one) length = 10 * length + digit - '0';
            if (HasLength && Length != length) Ambiguous ??= "two lengths that differ";
            Length = length;
            if (comma < 0) return;
            value = value[(comma + 1)..];
        }
    }

    private void Transfer(string transfer, bool isOldVersion)
    {
        HasTransferEncoding = true;
        if (HasLength) Ambiguous ??= "both Transfer-Encoding and Content-Length";
        if (isOldVersion) Ambiguous ??= "Transfer-Encoding in HTTP/1.0";
        if (transfer.Equals("chunked", StringComparison.OrdinalIgnoreCase))
        {
            IsChunked = true;
            return;
        }
        string[] codings = transfer.Split(',', StringSplitOptions.TrimEntries);
        IsChunked = codings[^1].Equals("chunked", StringComparison.OrdinalIgnoreCase);
        foreach (string coding in codings.AsSpan(0, codings.Length - (IsChunked ? 1 : 0)))
        {
            if (coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)) Ambiguous ??= "chunked is not the last transfer coding";
            else if (!coding.Equals("identity", StringComparison.OrdinalIgnoreCase)) ContentEncoding = Declared.Also(ContentEncoding, coding);
        }
    }

    private static bool IsFraming(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, "content-length"u8) || Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8);

    private static bool Blank(ReadOnlySpan<byte> bytes, out int after)
    {
        after = bytes.IndexOfAnyExcept((byte)' ', (byte)'\t');
        return after > 0;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => value.Trim(" \t\r\n"u8);
}
