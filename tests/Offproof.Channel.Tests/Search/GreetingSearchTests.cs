using System.Text;
using CsCheck;

namespace Offproof.Channel.Tests;

/// <summary>greetings.md §2 and §6.</summary>
public sealed class GreetingSearchTests
{
    static readonly DateOnly Summer = new(2026, 7, 1);
    static readonly DateOnly BeforeChristmas = new(2026, 12, 20);

    static Greeting Entry(string id, string text, string language = "en", string? occasion = null, string kind = "greeting", string? tone = null) => new(id, text, kind, language, "CC0-1.0", occasion, tone);

    static GreetingSearch Search(params Greeting[] entries) => GreetingSearch.Of(GreetingList.Write(entries));

    static string Ids(GreetingSearch search, GreetingQuery query) => string.Join(' ', search.Find(query, int.MaxValue).Best.Select(g => g.Id));

    [Theory]
    [InlineData("cake", "a d b c")] // a word of its own, then one that begins so, then inside; equal ones by id
    [InlineData("CAKE Happy", "a")]
    [InlineData("cake  ,  happy!", "a")]
    [InlineData("happy cake", "d a")] // as typed, one after the other
    [InlineData("pan", "b")]
    [InlineData("nothing", "")]
    [InlineData("?!", "")]
    [InlineData("", "a b c d")]
    public void A_word_of_its_own_comes_before_its_beginning_and_its_inside(string words, string expected)
    {
        GreetingSearch search = Search(Entry("a", words == "happy cake" ? "cake, and happy" : "cake and happy"), Entry("b", "cakes in a pan"), Entry("c", "A cupcake."), Entry("d", words == "happy cake" ? "a happy cake" : "one cake"));
        Assert.Equal(expected, Ids(search, new GreetingQuery(words, Summer)));
    }

    [Theory]
    [InlineData("快乐", "a b")] // where words are not apart, inside is a whole word
    [InlineData("節", "")]
    [InlineData("げんき", "c")]
    [InlineData("ゲンキ", "c")]
    [InlineData("creme", "d")]
    [InlineData("CRÈME", "d")]
    public void Any_script_is_searched(string words, string expected)
    {
        GreetingSearch search = Search(Entry("a", "祝你生日快乐，万事如意", "zh-Hans"), Entry("b", "快乐", "zh-Hans"), Entry("c", "おげんきですか", "ja"), Entry("d", "une crème", "fr"));
        Assert.Equal(expected, Ids(search, new GreetingQuery(words, Summer)));
    }

    [Theory]
    [InlineData("christmas", "en de es")]
    [InlineData("navidad", "es en de")] // a name in Spanish: Spanish first
    [InlineData("Feliz Navidad", "es en de")]
    [InlineData("weihn", "de en es")] // begins a name
    [InlineData("圣诞节", "en de es")] // a name in a language that no entry has: the wanted one first
    [InlineData("xm", "")] // two letters begin too much
    public void An_occasion_is_found_by_its_names(string words, string expected)
    {
        GreetingSearch search = Search(Entry("de", "Stille Tage!", "de", "christmas"), Entry("en", "Warm socks to you.", "en", "christmas"), Entry("es", "Con cariño.", "es", "christmas"), Entry("x", "Many returns.", "en", "birthday"));
        Assert.Equal(expected, Ids(search, new GreetingQuery(words, Summer)));
    }

    [Fact]
    public void The_wanted_language_and_what_is_close_come_first()
    {
        GreetingSearch search = Search(Entry("a", "x", "en", "new-year"), Entry("f", "x", "pt-BR"), Entry("c", "x", "en", "christmas"), Entry("d", "x", "pt-BR", "christmas"), Entry("e", "x", "en"));
        Assert.Equal("c a e d f", Ids(search, new GreetingQuery("x", BeforeChristmas)));
        Assert.Equal("a c e d f", Ids(search, new GreetingQuery("x", Summer)));
        Assert.Equal("d f c a e", Ids(search, new GreetingQuery("x", BeforeChristmas) { Wanted = "pt-BR" }));
        Assert.Equal("d c f a e", Ids(search, new GreetingQuery("x", BeforeChristmas) { Wanted = "pt-PT" })); // a neighbour counts one less
        Assert.Equal("d f", Ids(search, new GreetingQuery("x", BeforeChristmas) { Language = "pt" }));
        Assert.Equal("", Ids(search, new GreetingQuery("x", BeforeChristmas) { Language = "p" }));
    }

