using System.Buffers;

namespace Offproof.Auditor;

/// <summary>Control characters among others: what they could say is not read (audit.md §6.4).</summary>
internal static class Controls
{
    private const byte Escape = 0x1B;

    private static readonly SearchValues<byte> All = SearchValues.Create([.. Enumerable.Range(0, 32).Where(static c => c is not (9 or 10 or 12 or 13 or Escape)).Select(static c => (byte)c), 127]);

    /// <summary>The control characters of a text but for tab, the ends of lines, form feed and escape.</summary>
    internal static int Count(ReadOnlySpan<byte> text)
    {
        int count = 0;
        while (text.IndexOfAny(All) is var next and >= 0)
        {
            count++;
            text = text[(next + 1)..];
        }
        return count;
    }

    /// <summary>Escapes but for the colours and cursors of terminals (ECMA-48 §5.4), and the bytes that are no ASCII behind a designation (ISO 2022, RFC 1468): up to the next escape.</summary>
    internal static int Shifted(ReadOnlySpan<byte> text)
    {
        int count = 0;
        while (text.IndexOf(Escape) is var next and >= 0)
        {
            text = text[(next + 1)..];
            if (text is [(byte)'[', ..]) continue;
            count++;
            bool isDesignation = text is [>= 0x20 and <= 0x2F, ..];
            bool isAscii = text is [(byte)'(', (byte)'B' or (byte)'J', ..];
            if (isDesignation && !isAscii) count += text.IndexOf(Escape) is var end and >= 0 ? end : text.Length;
        }
        return count;
    }
}
