namespace Offproof.Phone;

/// <summary>What comes nearest to what was asked for, told where nothing was chosen (cli.md §4.1): a national number, another separator, a part of a name.</summary>
sealed class Nearest(string wanted)
{
    const int MostTold = 3;
    const int FewestDigits = 6;

    readonly string[] _parts = wanted.Split(['~', ',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    readonly List<(int Score, string Shown)> _best = [];

    /// <summary>Meets one candidate.</summary>
    /// <param name="numbers">Its numbers or addresses.</param>
    /// <param name="names">Its names.</param>
    /// <param name="shown">How it is asked for, and whatever tells it to a person.</param>
    internal void Meet(IReadOnlyList<string> numbers, IReadOnlyList<string> names, Func<string> shown)
    {
        int met = _parts.Count(part => numbers.Any(number => IsNear(part, number)) || names.Any(name => name.Contains(part, StringComparison.OrdinalIgnoreCase)));
        if (met == 0) return;
        int score = (2 * met) - Math.Abs(numbers.Count - _parts.Length);
        int place = _best.FindIndex(other => other.Score < score);
        if (place < 0 && _best.Count == MostTold) return;
        _best.Insert(place < 0 ? _best.Count : place, (score, Sentence.Quote(shown())));
        if (_best.Count > MostTold) _best.RemoveAt(MostTold);
    }

    /// <summary>The form that is meant, and what is near.</summary>
    internal string Hint(string form) => _best.Count == 0 ? form : $"{form}; the nearest: {string.Join("; ", _best.Select(other => other.Shown))}";

    // A number with its country and one without end alike, but for the zero that stands for the country.
    static bool IsNear(string one, string other)
    {
        if (one.Equals(other, StringComparison.OrdinalIgnoreCase)) return true;
        string a = Digits(one), b = Digits(other);
        return Math.Min(a.Length, b.Length) >= FewestDigits && (a.EndsWith(b, StringComparison.Ordinal) || b.EndsWith(a, StringComparison.Ordinal));
    }

    static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit)).TrimStart('0');
}