    [Theory]
    [InlineData(-4, 0)]
    [InlineData(-3, 3)]
    [InlineData(-1, 3)]
    [InlineData(0, 5)]
    [InlineData(8, 5)]
    [InlineData(9, 4)]
    [InlineData(44, 1)]
    [InlineData(45, 0)]
    public void Closeness_is_counted_in_nines(int daysAhead, int points)
    {
        // Against entries that have as many points by their words: `same` is before by id, and behind wherever the date counts.
        GreetingSearch search = Search(Entry("a", "word"), Entry("b", "word", "en", "christmas"), Entry("c", "words", "xx"), Entry("d", "w", "en", "christmas"));
        string found = Ids(search, new GreetingQuery("word", new DateOnly(2026, 12, 25).AddDays(-daysAhead)));
        Assert.Equal(points == 0 ? "a b c" : "b a c", found);
    }

    [Fact] // What a region does not keep is not offered by itself; what it keeps, the nearer day first.
    public void What_a_region_does_not_keep_is_not_close()
    {
        DateOnly thanksgiving = new(2026, 11, 26);
        GreetingSearch search = Search(Entry("a", "x", "en", "thanksgiving"), Entry("b", "x", "en", "christmas"), Entry("c", "x", "en", "christmas-eve"), Entry("d", "x"));
        Assert.Equal("a c b d", Ids(search, new GreetingQuery("", thanksgiving)));
        Assert.Equal("a c b d", Ids(search, new GreetingQuery("", thanksgiving) { Region = "US" }));
        Assert.Equal("c b a d", Ids(search, new GreetingQuery("", thanksgiving) { Region = "GB" }));
        Assert.Equal("a b c d", Ids(search, new GreetingQuery("", thanksgiving) { Region = "SA" }));
    }

    [Fact] // Two days after the first Sunday of Advent, the second is five days off: that is what counts.
    public void The_day_that_comes_counts_more_than_the_one_that_is_over()
    {
        GreetingSearch search = Search(Entry("a", "x", "en", "advent"), Entry("b", "x", "en", "st-nicholas"));
        Assert.Equal("a b", Ids(search, new GreetingQuery("", new DateOnly(2026, 12, 1)))); // both on 6 December
    }

    [Fact]
    public void A_wish_comes_before_a_joke_and_what_was_typed_before_what_was_meant()
    {
        GreetingSearch search = Search(Entry("a", "x", "de", "wedding", "joke"), Entry("b", "x", "de", "wedding"), Entry("c", "Alles Gute zur Hochzeit!", "de", "wedding"));
        Assert.Equal("c b a", Ids(search, new GreetingQuery("alles gute zur hochzeit", Summer) { Wanted = "de" }));
    }

    [Fact]
    public void A_condolence_is_not_offered_before_anything_else()
    {
        GreetingSearch search = Search(Entry("a", "x", occasion: "condolences", tone: "condolence"), Entry("b", "x"));
        Assert.Equal("b a", Ids(search, new GreetingQuery("", Summer)));
    }

    [Theory]
    [InlineData("Diwali", "diwali")]
    [InlineData("दीवाली", "diwali")]
    [InlineData("new year", "new-year")]
    [InlineData("NEW-YEAR", "new-year")]
    [InlineData("no such thing", null)]
    [InlineData("?", null)]
    public void An_occasion_is_named_by_any_of_its_names(string name, string? occasion) => Assert.Equal(occasion, OccasionNames.Find(name));

    [Fact]
    public void Everything_else_is_left_out()
    {
        GreetingSearch search = Search(Entry("a", "x", kind: "joke", tone: "friend"), Entry("b", "x", kind: "poem"), Entry("c", "x", occasion: "birthday", tone: "family"));
        Assert.Equal("a", Ids(search, new GreetingQuery("", Summer) { Kind = "joke" }));
        Assert.Equal("c", Ids(search, new GreetingQuery("", Summer) { Tone = "family" }));
        Assert.Equal("c", Ids(search, new GreetingQuery("", Summer) { Occasion = "birthday" }));
        Assert.Equal("", Ids(search, new GreetingQuery("", Summer) { Occasion = "easter" }));
        GreetingHits hits = search.Find(new GreetingQuery("x", Summer), 2);
        Assert.Equal((3, 2), (hits.Total, hits.Best.Count));
        Assert.Equal("b", search.Find("b")?.Id);
        Assert.Null(search.Find("bb"));
        Assert.Null(search.Find(""));
        Assert.Equal((1, 1, 0), (search.CountOf("birthday", null), search.CountOf("birthday", "en"), search.CountOf("birthday", "de")));
        Assert.Equal("", Ids(Search(), new GreetingQuery("x", Summer)));
    }

