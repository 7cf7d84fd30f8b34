using System.Buffers;

namespace Offproof.Auditor;

internal sealed partial class CanaryExaminer
{
    private const int ShortestRun = 8;
    private const int ShortestToken = 11;
    // A hash of 32 bits as a signed number.
    private const int LongestShortValue = 11;

    private static readonly SearchValues<byte> Quoted = SearchValues.Create("%\\\n;"u8);
    private static readonly SearchValues<byte> BeforeValue = SearchValues.Create(" =:;,&"u8);
    private static readonly SearchValues<byte> AfterString = SearchValues.Create("\"\n\r\\"u8);
    private static readonly SearchValues<byte> Marks = SearchValues.Create("%\\&"u8);
    internal static readonly SearchValues<byte> AroundPercent = SearchValues.Create("\0\t\n\r \"&;<=>?[]^`{|}"u8);
    internal static readonly SearchValues<byte> AroundWide = SearchValues.Create("\n\r\""u8);
    internal static readonly SearchValues<byte> AroundEntity = SearchValues.Create("\n\r\"<>"u8);

    /// <summary>Undoes the escapes of a text, each in the run it belongs to, and looks at the tokens of all other runs.</summary>
    private int Text(ReadOnlySpan<byte> text, in Layer at) => Text(text, at, Traits.Of(text));

    private int Text(ReadOnlySpan<byte> text, in Layer at, Traits traits)
    {
        int unread = 0;
        int done = 0;
        int from = 0;
        bool isQuiet = false;
        bool isSpaced = false;
        // Most escapes stand for blanks and punctuation: where all of them together make a text in which nothing is, the runs are not looked at one by one.
        int first = traits.HasMarks ? text.IndexOfAny(Marks) : -1;
        if (first < 0)
        {
            from = text.Length;
        }
        else if (text[first..].Contains((byte)'%') && MayDecode(at))
        {
            isQuiet = IsQuietUndone(text, plus: true, at, out int left);
            if (isQuiet && text.Contains((byte)'+'))
            {
                isQuiet = IsQuietUndone(text, plus: false, at, out int other);
                left = Math.Min(left, other);
            }
            if (isQuiet) unread = left;
        }
        while (from < text.Length && text[from..].IndexOfAny(Marks) is var next and >= 0)
        {
            int mark = from + next;
            if (isQuiet && text[mark] == '%')
            {
                from = mark + 1;
                continue;
            }
            if (!Escaped(text, done, mark, out int start, out int end, out byte kind))
            {
                // Once for a run, or a run of nothing but marks would be looked at for each.
                from = Math.Max(mark + 1, end);
                continue;
            }
            unread += Between(text, done, start, at, traits);
            unread += Unescaped(text[start..end], kind, at.Inside(start, end - start), at);
            isSpaced |= kind == '%' && ((start > 0 && text[start - 1] == ' ') || (end < text.Length && text[end] == ' '));
            done = from = end;
        }
        unread += Between(text, done, text.Length, at, traits);
        if (isSpaced) Spaced(text, at);
        if (traits.HasHigh && at.Depth < _limits.Depth && Unicode.FirstWide(text) >= 0) LzUtf16(text, at);
        if (traits.HasHigh && _isLeaving && at.Depth < _limits.Depth && Twice.Undo(text, _made[at.Depth].Clear()) && MayDecode(at))
        {
            _steps[at.Depth] = "utf-8 twice";
            unread = Math.Max(unread, Decoded(_made[at.Depth].Written, at.Inside(0, text.Length), text.Length));
        }
        if (traits.HasEquals && _isLeaving) Latin1(text, at);
        if (traits.HasEquals && QuotedPrintable(text, at) is var printable and > 0)
        {
            unread = Math.Max(unread, printable);
            if (at.Depth == 0) _names.Clear();
        }
        return Math.Min(unread + Leaving(text, at), text.Length);
    }

    // All of its percent-encoding undone, where nothing is in what comes out; what is no token in it is looked at here.
    private bool IsQuietUndone(ReadOnlySpan<byte> text, bool plus, in Layer at, out int unread)
    {
        unread = 0;
        Output whole = _made[at.Depth].Clear();
        if (!Escapes.Percent(text, whole, plus) || !Spend(whole.Count) || (plus && whole.Written.Contains((byte)'+')) || !IsQuiet(whole.Written, at)) return false;
        _steps[at.Depth] = "url";
        Layer inside = at.Inside(0, text.Length);
        Runs runs = new(whole.Written, ShortestRun);
        while (runs.MoveNext())
            if (runs.End - runs.Start <= LongestShortValue) ShortValue(whole.Written, runs.Start, runs.End, inside);
        if (!_isLeaving || inside.Depth >= _limits.Depth) return true;
        unread = Lists(whole.Written, inside) + Bases85(whole.Written, inside);
        if (FirstMember(whole.Written) >= 0 || FirstElement(whole.Written) >= 0) Joined(whole.Written, inside);
        return true;
    }

