using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Offproof.Lab;

/// <summary>Takes messages apart into the values that a comparison lays side by side (compare.md §2). What cannot be taken apart is one value: nothing is left out.</summary>
internal static class Pieces
{
    private const int MostPieces = 5_000;
    private const int MostInflated = 8 << 20;

    /// <summary>The start line and the fields of a message.</summary>
    /// <param name="signature">Of a request its method and the number of its path's segments; of an answer its first word.</param>
    internal static List<Piece> OfHead(byte[] bytes, out string signature)
    {
        List<Piece> pieces = [];
        string text = Encoding.Latin1.GetString(bytes);
        StringBuilder ends = new(), names = new();
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        signature = "";
        for (int at = 0, line = 0; at < text.Length; line++)
        {
            int end = text.IndexOf('\n', at);
            int next = end < 0 ? text.Length : end + 1, stop = end < 0 ? text.Length : end > at && text[end - 1] == '\r' ? end - 1 : end;
            ends.Append(end < 0 ? '.' : stop < end ? 'C' : 'L');
            if (pieces.Count > MostPieces)
            {
                pieces.Add(new Piece("rest of the head", at, bytes[at..]));
                break;
            }
            string content = text[at..stop];
            // The pseudo fields of HTTP/2 begin with a colon.
            int colon = content.IndexOf(':', Math.Min(1, content.Length));
            if (content is [':', ..] && colon > 0 && content[..colon] is ":path" or ":method" && StartPiece(pieces, content, colon, at, ref signature)) names.Append(content, 0, colon).Append('\n');
            else if (line == 0 && content is not [':', ..]) StartLine(pieces, content, at, ref signature);
            else if (colon > 0) Named(pieces, seen, names, content, colon, at);
            else if (content.Length > 0) pieces.Add(new Piece(Numbered(seen, "line without a name"), at, Bytes(content)));
            at = next;
        }
        pieces.Add(new Piece("names and order of fields", 0, Bytes(names.ToString())));
        pieces.Add(new Piece("ends of lines", 0, Bytes(ends.ToString())));
        return pieces;
    }

    private static bool StartPiece(List<Piece> pieces, string content, int colon, int at, ref string signature)
    {
        int value = colon + 1;
        while (value < content.Length && content[value] == ' ') value++;
        if (content.StartsWith(":method", StringComparison.Ordinal))
        {
            pieces.Add(new Piece("method", at + value, Bytes(content[value..])));
            signature = content[value..] + signature;
            return true;
        }
        signature += Target(pieces, content[value..], at + value);
        return true;
    }

    private static void StartLine(List<Piece> pieces, string line, int at, ref string signature)
    {
        int first = line.IndexOf(' ', StringComparison.Ordinal), last = line.LastIndexOf(' ');
        if (first <= 0 || line.StartsWith("HTTP/", StringComparison.Ordinal))
        {
            signature = "answer";
            pieces.Add(new Piece("status", at, Bytes(line)));
            return;
        }
        pieces.Add(new Piece("method", at, Bytes(line[..first])));
        string target = line[(first + 1)..Math.Max(first + 1, last)];
        signature = Printable(line[..first]) + Target(pieces, target, at + first + 1);
        pieces.Add(new Piece("version", at + last, Bytes(line[last..])));
    }

    private static string Target(List<Piece> pieces, string target, int at)
    {
        int query = target.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? target : target[..query];
        string[] segments = path.Split('/');
        int offset = at;
        for (int i = 0; i < segments.Length && i < MostPieces; i++)
        {
            if (segments[i].Length > 0) pieces.Add(new Piece($"path segment {Text(i)}", offset, Bytes(segments[i])));
            offset += segments[i].Length + 1;
        }
        if (query >= 0) Form(pieces, target[(query + 1)..], at + query + 1, "query");
        return $"/{Text(segments.Length - 1)}";
    }

