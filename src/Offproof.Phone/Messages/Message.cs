using System.Security.Cryptography;

namespace Offproof.Phone;

/// <summary>The bytes of an attachment, where they lie and what they were when they were first read.</summary>
/// <param name="Hash">SHA-256, 64 lower-case hexadecimal digits.</param>
/// <param name="Length">Bytes; null where only the hash is known.</param>
/// <param name="Open">Opens them again, unchecked.</param>
sealed record Attachment(string Hash, long? Length, Func<Stream> Open)
{
    internal static Attachment Read(Stream bytes, Func<Stream> open)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 15];
        long length = 0;
        while (bytes.Read(buffer) is var read and > 0)
        {
            hash.AppendData(buffer, 0, read);
            length += read;
        }
        return new Attachment(Convert.ToHexStringLower(hash.GetHashAndReset()), length, open);
    }
}

/// <summary>Columns of a message, of one of its parts, or of one of its addresses: names and values as the source spells them.</summary>
sealed class Row(ByteBuffer text)
{
    readonly record struct Field(int Name, int NameLength, int Value, int ValueLength);

    const int MostColumns = 256;

    readonly List<Field> _fields = [];
    int _name;
    int _value;

    /// <summary>A part's attachment, when it was read from a source.</summary>
    internal Attachment? Attachment { get; set; }

    /// <summary>A part's attachment, when it was read from a tree: the name of its file.</summary>
    internal string? AttachmentFile { get; set; }

    internal int Count => _fields.Count;

    internal ReadOnlySpan<byte> Name(int index) => text.Slice(_fields[index].Name, _fields[index].NameLength);

    internal ReadOnlySpan<byte> Value(int index) => text.Slice(_fields[index].Value, _fields[index].ValueLength);

    internal void Clear()
    {
        _fields.Clear();
        Attachment = null;
        AttachmentFile = null;
    }

    /// <summary>Begins a column: its value is added to the text, and <see cref="EndValue"/> or <see cref="DropValue"/> called.</summary>
    /// <exception cref="DamagedTextException">There are more than 256.</exception>
    internal void BeginValue(ReadOnlySpan<byte> name)
    {
        if (_fields.Count == MostColumns) throw new DamagedTextException($"it has more than {MostColumns} columns");
        _name = text.Length;
        text.Add(name);
        _value = text.Length;
    }

    internal ReadOnlySpan<byte> Pending => text.Slice(_value, text.Length - _value);

    internal void EndValue() => _fields.Add(new Field(_name, _value - _name, _value, text.Length - _value));

    internal void DropValue() => text.Cut(_name);

    internal void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        BeginValue(name);
        text.Add(value);
        EndValue();
    }

    /// <summary>The value of a column, or nothing where it is absent.</summary>
    internal ReadOnlySpan<byte> this[ReadOnlySpan<byte> name] => Find(name) is var index and >= 0 ? Value(index) : default;

    internal bool Has(ReadOnlySpan<byte> name) => Find(name) >= 0;

    internal void Remove(ReadOnlySpan<byte> name) => _fields.RemoveAt(Find(name));

    int Find(ReadOnlySpan<byte> name)
    {
        for (int index = 0; index < _fields.Count; index++)
        {
            if (Name(index).SequenceEqual(name)) return index;
        }
        return -1;
    }

    /// <summary>Orders the columns by name, byte by byte. Returns the name that stands there twice, or null.</summary>
    internal string? Sort()
    {
        _fields.Sort((a, b) => text.Slice(a.Name, a.NameLength).SequenceCompareTo(text.Slice(b.Name, b.NameLength)));
        for (int index = 1; index < _fields.Count; index++)
        {
            if (Name(index).SequenceEqual(Name(index - 1))) return System.Text.Encoding.UTF8.GetString(Name(index));
        }
        return null;
    }
}

/// <summary>Rows that are used again for the next message.</summary>
sealed class Rows(ByteBuffer text)
{
    const int MostRows = 10_000;

    readonly List<Row> _rows = [];

    internal int Count { get; private set; }

    internal Row this[int index] => _rows[index];

    /// <exception cref="DamagedTextException">There are more than 10,000.</exception>
    internal Row Add()
    {
        if (Count == MostRows) throw new DamagedTextException($"it has more than {MostRows} parts or addresses");
        if (Count == _rows.Count) _rows.Add(new Row(text));
        Row row = _rows[Count++];
        row.Clear();
        return row;
    }

    /// <summary>A new row before all others.</summary>
    internal Row Insert()
    {
        Row row = Add();
        _rows.RemoveAt(Count - 1);
        _rows.Insert(0, row);
        return row;
    }

    internal void Clear()
    {
        for (int index = 0; index < Count; index++) _rows[index].Clear();
        Count = 0;
    }
}

/// <summary>One message, as the source or the tree has it. The same object is filled again and again.</summary>
sealed class Message
{
    internal Message()
    {
        Columns = new Row(Text);
        Addresses = new Rows(Text);
        Parts = new Rows(Text);
    }

    internal ByteBuffer Text { get; } = new();

    internal bool IsMms { get; set; }

    internal Row Columns { get; }

    internal Rows Addresses { get; }

    internal Rows Parts { get; }

    internal void Clear()
    {
        Text.Clear();
        Columns.Clear();
        Addresses.Clear();
        Parts.Clear();
    }
}