    // What is found, without an index: every word inside of the folded text.
    static readonly Gen<string> Text = Gen.OneOf<string>([.. new[] { "a", "ab", "b", "ba", "á", "春", "春节", "日", "x y", "-" }.Select(Gen.Const)]).Array[1, 6].Select(parts => string.Join(' ', parts));

    [Fact]
    public void What_is_found_is_what_a_reader_of_all_texts_finds() =>
        Gen.Select(Text.Array[0, 12], Text).Sample((texts, words) =>
        {
            GreetingSearch search = Search([.. texts.Select((text, i) => Entry($"e{i:d2}", text))]);
            string[] wanted = [.. TextFold.Fold(words).Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(8)];
            IEnumerable<string> With(string[] all) => texts.Select((text, i) => (Text: TextFold.Fold(text), Id: $"e{i:d2}"))
                .Where(e => all.Length > 0 && all.All(word => e.Text.Contains(word, StringComparison.Ordinal))).Select(e => e.Id);
            GreetingHits hits = search.Find(new GreetingQuery(words, Summer), int.MaxValue);
            string[] expected = [.. With(wanted)];
            if (expected.Length == 0 && wanted.Length > 1)
            {
                // One is left out: the last of those without which there is something.
                int left = Enumerable.Range(0, wanted.Length).LastOrDefault(i => With([.. wanted.Where((_, n) => n != i)]).Any(), -1);
                Assert.Equal(left < 0 ? null : wanted[left], hits.Without);
                if (left >= 0) expected = [.. With([.. wanted.Where((_, n) => n != left)])];
            }
            Assert.Equal(expected, hits.Best.Select(g => g.Id).Order(StringComparer.Ordinal));
        });

    [Fact]
    public void A_damaged_index_shows_nothing_that_is_not_in_the_collection()
    {
        Greeting[] entries = [Entry("a", "one cake", "en", "birthday"), Entry("b", "zwei Kuchen", "de"), Entry("c", "春节")];
        byte[] content = GreetingList.Write(entries);
        byte[] whole = SearchIndex.Build(content).Bytes.ToArray();
        int read = 0;
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] damaged = [.. whole];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            if (SearchIndex.Read(damaged, content) is not { } index) continue;
            read++;
            Assert.All(GreetingSearch.Of(content, index).Find(new GreetingQuery("cake", Summer), 10).Best, found => Assert.Contains(found, entries));
        }
        Assert.NotEqual(0, read);
        for (int length = 0; length < whole.Length; length++) Assert.Null(SearchIndex.Read(whole[..length], content));
    }

    [Fact]
    public void The_index_is_kept_used_and_made_again()
    {
        string folder = Directory.CreateTempSubdirectory("offproof-search-").FullName, place = Path.Combine(folder, "search");
        byte[] content = GreetingList.Write([Entry("a", "one cake")]);
        string hash = ContentVectors.Sha256(content), file = Path.Combine(place, hash);
        SearchFolder search = new(place);
        Assert.Equal(1, search.Open(hash, content).Find(new GreetingQuery("cake", Summer), 1).Total);
        byte[] kept = File.ReadAllBytes(file);
        // It is used: another text under its name is found.
        File.WriteAllBytes(file, [.. Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(kept).Replace("cake", "tart", StringComparison.Ordinal))]);
        Assert.Equal(0, search.Open(hash, content).Find(new GreetingQuery("cake", Summer), 1).Total);
        File.WriteAllBytes(file, kept.AsSpan(0, 40));
        Assert.Equal(1, search.Open(hash, content).Find(new GreetingQuery("cake", Summer), 1).Total);
        Assert.Equal(kept, File.ReadAllBytes(file));
        // That of a collection that is not held any more goes; a stranger's file stays.
        File.WriteAllText(Path.Combine(place, "mine"), "mine");
        byte[] next = GreetingList.Write([Entry("b", "two")]);
        search.Open(ContentVectors.Sha256(next), next);
        Assert.Equal([ContentVectors.Sha256(next), "mine"], Directory.EnumerateFiles(place).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        // Where none can be kept, searching works.
        File.WriteAllText(Path.Combine(folder, "taken"), "");
        Assert.Equal(1, new SearchFolder(Path.Combine(folder, "taken")).Open(hash, content).Find(new GreetingQuery("cake", Summer), 1).Total);
        Directory.Delete(folder, recursive: true);
    }
}
