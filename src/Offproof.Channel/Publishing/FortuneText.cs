using System.Buffers;
using System.Text;

namespace Offproof.Channel;

/// <summary>What becomes of the lines of one fortune (channel.md §9.2): they were written for terminals and line printers.</summary>
internal static class FortuneText
{
    internal const string Long = "it has more than 2,000 characters", Control = "it holds a control character", Overstruck = "it has overstrikes that make no letter", Empty = "nothing is in it";

    // Of what an entry may have before it is looked at closely: tabs grow.
    private const int MostRaw = 100_000;
    private const int MostAuthor = 200, MostAuthorLines = 4, Columns = 8;

    private static readonly SearchValues<char> Moves = SearchValues.Create("\t\b\u001B"), ColourNumbers = SearchValues.Create("0123456789;:");

    private static readonly Dictionary<(char Accent, char Letter), char> Accents = new[]
    {
        "'aá", "'eé", "'ií", "'oó", "'uú", "'yý", "'AÁ", "'EÉ", "'IÍ", "'OÓ", "'UÚ", "'YÝ", "`aà", "`eè", "`iì", "`oò", "`uù", "`AÀ", "`EÈ", "`IÌ", "`OÒ", "`UÙ",
        "^aâ", "^eê", "^iî", "^oô", "^uû", "^AÂ", "^EÊ", "^IÎ", "^OÔ", "^UÛ", "\"aä", "\"eë", "\"iï", "\"oö", "\"uü", "\"yÿ", "\"AÄ", "\"EË", "\"IÏ", "\"OÖ", "\"UÜ",
        "~aã", "~nñ", "~oõ", "~AÃ", "~NÑ", "~OÕ", ",cç", ",CÇ",
    }.ToDictionary(static three => (three[0], three[1]), static three => three[2]);

    internal static Fortune Of(ReadOnlySpan<char> raw, int line, char? comment)
    {
        if (raw.Length > MostRaw) return new Fortune(line, null, null, Long);
        List<string> lines = [];
        foreach (Range range in raw.Split('\n'))
        {
            ReadOnlySpan<char> one = raw[range];
            if (comment is { } delimiter && one is [var a, var b, ..] && a == delimiter && b == delimiter) continue;
            if (one is [.., '\r']) one = one[..^1];
            if (!one.ContainsAny(Moves)) lines.Add(one.TrimEnd().ToString());
            else if (Printed(one) is { } printed) lines.Add(printed);
            else return new Fortune(line, null, null, Overstruck);
        }
        Trim(lines);
        string? author = TakeAuthor(lines);
        string text = string.Join('\n', lines);
        string? why = text.Length == 0 ? Empty : text.EnumerateRunes().Any(static rune => rune.Value != '\n' && Rune.IsControl(rune)) ? Control : Words.Complaint(text, Greeting.MostText) is not null ? Long : null;
        return why is null ? new Fortune(line, text, author, null) : new Fortune(line, null, null, why);
    }

    // What a line printer leaves on the paper; null where two characters make none.
    private static string? Printed(ReadOnlySpan<char> line)
    {
        List<Rune> cells = [];
        int at = 0;
        while (line.Length > 0)
        {
            if (Colour(line) is var skipped and > 0)
            {
                line = line[skipped..];
                continue;
            }
            Rune.DecodeFromUtf16(line, out Rune rune, out int used);
            line = line[used..];
            if (rune.Value == '\b')
            {
                if (at-- == 0) return null;
                continue;
            }
            int to = rune.Value == '\t' ? at - at % Columns + Columns : at + 1;
            Rune put = rune.Value == '\t' ? new Rune(' ') : rune;
            for (; at < to; at++)
            {
                if (at == cells.Count) cells.Add(put);
                else if (Over(cells[at], put) is { } both) cells[at] = both;
                else return null;
            }
        }
        StringBuilder text = new(cells.Count);
        foreach (Rune cell in cells) text.Append(cell);
        return text.ToString().TrimEnd();
    }

    // How long an SGR sequence at the beginning is (ECMA-48, 8.3.117); 0 where there is none.
    private static int Colour(ReadOnlySpan<char> line)
    {
        if (line is not ['\u001B', '[', ..]) return 0;
        int end = line[2..].IndexOfAnyExcept(ColourNumbers);
        return end >= 0 && line[2 + end] == 'm' ? end + 3 : 0;
    }

    private static Rune? Over(Rune below, Rune above) =>
        below == above || above.Value == ' ' ? below
        : below.Value == ' ' ? above
        : above.Value == '_' ? below
        : below.Value == '_' ? above
        : !below.IsBmp || !above.IsBmp ? null
        : Accents.TryGetValue(((char)below.Value, (char)above.Value), out char letter) || Accents.TryGetValue(((char)above.Value, (char)below.Value), out letter) ? new Rune(letter)
        : null;

    private static string? TakeAuthor(List<string> lines)
    {
        for (int behind = 1; behind <= MostAuthorLines && behind < lines.Count; behind++)
        {
            string line = lines[^behind];
            if (line.Length == 0 || !char.IsWhiteSpace(line[0])) return null;
            ReadOnlySpan<char> said = line.AsSpan().TrimStart();
            int hyphens = said.IndexOfAnyExcept('-');
            if (hyphens is not (2 or 3)) continue;
            string author = string.Join(' ', ((IEnumerable<string>)[said[hyphens..].ToString(), .. lines.TakeLast(behind - 1)]).SelectMany(static part => part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
            if (Words.Complaint(author, MostAuthor) is not null) return null;
            lines.RemoveRange(lines.Count - behind, behind);
            Trim(lines);
            return author;
        }
        return null;
    }

    private static void Trim(List<string> lines)
    {
        int first = lines.FindIndex(static line => line.Length > 0);
        lines.RemoveRange(0, first < 0 ? lines.Count : first);
        int last = lines.FindLastIndex(static line => line.Length > 0);
        lines.RemoveRange(last + 1, lines.Count - last - 1);
    }
}
