using System.Globalization;
using System.Text;

namespace Offproof.Channel.Tests;

/// <summary>greetings/: what its README counts is there, each entry is one, and none is another in a few other letters.</summary>
public sealed class StarterCollectionTests
{
    const double Alike = 0.7;

    static string Folder
    {
        get
        {
            string? at = AppContext.BaseDirectory;
            while (at is not null && !File.Exists(Path.Combine(at, "Offproof.slnx"))) at = Path.GetDirectoryName(at);
            return Path.Combine(at!, "greetings");
        }
    }

    public static TheoryData<string> Languages => [.. Directory.EnumerateFiles(Folder, "*.jsonl").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_page_counts_what_is_there()
    {
        string page = File.ReadAllText(Path.Combine(Folder, "README.md"));
        List<Greeting> all = [.. Directory.EnumerateFiles(Folder, "*.jsonl").SelectMany(GreetingFiles.Read)];
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{all.Count:N0} entries"), page, StringComparison.Ordinal);
        string first = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Folder)!, "README.md"));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{all.Count:N0} jokes, wishes and poems"), first, StringComparison.Ordinal);
        foreach (var language in all.GroupBy(g => g.Language, StringComparer.Ordinal))
        {
            int Count(string kind) => language.Count(g => g.Kind == kind);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"| {language.Key} | {Count("greeting")} | {Count("joke")} | {Count("poem")} |"), page, StringComparison.Ordinal);
        }
        Assert.Equal(all.Count, GreetingList.Read(GreetingList.Write(all)).Count);
    }

    [Theory, MemberData(nameof(Languages))]
    public void No_entry_is_another_in_other_letters(string language)
    {
        List<string> texts = [.. GreetingFiles.Read(Path.Combine(Folder, language + ".jsonl")).Select(g => Letters(g.Text))];
        for (int i = 0; i < texts.Count; i++)
            for (int j = 0; j < i; j++) Assert.False(AreAlike(texts[i], texts[j]), $"{texts[i]} | {texts[j]}");
    }

    [Theory]
    [InlineData("a long road and a warm house", "a long road and a warm horse", true)]
    [InlineData("a long road and a warm house", "three dogs were barking at us", false)]
    public void What_is_alike_is_seen(string one, string other, bool expected) => Assert.Equal(expected, AreAlike(Letters(one), Letters(other)));

    static string Letters(string text) => string.Concat(text.EnumerateRunes().Where(Rune.IsLetterOrDigit).Select(r => Rune.ToLowerInvariant(r).ToString()));

    /// <summary>Levenshtein's distance against the longer length. Most pairs share too few letters to be worth counting.</summary>
    static bool AreAlike(string a, string b)
    {
        int longest = Math.Max(a.Length, b.Length), most = (int)((1 - Alike) * longest);
        if (Math.Abs(a.Length - b.Length) > most || Shared(a, b) < longest - most) return false;
        int[] before = [.. Enumerable.Range(0, b.Length + 1)], now = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            now[0] = i;
            for (int j = 1; j <= b.Length; j++) now[j] = Math.Min(Math.Min(before[j], now[j - 1]) + 1, before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            (before, now) = (now, before);
        }
        return before[b.Length] <= most;
    }

    // Letters of one that the other has too, each once: at least as many as the distance leaves in common.
    static int Shared(string a, string b)
    {
        Dictionary<char, int> left = [];
        foreach (char c in a) left[c] = left.GetValueOrDefault(c) + 1;
        int shared = 0;
        foreach (char c in b)
        {
            if (!left.TryGetValue(c, out int count) || count == 0) continue;
            left[c] = count - 1;
            shared++;
        }
        return shared;
    }
}