    private static void Form(List<Piece> pieces, string text, int at, string what)
    {
        StringBuilder names = new();
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        foreach (string part in text.Split('&'))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? part : part[..equals];
            names.Append(name).Append('&');
            if (pieces.Count < MostPieces && equals >= 0) pieces.Add(new Piece(Numbered(seen, $"{what} {Printable(name)}"), at + equals + 1, Bytes(part[(equals + 1)..])));
            at += part.Length + 1;
        }
        pieces.Add(new Piece($"names and order of the {what}", 0, Bytes(names.ToString())));
        if (pieces.Count >= MostPieces) pieces.Add(new Piece($"whole {what}", 0, Bytes(text), Follows: true));
    }

    private static void Named(List<Piece> pieces, Dictionary<string, int> seen, StringBuilder names, string line, int colon, int at)
    {
        string name = line[..colon];
        int start = colon + 1;
        while (start < line.Length && (line[start] is ' ' or '\t')) start++;
        // The spaces before a value can be a code: they are compared with the names. Those behind it belong to it.
        names.Append(line, 0, start).Append('\n');
        string place = Numbered(seen, $"field {Printable(name).ToLowerInvariant()}");
        string value = line[start..];
        if (!name.Equals("cookie", StringComparison.OrdinalIgnoreCase))
        {
            pieces.Add(new Piece(place, at + start, Bytes(value)));
            return;
        }
        int offset = at + start;
        StringBuilder order = new();
        foreach (string part in value.Split(';'))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            order.Append(equals < 0 ? part : part[..equals]).Append(';');
            if (equals >= 0) pieces.Add(new Piece(Numbered(seen, $"cookie {Printable(part[..equals].Trim())}"), offset + equals + 1, Bytes(part[(equals + 1)..])));
            offset += part.Length + 1;
        }
        pieces.Add(new Piece($"{place}: names and order", 0, Bytes(order.ToString())));
    }

    /// <summary>A body, or whatever else was said in one piece.</summary>
    internal static List<Piece> OfBody(byte[] bytes, bool isWhole)
    {
        List<Piece> pieces = [];
        byte[]? plain = isWhole ? Inflated(bytes) : null;
        if (plain is not null) pieces.Add(new Piece("as coded", 0, bytes, Follows: true));
        byte[] content = plain ?? bytes;
        if (isWhole && content.Length > 1 && content.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] && TryJson(pieces, content)) return pieces;
        if (isWhole && content.Length > 2 && content.AsSpan().IndexOf((byte)'=') > 0 && !content.AsSpan().ContainsAnyExceptInRange((byte)0x21, (byte)0x7e) && content.AsSpan().IndexOfAny("{<\""u8) < 0)
        {
            Form(pieces, Encoding.Latin1.GetString(content), 0, "form");
            return pieces;
        }
        pieces.Add(new Piece("content", 0, content));
        return pieces;
    }

    private static bool TryJson(List<Piece> pieces, byte[] content)
    {
        List<Piece> found = [];
        StringBuilder structure = new();
        List<(bool IsArray, int Index, string Name)> path = [];
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        try
        {
            Utf8JsonReader reader = new(content, new JsonReaderOptions { MaxDepth = 64 });
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    path[^1] = (false, path[^1].Index + 1, Printable(Encoding.Latin1.GetString(reader.ValueSpan)));
                    continue;
                }
                if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    path.RemoveAt(path.Count - 1);
                    structure.Append(')');
                    continue;
                }
                if (path.Count > 0 && path[^1].IsArray) path[^1] = (true, path[^1].Index + 1, Text(path[^1].Index));
                string name = string.Join('.', path.Select(static step => step.Name));
                structure.Append(name).Append(reader.TokenType.ToString());
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    structure.Append('(');
                    path.Add((reader.TokenType == JsonTokenType.StartArray, 0, ""));
                    continue;
                }
                if (found.Count < MostPieces) found.Add(new Piece(Numbered(seen, $"json {name}"), (int)reader.TokenStartIndex, reader.ValueSpan.ToArray()));
            }
        }
        catch (JsonException)
        {
            return false;
        }
        pieces.AddRange(found);
        pieces.Add(new Piece("names and order of the json", 0, Encoding.UTF8.GetBytes(structure.ToString())));
        // White space between values can be a code.
        pieces.Add(new Piece("whole json", 0, content, Follows: true));
        return true;
    }

    // RFC 1952, RFC 1950; other codings are compared as they are.
    private static byte[]? Inflated(byte[] bytes)
    {
        bool isGzip = bytes is [0x1f, 0x8b, ..], isZlib = bytes is [0x78, _, _, ..] && ((bytes[0] << 8) | bytes[1]) % 31 == 0;
        if (!isGzip && !isZlib) return null;
        try
        {
            using MemoryStream source = new(bytes), plain = new();
            using Stream inflating = isGzip ? new GZipStream(source, CompressionMode.Decompress) : new ZLibStream(source, CompressionMode.Decompress);
            byte[] buffer = new byte[1 << 14];
            for (int count; (count = inflating.Read(buffer)) > 0;)
            {
                if (plain.Length + count > MostInflated) return null;
                plain.Write(buffer, 0, count);
            }
            return plain.Length > 0 ? plain.ToArray() : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static string Numbered(Dictionary<string, int> seen, string name)
    {
        int times = seen[name] = seen.GetValueOrDefault(name) + 1;
        return times == 1 ? name : $"{name} ({Text(times)})";
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Of a name that a stranger chose, what can be shown in a line.</summary>
    internal static string Printable(string name) => string.Create(Math.Min(name.Length, 80), name, static (shown, name) =>
    {
        for (int at = 0; at < shown.Length; at++) shown[at] = name[at] is > ' ' and < '\x7f' ? name[at] : '?';
    });
}
