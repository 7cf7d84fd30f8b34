using System.Text.RegularExpressions;

namespace Offproof.Evidence.Tests.Cases;

/// <summary>case.md §8: the story of 2014, and the fictional example, as they lie in the repository.</summary>
public sealed partial class ExampleTests
{
    static (string Page, string Feed, string Folder) Published(params string[] path)
    {
        string scratch = Directory.CreateTempSubdirectory("offproof-example-").FullName, from = Path.Combine([Repository.Root, .. path]), copy = Path.Combine(scratch, "case"), to = Path.Combine(scratch, "out");
        try
        {
            foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                string at = Path.Combine(copy, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(at)!);
                File.Copy(file, at);
            }
            // It was published: nothing is new, so its page is a function of what lies there.
            Assert.Equal(0, CaseFolder.Open(copy, TimeProvider.System).Publish(to).Entries);
            Assert.Equal(CaseScratch.Hashes(from), CaseScratch.Hashes(copy));
            return (File.ReadAllText(Path.Combine(to, "index.html")), File.ReadAllText(Path.Combine(to, "feed.xml")), to);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    [Fact]
    public void What_is_proven_of_2014_and_what_is_not_stands_before_anything_else()
    {
        (string page, string feed, _) = Published("cases", "2014");
        string top = Shown(page[..page.IndexOf("</header>", StringComparison.Ordinal)]);
        string[] order = ["Xiaomi", "Said, and supported", "One lab says: a Redmi 1S without account sent Xiaomi its number, serial number (IMEI)", "Xiaomi itself names numbers and IMEI", "made its messaging service opt-in on 10 August", "Said, and contradicted", "Xiaomi's July sentence that no personal data is uploaded",
            "Said, and not shown", "It was not shown that Xiaomi's Redmi Note secretly sent photos and text messages: connections were seen; what was in them was not.", "It was not shown that a state body received anything", "Unknown", "It is unknown what the connections of July carried", "It is unknown what Xiaomi's servers kept"];
        int at = 0;
        foreach (string part in order)
        {
            int found = top.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(found >= at, $"'{part}' does not follow in: {top}");
            at = found;
        }
        // Nobody is quoted with words that nobody said, and none of these lines is an assertion without its verb.
        Assert.DoesNotContain('\u201C', top);
        Assert.DoesNotContain("That ", top, StringComparison.Ordinal);
        // Both of the regulator's findings are told, and what the maker's own office says of the IMEI.
        foreach (string told in (string[])["found violating privacy laws", "none of twelve brands", "serves to check that a phone is genuine", "Of the operator's name only the lab speaks."]) Assert.Contains(told, Shown(page), StringComparison.Ordinal);
        Assert.Contains("connection proven, content not proven", Shown(page), StringComparison.Ordinal);
        ReplyTests.IsInert(page);
        Assert.Empty(Rfc4287.Complaints(feed));
        Assert.True(page.Length < 100_000, $"{page.Length} characters");
    }

    [Fact]
    public void The_story_of_2014_ends_where_the_evidence_ends_and_names_sources_for_each_step()
    {
        string page = Published("cases", "2014").Page;
        string story = page[page.IndexOf("<ol class=\"story\">", StringComparison.Ordinal)..page.IndexOf("id=\"claims\"", StringComparison.Ordinal)];
        string[] steps = story.Split("<li id=")[1..];
        Assert.Equal(10, steps.Length);
        Assert.All(steps, static step => Assert.Contains("Source", step, StringComparison.Ordinal));
        Assert.Contains("Where the evidence ends", steps[^1], StringComparison.Ordinal);
        // Both sides are named, and each claim has limits to its verdict.
        Assert.Equal(Occurrences(page, ">Claim:</span>"), Occurrences(page, ">Where this ends</h4>"));
        Assert.Equal(8, Occurrences(page, ">Claim:</span>"));
        Assert.Equal(3, Occurrences(page, "No signed reply has come."));
        // On paper: a claim with what is said of it, and a command with its sentence, stay on one page.
        Assert.Contains(".together,", CaseLook.Style[CaseLook.Style.IndexOf("@media print", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Equal(Occurrences(page, ">Claim:</span>") + Occurrences(page, "<h4>What it does not show</h4>") + 3 + 4, Occurrences(page, "<div class=\"together\">"));
    }

    [Fact]
    public void The_fictional_example_has_everything_that_a_case_can_have()
    {
        (string page, string feed, _) = Published("vectors", "case", "example");
        foreach (string part in (string[])["Reply, received", "Comments", "1 comment is shown, 1 waits for a decision, 1 was refused:", "was corrected", "was taken back", "In a bundle:", "minisign -V -p keys/maker.pub -m replies/maker-1.txt"])
            Assert.Contains(part, page, StringComparison.Ordinal);
        foreach ((string outcome, _, _) in CasePage.Outcomes) Assert.Contains($">{outcome}</span>", page, StringComparison.Ordinal);
        ReplyTests.IsInert(page);
        Assert.Empty(Rfc4287.Complaints(feed));
    }

    static int Occurrences(string page, string part) => page.Split(part).Length - 1;

    static string Shown(string html) => System.Net.WebUtility.HtmlDecode(Tag().Replace(html, " "));

    [GeneratedRegex("<[^>]*>", RegexOptions.NonBacktracking)]
    private static partial Regex Tag();
}
