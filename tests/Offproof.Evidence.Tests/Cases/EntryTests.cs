namespace Offproof.Evidence.Tests.Cases;

/// <summary>case.md §2 to §4: what an entry may be, corrections, quotations, bundles.</summary>
public sealed class EntryTests
{
    [Fact]
    public void A_correction_stands_and_the_old_text_can_still_be_read()
    {
        using CaseScratch scratch = new();
        scratch.Publish();
        scratch.Clock.Now = scratch.Clock.Now.AddDays(3);
        scratch.Correct("verdict", "v1", "The number was another phone's.", ("outcome", "not shown"), ("says", "That the phone sent a number."));
        scratch.Publish();
        string page = scratch.Page, top = page[..page.IndexOf("</header>", StringComparison.Ordinal)];
        Assert.DoesNotContain("The phone sent a planted number.", top, StringComparison.Ordinal);
        Assert.Contains("That the phone sent a number.", top, StringComparison.Ordinal);
        string corrections = page[page.IndexOf("id=\"corrections\"", StringComparison.Ordinal)..];
        Assert.Contains("The phone sent a planted number.", corrections, StringComparison.Ordinal);
        Assert.Contains("The number was another phone&#x27;s.", corrections, StringComparison.Ordinal);
        Assert.Contains("2026-05-04: verdict v1 was corrected", corrections, StringComparison.Ordinal);
        Assert.Contains("Corrections (1)", top, StringComparison.Ordinal);
        // What was not given anew was taken over.
        Assert.Contains("One phone, one day.", page, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(scratch.Out, "entries", "0004-verdict-v1.json")));
        Assert.Contains("Corrected: Verdict: not shown", File.ReadAllText(Path.Combine(scratch.Out, "feed.xml")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_taken_back_is_said_to_be()
    {
        using CaseScratch scratch = new();
        scratch.Publish();
        scratch.Refuses(EvidenceFault.Failure, () => scratch.Add("withdrawal", null, ("of", "s1"), ("why", "Gone.")));
        scratch.Add("withdrawal", null, ("of", "v1"), ("why", "It was wrong."));
        scratch.Publish();
        Assert.Contains("verdict v1 was taken back", scratch.Page, StringComparison.Ordinal);
        Assert.Contains("It was wrong.", scratch.Page, StringComparison.Ordinal);
        Assert.Contains("1 claim has no verdict yet.", scratch.Page, StringComparison.Ordinal);
        scratch.Refuses(EvidenceFault.Failure, () => scratch.Add("withdrawal", null, ("of", "v1"), ("why", "Again.")));
    }

    [Theory]
    [InlineData(90, 10, null)]
    [InlineData(91, 10, "91 words")]
    [InlineData(90, 90, "quoted of 's1'")]
    public void A_quotation_is_short_and_so_is_what_is_quoted_of_one_source(int first, int second, string? complaint)
    {
        using CaseScratch scratch = new();
        void Quote(string id, int words) => scratch.Add("statement", id, ("who", "Example Phones"), ("date", "2026"), ("source", "s1"), ("quote", string.Join(' ', Enumerable.Repeat("word", words))), ("plain", "Words."));
        void All()
        {
            Quote("q1", first);
            Quote("q2", second);
            Quote("q3", 70);
        }
        if (complaint is null)
        {
            All();
            return;
        }
        EvidenceException e = Assert.Throws<EvidenceException>(All);
        Assert.Equal(EvidenceFault.Refused, e.Fault);
        Assert.Contains(complaint, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one two  three", 3)]
    [InlineData("a-b don't 42.", 4)]
    [InlineData("one/two\u2013three_four.five+six", 6)]
    [InlineData("one'two\u2019three", 3)]
    [InlineData("we'll the maker\u2019s", 3)]
    [InlineData("one1two2three", 5)]
    [InlineData("cafe\u0301 na\u00EFve \u24D0\u24D1", 3)]
    [InlineData("onetwothreefourfivesixseveneightnineteneleventwelve", 2)]
    [InlineData("\u2013 \u2026", 0)]
    [InlineData("小米系列所有產品", 4)]
    [InlineData("MIUI 小米", 2)]
    public void Words_are_counted_in_any_writing(string text, int words) => Assert.Equal(words, PlainText.Words(text));

    [Theory]
    [InlineData("word/"), InlineData("word\u2013"), InlineData("word-"), InlineData("word_"), InlineData("word'"), InlineData("word1")]
    public void Words_that_are_joined_are_still_words(string joined)
    {
        using CaseScratch scratch = new();
        EvidenceException e = scratch.Refuses(EvidenceFault.Refused, () => scratch.Add("claim", "c2", ("who", "w"), ("date", "2026"), ("source", "s1"), ("quote", string.Concat(Enumerable.Repeat(joined, 91))), ("plain", "p")));
        Assert.Contains("a quotation of", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quote", "one\u200Btwo"), InlineData("quote", "one\u00ADtwo"), InlineData("quote", "one\u200Dtwo"), InlineData("plain", "one\u2060two"), InlineData("who", "Ex\u034Fample"), InlineData("translation", "a\uFE0Fb")]
    public void The_publisher_writes_nothing_that_cannot_be_seen(string member, string text)
    {
        using CaseScratch scratch = new();
        (string, string)[] good = [("who", "w"), ("date", "2026"), ("source", "s1"), ("quote", "q"), ("translation", "t"), ("plain", "p")];
        Assert.Contains("what nobody sees", scratch.Refuses(EvidenceFault.Refused, () => scratch.Add("claim", "c2", [.. good.Where(value => value.Item1 != member), (member, text)])).Message, StringComparison.Ordinal);
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Correct("claim", "c1", "wh\u200By", ("plain", "p")));
    }

    [Theory]
    [InlineData("supported", "against"), InlineData("contradicted", "for")]
    public void A_verdict_has_evidence_on_its_side(string outcome, string side)
    {
        using CaseScratch scratch = new();
        scratch.Add("claim", "c2", ("who", "w"), ("date", "2026"), ("source", "s1"), ("quote", "q"), ("plain", "p"));
        (string, string)[] evidence = [("title", "t"), ("who", "w"), ("date", "2026"), ("text", "x"), ("source", "s1"), ("limits", "l")];
        (string, string)[] verdict = [("claim", "c2"), ("outcome", outcome), ("says", "s"), ("why", "w"), ("limits", "l")];
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Add("verdict", "v2", verdict));
        scratch.Add("evidence", "e2", [.. evidence, (side, "c2")]);
        Assert.Contains("no evidence speaks", scratch.Refuses(EvidenceFault.Refused, () => scratch.Add("verdict", "v2", verdict)).Message, StringComparison.Ordinal);
        scratch.Add("evidence", "e3", [.. evidence, (side == "for" ? "against" : "for", "c2")]);
        scratch.Add("verdict", "v2", verdict);
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Add("withdrawal", null, ("of", "e3"), ("why", "It was wrong.")));
    }

    [Theory]
    [InlineData("claim", "who", "'who' is missing")]
    [InlineData("verdict", "limits", "'limits' is missing")]
    [InlineData("verdict", "outcome=proven", "'outcome' cannot be")]
    [InlineData("claim", "source=s9", "there is no such source")]
    [InlineData("claim", "date=July 2014", "'date' cannot be")]
    [InlineData("evidence", "against=s1", "there is no such claim")]
    [InlineData("source", "url=javascript:alert(1)", "'url' cannot be")]
    [InlineData("source", "read", "is known from another one")]
    [InlineData("evidence", "bundle=../secrets", "'bundle' cannot be")]
    [InlineData("evidence", "bundle=bundles/one", "go together")]
    [InlineData("evidence", "bundle=replies", "'bundle' cannot be")]
    [InlineData("evidence", "bundle=bundles/one/two", "'bundle' cannot be")]
    [InlineData("verdict", "says=1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31", "31 words")]
    [InlineData("source", "title=two\nlines", "'title' cannot be")]
    public void What_does_not_fit_is_refused_with_its_reason(string kind, string change, string complaint)
    {
        using CaseScratch scratch = new();
        scratch.Add("claim", "c2", ("who", "w"), ("date", "2026"), ("source", "s1"), ("quote", "q"), ("plain", "p"));
        Dictionary<string, (string, string)[]> good = new(StringComparer.Ordinal)
        {
            ["source"] = [("publisher", "p"), ("title", "t"), ("date", "2026"), ("url", "https://example.com/"), ("read", "2026-01-01")],
            ["claim"] = [("who", "w"), ("date", "2026"), ("source", "s1"), ("quote", "q"), ("plain", "p")],
            ["evidence"] = [("title", "t"), ("who", "w"), ("date", "2026"), ("text", "x"), ("source", "s1"), ("against", "c2"), ("limits", "l")],
            ["verdict"] = [("claim", "c2"), ("outcome", "unknown"), ("says", "s"), ("why", "w"), ("limits", "l")],
        };
        string[] parts = change.Split('=', 2);
        (string, string)[] changed = [.. good[kind].Where(value => value.Item1 != parts[0])];
        if (parts.Length > 1) changed = [.. changed, (parts[0], parts[1])];
        EvidenceFault fault = complaint.EndsWith("words", StringComparison.Ordinal) ? EvidenceFault.Refused : EvidenceFault.Failure;
        Assert.Contains(complaint, scratch.Refuses(fault, () => scratch.Add(kind, "x1", changed)).Message, StringComparison.Ordinal);
        // The change alone is why.
        scratch.Add(kind, "x1", good[kind]);
    }

    [Theory]
    [InlineData("story"), InlineData("change-1"), InlineData("../x"), InlineData("A"), InlineData(""), InlineData("-x")]
    public void An_id_is_a_name_for_files_and_links(string id)
    {
        using CaseScratch scratch = new();
        scratch.Refuses(EvidenceFault.Failure, () => scratch.Add("chapter", id, ("title", "t"), ("date", "2026"), ("text", "x"), ("source", "s1")));
    }

    [Fact]
    public void An_entry_that_would_not_be_read_again_is_not_written()
    {
        using CaseScratch scratch = new();
        string entries = Path.Combine(scratch.Folder, "entries");
        File.Move(Path.Combine(entries, "0005-party-maker.json"), Path.Combine(entries, "9999-party-maker.json"));
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Add("chapter", "x", ("title", "t"), ("date", "2026"), ("text", "x"), ("source", "s1")));
    }

    [Fact]
    public void A_claim_has_one_verdict_and_an_id_one_entry()
    {
        using CaseScratch scratch = new();
        scratch.Refuses(EvidenceFault.Failure, () => scratch.Add("verdict", "v2", ("claim", "c1"), ("outcome", "supported"), ("says", "s"), ("why", "w"), ("limits", "l")));
        scratch.Refuses(EvidenceFault.Failure, () => scratch.Add("verdict", "v1", ("claim", "c1"), ("outcome", "supported"), ("says", "s"), ("why", "w"), ("limits", "l")));
        scratch.Refuses(EvidenceFault.Failure, () => scratch.Correct("verdict", "c1", "no", ("says", "s")));
    }

    [Theory]
    [InlineData("""{"kind":"source","kind":"claim","id":"x","added":"2026-05-01T12:00:00Z"}""")]
    [InlineData("""{"kind":"source","id":"x","added":"2026-05-01T12:00:00Z","title":{"a":1}}""")]
    [InlineData("""{"kind":"source","id":"x","added":"2026-05-01T12:00:00Z","title":"\ud800","publisher":"p","date":"2026","read":"2026-01-01"}""")]
    [InlineData("""{"kind":"source","id":"x","added":"yesterday","title":"t","publisher":"p","date":"2026","read":"2026-01-01"}""")]
    [InlineData("""{"kind":"source","id":"x","added":"2026-05-01T12:00:00Z","title":"t","publisher":"p","date":"2026","read":"2026-01-01","more":"x"}""")]
    [InlineData("[]"), InlineData(""), InlineData("{")]
    public void A_damaged_entry_is_named(string json)
    {
        using CaseScratch scratch = new();
        File.WriteAllText(Path.Combine(scratch.Folder, "entries", "0009-source-x.json"), json);
        Assert.Contains("0009-source-x.json", scratch.Refuses(EvidenceFault.Failure, () => scratch.Publish()).Message, StringComparison.Ordinal);
    }
}
