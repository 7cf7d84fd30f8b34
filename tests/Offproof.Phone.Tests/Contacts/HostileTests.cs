using System.Diagnostics;
using System.Text;

namespace Offproof.Phone.Tests.Contacts;

/// <summary>Files that were made to hurt: no exception, no hang, nothing dropped in silence, neighbours stay.</summary>
public sealed class HostileTests
{
    static readonly string Good = Cards.Card("3.0", "N:Good;Ann;;;", "FN:Ann Good", "TEL:+44 7700 900001");

    [Fact]
    public void A_card_without_an_end_is_kept_and_said()
    {
        using Import import = Cards.ReadText("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Open\r\nTEL:1\r\n" + Good + Good);
        Cards.Balances(import);
        Assert.Equal((3L, 3L, 2), (import.Report.Read, import.Report.Kept, import.Files.Count));
        Assert.Contains(import.Report.Notices, notice => notice.Contains("begins on line 1 has no end", StringComparison.Ordinal));
        Assert.Contains(Cards.Lines(import), lines => lines.Contains("FN:Open", StringComparer.Ordinal) && lines.Contains("TEL:1", StringComparer.Ordinal));
    }

    [Fact]
    public void A_hundred_thousand_cards_inside_of_each_other()
    {
        StringBuilder text = new();
        for (int depth = 0; depth < 100_000; depth++) text.Append("BEGIN:VCARD\r\nFN:c").Append(depth).Append("\r\n");
        using Import import = Timed(text.ToString() + Good);
        Cards.Balances(import);
        Assert.Equal((100_001L, 100_001), (import.Report.Kept, import.Files.Count));
    }

    [Fact]
    public void A_hundred_thousand_ends_and_beginnings()
    {
        using Import import = Timed(string.Concat(Enumerable.Repeat("BEGIN:VCARD\r\n", 100_000)) + string.Concat(Enumerable.Repeat("END:VCARD\r\n", 100_000)) + Good);
        Cards.Balances(import);
        Assert.NotEmpty(import.Report.Skipped);
    }

    [Fact]
    public void A_line_of_70_MiB_takes_its_card_and_not_the_next()
    {
        using Import import = Timed("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Large\r\nNOTE:" + new string('x', 70 << 20) + "\r\nEND:VCARD\r\n" + Good);
        Cards.Balances(import);
        Assert.Equal((1L, 1L), (import.Report.Kept, import.Report.Skipped.Count));
        Assert.Equal((1L, "The card is larger than 32 MiB."), (import.Report.Skipped[0].Line, import.Report.Skipped[0].Reason));
        Assert.Contains("FN:Ann Good", Assert.Single(Cards.Lines(import)));
    }

    [Fact]
    public void A_card_of_more_than_32_MiB_in_its_stored_form_is_skipped_and_one_just_below_is_kept()
    {
        using Import import = Timed(Cards.Card("3.0", "FN:Over", "NOTE:" + new string('x', 32 << 20)) + Cards.Card("3.0", "FN:Under", "NOTE:" + new string('x', 30 << 20)));
        Assert.Equal(["FN:Under"], Cards.Lines(import).Select(lines => lines[2]));
        Assert.Equal(1L, Assert.Single(import.Report.Skipped).Line);
    }

    [Fact]
    public void A_million_properties_are_refused()
    {
        using Import import = Timed("BEGIN:VCARD\r\n" + string.Concat(Enumerable.Repeat("A:\r\n", 1_000_000)) + "END:VCARD\r\n" + Good);
        Assert.Equal("The card has too many properties.", Assert.Single(import.Report.Skipped).Reason);
        Assert.Equal(1L, import.Report.Kept);
    }

