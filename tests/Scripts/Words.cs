using System.Text;

namespace Offproof.Scripts;

/// <summary>Splits a line into words: 'quoted' text is taken as it is ('' is one quote), elsewhere $NAME and ${NAME} are replaced.</summary>
internal static class Words
{
    /// <exception cref="FormatException">A quote or a brace is not closed, or a variable is not set.</exception>
    internal static List<string> Split(string line, Func<string, string?> variable)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        for (var i = 0; i < line.Length; i++)
            switch (line[i])
            {
                case ' ' or '\t':
                    if (word is not null)
                        words.Add(word.ToString());
                    word = null;
                    break;
                case '#' when word is null: // a comment
                    return words;
                case '\'':
                    word ??= new StringBuilder();
                    i = Quoted(line, i + 1, word);
                    break;
                case '$':
                    word ??= new StringBuilder();
                    i = Variable(line, i + 1, word, variable) - 1;
                    break;
                default:
                    (word ??= new StringBuilder()).Append(line[i]);
                    break;
            }
        if (word is not null)
            words.Add(word.ToString());
        return words;
    }

    static int Quoted(string line, int i, StringBuilder word)
    {
        for (; i < line.Length; i++)
            if (line[i] is not '\'')
                word.Append(line[i]);
            else if (i + 1 < line.Length && line[i + 1] is '\'')
                word.Append(line[i++]);
            else
                return i;
        throw new FormatException("a quote is not closed");
    }

    static int Variable(string line, int i, StringBuilder word, Func<string, string?> variable)
    {
        var braces = i < line.Length && line[i] is '{';
        var start = braces ? i + 1 : i;
        var end = start;
        while (end < line.Length && (char.IsAsciiLetterOrDigit(line[end]) || line[end] is '_'))
            end++;
        if (braces && (end == line.Length || line[end] is not '}'))
            throw new FormatException("${ is not closed");
        var name = line[start..end];
        if (name.Length == 0) // $ at the end of a pattern
            word.Append('$');
        else
            word.Append(variable(name) ?? throw new FormatException($"${name} is not set"));
        return braces ? end + 1 : end;
    }
}
