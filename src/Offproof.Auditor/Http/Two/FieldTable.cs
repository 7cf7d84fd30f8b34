namespace Offproof.Auditor;

/// <summary>The tables of HPACK (RFC 7541 §2.3): 61 fields that never change, and those that were sent, newest first.</summary>
internal sealed class FieldTable
{
    /// <summary>The largest dynamic table that is kept.</summary>
    internal const int Largest = 1 << 20;

    private const int Overhead = 32; // RFC 7541 §4.1
    private const int First = 4096;

    private static readonly byte[][] s_names;
    private static readonly byte[][] s_values;

    private readonly List<(int Start, int Name, int Value)> _entries = []; // oldest first, from _oldest
    private int _oldest;
    private byte[] _bytes = [];
    private int _end;
    private int _most = First;

    static FieldTable()
    {
        string[] fields =
        [
            ":authority", ":method=GET", ":method=POST", ":path=/", ":path=/index.html", ":scheme=http", ":scheme=https", ":status=200", ":status=204", ":status=206", ":status=304",
            ":status=400", ":status=404", ":status=500", "accept-charset", "accept-encoding=gzip, deflate", "accept-language", "accept-ranges", "accept", "access-control-allow-origin",
            "age", "allow", "authorization", "cache-control", "content-disposition", "content-encoding", "content-language", "content-length", "content-location", "content-range",
            "content-type", "cookie", "date", "etag", "expect", "expires", "from", "host", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since",
            "last-modified", "link", "location", "max-forwards", "proxy-authenticate", "proxy-authorization", "range", "referer", "refresh", "retry-after", "server", "set-cookie",
            "strict-transport-security", "transfer-encoding", "user-agent", "vary", "via", "www-authenticate",
        ];
        s_names = [.. fields.Select(field => System.Text.Encoding.ASCII.GetBytes(field.Split('=')[0]))];
        s_values = [.. fields.Select(field => System.Text.Encoding.ASCII.GetBytes(field.Contains('=', StringComparison.Ordinal) ? field.Split('=')[1] : ""))];
    }

    /// <summary>What the entries are counted as: their bytes and 32 for each.</summary>
    internal int Size { get; private set; }

    private int Count => _entries.Count - _oldest;

    /// <summary>The field with this number, from 1.</summary>
    internal bool TryGet(long index, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        if (index < 1 || index > s_names.Length + Count) return false;
        if (index <= s_names.Length)
        {
            name = s_names[index - 1];
            value = s_values[index - 1];
            return true;
        }
        (int start, int nameLength, int valueLength) = _entries[_entries.Count - (int)(index - s_names.Length)];
        name = _bytes.AsSpan(start, nameLength);
        value = _bytes.AsSpan(start + nameLength, valueLength);
        return true;
    }

    /// <summary>Adds a field; older ones make room (RFC 7541 §4.4). The spans may lie in this table.</summary>
    internal void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int size = name.Length + value.Length + Overhead;
        if (size > _most)
        {
            Shrink(0);
            return;
        }
        if (_end + name.Length + value.Length > _bytes.Length)
        {
            // A new array: what is added may lie in the old one, in an entry that goes.
            byte[] fresh = new byte[Math.Max(1024, 2 * (Size - Overhead * Count + name.Length + value.Length))];
            int end = 0;
            for (int i = _oldest; i < _entries.Count; i++)
            {
                (int start, int nameLength, int valueLength) = _entries[i];
                _bytes.AsSpan(start, nameLength + valueLength).CopyTo(fresh.AsSpan(end));
                _entries[i] = (end, nameLength, valueLength);
                end += nameLength + valueLength;
            }
            (_bytes, _end) = (fresh, end);
        }
        name.CopyTo(_bytes.AsSpan(_end));
        value.CopyTo(_bytes.AsSpan(_end + name.Length));
        Shrink(_most - size);
        _entries.Add((_end, name.Length, value.Length));
        _end += name.Length + value.Length;
        Size += size;
    }

    /// <summary>Changes the largest size (RFC 7541 §6.3).</summary>
    internal bool TryResize(long most)
    {
        if (most > Largest) return false;
        _most = (int)most;
        Shrink(_most);
        return true;
    }

    private void Shrink(int to)
    {
        while (Size > to)
        {
            (_, int name, int value) = _entries[_oldest++];
            Size -= name + value + Overhead;
        }
        if (_oldest == _entries.Count) _end = 0;
        if (_oldest > 64 && _oldest > _entries.Count / 2)
        {
            _entries.RemoveRange(0, _oldest);
            _oldest = 0;
        }
    }
}
