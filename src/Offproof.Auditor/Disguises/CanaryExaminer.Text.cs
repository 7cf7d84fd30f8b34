using System.Buffers;

namespace Offproof.Auditor;

internal sealed partial class CanaryExaminer
{
    private const int ShortestRun = 8;
    private const int ShortestToken = 11;

    private static readonly SearchValues<byte> Marks = SearchValues.Create("%\\&"u8);
    private static readonly SearchValues<byte> AroundPercent = SearchValues.Create("\0\t\n\r \"&'(),;<=>?[\\]^`{|}"u8);
    private static readonly SearchValues<byte> AroundWide = SearchValues.Create("\n\r\" "u8);
    private static readonly SearchValues<byte> AroundEntity = SearchValues.Create("\n\r\"<>"u8);

    /// <summary>Undoes the escapes of a text, each in the run it belongs to, and looks at the tokens of all other runs.</summary>
    private int Text(ReadOnlySpan<byte> text, in Layer at)
    {
        int unread = 0;
        int done = 0;
        int from = 0;
        while (from < text.Length && text[from..].IndexOfAny(Marks) is var next and >= 0)
        {
            int mark = from + next;
            (int start, int end) = Escaped(text, done, mark);
            if (end == 0)
            {
                from = mark + 1;
                continue;
            }
            unread += Between(text, done, start, at);
            unread += Unescaped(text[start..end], text[mark], at.Inside(start, end - start), at);
            done = from = end;
        }
        unread += Between(text, done, text.Length, at);
        if (at.Depth < _limits.Depth && Unicode.FirstWide(text) >= 0) LzUtf16(text, at);
        if (text.Contains((byte)'=')) unread = Math.Max(unread, QuotedPrintable(text, at));
        return Math.Min(unread, text.Length);
    }

    // The run whose escapes belong together: a value of a URL or a form, a string, a text between tags. (_, 0) where the mark is none.
    private static (int Start, int End) Escaped(ReadOnlySpan<byte> text, int done, int mark)
    {
        ReadOnlySpan<byte> rest = text[mark..];
        switch (text[mark])
        {
            case (byte)'%' when Escapes.Byte(rest[1..]) >= 0 || (rest.Length > 5 && (rest[1] | 0x20) == 'u' && Escapes.Byte(rest[2..]) >= 0):
                return (Before(text, done, mark, AroundPercent), After(text, mark, AroundPercent));
            case (byte)'&' when Escapes.Entity(rest, out _) > 0:
                return (Before(text, done, mark, AroundEntity), After(text, mark, AroundEntity));
            case (byte)'\\' when rest.Length > 1:
                int start = text[done..mark].LastIndexOfAny((byte)'"', (byte)'\n') + 1 + done;
                int end = mark;
                while (end < text.Length && text[end] is not ((byte)'"' or (byte)'\n'))
                {
                    if (text[end] == '\\') end++;
                    int plain = end + 1 >= text.Length ? -1 : text[(end + 1)..].IndexOfAny((byte)'"', (byte)'\n', (byte)'\\');
                    end = plain < 0 ? text.Length : end + 1 + plain;
                }
                return (start, Math.Min(end, text.Length));
            default:
                return (0, 0);
        }
    }

    private static int Before(ReadOnlySpan<byte> text, int done, int mark, SearchValues<byte> around) => text[done..mark].LastIndexOfAny(around) + 1 + done;

    private static int After(ReadOnlySpan<byte> text, int mark, SearchValues<byte> around) =>
        text[(mark + 1)..].IndexOfAny(around) is var end and >= 0 ? mark + 1 + end : text.Length;

    private int Unescaped(ReadOnlySpan<byte> run, byte mark, in Layer inside, in Layer at)
    {
        if (!MayDecode(at)) return run.Length;
        Output output = _made[at.Depth].Clear();
        switch (mark)
        {
            case (byte)'%':
                _steps[at.Depth] = "url";
                Escapes.Percent(run, output, plus: false);
                int unread = Decoded(output.Written, inside, run.Length);
                if (!run.Contains((byte)'+')) return unread;
                // A form writes a blank as +, a path does not: both are read, and the better reading counts.
                Escapes.Percent(run, output.Clear(), plus: true);
                return Math.Min(unread, Decoded(output.Written, inside, run.Length));
            case (byte)'&':
                _steps[at.Depth] = "entity";
                Escapes.Entity(run, output);
                break;
            default:
                _steps[at.Depth] = "escape";
                Escapes.Backslash(run, output);
                break;
        }
        return Decoded(output.Written, inside, run.Length);
    }

