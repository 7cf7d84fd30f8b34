using System.Buffers;

namespace Offproof.Auditor;

// What is looked for only in texts that leave: what arrives may hold anything (audit.md §6.4).
internal sealed partial class CanaryExaminer
{
    private const int Shortest85 = 10;
    private const int Longest85 = 1 << 16;

    // Such as stand in base 85, and seldom in words or addresses.
    private static ReadOnlySpan<byte> OddOnes => "!#$()*<>@^`{|}~[]"u8;

    private static readonly SearchValues<byte> Odd = SearchValues.Create(OddOnes);
    private static readonly SearchValues<byte> MarksOfRows = SearchValues.Create([.. OddOnes, .. " ,:;-\"&="u8]);
    private static readonly SearchValues<byte> Around85 = SearchValues.Create([.. Enumerable.Range(0, 33).Select(static c => (byte)c), (byte)'"', .. Enumerable.Range(127, 129).Select(static c => (byte)c)]);

    private int Leaving(ReadOnlySpan<byte> text, in Layer at)
    {
        if (!_isLeaving) return 0;
        if (at.Depth >= _limits.Depth)
        {
            _isTooDeep |= HasMarks(text);
            return 0;
        }
        int unread = Lists(text, at);
        Joined(text, at);
        return Math.Min(text.Length, unread + Bases85(text, at));
    }

    // As many as a row of values or something in base 85 has, and a few words have not.
    private static bool HasMarks(ReadOnlySpan<byte> text)
    {
        const int fewest = 8;
        int marks = 0;
        for (int from = 0; marks < fewest && text[from..].IndexOfAny(MarksOfRows) is var next and >= 0; from += next + 1) marks++;
        return marks == fewest;
    }

    // How many bytes of a text look like base 85 of something that nobody can read.
    private int Bases85(ReadOnlySpan<byte> text, in Layer at)
    {
        int unread = 0;
        // Of Adobe's letters one is the quotation mark.
        if (text.Length is >= Shortest85 and <= Longest85 && text.Contains((byte)'"') && text.IndexOfAnyInRange((byte)0, (byte)' ') < 0 && !text.Contains((byte)'{')) Base85Of(text, at.Inside(0, text.Length), at);
        for (int from = 0; from < text.Length && text[from..].IndexOfAny(Odd) is var next and >= 0;)
        {
            int start = text[from..(from + next)].LastIndexOfAny(Around85) + 1 + from;
            int end = text[(from + next)..].IndexOfAny(Around85) is var stop and >= 0 ? from + next + stop : text.Length;
            from = end + 1;
            ReadOnlySpan<byte> run = text[start..end];
            // A parameter, whose name is no part.
            if (run.Length > 0 && run[..^1].IndexOf((byte)'=') is var equals and > 0 and < 32 && !run[..equals].ContainsAny(Odd))
            {
                start += equals + 1;
                run = run[(equals + 1)..];
            }
            if (run.Length is < Shortest85 or > Longest85) continue;
            unread += Base85Of(run, at.Inside(start, run.Length), at);
        }
        return unread;
    }

    private int Base85Of(ReadOnlySpan<byte> run, in Layer inside, in Layer at)
    {
        bool fits = false;
        foreach ((string name, byte[] letters) in Base85.Alphabets)
        {
            Output output = _made[at.Depth].Clear();
            if (!Base85.TryDecode(run, letters, output) || output.Count < 6) continue;
            fits = true;
            if (!IsText(output.Written) && !IsMagic(output.Written))
            {
                Digest(output.Written, name, inside, at);
                continue;
            }
            if (!MayDecode(at)) return run.Length;
            _steps[at.Depth] = name;
            return Math.Min(Region(output.Written, inside, isNew: true), run.Length);
        }
        return fits && IsRandom85(run) ? run.Length : 0;
    }

    // Sixteen bytes and more in letters of all kinds, as nobody writes them.
    private static bool IsRandom85(ReadOnlySpan<byte> run)
    {
        // What stands around a value in JSON and in programs is none of it.
        run = run.Trim("[]{}(),:;=<>"u8);
        if (run.Length < 20) return false;
        int upper = 0;
        int lower = 0;
        int digits = 0;
        uint kinds = 0;
        int changes = 0;
        int before = -1;
        foreach (byte one in run)
        {
            int kind = one is >= (byte)'A' and <= (byte)'Z' ? 0 : one is >= (byte)'a' and <= (byte)'z' ? 1 : one is >= (byte)'0' and <= (byte)'9' ? 2 : 3;
            if (kind == 0) upper++;
            else if (kind == 1) lower++;
            else if (kind == 2) digits++;
            else if (!BaseN.IsBase64(one) && one != '=') kinds |= 1u << ((one * 7) & 31);
            if (kind != before) changes++;
            before = kind;
        }
        // Of random letters seven in ten neighbours differ in kind; of programs and addresses, three.
        return upper > 0 && lower > 0 && digits > 0 && System.Numerics.BitOperations.PopCount(kinds) >= 3 && changes * 2 >= run.Length;
    }
}
