using System.Text;

namespace Offproof.Channel;

/// <summary>A collection that can be searched (greetings.md §2): the index says where, the verified content what. For one thread.</summary>
public sealed class GreetingSearch
{
    private const int MostWords = 8;
    private const int PlacesThatDecide = 4;
    private const int ByOccasion = 3;
    private const int ByOccasionInItsLanguage = 15; // more than a wanted language and a close day together
    private const int IsOccasion = 4;
    private const int IsWish = 5;
    private const int Nearest = 64;
    private const int DaysAhead = 45;
    private const int DaysAfter = 3;
    private const int JustOver = 46;

    private readonly byte[] _content;
    private readonly SearchIndex _index;

    private GreetingSearch(byte[] content, SearchIndex index)
    {
        _content = content;
        _index = index;
    }

    /// <summary>How many entries there are.</summary>
    public int Count => _index.Rows.Length;

    /// <summary>Searches a collection's content.</summary>
    /// <exception cref="ContentException">It is no collection.</exception>
    public static GreetingSearch Of(byte[] content) => new(content, SearchIndex.Build(content));

    internal static GreetingSearch Of(byte[] content, SearchIndex index) => new(content, index);

    internal ReadOnlySpan<byte> IndexBytes => _index.Bytes;

    /// <summary>The entries that match, best first.</summary>
    /// <param name="query">What is looked for</param>
    /// <param name="most">Of the best ones, how many are read</param>
    public GreetingHits Find(GreetingQuery query, int most)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        string[] words = [.. TextFold.Fold(query.Words).Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(MostWords)];
        if (words.Length == 0 && query.Words.AsSpan().Trim().Length > 0) return new GreetingHits(0, []); // nothing but punctuation was typed
        GreetingHits hits = Find(query, words, most);
        if (hits.Total > 0 || words.Length < 2) return hits;
        // Nothing has all of them. Who is told which word is in the way need not guess; the last one is more often the particular.
        for (int left = words.Length - 1; left >= 0; left--)
        {
            hits = Find(query, [.. words.Where((_, i) => i != left)], most);
            if (hits.Total > 0) return hits with { Without = words[left] };
        }
        return hits;
    }

    private GreetingHits Find(GreetingQuery query, string[] words, int most)
    {
        int[] points = Start(query, out int[] nearness);
        string phrase = string.Join(' ', words);
        foreach (string word in words) AddWord(points, word);
        if (words.Length > 1) AddPhrase(points, phrase);
        if (words.Length > 0) AddOccasionNames(points, phrase);

        ReadOnlySpan<SearchIndex.Row> rows = _index.Rows;
        long[] order = new long[points.Length];
        int total = 0;
        for (int i = 0; i < points.Length; i++)
            if (points[i] >= 0) order[total++] = ((((long)points[i] * Nearest) + nearness[rows[i].Occasion]) << 32) | (uint)(int.MaxValue - i);
        Span<long> found = order.AsSpan(0, total);
        found.Sort();
        List<Greeting> best = new(Math.Min(most, total));
        for (int at = total - 1; at >= 0 && best.Count < most; at--) best.Add(ReadEntry(int.MaxValue - (int)(found[at] & int.MaxValue)));
        return new GreetingHits(total, best);
    }

    /// <summary>The entry of that id; null where there is none.</summary>
    public Greeting? Find(string id)
    {
        // The lines are sorted by id.
        for (int low = 0, high = Count - 1; low <= high;)
        {
            int middle = (low + high) / 2;
            Greeting entry = ReadEntry(middle);
            int order = string.CompareOrdinal(entry.Id, id);
            if (order == 0) return entry;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return null;
    }

    /// <summary>How many entries an occasion has.</summary>
    /// <param name="language">Only these; null: all</param>
    /// <param name="occasion">Its word</param>
    public int CountOf(string occasion, string? language)
    {
        int count = 0, wanted = Array.IndexOf(_index.Values, occasion);
        bool[] spoken = Array.ConvertAll(_index.Values, tag => Speaks(tag, language));
        foreach (ref readonly SearchIndex.Row row in _index.Rows)
            if (row.Occasion == wanted && spoken[row.Language]) count++;
        return count;
    }

    private Greeting ReadEntry(int row) => GreetingList.ReadAt(_content, _index.Rows[row].Line);

    // Below zero: left out. Each value is judged once, not in each entry.
    private int[] Start(GreetingQuery query, out int[] nearness)
    {
        string[] values = _index.Values;
        string? language = Demanded(query.Language);
        int[] byLanguage = Array.ConvertAll(values, tag => language is not null ? Speaks(tag, language) ? 0 : -1
            : string.Equals(tag, query.Wanted, StringComparison.OrdinalIgnoreCase) ? 6 : Primary(tag).Equals(Primary(query.Wanted), StringComparison.OrdinalIgnoreCase) ? 5 : 0);
        nearness = Array.ConvertAll(values, word => Nearness(word, query.Today, query.Region));
        int[] byOccasion = Array.ConvertAll(nearness, Closeness);
        if (query.Occasion is not null)
        {
            for (int i = 0; i < values.Length; i++)
                if (values[i] != query.Occasion) byOccasion[i] = -1;
        }
        bool[] kind = Array.ConvertAll(values, value => query.Kind is null || value == query.Kind), tone = Array.ConvertAll(values, value => query.Tone is null || value == query.Tone);
        int[] points = new int[Count];
        int condolence = Array.IndexOf(values, "condolence"); // not offered to whoever looks for nothing in particular
        ReadOnlySpan<SearchIndex.Row> rows = _index.Rows;
        for (int i = 0; i < points.Length; i++)
        {
            ref readonly SearchIndex.Row row = ref rows[i];
            int spoken = byLanguage[row.Language], occasion = byOccasion[row.Occasion];
            points[i] = spoken < 0 || occasion < 0 || !kind[row.Kind] || !tone[row.Tone] ? -1 : spoken + occasion + (row.Tone == condolence ? 0 : 1);
        }
        return points;
    }

    private void AddWord(int[] points, string word)
    {
        int[]?[] named = Array.ConvertAll(_index.Values, value => ByName(OccasionNames.LanguagesWith(value, word)));
        ReadOnlySpan<SearchIndex.Row> rows = _index.Rows;
        ReadOnlySpan<byte> texts = _index.Texts, wanted = Encoding.UTF8.GetBytes(word);
        int next = NextPlace(texts, wanted, 0);
        for (int i = 0; i < points.Length; i++)
        {
            int end = i + 1 < rows.Length ? rows[i + 1].Text : texts.Length, best = 0;
            if (next < rows[i].Text) next = NextPlace(texts, wanted, rows[i].Text);
            for (int place = 0; next < end && best < 4 && place < PlacesThatDecide; place++)
            {
                best = Math.Max(best, PointsAt(texts, next, wanted.Length));
                next = NextPlace(texts, wanted, next + 1);
            }
            if (points[i] < 0) continue;
            if (named[rows[i].Occasion] is { } byLanguage) best += byLanguage[rows[i].Language];
            points[i] = best == 0 ? -1 : points[i] + best;
        }
    }

    // Whoever types a word of a language wants that language.
    private int[]? ByName(string[] languages) => languages.Length == 0 ? null
        : Array.ConvertAll(_index.Values, tag => languages.Contains(tag, StringComparer.Ordinal) ? ByOccasionInItsLanguage : ByOccasion);

    private static int NextPlace(ReadOnlySpan<byte> texts, ReadOnlySpan<byte> wanted, int from) =>
        texts[from..].IndexOf(wanted) is var at and >= 0 ? from + at : int.MaxValue;

    // Every text has a space before and behind it. A script without spaces has no words to begin.
    private static int PointsAt(ReadOnlySpan<byte> texts, int at, int length)
    {
        bool begins = texts[at - 1] == ' ', ends = texts[at + length] == ' ';
        return begins && ends ? 4 : begins ? 3 : IsUnspaced(texts[at..(at + length)]) ? 4 : 1;
    }

    // Scripts whose words stand without spaces: Han and kana, Thai and Lao, Burmese, Khmer, the rarer Han.
    private static bool IsUnspaced(ReadOnlySpan<byte> word) => Rune.DecodeFromUtf8(word, out Rune first, out _) == System.Buffers.OperationStatus.Done
        && first.Value is >= 0x2E80 and <= 0x9FFF or >= 0x0E00 and <= 0x0EFF or >= 0x1000 and <= 0x109F or >= 0x1780 and <= 0x17FF or >= 0x20000 and <= 0x3FFFF;

    private void AddPhrase(int[] points, string phrase)
    {
        ReadOnlySpan<SearchIndex.Row> rows = _index.Rows;
        ReadOnlySpan<byte> texts = _index.Texts, wanted = Encoding.UTF8.GetBytes(phrase);
        int next = NextPlace(texts, wanted, 0);
        for (int i = 0; next < texts.Length && i < points.Length; i++)
        {
            int end = i + 1 < rows.Length ? rows[i + 1].Text : texts.Length;
            if (next >= end) continue;
            if (points[i] >= 0) points[i] += 2;
            next = NextPlace(texts, wanted, end);
        }
    }

    private void AddOccasionNames(int[] points, string folded)
    {
        bool[] named = Array.ConvertAll(_index.Values, value => OccasionNames.IsName(value, folded));
        int wish = Array.IndexOf(_index.Values, "greeting");
        ReadOnlySpan<SearchIndex.Row> rows = _index.Rows;
        for (int i = 0; i < points.Length; i++)
            if (points[i] >= 0 && named[rows[i].Occasion]) points[i] += rows[i].Kind == wish ? IsOccasion + IsWish : IsOccasion;
    }

    // 45 on the day itself, one fewer for each day before it; 46 up to three days behind it; 0 further away. What the region does not keep is not offered by itself.
    private static int Nearness(string occasion, DateOnly today, string? region)
    {
        if (Occasions.Find(occasion) is not { HasDay: true } known || region is not null && !known.IsKeptIn(region)) return 0;
        int best = 0;
        foreach (OccasionDay day in known.Between(today.AddDays(-DaysAfter), today.AddDays(DaysAhead - 1), region))
        {
            int ahead = day.Day.DayNumber - today.DayNumber, near = ahead < 0 ? JustOver : DaysAhead - ahead;
            if (Closeness(near) > Closeness(best)) best = near; // Advent has four days: one that is over does not stand before the next
        }
        return best;
    }

    private static int Closeness(int nearness) => nearness switch { 0 => 0, JustOver => 3, _ => 5 - ((DaysAhead - nearness) / 9) };

    // en-GB is content with en, where nothing is in en-GB.
    private string? Demanded(string? language) =>
        language is null || Array.Exists(_index.Values, tag => Speaks(tag, language)) ? language : Primary(language).ToString();

    private static bool Speaks(string tag, string? wanted) => wanted is null || tag.StartsWith(wanted, StringComparison.OrdinalIgnoreCase) && (tag.Length == wanted.Length || tag[wanted.Length] == '-');

    private static ReadOnlySpan<char> Primary(string tag) => tag.AsSpan(0, tag.IndexOf('-', StringComparison.Ordinal) is var at and >= 0 ? at : tag.Length);
}
