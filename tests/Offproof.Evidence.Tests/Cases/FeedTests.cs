using System.Xml.Linq;

namespace Offproof.Evidence.Tests.Cases;

/// <summary>case.md §6: the feed is Atom, and tells everything that was published.</summary>
public sealed class FeedTests
{
    static string Feed(CaseScratch scratch)
    {
        scratch.Case.Reply("maker", scratch.Signed("<script>1</script> & \u202E", scratch.Maker));
        scratch.Case.Comment("A & <b>", scratch.Signed("x", scratch.Stranger));
        scratch.Case.Moderate("comment-1", null);
        scratch.Publish();
        scratch.Clock.Now = scratch.Clock.Now.AddDays(1);
        scratch.Correct("claim", "c1", "A word was missing.", ("plain", "The phone sends no numbers & names <at> all."));
        scratch.Add("withdrawal", null, ("of", "v1"), ("why", "The claim was another one."));
        scratch.Publish();
        return File.ReadAllText(Path.Combine(scratch.Out, "feed.xml"));
    }

    [Fact]
    public void The_feed_is_what_RFC_4287_demands()
    {
        using CaseScratch scratch = new();
        Assert.Empty(Rfc4287.Complaints(Feed(scratch)));
    }

    [Fact]
    public void Corrections_are_told_first_and_nothing_twice()
    {
        using CaseScratch scratch = new();
        XNamespace atom = "http://www.w3.org/2005/Atom";
        XElement feed = XDocument.Parse(Feed(scratch)).Root!;
        Assert.Equal(
            ["Taken back: v1", "Corrected: Claim by Example Phones", "Comment by A & <b>", "Reply of Example Phones", "Concerned: Example Phones", "Verdict: contradicted", "A recording", "Claim by Example Phones"],
            feed.Elements(atom + "entry").Select(entry => (string)entry.Element(atom + "title")!));
        Assert.Equal("2026-05-02T12:00:00Z", (string?)feed.Element(atom + "updated"));
        // What was told before has its id still.
        string[] ids = [.. feed.Elements(atom + "entry").Select(entry => (string)entry.Element(atom + "id")!)];
        scratch.Add("chapter", null, ("title", "More"), ("date", "2026"), ("text", "x"), ("source", "s1"));
        scratch.Publish();
        Assert.Equal(ids, XDocument.Parse(File.ReadAllText(Path.Combine(scratch.Out, "feed.xml"))).Root!.Elements(atom + "entry").Skip(1).Select(entry => (string)entry.Element(atom + "id")!));
    }

    [Theory]
    [InlineData("<feed", "<feeds", "</feed>", "</feeds>", "2:")]
    [InlineData("<title type=\"text\">", "<title type=\"plain\">", "", "", "3.1.1:")]
    [InlineData("<title type=\"text\">", "<title type=\"text\"><b/>", "", "", "3.1.1.1")]
    [InlineData("<name>", "<name>x</name><name>", "", "", "3.2.1")]
    [InlineData("T12:00:00Z", "t12:00:00z", "", "", "3.3")]
    [InlineData("<updated>", "<updated>2026-05-02T12:00:00Z</updated><updated>", "", "", "4.1: one updated")]
    [InlineData("<id>urn:uuid:", "<id>", "", "", "4.2.6")]
    [InlineData(" term=", " label=", "", "", "4.2.2.1")]
    [InlineData(" href=", " src=", "", "", "4.2.7.1")]
    [InlineData("rel=\"alternate\"", "rel=\"related\"", "", "", "4.1.2: without content")]
    [InlineData("<published>", "<posted>", "</published>", "</posted>", "4.1: known")]
    [InlineData("rel=\"self\"", "rel=\"via\"", "", "", "4.1.1")]
    [InlineData("type=\"text/html\"", "type=\"html\"", "", "", "4.2.7.3")]
    public void The_check_of_the_feed_can_fail(string old, string now, string alsoOld, string alsoNow, string clause)
    {
        using CaseScratch scratch = new();
        string changed = Feed(scratch).Replace(old, now, StringComparison.Ordinal);
        if (alsoOld.Length > 0) changed = changed.Replace(alsoOld, alsoNow, StringComparison.Ordinal);
        Assert.Contains(Rfc4287.Complaints(changed), complaint => complaint.StartsWith(clause, StringComparison.Ordinal));
    }
}
