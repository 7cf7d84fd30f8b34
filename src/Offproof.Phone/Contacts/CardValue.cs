using System.Text;

namespace Offproof.Phone;

/// <summary>Escapes of values: RFC 2426 §4, RFC 6350 §3.4, and those of vCard 2.1.</summary>
static class CardValue
{
    /// <summary>A text as one value, or as one component of a value.</summary>
    internal static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny("\\,;\r\n") < 0) return text;
        StringBuilder escaped = new(text.Length + 16);
        for (int at = 0; at < text.Length; at++)
        {
            char c = text[at];
            if (c is '\\' or ',' or ';') escaped.Append('\\').Append(c);
            else if (c is '\r' or '\n')
            {
                escaped.Append("\\n");
                if (c == '\r' && at + 1 < text.Length && text[at + 1] == '\n') at++;
            }
            else escaped.Append(c);
        }
        return escaped.ToString();
    }

    /// <summary>Line breaks alone, in a value that has its escapes already.</summary>
    internal static string EscapeBreaks(string value) =>
        value.AsSpan().IndexOfAny('\r', '\n') < 0 ? value : value.Replace("\r\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\n", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    internal static string Unescape(ReadOnlySpan<char> value)
    {
        if (!value.Contains('\\')) return value.ToString();
        StringBuilder text = new(value.Length);
        for (int at = 0; at < value.Length; at++)
        {
            if (value[at] != '\\' || at + 1 == value.Length)
            {
                text.Append(value[at]);
                continue;
            }
            char next = value[++at];
            if (next is 'n' or 'N') text.Append('\n');
            else if (next is '\\' or ',' or ';' or ':') text.Append(next);
            else text.Append('\\').Append(next); // no escape of any version
        }
        return text.ToString();
    }

    /// <summary>The components of a structured value, unescaped.</summary>
    internal static List<string> Components(string value, char separator = ';')
    {
        List<string> components = [];
        int start = 0;
        for (int at = 0; at < value.Length; at++)
        {
            if (value[at] == '\\') at++;
            else if (value[at] == separator)
            {
                components.Add(Unescape(value.AsSpan(start, at - start)));
                start = at + 1;
            }
        }
        components.Add(Unescape(value.AsSpan(start)));
        return components;
    }

    /// <summary>A structured value of 2.1, where only \\ \; \: \, are escapes, with those of 3.0.</summary>
    internal static string StructuredFrom21(string value)
    {
        StringBuilder text = new(value.Length + 16);
        StringBuilder component = new();
        for (int at = 0; at < value.Length; at++)
        {
            char c = value[at];
            if (c == '\\' && at + 1 < value.Length && value[at + 1] is ('\\' or ';' or ':' or ',')) component.Append(value[++at]);
            else if (c == ';')
            {
                text.Append(Escape(component.ToString())).Append(';');
                component.Clear();
            }
            else component.Append(c);
        }
        return text.Append(Escape(component.ToString())).ToString();
    }
}