    [Fact]
    public void A_head_of_a_million_parameters_is_no_head()
    {
        using Import import = Timed(Cards.Card("3.0", "FN:x", "TEL" + string.Concat(Enumerable.Repeat(";A=b", 1_000_000)) + ":1"));
        Cards.Balances(import);
        Assert.Equal(1L, import.Report.Kept);
        Assert.StartsWith("FN:x TEL;A=b;A=b", Assert.Single(Cards.Lines(import))[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("!!!!"), InlineData("AAAAA"), InlineData("AA=A"), InlineData("\u00E9"), InlineData("AAAA:BBBB")]
    public void Base64_that_is_none_is_skipped_with_its_line(string digits)
    {
        using Import import = Cards.ReadText(Cards.Card("3.0", "FN:x", "PHOTO;ENCODING=b:" + digits, "TEL:1"));
        Cards.Balances(import);
        SkippedEntry skipped = Assert.Single(import.Report.Skipped);
        Assert.Equal(4L, skipped.Line);
        Assert.Equal(["FN:x", "TEL:1"], Assert.Single(Cards.Lines(import))[2..^1]);
    }

    [Theory]
    [InlineData("a=", "a"), InlineData("=", ""), InlineData("a=4", "a=4"), InlineData("=ZZ=41", "=ZZA"), InlineData("=C3", "Ã"), InlineData("==41", "=A")]
    public void Quoted_printable_that_is_none_stays(string value, string read) =>
        Assert.Equal("NOTE:" + read, Cards.OneCard("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:x\r\nNOTE;QUOTED-PRINTABLE:" + value + "\r\nEND:VCARD\r\n")[1]);

    [Fact]
    public void A_soft_break_does_not_swallow_the_end_of_the_card()
    {
        using Import import = Cards.ReadText("BEGIN:VCARD\r\nFN:x\r\nN:x\r\nNOTE;QUOTED-PRINTABLE:cut=\r\nEND:VCARD\r\n" + Good);
        Assert.Equal((2L, 0), (import.Report.Kept, import.Report.Skipped.Count));
    }

    [Fact]
    public void Zero_bytes_and_control_characters_stay_in_their_value() => Assert.Equal(["FN:a\0b\u0001\u000Bc\u0085\u2028d"], Cards.OneCard(Cards.Card("3.0", "FN:a\0b\u0001\u000Bc\u0085\u2028d")));

    [Fact]
    public void A_file_of_zero_bytes_is_no_card()
    {
        using Import import = Timed(new string('\0', 5 << 20));
        Assert.Equal("The file is of no known format.", Assert.Single(import.Report.Skipped).Reason);
    }

    [Fact]
    public void Damage_without_end_does_not_fill_the_memory_with_complaints()
    {
        using Import import = Timed(Good + string.Concat(Enumerable.Repeat("BEGIN:VCARD\r\nEND:VCARD\r\n", 150_000)));
        Cards.Balances(import);
        Assert.Equal(100_001, import.Report.Skipped.Count);
        Assert.Contains("the rest of it was not read", import.Report.Skipped[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_lead_nowhere()
    {
        using Import import = Cards.ReadText(string.Concat(((string[])["../../x", "/etc/passwd", "con", "a\\b", "..", "A", "a", "x\0y", "urn:uuid:../..", new string('y', 300)]).Select((uid, index) => Cards.Card("3.0", "FN:x" + index, "UID:" + uid))));
        Assert.Equal(10, import.Files.Count);
        Assert.All(import.Files, file => Assert.Matches("^[0-9a-f]{2}/[a-z0-9_-]{1,64}\\.vcf$", file.Path));
        Assert.Equal(10, import.Files.Select(file => file.Path).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void Links_and_pipes_of_a_source_are_skipped()
    {
        using TempFolder folder = new();
        folder.Write("in/a.vcf", Encoding.UTF8.GetBytes(Good));
        folder.Shell("mkfifo in/pipe.vcf; ln -s a.vcf in/link.vcf; mkdir in/sub; ln -s .. in/sub/up");
        using Import import = Cards.Read(folder["in"]);
        Assert.Equal((4L, 1L), (import.Report.Read, import.Report.Kept));
        Assert.Equal(["link.vcf", "pipe.vcf", "up"], import.Report.Skipped.Select(skipped => Path.GetFileName(skipped.File)).Order(StringComparer.Ordinal));
    }

    static Import Timed(string text)
    {
        Stopwatch clock = Stopwatch.StartNew();
        Import import = Cards.ReadText(text);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"took {clock.Elapsed}");
        return import;
    }
}
