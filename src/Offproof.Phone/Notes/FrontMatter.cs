using System.Globalization;
using System.Text;

namespace Offproof.Phone;

/// <summary>
/// What stands before a note's own bytes (notes.md §2): YAML of a subset that every YAML reader reads alike. A value is a string, a bool, a long, a
/// list of strings, or a list of rows of strings. The reader takes what the writer writes, byte for byte, and nothing else.
/// </summary>
sealed class FrontMatter
{
    /// <summary>More than the escaped members of the largest note.</summary>
    internal const int MostBytes = 64 << 20;

    readonly List<(string Name, object Value)> _members = [];

    internal IReadOnlyList<(string Name, object Value)> Members => _members;

    internal void Add(string name, string? value)
    {
        if (value is not null) _members.Add((name, value));
    }

    internal void Add(string name, long value) => _members.Add((name, value));

    internal void Add(string name, bool? value)
    {
        if (value is { } known) _members.Add((name, known));
    }

    /// <summary>An empty list is left out.</summary>
    internal void Add(string name, List<string> values)
    {
        if (values.Count > 0) _members.Add((name, values));
    }

    internal void Add(string name, List<List<(string Name, string Value)>> rows)
    {
        if (rows.Count > 0) _members.Add((name, rows));
    }

    internal string? Text(string name) => Find(name) as string;

    internal List<List<(string Name, string Value)>> Rows(string name) => Find(name) as List<List<(string Name, string Value)>> ?? [];

    object? Find(string name) => _members.Find(member => member.Name == name).Value;

    internal byte[] Write()
    {
        StringBuilder into = new("---\n");
        foreach ((string name, object value) in _members)
        {
            into.Append(name).Append(':');
            switch (value)
            {
                case List<string> texts:
                    into.Append('\n');
                    foreach (string text in texts) Quote(text, into.Append("  - ")).Append('\n');
                    break;
                case List<List<(string Name, string Value)>> rows:
                    into.Append('\n');
                    foreach (List<(string Name, string Value)> row in rows)
                    {
                        for (int index = 0; index < row.Count; index++) Quote(row[index].Value, into.Append(index == 0 ? "  - " : "    ").Append(row[index].Name).Append(": ")).Append('\n');
                    }
                    break;
                case bool flag:
                    into.Append(flag ? " true\n" : " false\n");
                    break;
                case long number:
                    into.Append(CultureInfo.InvariantCulture, $" {number}\n");
                    break;
                default:
                    Quote((string)value, into.Append(' ')).Append('\n');
                    break;
            }
        }
        return Encoding.UTF8.GetBytes(into.Append("---\n").ToString());
    }

    // What YAML does not count as printable, or takes for the end of a line, is escaped.
    static StringBuilder Quote(string text, StringBuilder into)
    {
        into.Append('"');
        foreach (char c in text)
        {
            switch (c)
            {
                case '"': into.Append("\\\""); break;
                case '\\': into.Append("\\\\"); break;
                case '\n': into.Append("\\n"); break;
                case '\r': into.Append("\\r"); break;
                case '\t': into.Append("\\t"); break;
                case < ' ' or (>= '\u007F' and <= '\u009F'): into.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"); break;
                case '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF': into.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"); break;
                default: into.Append(c); break;
            }
        }
        return into.Append('"');
    }