    // The run whose escapes belong together: a value of a URL or a form, a string, a text between tags. False where the mark is just a character.
    private static bool Escaped(ReadOnlySpan<byte> text, int done, int mark, out int start, out int end, out byte kind)
    {
        start = end = 0;
        kind = text[mark];
        ReadOnlySpan<byte> rest = text[mark..];
        if (rest.Length < 3) return false;
        if (kind == '&')
        {
            if (Escapes.Entity(rest, out _) == 0) return false;
            start = text[done..mark].LastIndexOfAny(AroundEntity) + 1 + done;
            end = After(text, mark, AroundEntity);
            return true;
        }
        if (kind == '%')
        {
            start = text[done..mark].LastIndexOfAny(AroundPercent) + 1 + done;
            end = After(text, mark, AroundPercent);
            // In a string whose escapes are outside.
            int inner = text[start..end].IndexOf((byte)'\\');
            if (inner < 0) return Percents(text[start..end], null, isBackwards: false).Valid > 0 || Turning(text[start..end]) is not null;
            kind = (byte)'\\';
            mark = start + inner;
        }
        start = text[done..mark].LastIndexOfAny((byte)'"', (byte)'\n', (byte)'\r') + 1 + done;
        end = mark;
        while (end < text.Length && text[end] is not ((byte)'"' or (byte)'\n' or (byte)'\r'))
        {
            if (text[end] == '\\') end++;
            int plain = end + 1 >= text.Length ? -1 : text[(end + 1)..].IndexOfAny(AfterString);
            end = plain < 0 ? text.Length : end + 1 + plain;
        }
        end = Math.Min(end, text.Length);
        return true;
    }

    private static int After(ReadOnlySpan<byte> text, int mark, SearchValues<byte> around) =>
        text[(mark + 1)..].IndexOfAny(around) is var end and >= 0 ? mark + 1 + end : text.Length;

    private int Unescaped(ReadOnlySpan<byte> run, byte kind, in Layer inside, in Layer at)
    {
        if (!MayDecode(at)) return run.Length;
        Output output = _made[at.Depth].Clear();
        int unread;
        switch (kind)
        {
            case (byte)'&':
                _steps[at.Depth] = "entity";
                Escapes.Entity(run, output);
                return Decoded(output.Written, inside, run.Length);
            case (byte)'%':
                if (Turning(run) is { } turning)
                {
                    // Some of the escapes are none, and all are when the run is turned.
                    _steps[at.Depth] = turning.Name;
                    turning.Apply(run, output);
                    return Decoded(output.Written, inside, run.Length);
                }
                _steps[at.Depth] = "url";
                Escapes.Percent(run, output, plus: false);
                unread = Decoded(output.Written, inside, run.Length);
                if (run.Contains((byte)'/'))
                {
                    // A piece of a path: of what came out of it the names beside it are no part.
                    int first = run[..run.IndexOf((byte)'%')].LastIndexOf((byte)'/') + 1;
                    int last = run.LastIndexOf((byte)'%');
                    int end = run[last..].IndexOf((byte)'/') is var slash and >= 0 ? last + slash : run.Length;
                    Escapes.Percent(run[first..end], output.Clear(), plus: false);
                    unread = Math.Min(unread, Decoded(output.Written, inside, end - first));
                }
                if (!run.Contains((byte)'+')) return unread;
                // A form writes a blank as +, a path does not: both are read, and the better reading counts.
                Escapes.Percent(run, output.Clear(), plus: true);
                return Math.Min(unread, Decoded(output.Written, inside, run.Length));
            default:
                _steps[at.Depth] = "escape";
                Escapes.Backslash(run, output);
                bool isText = IsText(output.Written);
                unread = Decoded(output.Written, inside, run.Length);
                // Of binary bytes without quotation marks around them, the name before them is no part.
                if (isText || run[..run.IndexOf((byte)'\\')].LastIndexOfAny(BeforeValue) is not (var name and >= 0)) return unread;
                int value = name + 1;
                Escapes.Backslash(run[value..], output.Clear());
                return Math.Min(unread, Decoded(output.Written, inside, run.Length));
        }
    }

