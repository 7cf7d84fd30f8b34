using System.Globalization;
using System.Text;

namespace Offproof.Phone;

/// <summary>The text of a note of Xiaomi as Markdown (notes.md §3.3).</summary>
/// <param name="attach">Takes a file by its id, whether it is a picture, and its description; adds the link.</param>
sealed class XiaomiText(Action<string, bool, string, StringBuilder> attach)
{
    enum Kind { Text, Heading, Rule, Item, Numbered }

    sealed class Line
    {
        internal Kind Kind;
        internal int Indent = 1;
        internal int Level;
        internal string Mark = "";
        internal bool IsQuote;
        internal readonly StringBuilder Content = new();

        internal bool IsList => Kind is Kind.Item or Kind.Numbered;

        internal bool IsBlank => Kind is Kind.Text && Content.Length == 0;
    }

    const int MostLevels = 20;
    const int MostLength = 64 << 20;

    readonly List<Line> _lines = [];
    readonly SortedList<int, int> _numbers = [];
    readonly List<(string Open, string Close, string Tag)> _styles = [];
    Line _line = new();
    int _open;
    long _length;
    bool _isQuote;
    bool _started;
    bool _isOver;

    /// <summary>True when something of the text has no counterpart in Markdown: alignment, or a size in the middle of a line.</summary>
    internal bool IsLossy { get; private set; }

    internal void Write(string content, StringBuilder into)
    {
        XiaomiTags tags = new(content);
        while (tags.Next())
        {
            if (tags.Tag.Length > 0) Meet(tags);
            else if (tags.Text != "\n") AddText(tags.Text);
            else if (_isOver && !_started) _isOver = false; // the line feed of a rule, or of a quotation's end
            else EndLine();
        }
        if (_started) EndLine();
        while (_lines.Count > 0 && _lines[^1].IsBlank) _lines.RemoveAt(_lines.Count - 1);
        Join(into);
    }

    void Meet(XiaomiTags tags)
    {
        switch (tags.Tag)
        {
            case "new-format": break;
            case "text":
                if (!tags.IsEnd) Begin(Kind.Text, tags.Number("indent", 1));
                else CloseStyles(0, forget: true);
                break;
            case "input":
                Begin(Kind.Item, tags.Number("indent", 1));
                _line.Mark = tags["checked"] is "" or "false" or "0" ? "- [ ] " : "- [x] ";
                break;
            case "bullet":
                Begin(Kind.Item, tags.Number("indent", 1));
                _line.Mark = "- ";
                break;
            case "order":
                Begin(Kind.Numbered, tags.Number("indent", 1));
                _line.Mark = string.Create(CultureInfo.InvariantCulture, $"{Count(_line.Indent, tags.Number("inputNumber", 0))}. ");
                break;
            case "hr":
                Begin(Kind.Rule, 1);
                EndLine();
                _isOver = true;
                break;
            case "quote":
                if (_started) EndLine();
                _isQuote = _line.IsQuote = !tags.IsEnd;
                _isOver = tags.IsEnd;
                break;
            case "img" or "sound" or "video":
                OpenStyles();
                attach(tags["fileid"], tags.Tag == "img", tags["imgdes"], _line.Content);
                _started = true;
                break;
            case "size" or "mid-size" or "h3-size":
                if (tags.IsEnd) break;
                if (_line.Kind is not Kind.Text || _line.Content.Length > 0) IsLossy = true;
                else (_line.Kind, _line.Level) = (Kind.Heading, tags.Tag switch { "size" => 1, "mid-size" => 2, _ => 3 });
                break;
            case "center" or "right":
                IsLossy = true;
                break;
            default:
                MeetStyle(tags);
                break;
        }
    }

    // The first of a list says its number, from 0; the others say 0.
    int Count(int indent, int start)
    {
        Forget(indent + 1);
        return _numbers[indent] = start > 0 ? start + 1 : _numbers.GetValueOrDefault(indent) + 1;
    }

    void Forget(int indent)
    {
        while (_numbers.Count > 0 && _numbers.GetKeyAtIndex(_numbers.Count - 1) >= indent) _numbers.RemoveAt(_numbers.Count - 1);
    }

