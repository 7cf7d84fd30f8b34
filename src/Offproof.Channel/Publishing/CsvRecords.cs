using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Offproof.Channel;

/// <summary>Records of RFC 4180: fields apart by commas (or what the first line has instead: semicolons, tabs), quoted where they hold a comma, a quote (written twice) or the end of a line.</summary>
internal sealed class CsvRecords(string text)
{
    private readonly char _comma = Separator(text);
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
            if (_at < text.Length && text[_at] == _comma)
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
            while (_at < text.Length && !IsEnd(text[_at])) _at++;
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
            IsBroken = _at < text.Length && !IsEnd(text[_at]);
            return field.ToString();
        }
        IsBroken = true;
        return "";
    }

    private bool IsEnd(char c) => c == _comma || c is '\n' or '\r';

    // Spreadsheets write what their country puts between numbers.
    private static char Separator(string text)
    {
        bool isQuoted = false;
        foreach (char c in text)
        {
            if (c == '"') isQuoted = !isQuoted;
            else if (!isQuoted && c is ',' or ';' or '\t') return c;
            else if (!isQuoted && c is '\n' or '\r') break;
        }
        return ',';
    }
}

/// <summary>The columns that a CSV names in its first line (channel.md §9.2).</summary>
internal sealed class CsvHeader
{
    private static readonly string[] Known = ["id", "text", "kind", "language", "occasion", "tone", "author", "licence"];
    private readonly List<string> _names;

    private CsvHeader(List<string> names) => _names = names;

    internal int Count => _names.Count;

    internal bool HasText => _names.Contains("text");

    /// <summary>Null: there is no line.</summary>
    internal static CsvHeader? Of(CsvRecords records) => records.TryRead(out List<string>? names) ? new([.. names.Select(static name => name.Trim().ToLowerInvariant() is "license" ? "licence" : name.Trim().ToLowerInvariant())]) : null;

    internal int IndexOf(string name) => _names.IndexOf(name);

    /// <summary>Why nothing can be read under these columns.</summary>
    internal PublishingException? Complaint(string file, GreetingDefaults defaults)
    {
        // A column without a name is what a spreadsheet leaves behind.
        string? unknown = defaults.IgnoreColumns || !HasText ? null : _names.Find(static name => name.Length > 0 && !Known.Contains(name, StringComparer.Ordinal));
        if (unknown is not null)
            return new PublishingException(PublishingFault.Failure, $"{file} has a column '{(unknown.Length > 40 ? unknown[..40] : unknown)}', which says nothing here: nothing was staged", $"columns are {string.Join(' ', Known)}; --ignore-columns passes over others");
        string? twice = Known.FirstOrDefault(name => _names.Count(other => other == name) > 1);
        if (HasText && twice is not null) return new PublishingException(PublishingFault.Failure, $"{file} has two columns '{twice}': nothing was staged");
        if (HasText && !_names.Contains("language") && defaults.Language is null)
            return new PublishingException(PublishingFault.Failure, $"{file} has no column 'language': nothing was staged", "--language TAG says it for all");
        return HasText ? null : new PublishingException(PublishingFault.Failure, $"{file} is neither JSON nor CSV with a header line, nor fortunes apart by lines of %: nothing was staged",
            $"the first line of a CSV names its columns, of {string.Join(' ', Known)}");
    }
}
