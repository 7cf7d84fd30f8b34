using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Offproof.Evidence;

/// <summary>Writes HTML: every text and every value of an attribute is encoded and made visible; tags and names are the program's own.</summary>
sealed class CaseHtml(TextWriter to)
{
    static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Markup that the program itself holds.</summary>
    internal CaseHtml Raw(string markup)
    {
        to.Write(markup);
        return this;
    }

    internal CaseHtml Open(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        to.Write('<');
        to.Write(tag);
        foreach ((string name, string? value) in attributes)
        {
            if (value is null) continue;
            to.Write($" {name}=\"");
            to.Write(Encoder.Encode(PlainText.Visible(value)));
            to.Write('"');
        }
        to.Write('>');
        return this;
    }

    internal CaseHtml Close(string tag)
    {
        to.Write($"</{tag}>\n");
        return this;
    }

    internal CaseHtml Text(string? text)
    {
        if (text is not null) to.Write(Encoder.Encode(PlainText.Visible(text)));
        return this;
    }

    /// <summary>An element with a text, without a line's end: it may stand in one.</summary>
    internal CaseHtml Inline(string tag, string? text, params ReadOnlySpan<(string Name, string? Value)> attributes) => Open(tag, attributes).Text(text).Raw($"</{tag}>");

    internal CaseHtml Element(string tag, string? text, params ReadOnlySpan<(string Name, string? Value)> attributes) => Inline(tag, text, attributes).Raw("\n");

    /// <summary>One paragraph for each text. Whatever writing it is in, its direction stays in it.</summary>
    internal CaseHtml Paragraphs(IEnumerable<string> texts, string? kind = null)
    {
        foreach (string text in texts) Element("p", text, ("class", kind), ("dir", "auto"));
        return this;
    }

    /// <summary>To elsewhere on the page or in the folder; to the web only where the publisher named a source, and then the other side learns nothing of the page.</summary>
    internal CaseHtml Link(string href, string? text) => Inline("a", text, ("href", href), ("rel", href.Contains("://", StringComparison.Ordinal) ? "noreferrer" : null));
}