    // Escapes beside a blank that is none: what stands on both sides of it. Each line at once, up to a quotation mark.
    private void Spaced(ReadOnlySpan<byte> text, in Layer at)
    {
        int from = 0;
        while (from < text.Length && at.Depth < _limits.Depth && text[from..].IndexOf((byte)'%') is var next and >= 0)
        {
            int start = text[from..(from + next)].LastIndexOfAny(AroundWide) + 1 + from;
            from = After(text, from + next, AroundWide);
            if (!text[start..from].Contains((byte)' ') || !Spend(from - start)) continue;
            Output output = _made[at.Depth].Clear();
            _steps[at.Depth] = "url";
            if (Escapes.Percent(text[start..from], output, plus: false)) Search(output.Written, at.Inside(start, from - start));
        }
    }

    // A permutation that makes escapes of all the % of a run, where some are none as they stand.
    private static Permutation? Turning(ReadOnlySpan<byte> run)
    {
        (int all, int valid) = Percents(run, null, isBackwards: false);
        if (all == valid) return null;
        foreach (Permutation permutation in Permutation.All)
            if (Percents(run, permutation.Map, permutation.Map is null) is var (_, turned) && turned == all) return permutation;
        return null;
    }

    private static (int All, int Valid) Percents(ReadOnlySpan<byte> run, byte[]? map, bool isBackwards)
    {
        int all = 0;
        int valid = 0;
        for (int at = 0; at < run.Length && run[at..].IndexOf((byte)'%') is var next and >= 0; at += next + 1)
        {
            int mark = at + next;
            int first = isBackwards ? mark - 1 : mark + 1;
            int second = isBackwards ? mark - 2 : mark + 2;
            all++;
            if (second < 0 || second >= run.Length) continue;
            byte one = run[first];
            byte two = run[second];
            if (map is not null) (one, two) = (map[one], map[two]);
            if ((BaseN.Hex[one] | BaseN.Hex[two]) != BaseN.None || (map is null && !isBackwards && (one | 0x20) == 'u')) valid++;
        }
        return (all, valid);
    }

    // RFC 2045 §6.7. "a=12&b=34" looks like it, so two escapes side by side are asked for, or a line that is broken softly, or an escaped '='.
    private int QuotedPrintable(ReadOnlySpan<byte> text, in Layer at)
    {
        if (!(IsQuotedPrintable(text) || (_isLeaving && IsDeclaredPrintable(text))) || !MayDecode(at)) return 0;
        Output output = _made[at.Depth].Clear();
        _steps[at.Depth] = "quoted-printable";
        return Escapes.QuotedPrintable(text, output) ? Decoded(output.Written, at.Inside(0, text.Length), text.Length) : 0;
    }

    // Quoted-printable of an encoding with one byte a character (RFC 2045 §6.7, RFC 2047 §4.2, vCard 2.1): letters beyond ASCII stand alone in it.
    private void Latin1(ReadOnlySpan<byte> text, in Layer at)
    {
        if (at.Depth >= _limits.Depth || !HasHighEscape(text) || !Spend(text.Length)) return;
        Output bytes = _spare[at.Depth].Clear();
        Escapes.QuotedPrintable(text, bytes);
        Output output = _made[at.Depth].Clear();
        foreach (byte one in bytes.Written)
        {
            if (one < 128) output.Add(one);
            else output.Add([(byte)(0xC0 | (one >> 6)), (byte)(0x80 | (one & 63))]);
        }
        _steps[at.Depth] = "quoted-printable, latin-1";
        Search(output.Written, at.Inside(0, text.Length));
    }

