using System.Globalization;
using System.Text;

namespace Offproof.Phone;

/// <summary>Numbers, values and causes in what an import or export says (phone.md §2.2).</summary>
static class Sentence
{
    const int MostQuoted = 120;

    /// <summary>A sentence of ours about a number of things: <c>{0}</c> becomes the number, and <c>[card was|cards were]</c> what goes with it.</summary>
    internal static string Of(long number, string sentence)
    {
        StringBuilder said = new(sentence.Length);
        for (int at = 0; at < sentence.Length;)
        {
            int open = sentence.IndexOf('[', at);
            if (open < 0) open = sentence.Length;
            said.Append(sentence, at, open - at);
            if (open == sentence.Length) break;
            int middle = sentence.IndexOf('|', open);
            int close = sentence.IndexOf(']', middle);
            if (number == 1) said.Append(sentence, open + 1, middle - open - 1);
            else said.Append(sentence, middle + 1, close - middle - 1);
            at = close + 1;
        }
        return said.Replace("{0}", number.ToString(CultureInfo.InvariantCulture)).ToString();
    }

    /// <summary>A value that came from outside, as a part of a sentence: on one line, and no longer than a person reads. Both ends stay, since names are told apart by them.</summary>
    internal static string Quote(string value)
    {
        if (value.Length > MostQuoted)
        {
            int head = MostQuoted / 2, tail = value.Length - (MostQuoted / 2);
            if (char.IsHighSurrogate(value[head - 1])) head--;
            if (char.IsLowSurrogate(value[tail])) tail++;
            value = string.Concat(value.AsSpan(0, head), "\u2026", value.AsSpan(tail));
        }
        if (!value.Any(char.IsControl)) return value;
        StringBuilder shown = new(value.Length + 8);
        foreach (char c in value)
        {
            if (char.IsControl(c)) shown.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else shown.Append(c);
        }
        return shown.ToString();
    }

    /// <summary>What failed, and why, as one sentence.</summary>
    /// <param name="what">What failed: the beginning of the sentence.</param>
    /// <param name="problem">Of the system, or of ours.</param>
    /// <param name="tree">A tree in which it happened: its files are named as the vault names them, since where the tree lies at the moment is nobody's concern.</param>
    internal static string Because(string what, Exception problem, string? tree = null)
    {
        string why = problem switch
        {
            FileNotFoundException or DirectoryNotFoundException => "it is not there",
            UnauthorizedAccessException => "access is denied",
            _ => problem.Message.TrimEnd('.', ' '),
        };
        if (tree is not null) why = why.Replace(Path.GetFullPath(tree) + Path.DirectorySeparatorChar, "", StringComparison.Ordinal).Replace(tree + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        return $"{what}: {why}.";
    }
}
