using System.Collections.Frozen;
using System.Text;

namespace Offproof.Channel;

/// <summary>
/// What occasions are called in twelve languages, and what people type for them (greetings.md §2): names.tsv beside this file, a line an occasion, a cell a language, in a cell the name to show,
/// then others, apart by bars.
/// </summary>
public static class OccasionNames
{
    private static readonly Lazy<Table> Read = new(ReadTable);

    /// <summary>The name to show; the occasion's own word where there is none.</summary>
    /// <param name="occasion">Its word, as in an entry</param>
    /// <param name="language">A BCP 47 tag: its own column, else that of its first subtag, else English</param>
    public static string Of(string occasion, string language)
    {
        Table table = Read.Value;
        if (!table.Names.TryGetValue(occasion, out Name[]? names)) return occasion;
        string primary = language.Split('-')[0];
        string Shown(Func<string, bool> isColumn) => Array.Find(names, name => isColumn(name.Language))?.Shown ?? "";
        return Shown(column => column.Equals(language, StringComparison.OrdinalIgnoreCase)) is { Length: > 0 } exact ? exact
            : Shown(column => column.Split('-')[0].Equals(primary, StringComparison.OrdinalIgnoreCase)) is { Length: > 0 } near ? near
            : Shown(static column => column == "en");
    }

    /// <summary>The occasion that has that as a name in one of the languages, or as its word with other dashes; null where none has.</summary>
    public static string? Find(string name) => TextFold.Fold(name) is { Length: > 0 } folded
        ? Read.Value.Names.Keys.Order(StringComparer.Ordinal).FirstOrDefault(occasion => TextFold.Fold(occasion) == folded || IsName(occasion, folded)) : null;

    /// <summary>The languages in which a name of the occasion has a word that begins with that one; in a script without spaces, has it inside.</summary>
    internal static string[] LanguagesWith(string occasion, string folded) =>
        Read.Value.Names.TryGetValue(occasion, out Name[]? names) ? [.. names.Where(name => name.Holds(folded)).Select(static name => name.Language)] : [];

    /// <summary>True where that, as a whole, is a name of the occasion in one of the languages.</summary>
    internal static bool IsName(string occasion, string folded) =>
        Read.Value.Names.TryGetValue(occasion, out Name[]? names) && Array.Exists(names, name => name.Folded.Contains(folded, StringComparer.Ordinal));

    private static Table ReadTable()
    {
        using StreamReader lines = new(typeof(OccasionNames).Assembly.GetManifestResourceStream("occasion-names.tsv")!, Encoding.UTF8);
        string[] languages = lines.ReadLine()!.Split('\t')[1..];
        Dictionary<string, Name[]> names = new(StringComparer.Ordinal);
        while (lines.ReadLine() is { } line)
        {
            string[] cells = line.Split('\t');
            names.Add(cells[0], [.. cells[1..].Select((cell, i) => new Name(languages[i], cell.Split('|')))]);
        }
        return new Table(names.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private sealed record Table(FrozenDictionary<string, Name[]> Names);

    private sealed class Name(string language, string[] spellings)
    {
        internal string Language { get; } = language;

        internal string Shown { get; } = spellings[0];

        internal string[] Folded { get; } = [.. spellings.Select(TextFold.Fold)];

        // "di" begins "diwali", and nothing that somebody looks for: three letters, or one where a letter is a syllable or a word.
        internal bool Holds(string word) => (word.Length >= 3 || word[0] >= 0x0900) && Array.Exists(Folded, name =>
            name.StartsWith(word, StringComparison.Ordinal) || name.Contains(' ' + word, StringComparison.Ordinal) || word[0] >= 0x2E80 && name.Contains(word, StringComparison.Ordinal));
    }
}
