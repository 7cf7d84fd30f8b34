using System.Globalization;
using System.Text;

namespace Offproof.Phone;

/// <summary>
/// The markup of Xiaomi's notes, piece by piece: known tags, and text with its references resolved. What looks like a tag and is none that is known
/// is text: a person may have written it.
/// </summary>
sealed class XiaomiTags(string content)
{
    static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "new-format", "text", "input", "bullet", "order", "hr", "quote", "img", "sound", "video", "b", "i", "u", "delete", "background", "size", "mid-size", "h3-size", "center", "right",
    };

    const int MostValue = 4096;

    readonly Dictionary<string, string> _attributes = new(StringComparer.Ordinal);
    readonly StringBuilder _text = new();
    int _at;

    /// <summary>The tag that was read; empty for text.</summary>
    internal string Tag { get; private set; } = "";

    internal bool IsEnd { get; private set; }

    /// <summary>The text that was read; it holds no line feed, or is one.</summary>
    internal string Text => _text.ToString();

    internal string this[string attribute] => _attributes.GetValueOrDefault(attribute, "");

    /// <summary>A number of an attribute, at least <paramref name="least"/> and at most 1,000,000.</summary>
    internal int Number(string attribute, int least) =>
        int.TryParse(this[attribute], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? Math.Clamp(number, least, 1_000_000) : least;

    internal bool Next()
    {
        _text.Clear();
        _attributes.Clear();
        Tag = "";
        IsEnd = false;
        if (_at == content.Length) return false;
        if (content[_at] == '\n')
        {
            _text.Append('\n');
            _at++;
            return true;
        }
        if (ReadTag() || ReadOldPicture()) return true;
        do ReadCharacter();
        while (_at < content.Length && content[_at] is not ('\n' or '<' or '\u263A'));
        return true;
    }

    bool ReadTag()
    {
        if (content[_at] != '<') return false;
        int at = _at + 1;
        IsEnd = at < content.Length && content[at] == '/';
        if (IsEnd) at++;
        int start = at;
        while (at < content.Length && (char.IsAsciiLetterOrDigit(content[at]) || content[at] == '-')) at++;
        string name = content[start..at];
        if (!Known.Contains(name)) return IsEnd = false;
        for (int count = 0; count < 32; count++)
        {
            while (at < content.Length && content[at] is ' ' or '\t' or '/') at++;
            if (at >= content.Length) return IsEnd = false;
            if (content[at] == '>')
            {
                Tag = name;
                _at = at + 1;
                return true;
            }
            start = at;
            while (at < content.Length && (char.IsAsciiLetterOrDigit(content[at]) || content[at] is '-' or '_')) at++;
            string attribute = content[start..at];
            if (attribute.Length == 0) return IsEnd = false;
            if (at >= content.Length || content[at] != '=')
            {
                _attributes[attribute] = attribute;
                continue;
            }
            char quote = ++at < content.Length ? content[at] : '\0';
            int end = quote is '"' or '\'' ? content.IndexOf(quote, at + 1, Math.Min(MostValue, content.Length - at - 1)) : -1;
            if (end < 0) return IsEnd = false;
            _attributes[attribute] = Resolve(content[(at + 1)..end]);
            at = end + 1;
        }
        return IsEnd = false;
    }

    // Before there were tags: a smiling face, the file, <0/>, and a description.
    bool ReadOldPicture()
    {
        if (content[_at] != '\u263A') return false;
        int at = _at + 1;
        while (at < content.Length && content[at] == ' ') at++;
        int start = at;
        while (at < content.Length && (char.IsAsciiLetterOrDigit(content[at]) || content[at] is '.' or '-' or '_')) at++;
        if (at == start || !content.AsSpan(at).StartsWith("<0/>", StringComparison.Ordinal)) return false;
        _attributes["fileid"] = content[start..at];
        at += 4;
        int end = at < content.Length && content[at] == '<' ? content.IndexOf("/>", at, StringComparison.Ordinal) : -1;
        if (end >= 0 && content.AsSpan(at, end - at).IndexOf('\n') < 0)
        {
            _attributes["imgdes"] = Resolve(content[(at + 1)..end]);
            at = end + 2;
        }
        Tag = "img";
        _at = at;
        return true;
    }

    void ReadCharacter()
    {
        if (content[_at] == '&' && Reference(content, _at, out string text, out int length))
        {
            _text.Append(text);
            _at += length;
            return;
        }
        _text.Append(content[_at++]);
    }

    static string Resolve(string value)
    {
        StringBuilder resolved = new();
        for (int at = 0; at < value.Length;)
        {
            bool found = Reference(value, at, out string text, out int length);
            resolved.Append(found ? text : value[at].ToString());
            at += found ? length : 1;
        }
        return resolved.ToString();
    }

    static bool Reference(string text, int at, out string resolved, out int length)
    {
        resolved = "";
        length = 0;
        if (text[at] != '&') return false;
        int end = text.AsSpan(at, Math.Min(12, text.Length - at)).IndexOf(';');
        if (end < 2) return false;
        string name = text[(at + 1)..(at + end)];
        length = end + 1;
        switch (name)
        {
            case "lt": resolved = "<"; return true;
            case "gt": resolved = ">"; return true;
            case "amp": resolved = "&"; return true;
            case "quot": resolved = "\""; return true;
            case "apos": resolved = "'"; return true;
            case "nbsp": resolved = "\u00A0"; return true;
        }
        bool hex = name.StartsWith("#x", StringComparison.Ordinal);
        if (name[0] != '#' || !int.TryParse(name.AsSpan(hex ? 2 : 1), hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out int value)) return false;
        if (value == '\n' || !Rune.TryCreate(value, out Rune rune)) return false;
        resolved = rune.ToString();
        return true;
    }
}
