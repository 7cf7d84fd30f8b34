using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Offproof.Channel;

/// <summary>Records of RFC 4180: fields apart by commas, quoted where they hold a comma, a quote (written twice) or the end of a line.</summary>
internal sealed class CsvRecords(string text)
{
    private int _at;
    private int _lines = 1;

    /// <summary>Where the record that was read last began.</summary>
    internal int Line { get; private set; }

    /// <summary>A quoted field never ended.</summary>
    internal bool IsBroken { get; private set; }

    internal bool TryRead([NotNullWhen(true)] out List<string>? fields)
    {
        fields = null;
        Line = _lines;
        if (_at >= text.Length) return false;
        fields = [];
        while (true)
        {
            fields.Add(Field());
            if (IsBroken)
            {
                fields = null;
                return false;
            }
            if (_at < text.Length && text[_at] == ',')
            {
                _at++;
                continue;
            }
            if (_at < text.Length && text[_at] == '\r') _at++;
            if (_at < text.Length && text[_at] == '\n') _at++;
            _lines++;
            return true;
        }
    }

    private string Field()
    {
        if (_at >= text.Length || text[_at] != '"')
        {
            int start = _at;
            while (_at < text.Length && text[_at] is not (',' or '\n' or '\r')) _at++;
            return text[start.._at];
        }
        StringBuilder field = new();
        for (_at++; _at < text.Length; _at++)
        {
            char c = text[_at];
            if (c == '\n') _lines++;
            if (c != '"')
            {
                field.Append(c);
                continue;
            }
            if (_at + 1 < text.Length && text[_at + 1] == '"')
            {
                field.Append('"');
                _at++;
                continue;
            }
            _at++;
            // What stands between the closing quote and the comma belongs to no field: a quote was forgotten.
            IsBroken = _at < text.Length && text[_at] is not (',' or '\n' or '\r');
            return field.ToString();
        }
        IsBroken = true;
        return "";
    }
}
