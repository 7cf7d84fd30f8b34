namespace Offproof.Channel;

/// <summary>
/// The path patterns of delegations (TUF §4.5, glob(7)): <c>*</c>, <c>?</c> and <c>[...]</c> match inside one part of a path and never a slash; case counts.
/// Takes time in proportion to the product of the lengths, whatever the pattern.
/// </summary>
internal static class PathPattern
{
    internal static bool Matches(string pattern, string path)
    {
        int p = 0, s = 0, star = -1, from = 0;
        while (s < path.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, from) = (p++, s);
                continue;
            }
            if (p < pattern.Length && MatchesOne(pattern, p, path[s], out int next))
            {
                (p, s) = (next, s + 1);
                continue;
            }
            // Back to the last star, which takes one character more; it may not take a slash.
            if (star < 0 || path[from] == '/') return false;
            (p, s) = (star + 1, ++from);
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    static bool MatchesOne(string pattern, int at, char c, out int next)
    {
        next = at + 1;
        switch (pattern[at])
        {
            case '?':
                return c != '/';
            case '[' when EndOfSet(pattern, at) is var end and > 0:
                next = end + 1;
                return c != '/' && IsInSet(pattern.AsSpan(at + 1, end - at - 1), c);
            default:
                return pattern[at] == c;
        }
    }

    // A "]" that comes first belongs to the set; a "[" without an end is itself.
    static int EndOfSet(string pattern, int open)
    {
        int first = open + 1;
        if (first < pattern.Length && pattern[first] is '!') first++;
        return first + 1 <= pattern.Length ? pattern.IndexOf(']', Math.Min(first + 1, pattern.Length)) : -1;
    }

    static bool IsInSet(ReadOnlySpan<char> set, char c)
    {
        bool isNegated = set[0] is '!';
        if (isNegated) set = set[1..];
        bool isIn = false;
        for (int i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                isIn |= c >= set[i] && c <= set[i + 2];
                i += 2;
            }
            else
            {
                isIn |= c == set[i];
            }
        }
        return isIn != isNegated;
    }
}
