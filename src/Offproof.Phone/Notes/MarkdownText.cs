using System.Buffers;
using System.Globalization;
using System.Text;

namespace Offproof.Phone;

/// <summary>
/// Plain text as Markdown that shows the same (notes.md §3.4): what CommonMark and GitHub's extensions would take for markup gets a backslash, and a
/// line that another follows ends with two blanks. Taking both away gives the text back exactly.
/// </summary>
static class MarkdownText
{
    const string Nothing = "<!-- -->";
    static readonly SearchValues<char> Alphanumeric = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    static readonly SearchValues<char> Delimiter = SearchValues.Create("-: \t\r|");

    /// <summary>Adds a text; the lines behind its first are indented by <paramref name="indent"/>.</summary>
    internal static void Add(string text, StringBuilder into, string indent = "")
    {
        string[] lines = text.Split('\n');
        for (int at = 0; at < lines.Length; at++)
        {
            bool blank = IsBlank(lines[at]);
            if (at > 0) into.Append('\n').Append(blank ? "" : indent);
            AddLine(lines[at], into);
            if (!blank && at + 1 < lines.Length && !IsBlank(lines[at + 1])) into.Append("  ");
        }
    }

    internal static bool IsBlank(string line) => line.AsSpan().Trim(" \t").IsEmpty;

    /// <summary>Adds one line, or a piece of one.</summary>
    internal static void AddLine(string line, StringBuilder into)
    {
        int start = line.AsSpan().IndexOfAnyExcept(' ', '\t') is var found and >= 0 ? found : line.Length;
        ReadOnlySpan<char> blanks = line.AsSpan(0, start);
        // Four columns would begin a block of code.
        if (start < line.Length && (start > 3 || blanks.Contains('\t')))
        {
            into.Append(CultureInfo.InvariantCulture, $"&#{(int)blanks[0]};");
            blanks = blanks[1..];
        }
        into.Append(blanks);
        ReadOnlySpan<char> rest = line.AsSpan(start);
        int mark = BlockMark(rest);
        for (int at = 0; at < rest.Length; at++)
        {
            if (at == mark)
            {
                into.Append('\\').Append(rest[at]);
                continue;
            }
            int url = UrlLength(rest, at, at > 0 ? rest[at - 1] : start > 0 && blanks.IsEmpty ? ';' : ' ');
            if (url > 0)
            {
                into.Append(rest.Slice(at, url));
                at += url - 1;
                // Nothing to see, and the end of the address.
                if (at + 1 < rest.Length && rest[at + 1] is not (' ' or '\t')) into.Append(Nothing);
                continue;
            }
            char c = rest[at];
            switch (c)
            {
                case '\r': into.Append("&#13;"); break;
                case '\0': into.Append("&#0;"); break;
                case '\\' or '`' or '*' or '[' or ']' or '<' or '~' or '|': into.Append('\\').Append(c); break;
                case '_' when !(at > 0 && at + 1 < rest.Length && char.IsAsciiLetterOrDigit(rest[at - 1]) && char.IsAsciiLetterOrDigit(rest[at + 1])): into.Append("\\_"); break;
                case '&' when IsReference(rest[(at + 1)..]): into.Append("\\&"); break;
                default: into.Append(c); break;
            }
        }
    }

