using System.Buffers;

namespace Offproof.Auditor;

/// <summary>What a start line says (RFC 9112 §3, §4).</summary>
internal enum Start
{
    /// <summary>It is none.</summary>
    None,
    Request,

    /// <summary><c>GET target</c> and nothing else: HTTP/0.9.</summary>
    Simple,
    Answer,
}

/// <summary>Start lines of HTTP/1, and where one stands among unknown bytes.</summary>
internal static class StartLine
{
    /// <summary>The longest that is read.</summary>
    internal const int Longest = 64 << 10;

    /// <summary>How far before a version the beginning of its line is looked for among unknown bytes.</summary>
    private const int LookBack = 8 << 10;

    // RFC 9110 §5.6.2.
    internal static readonly SearchValues<byte> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> s_beforeTarget = SearchValues.Create("\0\t\n\r "u8);

    private static readonly string[] s_methods = ["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"];

    /// <summary>What a line is.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="fromClient">Only requests come from there, and only answers from the other end.</param>
    internal static Start Read(ReadOnlySpan<byte> line, bool fromClient) => fromClient ? ReadRequest(line) : IsAnswer(line) ? Start.Answer : Start.None;

    /// <summary>Is this the beginning of a request's line, of which the rest is lost?</summary>
    internal static bool IsCutRequest(ReadOnlySpan<byte> line)
    {
        int space = line.IndexOf((byte)' ');
        if (space <= 0 || !IsMethod(line[..space])) return false;
        ReadOnlySpan<byte> rest = line[(space + 1)..];
        int end = rest.IndexOf((byte)' ');
        return end < 0 ? !rest.IsEmpty : "HTTP/1."u8.StartsWith(rest[(end + 1)..]);
    }

    /// <summary>The number of an answer whose start line was recognised.</summary>
    internal static int Status(ReadOnlySpan<byte> line) => 100 * (line[9] - '0') + 10 * (line[10] - '0') + line[11] - '0';

    /// <summary>HTTP/1.x NNN, then a space or the line's end.</summary>
    internal static bool IsAnswer(ReadOnlySpan<byte> line) =>
        line.Length >= 12 && line.StartsWith("HTTP/1."u8) && Is(line[7]) && line[8] == ' ' && line[9] is >= (byte)'1' and <= (byte)'5' && Is(line[10]) && Is(line[11])
        && (line.Length == 12 || line[12] is (byte)' ' or (byte)'\r' or (byte)'\n');

    /// <summary>The same of bytes to which more may come.</summary>
    internal static bool BeginsAnswer(ReadOnlySpan<byte> bytes) => bytes.Length >= 13 && IsAnswer(bytes);

    /// <summary>Could these first bytes of an answer still become one?</summary>
    internal static bool MayBecomeAnswer(ReadOnlySpan<byte> bytes) => bytes.Length >= 7 ? bytes.StartsWith("HTTP/1."u8) : "HTTP/1."u8.StartsWith(bytes);

    /// <summary>Where the next message surely begins.</summary>
    /// <param name="isFresh">The first byte may begin a message: nothing was passed before.</param>
    /// <param name="passed">Where none begins, how many bytes need not be looked at again.</param>
    internal static int Find(ReadOnlySpan<byte> bytes, bool fromClient, bool isFresh, out int passed)
    {
        int from = 0;
        while (true)
        {
            int at = bytes[from..].IndexOf(fromClient ? " HTTP/1."u8 : "HTTP/1."u8);
            if (at < 0) break;
            at += from;
            int begin = fromClient ? Beginning(bytes, at, isFresh) : BeginsAnswer(bytes[at..]) ? at : -1;
            if (begin >= 0)
            {
                passed = begin;
                return begin;
            }
            if (bytes.Length - at < 16)
            {
                // The end of the line, or of the number, has not come.
                passed = Math.Max(0, (fromClient ? at - LookBack : at) - 1);
                return -1;
            }
            from = at + 7;
        }
        passed = Math.Max(0, bytes.Length - (fromClient ? LookBack + 16 : 16));
        return -1;
    }

    // The beginning of the request line whose version begins at a space.
    private static int Beginning(ReadOnlySpan<byte> bytes, int space, bool isFresh)
    {
        ReadOnlySpan<byte> end = bytes[(space + 8)..];
        if (end.Length < 2 || !Is(end[0]) || !(end[1] == '\n' || (end.Length > 2 && end[1] == '\r' && end[2] == '\n'))) return -1;
        int first = Math.Max(0, space - LookBack);
        ReadOnlySpan<byte> before = bytes[first..space];
        int gap = before.LastIndexOfAny(s_beforeTarget);
        if (gap < 0 || before[gap] != ' ' || gap + 1 == before.Length) return -1;
        ReadOnlySpan<byte> method = before[..gap];
        int line = method.LastIndexOf((byte)'\n') + 1;
        if ((line > 0 || (first == 0 && isFresh)) && IsMethod(method[line..])) return first + line;
        // Behind a body there is no end of a line.
        foreach (string known in s_methods)
        {
            if (method.Length < known.Length || !System.Text.Ascii.Equals(method[^known.Length..], known)) continue;
            if (method.Length > known.Length && method[^(known.Length + 1)] is >= (byte)'A' and <= (byte)'Z') continue;
            return first + method.Length - known.Length;
        }
        return -1;
    }

    private static Start ReadRequest(ReadOnlySpan<byte> line)
    {
        int space = line.IndexOf((byte)' ');
        if (space <= 0 || !IsMethod(line[..space])) return Start.None;
        ReadOnlySpan<byte> rest = line[(space + 1)..];
        int end = rest.LastIndexOf((byte)' ');
        if (end > 0 && rest.Length - end == 9 && rest[end..].StartsWith(" HTTP/1."u8) && Is(rest[^1])) return Start.Request;
        return line.StartsWith("GET /"u8) && rest.IndexOfAny(s_beforeTarget) < 0 ? Start.Simple : Start.None;
    }

    // Methods are upper-case letters in every registry (RFC 9110 §16.1), some with a hyphen.
    private static bool IsMethod(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > 24) return false;
        foreach (byte one in bytes)
        {
            if (one is not ((>= (byte)'A' and <= (byte)'Z') or (byte)'-' or (byte)'_')) return false;
        }
        return true;
    }

    private static bool Is(byte digit) => digit is >= (byte)'0' and <= (byte)'9';
}