    // RFC 2045 §6.7. "a=12&b=34" looks like it, so two escapes side by side are asked for, or a line that is broken softly, or an escaped '='.
    private int QuotedPrintable(ReadOnlySpan<byte> text, in Layer at)
    {
        bool isIt = text.IndexOf("=\r\n"u8) >= 0 || text.IndexOf("=\n"u8) >= 0 || text.IndexOf("=3D"u8) >= 0;
        for (int from = 0; !isIt && text[from..].IndexOf((byte)'=') is var next and >= 0; from += next + 1)
        {
            ReadOnlySpan<byte> rest = text[(from + next)..];
            isIt = rest.Length >= 6 && rest[3] == '=' && Escapes.Byte(rest[1..]) >= 0 && Escapes.Byte(rest[4..]) >= 0;
        }
        if (!isIt || !MayDecode(at)) return 0;
        Output output = _made[at.Depth].Clear();
        _steps[at.Depth] = "quoted-printable";
        return Escapes.QuotedPrintable(text, output) ? Decoded(output.Written, at.Inside(0, text.Length), text.Length) : 0;
    }

    // lz-string's 15 bits a character look like Chinese that nobody would write; the first character already says whether it can be.
    private void LzUtf16(ReadOnlySpan<byte> text, in Layer at)
    {
        int from = 0;
        while (from < text.Length && Unicode.FirstWide(text[from..]) is var next and >= 0)
        {
            int start = text[..(from + next)].LastIndexOfAny(AroundWide) + 1;
            from = text[(from + next)..].IndexOfAny(AroundWide) is var stop and >= 0 ? from + next + stop + 1 : text.Length;
            Output output = _made[at.Depth];
            // The last character is a blank, which may be lost, and no blank stands among the others.
            if (!Spend(from - start) || !_lz.FromUtf16(text[start..Math.Min(from, text.Length)].TrimEnd(" \"\r\n,"u8), output.Clear(), _budget) || !IsWorth(output)) continue;
            _steps[at.Depth] = "lz-string";
            Decoded(output.Written, at.Inside(start, from - start), from - start);
        }
    }

    // A piece of text without escapes: its tokens, whole values that may be short digests, and blanks written as +.
    private int Between(ReadOnlySpan<byte> text, int start, int end, in Layer at)
    {
        int unread = 0;
        Runs runs = new(text[start..end], ShortestRun);
        while (runs.MoveNext())
        {
            int from = start + runs.Start;
            int to = start + runs.End;
            int length = to - from;
            if (length is >= 8 and <= 11) ShortValue(text, from, to, at);
            if (length < ShortestToken) continue;
            if (Joined(text[..end], from, to, at) is var joined and > 0)
            {
                // The lines of one base64 text.
                unread += Token(_spare[at.Depth].Written, at.Inside(from, joined - from), at, text[..from]);
                runs = new Runs(text[joined..end], ShortestRun);
                start = joined;
                continue;
            }
            unread += Token(text[from..to], at.Inside(from, length), at, text[..from]);
        }
        return unread;
    }

    // Lines of equal length, each a token, and a last one that is not longer: joined in the spare buffer. Where they end; 0 where there is but one.
    private int Joined(ReadOnlySpan<byte> text, int from, int to, in Layer at)
    {
        const int shortestLine = 40;
        int line = to - from;
        if (line < shortestLine || to >= text.Length || text[to] is not ((byte)'\r' or (byte)'\n')) return 0;
        Output output = _spare[at.Depth].Clear();
        output.Add(text[from..to]);
        int end = to;
        bool isLast = false;
        while (!isLast)
        {
            int next = end;
            while (next < text.Length && next - end < 40 && text[next] is (byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t') next++;
            ReadOnlySpan<byte> rest = text[next..Math.Min(text.Length, next + line)];
            int length = 0;
            while (length < rest.Length && BaseN.IsBase64(rest[length])) length++;
            isLast = length < line;
            if (next == end || length == 0) break;
            output.Add(rest[..length]);
            end = next + length;
        }
        return end == to ? 0 : end;
    }

    // protocols name values in many ways; what stands around a whole one are these.
    private static bool IsWhole(ReadOnlySpan<byte> text, int from, int to) =>
        (from == 0 || "=:\"' [(,;/&>\n\t|"u8.Contains(text[from - 1])) && (to == text.Length || "&\"' ,;})]/<\r\n\t|?#"u8.Contains(text[to]));

    private void ShortValue(ReadOnlySpan<byte> text, int from, int to, in Layer at)
    {
        if (_digests is null) return;
        ReadOnlySpan<byte> value = text[from..to];
        if (!BaseN.IsHex(value[^8..]) || !IsWhole(text, from, to)) return;
        if (value.Length != 8 && value[value[0] == '-' ? 1.. : 0..].ContainsAnyExceptInRange((byte)'0', (byte)'9')) return;
        _hits.Clear();
        _digests.FindShort(value, _hits);
        if (_hits.Count > 0) Report(at.Depth == 0 ? new Layer(0, from + at.Start, value.Length) : at);
    }
}