    // Upper-case digits, as encoders write them.
    private static bool HasHighEscape(ReadOnlySpan<byte> text)
    {
        int from = 0;
        while (text[from..].IndexOf((byte)'=') is var next and >= 0)
        {
            from += next + 1;
            if (text.Length - from >= 2 && text[from] is (byte)'8' or (byte)'9' or (>= (byte)'A' and <= (byte)'F') && text[from + 1] is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'A' and <= (byte)'F')) return true;
        }
        return false;
    }

    // RFC 2047, vCard 2.1: a text that says so.
    private static bool IsDeclaredPrintable(ReadOnlySpan<byte> text) =>
        HasHighEscape(text) && (text.IndexOf("?Q?"u8) >= 0 || text.IndexOf("?q?"u8) >= 0 || text.IndexOf("QUOTED-PRINTABLE"u8) >= 0 || text.IndexOf("quoted-printable"u8) >= 0);

    // At the end of a long line, or it ends a base64 text; in what leaves, of any that goes on at once.
    private bool IsBrokenSoftly(ReadOnlySpan<byte> text, ReadOnlySpan<byte> end)
    {
        int at = text.IndexOf(end);
        if (at < 0) return false;
        bool goesOn = _isLeaving && text[(at + end.Length)..] is [not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'<' or (byte)'-'), ..];
        int shortestLine = goesOn ? 1 : 40;
        return at >= shortestLine && text[(at - shortestLine)..at].IndexOf((byte)'\n') < 0 && text[at - 1] != '=';
    }

    private bool IsQuotedPrintable(ReadOnlySpan<byte> text)
    {
        bool isIt = text.IndexOf("=3D"u8) >= 0 || IsBrokenSoftly(text, "=\r\n"u8) || IsBrokenSoftly(text, "=\n"u8);
        for (int from = 0; !isIt && text[from..].IndexOf((byte)'=') is var next and >= 0; from += next + 1)
        {
            ReadOnlySpan<byte> rest = text[(from + next)..];
            isIt = rest.Length >= 6 && rest[3] == '=' && Escapes.Byte(rest[1..]) >= 0 && Escapes.Byte(rest[4..]) >= 0;
        }
        return isIt || (_isLeaving && HasNothingButEscapes(text));
    }

    // What stands behind each of its equals signs is an escape, and no form or list of parameters is of them.
    private static bool HasNothingButEscapes(ReadOnlySpan<byte> text)
    {
        const int fewest = 4;
        if (text.ContainsAny((byte)'&', (byte)';')) return false;
        int escapes = 0;
        for (int from = 0; text[from..].IndexOf((byte)'=') is var next and >= 0; from += next + 1)
        {
            if (Escapes.Byte(text[(from + next + 1)..]) < 0) return false;
            escapes++;
        }
        return escapes >= fewest;
    }

    // Texts do not shrink to a sixty-fourth.
    private long LzLimit(int length) => Math.Min(_budget, (64L * length) + 4096);

    // lz-string's 15 bits a character look like Chinese that nobody would write; the first character already says whether it can be.
    private void LzUtf16(ReadOnlySpan<byte> text, in Layer at)
    {
        int from = 0;
        while (from < text.Length && Unicode.FirstWide(text[from..]) is var next and >= 0)
        {
            int start = text[..(from + next)].LastIndexOfAny(AroundWide) + 1;
            from = text[(from + next)..].IndexOfAny(AroundWide) is var stop and >= 0 ? from + next + stop + 1 : text.Length;
            Output output = _made[at.Depth];
            if (!Spend(from - start) || !_lz.FromUtf16(text[start..Math.Min(from, text.Length)].TrimEnd("\"\r\n"u8), output.Clear(), LzLimit(from - start)) || output.Count < 4) continue;
            _steps[at.Depth] = "lz-string";
            Decoded(output.Written, at.Inside(start, from - start), from - start);
        }
    }

    // A piece of text without escapes: its tokens, whole values that may be short digests, and blanks written as +.
    private int Between(ReadOnlySpan<byte> text, int start, int end, in Layer at, Traits traits)
    {
        int unread = 0;
        if (traits.HasPlus && text[start..end].Contains((byte)'+')) Blanks(text, start, end, at);
        Runs runs = new(text[start..end], ShortestRun);
        bool isMore = runs.MoveNext();
        ulong next = isMore ? Soon(runs.Token) : 0;
        while (isMore)
        {
            int from = start + runs.Start;
            int to = start + runs.End;
            int length = to - from;
            ulong hash = next;
            isMore = runs.MoveNext();
            if (isMore) next = Soon(runs.Token);
            if (length <= LongestShortValue) ShortValue(text, from, to, at);
            if (length < ShortestToken) continue;
            if (Joined(text[..end], from, to, at) is var joined and > 0)
            {
                // The lines of one base64 text.
                unread += Token(_spare[at.Depth].Written, at.Inside(from, joined - from), at, text[..from]);
                runs = new Runs(text[joined..end], ShortestRun);
                start = joined;
                isMore = runs.MoveNext();
                if (isMore) next = Soon(runs.Token);
                continue;
            }
            int left = Token(text[from..to], hash, at.Inside(from, length), at, text[..from]);
            if (left > 0 && length >= NameLength && at.Depth == 0) Name(text[from..to], from, left, at, text[..from]);
            unread += left;
        }
        return unread;
    }

    // While one token is looked at, where the next one is known is fetched.
    private ulong Soon(ReadOnlySpan<byte> token)
    {
        if (token.Length < ShortestToken) return 0;
        ulong hash = _known.Hash(token);
        _known.Soon(hash);
        if (_isLeaving) _echoes.Soon(hash);
        return hash;
    }

    // A text without escapes, known formats and forms, whose tokens are all known to be ordinary.
    private bool IsQuiet(ReadOnlySpan<byte> text, in Layer at)
    {
        Traits traits = Traits.Of(text);
        if (_isLeaving && (traits.HasHigh || traits.HasEscape || (traits.HasEquals && HasHighEscape(text)))) return false;
        if (!IsText(text, traits) || text.ContainsAny(Quoted) || Unicode.FirstWide(text) >= 0 || text.IndexOf("&#"u8) >= 0 || IsQuotedPrintable(text)) return false;
        _hits.Clear();
        _searcher.Search(text, _hits);
        if (_hits.Count > 0) return false;
        Runs runs = new(text, ShortestToken);
        while (runs.MoveNext())
            if (_known.Of(Here(_known.Hash(runs.Token), at)) != Tokens.Known.Ordinary && !Words.AreWords(runs.Token)) return false;
        return true;
    }

    // A form writes a blank as +; runs that have no other escape are searched so.
    private void Blanks(ReadOnlySpan<byte> text, int start, int end, in Layer at)
    {
        for (int from = start; from < end && text[from..end].IndexOf((byte)'+') is var next and >= 0;)
        {
            int first = text[start..(from + next)].LastIndexOfAny(AroundPercent) + 1 + start;
            from = Math.Min(After(text, from + next, AroundPercent), end);
            if (from - first < 12 || at.Depth >= _limits.Depth || !Spend(from - first)) continue;
            Output output = _made[at.Depth].Clear();
            text[first..from].Replace(output.Room(from - first), (byte)'+', (byte)' ');
            output.Count += from - first;
            _steps[at.Depth] = "url";
            Search(output.Written, at.Inside(first, from - first));
        }
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
            // Each is a line of its own, or it is a field, a sentence; two hyphens begin a delimiter of a multipart.
            if (rest.StartsWith("--"u8)) break;
            int after = next + length;
            if (next == end || length == 0 || (after < text.Length && !"\r\n=\"<"u8.Contains(text[after]))) break;
            output.Add(rest[..length]);
            end = next + length;
        }
        return end == to ? 0 : end;
    }

    // A long text is cut into labels of one length and a shorter last one: joined, they are one token.
    private int Labels(ReadOnlySpan<byte> name)
    {
        Output joined = _spare[0].Clear();
        int start = 0;
        int full = name.IndexOf((byte)'.');
        for (int from = 0; from < name.Length;)
        {
            int length = name[from..].IndexOf((byte)'.') is var dot and >= 0 ? dot : name.Length - from;
            joined.Add(name.Slice(from, length));
            from += length + 1;
            if (length >= Opaque && length == full && from < name.Length) continue;
            // A shorter label is the last.
            if (joined.Count > length && Token(joined.Written, new Layer(1, start, Math.Min(from, name.Length) - start), new Layer(0, 0, name.Length), []) is var unread and > 0) return unread;
            joined.Clear();
            start = from;
            full = from < name.Length && name[from..].IndexOf((byte)'.') is var next and >= 0 ? next : 0;
        }
        return 0;
    }

    // Protocols name values in many ways; what stands around a whole one are these.
    private static readonly bool[] BeforeWhole = Table("=:\"' [(,;/&>\n\t|"u8);
    private static readonly bool[] AfterWhole = Table("&\"' ,;})]/<\r\n\t|?#"u8);

    private static bool[] Table(ReadOnlySpan<byte> members)
    {
        bool[] table = new bool[256];
        foreach (byte one in members) table[one] = true;
        return table;
    }

    private static bool IsWhole(ReadOnlySpan<byte> text, int from, int to) => (from == 0 || BeforeWhole[text[from - 1]]) && (to == text.Length || AfterWhole[text[to]]);

    private void ShortValue(ReadOnlySpan<byte> text, int from, int to, in Layer at)
    {
        // Most are words.
        if (_digests is null || !BaseN.IsHex(text[(to - 8)..to])) return;
        ReadOnlySpan<byte> value = text[from..to];
        if (!IsWhole(text, from, to) || !IsShortHash(value)) return;
        _hits.Clear();
        _digests.FindShort(value, _hits);
        if (_hits.Count > 0) Report(at.Depth == 0 ? new Layer(0, from + at.Start, value.Length) : at);
    }

    // Eight hexadecimal digits, with which it ends, or a number.
    private static bool IsShortHash(ReadOnlySpan<byte> value) =>
        value.Length == 8 || (EightDigits.TryRead(value[^8..], out _) && !value[value[0] == '-' ? 1..^8 : 0..^8].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
}
