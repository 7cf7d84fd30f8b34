using System.Text;
using System.Text.RegularExpressions;

namespace Offproof.Cli;

/// <summary>Text for a terminal, broken at blanks. What is to be copied stays whole: a line that is a command, a command or a code within a line, a row of a table; the terminal may break those, and joins them again when they are copied.</summary>
internal static partial class Wrapping
{
    // Below it there is more breaking than text; a terminal that does not tell its size says 0.
    private const int Least = 20;

    /// <summary>The text in lines of at most so many characters, each indented as the line that it continues: below the last column, where there are columns.</summary>
    internal static string Wrap(string text, int width) =>
        width < Least || text.Length <= width ? text : string.Join('\n', text.Split('\n').Select(line => Line(line, width)));

    /// <summary>A text whose sentences were broken at a width of its own, with each sentence on one line again.</summary>
    internal static string Join(string text)
    {
        string[] lines = text.Split('\n');
        StringBuilder joined = new(lines[0]);
        for (int i = 1; i < lines.Length; i++)
        {
            bool continues = Indent(lines[i]) == Indent(lines[i - 1]) && lines[i].Length > 0 && lines[i - 1].Length > 0 && lines[i - 1][^1] is not ('.' or ':');
            joined.Append(continues ? ' ' : '\n').Append(continues ? lines[i].TrimStart() : lines[i]);
        }
        return joined.ToString();
    }

    private static string Line(string line, int width)
    {
        if (line.Length <= width || Command().IsMatch(line)) return line;
        int at = Indent(line);
        foreach (ValueMatch gap in Gap().EnumerateMatches(line.AsSpan(at)))
        {
            int end = Indent(line) + gap.Index + gap.Length;
            if (end > width / 2) return line; // a row of several columns
            at = end;
        }
        StringBuilder wrapped = new(line, 0, at, line.Length + width);
        int length = at;
        bool isFirst = true;
        foreach (ValueMatch match in Whole().EnumerateMatches(line, at))
        {
            if (!isFirst && length + 1 + match.Length > width)
            {
                wrapped.Append('\n').Append(' ', at);
                length = at;
            }
            else if (!isFirst)
            {
                wrapped.Append(' ');
                length++;
            }
            wrapped.Append(line, match.Index, match.Length);
            length += match.Length;
            isFirst = false;
        }
        return wrapped.ToString();
    }

    private static int Indent(string line) => line.Length - line.AsSpan().TrimStart(' ').Length;

    [GeneratedRegex(@"^ *(?:hint: )?(?:\$ |offproof )", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Command();

    [GeneratedRegex("  +", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Gap();

    // Between back quotes, or from the program's name to the end of the sentence; else a word.
    [GeneratedRegex(@"[^ `]*`[^`]*`[^ ]*|offproof (?:[^ ]*[^ .,;:] )*[^ ]+|[^ ]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Whole();
}
