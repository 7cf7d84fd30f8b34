using System.Buffers;

namespace Offproof.Phone;

/// <summary>What stands before a property's value: <c>group.NAME;PARAMETER=value,"value"</c>.</summary>
static class CardHead
{
    // No property has a head of this size; it bounds what one line can be parsed into.
    const int Longest = 1 << 16;

    static readonly SearchValues<byte> NameBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Where the colon is that ends the head of a line; -1 when the line begins no property.</summary>
    internal static int Length(ReadOnlySpan<byte> line)
    {
        int name = line.IndexOfAnyExcept(NameBytes);
        if (name <= 0 || line[name] is not ((byte)':' or (byte)';') || line[name - 1] == '.' || line[0] == '.') return -1;
        if (line[name] == ':') return name;
        ReadOnlySpan<byte> head = line[..Math.Min(line.Length, Longest)];
        bool quoted = false;
        for (int at = name; at < head.Length; at++)
        {
            if (head[at] == '"') quoted = !quoted;
            else if (head[at] == ':' && !quoted) return at;
        }
        return head.IndexOf((byte)':'); // a quote that nothing closes
    }

    /// <summary>True for the name of an encoding, which says nothing any more once the value is decoded.</summary>
    internal static bool IsEncoding(string word) => IsBase64(word) || IsQuotedPrintable(word) || word.Equals("8BIT", StringComparison.OrdinalIgnoreCase) || word.Equals("7BIT", StringComparison.OrdinalIgnoreCase);

    internal static bool IsBase64(string word) => word.Equals("BASE64", StringComparison.OrdinalIgnoreCase) || word.Equals("B", StringComparison.OrdinalIgnoreCase);

    internal static bool IsQuotedPrintable(string word) => word.Equals("QUOTED-PRINTABLE", StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes a head apart. Parameters without a name are left as ones without name: what they mean depends on them.</summary>
    internal static (string? Group, string Name, List<CardParameter> Parameters) Parse(string head)
    {
        int end = head.IndexOf(';', StringComparison.Ordinal);
        string name = end < 0 ? head : head[..end];
        int dot = name.LastIndexOf('.');
        List<CardParameter> parameters = [];
        for (int at = end; at >= 0 && at < head.Length;)
        {
            at++; // the semicolon
            int start = at;
            while (at < head.Length && head[at] is not ('=' or ';' or '"')) at++;
            string parameter = "";
            if (at < head.Length && head[at] == '=' && IsName(head.AsSpan(start, at - start))) parameter = head[start..at++];
            else at = start;
            List<string> values = parameter.Length == 0 && CardCustom.Begins(head.AsSpan(at)) ? [Word(head, ref at)] : Values(head, ref at);
            if (parameter.Length > 0 || values is not [""]) parameters.Add(new CardParameter(parameter, values));
        }
        return (dot < 0 ? null : name[..dot], name[(dot + 1)..], parameters);
    }

    static string Word(string head, ref int at)
    {
        int start = at;
        while (at < head.Length && head[at] != ';') at++;
        return head[start..at];
    }

    static List<string> Values(string head, ref int at)
    {
        List<string> values = [];
        while (true)
        {
            int close = at < head.Length && head[at] == '"' ? head.IndexOf('"', at + 1) : -1;
            if (close > 0 && (close + 1 == head.Length || head[close + 1] is ',' or ';'))
            {
                values.Add(head[(at + 1)..close]);
                at = close + 1;
            }
            else
            {
                int start = at;
                while (at < head.Length && head[at] is not (',' or ';')) at++;
                values.Add(head[start..at]);
            }
            if (at >= head.Length || head[at] == ';') return values;
            at++;
        }
    }

    static bool IsName(ReadOnlySpan<char> name) => name.Length > 0 && !name.ContainsAnyExcept(NameCharacters);
}