    // As HTML: Markdown's own signs fail beside blanks, punctuation and each other.
    void MeetStyle(XiaomiTags tags)
    {
        if (tags.IsEnd)
        {
            int at = _styles.FindLastIndex(style => style.Tag == tags.Tag);
            if (at < 0) return;
            CloseStyles(at, forget: false);
            _styles.RemoveAt(at);
            return;
        }
        if (_styles.Count >= 16)
        {
            IsLossy = true;
            return;
        }
        string color = tags["color"];
        bool isColor = color.Length is > 3 and < 10 && color[0] == '#' && color.Skip(1).All(char.IsAsciiHexDigit);
        IsLossy |= color.Length > 0 && !isColor;
        string name = tags.Tag switch { "delete" => "del", "background" => "mark", _ => tags.Tag };
        _styles.Add((isColor ? $"<{name} style=\"background:{color}\">" : $"<{name}>", $"</{name}>", tags.Tag));
    }

    void AddText(string text)
    {
        OpenStyles();
        MarkdownText.AddLine(text, _line.Content);
        _started = true;
    }

    void OpenStyles()
    {
        for (; _open < _styles.Count; _open++) _line.Content.Append(_styles[_open].Open);
    }

    void CloseStyles(int down, bool forget)
    {
        for (; _open > down; _open--) _line.Content.Append(_styles[_open - 1].Close);
        if (forget) _styles.RemoveRange(down, _styles.Count - down);
    }

    void Begin(Kind kind, int indent)
    {
        if (_started && (_line.Content.Length > 0 || _line.Kind is not Kind.Text)) EndLine();
        (_line.Kind, _line.Indent, _started) = (kind, indent, true);
    }

    void EndLine()
    {
        CloseStyles(0, forget: false);
        if (_line.Kind is not Kind.Numbered) Forget(_line.IsList ? _line.Indent : 0);
        _length += _line.Content.Length;
        Limit(_length);
        _lines.Add(_line);
        _line = new Line { IsQuote = _isQuote };
        _started = _isOver = false;
    }

    void Join(StringBuilder into)
    {
        Stack<int> levels = new();
        for (int at = 0; at < _lines.Count; at++)
        {
            Line line = _lines[at];
            if (at > 0) into.Append(Between(_lines[at - 1], line));
            if (line.IsQuote) into.Append(line.IsBlank ? ">" : "> ");
            if (!line.IsList) levels.Clear();
            while (levels.TryPeek(out int level) && level > line.Indent) levels.Pop();
            if (line.IsList && (!levels.TryPeek(out int same) || same < line.Indent)) levels.Push(line.Indent);
            switch (line.Kind)
            {
                case Kind.Heading: into.Append('#', line.Level).Append(' '); break;
                case Kind.Rule: into.Append("---"); break;
                case Kind.Text: into.Insert(into.Length, "&emsp;", line.IsBlank ? 0 : Math.Min(line.Indent - 1, 20)); break;
                default: into.Append(' ', 4 * Math.Min(levels.Count - 1, MostLevels)).Append(line.Mark); break;
            }
            into.Append(line.Content);
            Limit(into.Length);
        }
    }

    // Few bytes of markup can stand for many of text.
    static void Limit(long length)
    {
        if (length > MostLength) throw new DamagedTextException($"its text is longer than {MostLength} characters");
    }

    static string Between(Line before, Line line)
    {
        if (before.IsBlank || line.IsBlank) return "\n";
        string gap = before.IsQuote && line.IsQuote ? "\n>\n" : "\n\n";
        if (before.IsQuote != line.IsQuote) return gap;
        // Only a list that begins with 1 may begin below a line of text.
        if (before.IsList && line.IsList) return before.Kind == line.Kind && (line.Kind is Kind.Item || line.Indent <= before.Indent || line.Mark == "1. ") ? "\n" : gap;
        return before.Kind is Kind.Text && line.Kind is Kind.Text ? "  \n" : gap;
    }
}
