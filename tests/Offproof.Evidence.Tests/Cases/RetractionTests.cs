namespace Offproof.Evidence.Tests.Cases;

/// <summary>case.md §5: only who signed a reply takes it back.</summary>
public sealed class RetractionTests
{
    const string Text = "We disagree, and keep to it.";

    static string First => $"withdrawn: {Checksums.Of(System.Text.Encoding.UTF8.GetBytes(Text))}\n";

    static CaseScratch Replied()
    {
        CaseScratch scratch = new();
        scratch.Case.Reply("maker", scratch.Signed(Text, scratch.Maker));
        scratch.Publish();
        return scratch;
    }

    [Fact]
    public void The_publisher_makes_no_reply_disappear()
    {
        using CaseScratch scratch = Replied();
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Add("withdrawal", null, ("of", "maker-1"), ("why", "They asked for it.")));
        // Nor by hand.
        string file = Path.Combine(scratch.Folder, "entries", "0007-withdrawal-w1.json");
        File.WriteAllText(file, """{"kind":"withdrawal","id":"w1","added":"2026-05-01T12:00:00Z","of":"maker-1","why":"They asked for it."}""");
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Publish());
        File.Delete(file);
        // Nor by way of the party whose it is.
        scratch.Refuses(EvidenceFault.Failure, () => scratch.Add("withdrawal", null, ("of", "maker"), ("why", "They are gone.")));
        scratch.Add("note", null, ("of", "maker-1"), ("text", "They told us that this is outdated."));
        scratch.Publish();
        Assert.Contains(Text, scratch.Page, StringComparison.Ordinal);
        Assert.Contains("Note of the publisher, 2026-05-01:", scratch.Page, StringComparison.Ordinal);
        Assert.Contains("They told us that this is outdated.", scratch.Page, StringComparison.Ordinal);
        Assert.Empty(Rfc4287.Complaints(File.ReadAllText(Path.Combine(scratch.Out, "feed.xml"))));
    }

    [Fact]
    public void Who_signed_it_takes_it_back_and_the_statement_stands_in_its_place()
    {
        using CaseScratch scratch = Replied();
        Assert.Equal("retraction-1", scratch.Case.Retract("maker-1", scratch.Signed(First + "It was written in haste.", scratch.Maker)));
        scratch.Publish();
        Assert.DoesNotContain(Text, string.Concat(Directory.EnumerateFiles(scratch.Out, "*", SearchOption.AllDirectories).Select(File.ReadAllText)), StringComparison.Ordinal);
        Assert.Contains("It was written in haste.", scratch.Page, StringComparison.Ordinal);
        Assert.Contains("minisign -V -p keys/maker.pub -m replies/retraction-1.txt", scratch.Page, StringComparison.Ordinal);
        // Its entry stays, and the reader's command expects the text no more.
        Assert.True(File.Exists(Path.Combine(scratch.Out, "entries", "0006-reply-maker-1.json")));
        Assert.Contains("|replies/maker-1[.]txt", scratch.Page, StringComparison.Ordinal);
        Assert.Empty(Rfc4287.Complaints(File.ReadAllText(Path.Combine(scratch.Out, "feed.xml"))));
        scratch.Refuses(EvidenceFault.Failure, () => scratch.Case.Retract("maker-1", scratch.Signed(First, scratch.Maker)));
    }

    [Fact]
    public void Another_key_or_another_text_takes_nothing_back()
    {
        using CaseScratch scratch = Replied();
        scratch.Refuses(EvidenceFault.Forgery, () => scratch.Case.Retract("maker-1", scratch.Signed(First, scratch.Stranger)));
        scratch.Refuses(EvidenceFault.Forgery, () => scratch.Case.Retract("maker-1", scratch.Signed(First, scratch.Stranger) with { Key = null }));
        foreach (string other in (string[])["I take it back.", "x\n" + First, $"withdrawn: {new string('0', 64)}\n", First.TrimEnd() + "0"])
            scratch.Refuses(EvidenceFault.Refused, () => scratch.Case.Retract("maker-1", scratch.Signed(other, scratch.Maker)));
        // A later reply under the same key, made by hand into a statement that takes back.
        scratch.Case.Reply("maker", scratch.Signed("A second one.", scratch.Maker));
        string entry = Path.Combine(scratch.Folder, "entries", "0007-reply-maker-2.json");
        File.WriteAllText(Path.Combine(scratch.Folder, "entries", "0007-retraction-retraction-1.json"), File.ReadAllText(entry).Replace("\"reply\"", "\"retraction\"", StringComparison.Ordinal)
            .Replace("\"maker-2\"", "\"retraction-1\"", StringComparison.Ordinal).Replace("\"from\": \"maker\"", "\"of\": \"maker-1\"", StringComparison.Ordinal));
        File.Delete(entry);
        foreach (string end in (string[])["", ".minisig"]) File.Move(Path.Combine(scratch.Folder, "replies", "maker-2.txt" + end), Path.Combine(scratch.Folder, "replies", "retraction-1.txt" + end));
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Publish());
    }

    [Theory]
    [InlineData("comment"), InlineData("comment-7"), InlineData("retraction-1")]
    public void No_other_entry_has_an_id_of_what_came_signed(string id)
    {
        using CaseScratch scratch = new();
        scratch.Refuses(EvidenceFault.Failure, () => scratch.Add("party", id, ("name", "Ann Example"), ("role", "x")));
    }

    [Fact]
    public void Each_key_of_a_party_is_shown_with_what_came_under_it()
    {
        using CaseScratch scratch = Replied();
        scratch.Clock.Now = scratch.Clock.Now.AddDays(2);
        scratch.Case.Correct(CaseScratch.Kind("party"), "maker", "They lost the old key.", CaseScratch.Values(("obtained", "By letter.")), scratch.Write("new.pub", scratch.Stranger.PublicKey.FileText));
        scratch.Case.Reply("maker", scratch.Signed("With the new key.", scratch.Stranger));
        scratch.Publish();
        string party = scratch.Page[scratch.Page.IndexOf("id=\"maker\"", StringComparison.Ordinal)..scratch.Page.IndexOf("id=\"maker-1\"", StringComparison.Ordinal)];
        foreach (string part in (string[])["The key was exchanged once.", "keys/maker.pub</a>, published 2026-05-01. <bdi>From the maker&#x27;s own page, on two days.</bdi> Under it: maker-1.", "keys/maker-2.pub</a>, published 2026-05-03. <bdi>By letter.</bdi> It is the one that replies are compared with now. Under it: maker-2."])
            Assert.Contains(part, party, StringComparison.Ordinal);
    }
}
