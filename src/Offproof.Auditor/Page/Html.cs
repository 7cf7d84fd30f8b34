using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Offproof.Auditor;

/// <summary>
/// Writes HTML. Every text and every value of an attribute is encoded; tags and names of attributes are the program's own. What comes from strangers is also
/// made visible: control characters, and those that turn the direction of writing, are shown as what they are.
/// </summary>
internal sealed class Html(TextWriter to)
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All);

    /// <summary>Markup that the program itself holds.</summary>
    internal Html Raw(string markup)
    {
        to.Write(markup);
        return this;
    }

    internal Html Open(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        to.Write('<');
        to.Write(tag);
        foreach ((string name, string? value) in attributes)
        {
            if (value is null) continue;
            to.Write(' ');
            to.Write(name);
            to.Write("=\"");
            to.Write(Encoder.Encode(Visible(value)));
            to.Write('"');
        }
        to.Write('>');
        return this;
    }

    internal Html Close(string tag)
    {
        to.Write("</");
        to.Write(tag);
        to.Write(">\n");
        return this;
    }

    internal Html Text(string? text)
    {
        if (text is not null) to.Write(Encoder.Encode(Visible(text)));
        return this;
    }

    internal Html Element(string tag, string? text, params ReadOnlySpan<(string Name, string? Value)> attributes) => Open(tag, attributes).Text(text).Close(tag);

    /// <summary>What a stranger wrote, which may run from right to left, and be in any language.</summary>
    internal Html Foreign(string? text) => Open("bdi").Text(text).Raw("</bdi>");

    /// <summary>Numbers in attributes of SVG.</summary>
    internal static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    internal static string Visible(string text)
    {
        StringBuilder? changed = null;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            char shown = c switch
            {
                '\n' or '\t' => c,
                < ' ' => (char)(0x2400 + c),
                '\x7f' => '\u2421',
                >= '\x80' and < '\xa0' or '\u061c' or '\u200e' or '\u200f' or >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069' or '\ufeff' or '\ufffe' or '\uffff' => '\ufffd',
                _ when char.IsSurrogate(c) && !IsPaired(text, i) => '\ufffd',
                _ => c,
            };
            if (shown != c) changed ??= new StringBuilder(text);
            if (changed is not null) changed[i] = shown;
        }
        return changed?.ToString() ?? text;
    }

    private static bool IsPaired(string text, int at) => char.IsHighSurrogate(text[at])
        ? at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])
        : at > 0 && char.IsHighSurrogate(text[at - 1]);
}
