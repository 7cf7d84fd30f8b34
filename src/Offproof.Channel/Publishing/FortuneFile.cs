using System.Buffers;

namespace Offproof.Channel;

/// <summary>An entry of a file of fortunes.</summary>
/// <param name="Line">Where it begins</param>
/// <param name="Text">What is staged; null where it is left out</param>
/// <param name="Author">Whom its last lines name</param>
/// <param name="Why">it is left out</param>
internal readonly record struct Fortune(int Line, string? Text, string? Author, string? Why);

/// <summary>Files of fortunes (channel.md §9.2): entries apart by lines that are the delimiter and nothing else.</summary>
internal static class FortuneFile
{
    private static readonly SearchValues<byte> Capitals = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ"u8), Small = SearchValues.Create("abcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Whether a text has a line that stands between two fortunes.</summary>
    internal static bool HasDelimiter(ReadOnlySpan<char> text)
    {
        foreach (Range range in text.Split('\n')) // and at nothing else: a text may hold U+2028
        {
            if (IsDelimiter(text[range], '%')) return true;
        }
        return false;
    }

    /// <summary>The entries of a text, in its order, those that cannot be staged too.</summary>
    internal static IEnumerable<Fortune> Read(string text, char delimiter = '%', bool hasComments = false)
    {
        int start = 0, at = 0, line = 1, first = 1;
        while (at < text.Length)
        {
            int end = text.IndexOf('\n', at);
            if (end < 0) end = text.Length;
            int next = Math.Min(end + 1, text.Length);
            if (IsDelimiter(text.AsSpan(at, end - at), delimiter))
            {
                if (at > start) yield return FortuneText.Of(text.AsSpan(start, at - start), first, hasComments ? delimiter : null);
                start = next;
                first = line + 1;
            }
            at = next;
            line++;
        }
        if (at > start) yield return FortuneText.Of(text.AsSpan(start, at - start), first, hasComments ? delimiter : null);
    }

    /// <summary>Letters back by 13, byte by byte as fortune does it: no other byte is changed.</summary>
    internal static void Rotate(Span<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            if (Capitals.Contains(b)) text[i] = (byte)('A' + (b - 'A' + 13) % 26);
            else if (Small.Contains(b)) text[i] = (byte)('a' + (b - 'a' + 13) % 26);
        }
    }

    private static bool IsDelimiter(ReadOnlySpan<char> line, char delimiter) => line is [var one] && one == delimiter || line is [var other, '\r'] && other == delimiter;
}