    /// <summary>Reads the front matter that a stream begins with, and leaves the stream behind it.</summary>
    /// <exception cref="InvalidDataException">It begins with none of ours.</exception>
    internal static FrontMatter Read(Stream stream)
    {
        byte[] bytes = ReadBytes(stream);
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException problem)
        {
            throw new InvalidDataException("the front matter is no text", problem);
        }
        FrontMatter read = new();
        string[] lines = text.Split('\n');
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int at = 1; at < lines.Length - 2;)
        {
            string line = lines[at++];
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || !IsName(line.AsSpan(0, colon)) || !names.Add(line[..colon])) throw Unreadable(at);
            string name = line[..colon];
            string value = line[(colon + 1)..];
            if (value is " true" or " false") read._members.Add((name, value is " true"));
            else if (value.StartsWith(" \"", StringComparison.Ordinal)) read._members.Add((name, Unquote(value[1..], at)));
            else if (value.Length == 0) read._members.Add((name, ReadList(lines, ref at)));
            else if (long.TryParse(value, NumberStyles.AllowLeadingWhite | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)) read._members.Add((name, number));
            else throw Unreadable(at);
        }
        if (!read.Write().AsSpan().SequenceEqual(bytes)) throw new InvalidDataException("the front matter is not in the form that notes.md gives it");
        return read;
    }

    static object ReadList(string[] lines, ref int at)
    {
        List<string> texts = [];
        List<List<(string Name, string Value)>> rows = [];
        while (lines[at].StartsWith("  ", StringComparison.Ordinal))
        {
            string line = lines[at++];
            bool begins = line.StartsWith("  - ", StringComparison.Ordinal);
            if (begins && line.AsSpan(4).StartsWith("\"", StringComparison.Ordinal))
            {
                texts.Add(Unquote(line[4..], at));
                continue;
            }
            int colon = line.IndexOf(": \"", StringComparison.Ordinal);
            if (line.Length < 4 || (!begins && (!line.StartsWith("    ", StringComparison.Ordinal) || rows.Count == 0)) || colon < 5 || !IsName(line.AsSpan(4, colon - 4))) throw Unreadable(at);
            if (begins) rows.Add([]);
            rows[^1].Add((line[4..colon], Unquote(line[(colon + 2)..], at)));
        }
        if (texts.Count > 0 == rows.Count > 0) throw Unreadable(at);
        return texts.Count > 0 ? texts : rows;
    }

    static string Unquote(string quoted, int line)
    {
        if (quoted.Length < 2 || quoted[^1] != '"') throw Unreadable(line);
        StringBuilder text = new();
        for (int at = 1; at < quoted.Length - 1; at++)
        {
            char c = quoted[at];
            if (c == '"') throw Unreadable(line);
            if (c != '\\')
            {
                text.Append(c);
                continue;
            }
            c = quoted[++at];
            int digits = c switch { 'x' => 2, 'u' => 4, _ => 0 };
            if (digits > 0)
            {
                if (at + digits >= quoted.Length - 1 || !int.TryParse(quoted.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int unit)) throw Unreadable(line);
                text.Append((char)unit);
                at += digits;
                continue;
            }
            text.Append(c switch { 'n' => '\n', 'r' => '\r', 't' => '\t', '"' when at < quoted.Length - 1 => '"', '\\' => '\\', _ => throw Unreadable(line) });
        }
        return text.ToString();
    }

    static bool IsName(ReadOnlySpan<char> name) => !name.ContainsAnyExceptInRange('a', 'z');

    static InvalidDataException Unreadable(int line) => new(string.Create(CultureInfo.InvariantCulture, $"line {line} of the front matter cannot be read"));

    // Up to and with the second line of three hyphens.
    static byte[] ReadBytes(Stream stream)
    {
        ByteBuffer bytes = new();
        int lineStart = 0;
        while (true)
        {
            int next = stream.ReadByte();
            if (next < 0) throw new InvalidDataException("the file does not begin with a front matter");
            bytes.Add((byte)next);
            if (bytes.Length > MostBytes) throw new InvalidDataException("the front matter is too long");
            if (next != '\n') continue;
            bool fence = bytes.Span[lineStart..].SequenceEqual("---\n"u8);
            if (lineStart == 0 && !fence) throw new InvalidDataException("the file does not begin with a front matter");
            if (lineStart > 0 && fence) return bytes.Span.ToArray();
            lineStart = bytes.Length;
        }
    }
}
