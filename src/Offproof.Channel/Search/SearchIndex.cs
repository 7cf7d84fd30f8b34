using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Offproof.Channel;

/// <summary>
/// Where in a collection to look (greetings.md §6): per entry its line, language, occasion, kind and tone, and one space before and behind its folded text. Made from a verified
/// collection; a damaged one finds the wrong entries, but shows nothing that is not in the collection.
/// </summary>
internal sealed class SearchIndex
{
    private static ReadOnlySpan<byte> Magic => "offproof search 1\n"u8;

    private const int HeaderBytes = 32;

    private readonly byte[] _bytes;
    private readonly int _count;
    private readonly int _foldStart;

    private SearchIndex(byte[] bytes, int count, int foldStart, string[] values)
    {
        _bytes = bytes;
        _count = count;
        _foldStart = foldStart;
        Values = values;
    }

    /// <summary>One entry; numbers stand for <see cref="Values"/>.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal readonly struct Row(int line, int text, ushort language, ushort occasion, ushort kind, ushort tone)
    {
        /// <summary>Where its line begins in the collection's content.</summary>
        internal readonly int Line = line;

        /// <summary>Where its folded text begins.</summary>
        internal readonly int Text = text;

        internal readonly ushort Language = language;
        internal readonly ushort Occasion = occasion;
        internal readonly ushort Kind = kind;
        internal readonly ushort Tone = tone;
    }

    /// <summary>Languages, occasions, kinds and tones as they occur; the first is "", for none.</summary>
    internal string[] Values { get; }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    internal ReadOnlySpan<Row> Rows => MemoryMarshal.Cast<byte, Row>(_bytes.AsSpan(HeaderBytes, _count * Unsafe.SizeOf<Row>()));

    /// <summary>All folded texts, one behind the other, as UTF-8.</summary>
    internal ReadOnlySpan<byte> Texts => _bytes.AsSpan(_foldStart);

    /// <summary>Of the whole content.</summary>
    internal static SearchIndex Build(ReadOnlySpan<byte> content)
    {
        IReadOnlyList<Greeting> entries = GreetingList.Read(content);
        Dictionary<string, ushort> numbers = new(StringComparer.Ordinal) { [""] = 0 };
        ushort Number(string? value) => numbers.TryGetValue(value ?? "", out ushort known) ? known : numbers[value!] = checked((ushort)numbers.Count);
        Row[] rows = new Row[entries.Count];
        using MemoryStream texts = new();
        int line = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            line += content[line..].IndexOf((byte)'\n') + 1;
            Greeting entry = entries[i];
            rows[i] = new Row(line, (int)texts.Length, Number(entry.Language), Number(entry.Occasion), Number(entry.Kind), Number(entry.Tone));
            texts.Write(Encoding.UTF8.GetBytes($" {TextFold.Fold(entry.Text)} "));
        }
        return Lay(content, rows, string.Join('\n', numbers.OrderBy(static n => n.Value).Select(static n => n.Key)), texts.GetBuffer().AsSpan(0, (int)texts.Length));
    }

    private static SearchIndex Lay(ReadOnlySpan<byte> content, Row[] rows, string values, ReadOnlySpan<byte> texts)
    {
        byte[] names = Encoding.UTF8.GetBytes(values);
        ReadOnlySpan<byte> table = MemoryMarshal.AsBytes(rows.AsSpan());
        byte[] bytes = new byte[HeaderBytes + table.Length + names.Length + texts.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), rows.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), names.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), texts.Length);
        table.CopyTo(bytes.AsSpan(HeaderBytes));
        names.CopyTo(bytes.AsSpan(HeaderBytes + table.Length));
        texts.CopyTo(bytes.AsSpan(HeaderBytes + table.Length + names.Length));
        return Read(bytes, content) ?? throw new InvalidOperationException("what was just laid out is no index");
    }

    /// <summary>Null for what is no index of that content: one of another, or a damaged one, may still pass, and then finds wrong entries.</summary>
    internal static SearchIndex? Read(byte[] bytes, ReadOnlySpan<byte> content)
    {
        if (!BitConverter.IsLittleEndian || bytes.Length < HeaderBytes || !bytes.AsSpan().StartsWith(Magic)) return null;
        long count = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(20)), names = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(24)), texts = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(28));
        long table = count * Unsafe.SizeOf<Row>();
        if (count < 0 || names < 0 || texts < 0 || HeaderBytes + table + names + texts != bytes.Length) return null;
        string[] values = Encoding.UTF8.GetString(bytes, HeaderBytes + (int)table, (int)names).Split('\n');
        SearchIndex index = new(bytes, (int)count, HeaderBytes + (int)table + (int)names, values);
        return index.IsWhole(content) ? index : null;
    }

    // So that no number of it leads out of a table or a text, and each line is one.
    private bool IsWhole(ReadOnlySpan<byte> content)
    {
        int text = -1, line = 0;
        foreach (ref readonly Row row in Rows)
        {
            if (row.Text <= text || row.Text >= Texts.Length || Texts[row.Text] != ' ') return false;
            if (row.Line <= line || row.Line >= content.Length || content[row.Line - 1] != '\n') return false;
            if (Math.Max(Math.Max(row.Language, row.Occasion), Math.Max(row.Kind, row.Tone)) >= Values.Length) return false;
            (text, line) = (row.Text, row.Line);
        }
        return Texts.Length == 0 || Texts[^1] == ' ';
    }
}
