using System.Buffers;
using System.Globalization;
using System.Text;

namespace Offproof.Vault;

/// <summary>
/// Two escapings, one inside the other (vault.md §5.2): a node's name is quoted as a Go string literal without its quotes, and every text is then escaped as
/// Go's JSON encoder does. Names of a repository are bytes; ours are always valid UTF-8.
/// </summary>
static class GoText
{
    /// <summary>Appends a JSON string, quotes included.</summary>
    internal static void WriteJson(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        Span<byte> to = output.GetSpan((text.Length * 6) + 2);
        int at = 0;
        to[at++] = (byte)'"';
        foreach (Rune rune in text.EnumerateRunes())
        {
            int value = rune.Value;
            switch (value)
            {
                case '"' or '\\': to[at++] = (byte)'\\'; to[at++] = (byte)value; break;
                case '\n': "\\n"u8.CopyTo(to[at..]); at += 2; break;
                case '\r': "\\r"u8.CopyTo(to[at..]); at += 2; break;
                case '\t': "\\t"u8.CopyTo(to[at..]); at += 2; break;
                case < 0x20 or '<' or '>' or '&' or 0x2028 or 0x2029:
                    "\\u"u8.CopyTo(to[at..]);
                    Hex(to[(at + 2)..], value, 4);
                    at += 6;
                    break;
                default: at += rune.EncodeToUtf8(to[at..]); break;
            }
        }
        to[at++] = (byte)'"';
        output.Advance(at);
    }

    /// <summary>The Go string literal of a name, without the quotes around it.</summary>
    internal static string Quote(string name)
    {
        if (IsPlain(name)) return name;
        StringBuilder quoted = new(name.Length + 16);
        foreach (Rune rune in name.EnumerateRunes())
        {
            int value = rune.Value;
            _ = value switch
            {
                '"' or '\\' => quoted.Append('\\').Append((char)value),
                '\a' => quoted.Append("\\a"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\v' => quoted.Append("\\v"),
                _ when IsPrintable(rune) => quoted.Append(rune.ToString()),
                < ' ' or 0x7F => quoted.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
                < 0x10000 => quoted.Append(CultureInfo.InvariantCulture, $"\\u{value:x4}"),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{value:x8}"),
            };
        }
        return quoted.ToString();
    }

    static bool IsPlain(string name)
    {
        foreach (char c in name)
            if (c is < ' ' or > '~' or '"' or '\\') return false;
        return true;
    }

    // Letters, marks, numbers, punctuation, symbols and the ASCII space.
    static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>The bytes that a quoted name stands for; false when it is no Go string literal.</summary>
    internal static bool TryUnquote(string quoted, out byte[] name)
    {
        name = [];
        if (!quoted.AsSpan().ContainsAny('\\', '"', '\n'))
        {
            name = Encoding.UTF8.GetBytes(quoted);
            return true;
        }
        ArrayBufferWriter<byte> bytes = new(quoted.Length);
        ReadOnlySpan<char> rest = quoted;
        while (!rest.IsEmpty)
        {
            if (rest[0] is '"' or '\n') return false;
            if (rest[0] != '\\')
            {
                Rune.DecodeFromUtf16(rest, out Rune plain, out int used);
                Put(bytes, plain);
                rest = rest[used..];
                continue;
            }
            if (rest.Length < 2) return false;
            char kind = rest[1];
            rest = rest[2..];
            int simple = kind switch
            {
                'a' => '\a', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v', '\\' => '\\', '"' => '"', _ => -1,
            };
            if (simple >= 0)
            {
                bytes.Write([(byte)simple]);
                continue;
            }
            if (kind is >= '0' and <= '7')
            {
                if (rest.Length < 2 || rest[0] is < '0' or > '7' || rest[1] is < '0' or > '7') return false;
                int octal = ((kind - '0') * 64) + ((rest[0] - '0') * 8) + (rest[1] - '0');
                if (octal > 255) return false;
                bytes.Write([(byte)octal]);
                rest = rest[2..];
                continue;
            }
            int digits = kind switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits == 0 || rest.Length < digits || !uint.TryParse(rest[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)) return false;
            rest = rest[digits..];
            if (kind == 'x') bytes.Write([(byte)value]);
            else if (Rune.IsValid(value)) Put(bytes, new Rune(value));
            else return false;
        }
        name = bytes.WrittenSpan.ToArray();
        return true;

        static void Put(ArrayBufferWriter<byte> to, Rune rune)
        {
            Span<byte> utf8 = stackalloc byte[4];
            to.Write(utf8[..rune.EncodeToUtf8(utf8)]);
        }
    }

    static void Hex(Span<byte> to, int value, int digits)
    {
        for (int i = digits - 1; i >= 0; i--, value >>= 4) to[i] = "0123456789abcdef"u8[value & 15];
    }
}