    /// <summary>The place of the character that makes a heading, quotation, list, rule or table of a line; -1 where none does.</summary>
    static int BlockMark(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty) return -1;
        int run = line.IndexOfAnyExcept(line[0]) is var end and >= 0 ? end : line.Length;
        switch (line[0])
        {
            case '>': return 0;
            case '#': return run <= 6 && IsBreak(line, run) ? 0 : -1;
            case '+': return IsBreak(line, 1) ? 0 : -1;
            case '-' or ':': return (line[0] == '-' && IsBreak(line, 1)) || (line.Contains('-') && !line.ContainsAnyExcept(Delimiter)) ? 0 : -1; // of a table, too
            case '=': return line.TrimEnd(" \t").TrimEnd('=').IsEmpty ? 0 : -1;
        }
        int digits = line.IndexOfAnyExceptInRange('0', '9');
        return digits is > 0 and < 10 && line[digits] is '.' or ')' && IsBreak(line, digits + 1) ? digits : -1;
    }

    static bool IsBreak(ReadOnlySpan<char> line, int at) => at >= line.Length || line[at] is ' ' or '\t' or '\r';

    // An address is a link as it stands: a backslash in it would be shown, and would break it. What GitHub's readers take for one is not touched.
    // The length of what is kept as it is.
    static int UrlLength(ReadOnlySpan<char> line, int at, char before)
    {
        ReadOnlySpan<char> rest = line[at..];
        int host = rest.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7 : rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : rest.StartsWith("ftp://", StringComparison.OrdinalIgnoreCase) ? 6 : 0;
        if (host > 0 ? char.IsAsciiLetter(before) : !rest.StartsWith("www.", StringComparison.Ordinal) || before is not (' ' or '\t' or '*' or '_' or '~' or '(')) return 0;
        if (host == rest.Length || !char.IsAsciiLetterOrDigit(rest[host])) return 0;
        int end = host;
        int underscores = 0, last = 0;
        for (; end < rest.Length && (char.IsAsciiLetterOrDigit(rest[end]) || rest[end] is '.' or '-' or '_' or > '\u007F'); end++)
        {
            if (rest[end] == '.') (last, underscores) = (underscores, 0);
            else if (rest[end] == '_') underscores++;
        }
        // No link as it stands; with backslashes it would become one.
        if (last + underscores > 0) return host > 0 ? host - 2 : 3;
        while (end < rest.Length && rest[end] > ' ' && rest[end] != '<' && !(rest[end] == '&' && IsReference(rest[(end + 1)..]))) end++;
        // Signs at an address' end are not of it, and beside each other they could be markup.
        last = rest[..end].TrimEnd("?!.,:;*_~'\")").Length;
        return rest[last..end].IndexOfAny('*', '_', '~') >= 0 ? last : end;
    }

    static bool IsReference(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("#", StringComparison.Ordinal)) text = text[1..];
        int end = text.IndexOf(';');
        return end is > 0 and <= 40 && !text[..end].ContainsAnyExcept(Alphanumeric);
    }

    /// <summary>A link to a file, shown where it is a picture.</summary>
    internal static void AddLink(string name, bool isPicture, string target, StringBuilder into)
    {
        if (isPicture) into.Append('!');
        into.Append('[');
        AddLine(name.ReplaceLineEndings(" "), into);
        into.Append("](").Append(target).Append(')');
    }

    /// <summary>A path as the target of a link: whatever could end one is percent-encoded.</summary>
    internal static string Target(string path)
    {
        StringBuilder target = new();
        foreach (byte b in Encoding.UTF8.GetBytes(path))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'/') target.Append((char)b);
            else target.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return target.ToString();
    }

    /// <summary>An address as the target of a link between angle brackets.</summary>
    internal static string Url(string url) => string.Concat(url.Select(c => c is <= ' ' or '<' or '>' or '\\' ? Uri.HexEscape(c) : c.ToString()));

    /// <summary>What a line of ours shows, roughly: for a file's name. Empty where it is a link to a file.</summary>
    internal static string Plain(string line)
    {
        line = line.Trim().TrimStart('#', '>', ' ');
        if (line.StartsWith("- [ ] ", StringComparison.Ordinal) || line.StartsWith("- [x] ", StringComparison.Ordinal)) line = line[6..];
        if (line.StartsWith("![", StringComparison.Ordinal) || line.StartsWith('[')) return "";
        StringBuilder text = new();
        bool inTag = false;
        for (int at = 0; at < line.Length; at++)
        {
            char c = line[at];
            if (c == '\\' && at + 1 < line.Length && !inTag) text.Append(line[++at]);
            else if (c is '<' or '>') inTag = c == '<';
            else if (!inTag) text.Append(c);
        }
        return text.ToString().Trim();
    }
}
