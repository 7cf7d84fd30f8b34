using System.Text;
using System.Text.RegularExpressions;

namespace Offproof.Evidence.Tests.Cases;

/// <summary>case.md §5: what comes from outside is signed by whom it says, and is text and nothing else.</summary>
public sealed partial class ReplyTests
{
    [Fact]
    public void A_reply_of_those_concerned_is_shown_whole_and_lies_there_as_it_came()
    {
        using CaseScratch scratch = new();
        const string Text = "We disagree.\r\n\r\nThe number was planted by the lab.";
        SignedFile came = scratch.Signed(Text, scratch.Maker);
        Assert.Equal("maker-1", scratch.Case.Reply("maker", came));
        scratch.Publish();
        Assert.Contains("<p dir=\"auto\">We disagree.</p>", scratch.Page, StringComparison.Ordinal);
        Assert.Contains("minisign -V -p keys/maker.pub -m replies/maker-1.txt", scratch.Page, StringComparison.Ordinal);
        Assert.Equal(Text, File.ReadAllText(Path.Combine(scratch.Out, "replies", "maker-1.txt")));
        Assert.Equal(File.ReadAllBytes(came.Signature), File.ReadAllBytes(Path.Combine(scratch.Out, "replies", "maker-1.txt.minisig")));
        Assert.Equal(scratch.Maker.PublicKey.FileText, File.ReadAllText(Path.Combine(scratch.Out, "keys", "maker.pub")));
        Assert.Contains("From the maker&#x27;s own page, on two days.", scratch.Page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_killed_command_left_is_in_nobodys_way()
    {
        using CaseScratch scratch = new();
        string left = Path.Combine(scratch.Folder, "replies", "maker-1.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(left)!);
        File.WriteAllText(left, "We dis");
        File.WriteAllText(Path.Combine(scratch.Folder, ".part"), "{ \"kind\"");
        scratch.Publish();
        Assert.Equal("maker-1", scratch.Case.Reply("maker", scratch.Signed("We disagree.", scratch.Maker)));
        scratch.Publish();
        Assert.Equal("We disagree.", File.ReadAllText(Path.Combine(scratch.Out, "replies", "maker-1.txt")));
        Assert.False(File.Exists(Path.Combine(scratch.Folder, ".part")));
    }

    [Fact]
    public void Nobody_speaks_in_anothers_name()
    {
        using CaseScratch scratch = new();
        SignedFile strangers = scratch.Signed("We admit everything.", scratch.Stranger);
        // The stranger's key is named as such, and left out.
        scratch.Refuses(EvidenceFault.Forgery, () => scratch.Case.Reply("maker", strangers));
        scratch.Refuses(EvidenceFault.Forgery, () => scratch.Case.Reply("maker", strangers with { Key = null }));
        SignedFile good = scratch.Signed("We admit nothing.", scratch.Maker);
        scratch.Refuses(EvidenceFault.Forgery, () => scratch.Case.Reply("maker", good with { Text = scratch.Write("other.txt", "We admit everything.") }));
        scratch.Refuses(EvidenceFault.Failure, () => scratch.Case.Reply("lab", good));
        scratch.Refuses(EvidenceFault.Failure, () => scratch.Case.Reply("c1", good));
        scratch.Refuses(EvidenceFault.Failure, () => scratch.Case.Reply("maker", good with { Signature = scratch.Write("none", "") + ".absent" }));
        foreach (string broken in (string[])["", "not a signature", File.ReadAllText(good.Signature)[..200], File.ReadAllText(good.Signature).Replace("timestamp:17", "timestamp:18", StringComparison.Ordinal)])
            scratch.Refuses(EvidenceFault.Forgery, () => scratch.Case.Reply("maker", good with { Signature = scratch.Write("broken.minisig", broken) }));
        scratch.Add("party", "press", ("name", "Example Press"), ("role", "Reported it."));
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Case.Reply("press", good));
        Assert.Equal("maker-1", scratch.Case.Reply("maker", good));
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Case.Reply("maker", good));
    }

    [Fact]
    public void The_publisher_changes_no_word_of_a_reply_not_even_before_it_is_published()
    {
        using CaseScratch scratch = new();
        scratch.Case.Reply("maker", scratch.Signed("We admit nothing.", scratch.Maker));
        string file = Path.Combine(scratch.Folder, "replies", "maker-1.txt");
        File.WriteAllText(file, "We admit something.");
        scratch.Refuses(EvidenceFault.Forgery, () => scratch.Publish());
        // With the entry made to fit, the signature still is of another text.
        string entry = Path.Combine(scratch.Folder, "entries", "0006-reply-maker-1.json");
        File.WriteAllText(entry, File.ReadAllText(entry).Replace(Checksums.Of("We admit nothing."u8), Checksums.Of("We admit something."u8), StringComparison.Ordinal));
        scratch.Refuses(EvidenceFault.Forgery, () => scratch.Publish());
    }

    [Fact]
    public void A_party_of_any_name_can_reply_and_exchange_its_key()
    {
        using CaseScratch scratch = new();
        string longest = new('x', 40);
        foreach (string id in (string[])[longest, "maker-2", "change"])
        {
            scratch.Case.Add(CaseScratch.Kind("party"), id, CaseScratch.Values(("name", id), ("role", "r"), ("obtained", "o")), scratch.Write("p.pub", scratch.Stranger.PublicKey.FileText));
            scratch.Case.Reply(id, scratch.Signed($"From {id}.", scratch.Stranger));
        }
        // The second key of 'maker' is not the first one of 'maker-2'.
        scratch.Case.Correct(CaseScratch.Kind("party"), "maker", "It was exchanged.", CaseScratch.Values(), scratch.Write("p.pub", scratch.Stranger.PublicKey.FileText));
        scratch.Case.Reply("maker", scratch.Signed("Under the new one.", scratch.Stranger));
        scratch.Publish();
        Assert.Contains("href=\"keys/maker-3.pub\"", scratch.Page, StringComparison.Ordinal);
        Assert.Contains($"From {longest}.", scratch.Page, StringComparison.Ordinal);
    }

    [Theory] // What a reader leaves out when comparing are files of comments, and nothing else under such a name.
    [InlineData("keys/comment-1.pub"), InlineData("keys/other.pub"), InlineData("replies/comment-1.txt"), InlineData("keys/maker-x.pub"), InlineData("case.json")]
    public void No_other_file_of_the_case_is_a_partys_key(string key)
    {
        using CaseScratch scratch = new();
        scratch.Case.Comment("Ann", scratch.Signed("Held.", scratch.Stranger));
        string entry = Path.Combine(scratch.Folder, "entries", "0005-party-maker.json");
        File.WriteAllText(entry, File.ReadAllText(entry).Replace("keys/maker.pub", key, StringComparison.Ordinal));
        Assert.Contains("'key' is keys/maker.pub", scratch.Refuses(EvidenceFault.Failure, () => scratch.Publish()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_was_exchanged_does_not_undo_what_was_signed_before()
    {
        using CaseScratch scratch = new();
        scratch.Case.Reply("maker", scratch.Signed("With the old key.", scratch.Maker));
        scratch.Case.Correct(CaseScratch.Kind("party"), "maker", "They lost the old key.", CaseScratch.Values(("obtained", "By letter.")), scratch.Write("new.pub", scratch.Stranger.PublicKey.FileText));
        scratch.Refuses(EvidenceFault.Forgery, () => scratch.Case.Reply("maker", scratch.Signed("With the old key again.", scratch.Maker)));
        scratch.Case.Reply("maker", scratch.Signed("With the new key.", scratch.Stranger));
        scratch.Publish();
        Assert.Contains("minisign -V -p keys/maker.pub -m replies/maker-1.txt", scratch.Page, StringComparison.Ordinal);
        Assert.Contains("minisign -V -p keys/maker-2.pub -m replies/maker-2.txt", scratch.Page, StringComparison.Ordinal);
    }

    public static TheoryData<string> Hostile => new(
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "</div></main><h1>Verdict: innocent</h1>", "<!--x", "]]>", "<style>body{display:none}</style>",
        "<a href=\"javascript:alert(1)\">here</a>", "[here](javascript:alert(1)) https://example.com/track.png", "&lt;script&gt;&#60;script&#62;", "<meta http-equiv=refresh content=\"0;url=https://example.com\">", "<base href=https://example.com>",
        "{{constructor.constructor('alert(1)')()}}", "<link rel=stylesheet href=https://example.com/x.css>", "<iframe srcdoc='<script>1</script>'>");

    [Theory]
    [MemberData(nameof(Hostile))]
    public void What_is_hostile_is_letters(string text)
    {
        using CaseScratch scratch = new();
        scratch.Case.Reply("maker", scratch.Signed(text, scratch.Maker));
        scratch.Case.Comment(text.Length <= 80 ? text : text[..80], scratch.Signed(text + " ", scratch.Stranger));
        scratch.Case.Moderate("comment-1", null);
        scratch.Publish();
        IsInert(scratch.Page);
        Assert.Equal(text, File.ReadAllText(Path.Combine(scratch.Out, "replies", "maker-1.txt")));
        // The same page with other letters in their place has the same tags.
        using CaseScratch plain = new();
        plain.Case.Reply("maker", plain.Signed("letters", plain.Maker));
        plain.Case.Comment("letters", plain.Signed("letters ", plain.Stranger));
        plain.Case.Moderate("comment-1", null);
        plain.Publish();
        Assert.Equal(Tags().Matches(plain.Page).Select(static tag => tag.Groups["name"].Value), Tags().Matches(scratch.Page).Select(static tag => tag.Groups["name"].Value));
    }

    /// <summary>No script, nothing loaded, no attribute that runs, no address but those of sources.</summary>
    internal static void IsInert(string page)
    {
        foreach (string tag in Tags().Matches(page).Select(static tag => tag.Value))
        {
            Assert.DoesNotMatch(Running(), tag);
            Assert.DoesNotMatch(Acting(), Values().Replace(tag, "\"\""));
            if (Links().Match(tag) is { Success: true } link) Assert.Matches(Addresses(), link.Groups["to"].Value);
        }
        Assert.Equal(2, page.Split("<link ").Length);
        string style = page[(page.IndexOf("<style>", StringComparison.Ordinal) + 7)..page.IndexOf("</style>", StringComparison.Ordinal)];
        Assert.DoesNotContain("url(", style, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", style, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(style))).Replace("+", "&#x2B;", StringComparison.Ordinal), page[..page.IndexOf("<style>", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains("default-src &#x27;none&#x27;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_check_for_what_runs_notices_it()
    {
        using CaseScratch scratch = new();
        scratch.Publish();
        IsInert(scratch.Page);
        foreach (string bad in (string[])["<script>1</script>", "<p onclick=\"x\">", "<img alt=\"\">", "<a href=\"javascript:1\">", "<p style=\"x\">", "<link rel=\"x\">"])
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => IsInert(scratch.Page.Replace("<main>", $"<main>{bad}", StringComparison.Ordinal)));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => IsInert(scratch.Page.Replace("</style>", " </style>", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_hides_is_written_out()
    {
        using CaseScratch scratch = new();
        string text = "not\u202Edetcennoc\u202C here\u200B\uFEFF \uE000 \u2066x\u2069 \u115F " + "a" + new string('\u0301', 40) + "\U000E0041";
        scratch.Case.Reply("maker", scratch.Signed(text, scratch.Maker));
        scratch.Publish();
        foreach (char hidden in "\u202E\u202C\u200B\uFEFF\uE000\u2066\u2069\u115F") Assert.DoesNotContain(hidden, scratch.Page);
        Assert.Contains("not\u27E8U\u002B202E\u27E9detcennoc".Replace("+", "&#x2B;", StringComparison.Ordinal), scratch.Page, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('\u0301', 9), scratch.Page, StringComparison.Ordinal);
        Assert.Contains("E0041", scratch.Page, StringComparison.Ordinal);
        foreach (string unseen in (string[])["\u034F", "\u17B4", "\u17B5", "\u180B", "\u180F", "\uFE00", "\uFE0F", "\U000E0100", "\u200C", "\u200D", "\uFFFC", "\U0001DA9B", "\u2003", "\u205F", "\u1680", "\u00AD", "\U000E0FFF", "\u2065", "\u200D\u200D", "\u2800"])
        {
            string written = string.Concat(unseen.EnumerateRunes().Select(static rune => $"\u27E8U+{rune.Value:X4}\u27E9"));
            Assert.Equal($"a{written}b", PlainText.Visible($"a{unseen}b"));
            // Of these alone nothing can be read.
            Assert.Equal("it is empty", PlainText.Objection(Encoding.UTF8.GetBytes($" {unseen}\n{unseen}"), out _));
        }
        // Joiners stand where writing needs them, once: Persian, Hindi, emoji; not a row of them, which could hold a text.
        foreach (string needed in (string[])["\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", "\u0915\u094D\u200D\u0937", "\U0001F469\u200D\U0001F4BB", "\U0001F469\U0001F3FD\u200D\U0001F4BB", "\u2764\uFE0F\u200D\U0001F525", "\u2194\uFE0F", "caf\u00E9\u00A0: \u4F60\u3000\u597D"])
            Assert.Equal(needed, PlainText.Visible(needed));
        Assert.Equal("\u0645\u200C\u27E8U+200C\u27E9\u0645", PlainText.Visible("\u0645\u200C\u200C\u0645"));
        Assert.Equal("\u2764\uFE0F\u27E8U+FE0F\u27E9", PlainText.Visible("\u2764\uFE0F\uFE0F"));
        // Other writing is left alone.
        Assert.Equal("שלום \u0645\u0631\u062D\u0628\u0627 नमस्ते 你好 👩\u200D💻", PlainText.Visible("שלום \u0645\u0631\u062D\u0628\u0627 नमस्ते 你好 👩\u200D💻"));
    }

    [Fact]
    public void What_is_no_text_is_refused()
    {
        using CaseScratch scratch = new();
        byte[][] bad = ["a\0b"u8.ToArray(), "\x1b[31mred"u8.ToArray(), [0xFF, 0xFE, 0x41], "caf\u00e9"u8[..4].ToArray(), [0xED, 0xA0, 0x80], [], " \n"u8.ToArray(), "\u0085"u8.ToArray(), new byte[CaseFolder.MostReply + 1]];
        foreach (byte[] bytes in bad) scratch.Refuses(EvidenceFault.Refused, () => scratch.Case.Reply("maker", scratch.Signed(bytes, scratch.Maker)));
        // Of a file that never ends no more is read than is allowed.
        byte[] huge = new byte[10_000_000];
        Array.Fill(huge, (byte)'a');
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Case.Reply("maker", scratch.Signed(huge, scratch.Maker)));
        byte[] most = new byte[CaseFolder.MostReply];
        Array.Fill(most, (byte)'a');
        scratch.Case.Reply("maker", scratch.Signed(most, scratch.Maker));
        string link = Path.Combine(scratch.Root, "link.txt");
        SignedFile good = scratch.Signed("good", scratch.Maker);
        File.CreateSymbolicLink(link, good.Text);
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Case.Reply("maker", good with { Text = link }));
    }

    [Fact]
    public void A_comment_is_held_then_shown_or_refused_with_a_reason()
    {
        using CaseScratch scratch = new();
        foreach (string text in (string[])["First words.", "Second words.", "Third words."]) scratch.Case.Comment("Ann Example", scratch.Signed(text, scratch.Stranger));
        Assert.Equal(3, scratch.Publish().Held);
        Assert.DoesNotContain("words.", scratch.Page, StringComparison.Ordinal);
        scratch.Case.Moderate("comment-1", null);
        scratch.Case.Moderate("comment-2", "It names a private person.");
        Assert.Equal(1, scratch.Publish().Held);
        Assert.Contains("First words.", scratch.Page, StringComparison.Ordinal);
        Assert.Contains("1 comment is shown, 1 waits for a decision, 1 was refused:", scratch.Page, StringComparison.Ordinal);
        Assert.Contains("It names a private person.", scratch.Page, StringComparison.Ordinal);
        string all = string.Concat(Directory.EnumerateFiles(scratch.Out, "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.DoesNotContain("Second words.", all, StringComparison.Ordinal);
        Assert.DoesNotContain("Third words.", all, StringComparison.Ordinal);
        scratch.Case.Moderate("comment-1", "On second thoughts.");
        scratch.Publish();
        Assert.False(File.Exists(Path.Combine(scratch.Out, "replies", "comment-1.txt")));
        scratch.Refuses(EvidenceFault.Failure, () => scratch.Case.Moderate("c1", null));
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Case.Comment("two\nlines", scratch.Signed("x", scratch.Stranger)));
        scratch.Refuses(EvidenceFault.Forgery, () => scratch.Case.Comment("Ann", scratch.Signed("x", scratch.Stranger) with { Key = scratch.Write("maker.pub", scratch.Maker.PublicKey.FileText) }));
    }

    [Theory]
    [InlineData("Example Phones"), InlineData("example  PHONES"), InlineData("Example Phones, Support"), InlineData("ExamplePhones"), InlineData("Maker"), InlineData("M\u00E4ker")]
    [InlineData("\u041C\u0430ker"), InlineData("Ex\u0430mple Ph\u03BFnes"), InlineData("\u041C\u0410\u041A\u0415\u042F"), InlineData("Examp1e Ph0nes"), InlineData("\uFF25xample \uFF30hones"), InlineData("Exarnple Phones")]
    [InlineData("\u1D0D\u1D00\u1D0B\u1D07\u0280"), InlineData("Ma\u200Bker"), InlineData("\U0001D40C\U0001D41A\U0001D424\U0001D41E\U0001D42B"), InlineData("\u24DC\u24D0\u24DA\u24D4\u24E1"), InlineData("Ma\u0301ker"), InlineData("Example Lab"), InlineData("Ann \u0430"), InlineData("Ann\u200D")]
    public void Nobody_comments_under_a_name_that_is_taken_for_a_party(string name)
    {
        using CaseScratch scratch = new();
        SignedFile came = scratch.Signed("x", scratch.Stranger);
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Case.Comment(name, came));
        foreach (string other in (string[])["Ann Example", "\u0410\u043D\u043D\u0430", "Makeover", "\u5C0F\u738B", "An example of phones"]) Assert.Null(PenName.Objection(other, scratch.Case.Read()));
        scratch.Case.Comment("Ann Example", came);
        // A party that comes later under that name waits until the comment is decided.
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Add("party", "ann", ("name", "Ann Example"), ("role", "Wrote it.")));
        scratch.Case.Moderate("comment-1", "It is the name of a party.");
        scratch.Add("party", "ann", ("name", "Ann Example"), ("role", "Wrote it."));
    }

    [Fact]
    public void A_text_that_names_no_case_is_shown_with_that_remark()
    {
        using CaseScratch scratch = new();
        scratch.Case.Reply("maker", scratch.Signed("About something.", scratch.Maker));
        scratch.Publish();
        Assert.Contains("The text does not name this case", scratch.Page, StringComparison.Ordinal);
        using CaseScratch named = new();
        string head = File.ReadAllText(Path.Combine(named.Folder, "case.json")), id = head.Substring(head.IndexOf("urn:uuid:", StringComparison.Ordinal) + 9, 8);
        named.Case.Reply("maker", named.Signed($"On case {id}: no.", named.Maker));
        named.Publish();
        Assert.DoesNotContain("The text does not name this case", named.Page, StringComparison.Ordinal);
    }

    [GeneratedRegex("<(?<name>/?[a-z][a-z0-9]*)(\\s[^<>]*)?>", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Tags();

    [GeneratedRegex("^<(script|img|iframe|object|embed|svg|base|form|video|audio|source|input)\\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Running();

    [GeneratedRegex("\\s(on\\w+|src|srcset|srcdoc|style|action|background|ping)=", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Acting();

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.NonBacktracking)]
    private static partial Regex Values();

    [GeneratedRegex("href=\"(?<to>[^\"]*)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Links();

    [GeneratedRegex("^(#|https?://|[a-z][A-Za-z0-9/._-]*$)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Addresses();
}
