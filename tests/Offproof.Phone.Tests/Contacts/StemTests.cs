namespace Offproof.Phone.Tests.Contacts;

/// <summary>contacts.md §3: the same contact has the same file in every import, and duplicates are said.</summary>
public sealed class StemTests
{
    [Fact]
    public void A_contact_keeps_its_file_when_its_number_was_edited()
    {
        using Import before = Cards.ReadText(Cards.Card("2.1", "N:Archer;Ann", "TEL;CELL:1"));
        using Import after = Cards.ReadText(Cards.Card("3.0", "N:Archer;Ann;;;", "FN:Ann Archer", "TEL;TYPE=CELL:2") + Cards.Card("3.0", "FN:Another"));
        Assert.Contains(Assert.Single(before.Files).Path, after.Files.Select(file => file.Path));
    }

    [Fact]
    public void Contacts_of_one_name_are_all_kept_and_said_in_any_order()
    {
        string one = Cards.Card("3.0", "FN:Ann Archer", "TEL:1");
        string two = Cards.Card("3.0", "FN:Ann Archer", "TEL:2");
        using Import import = Cards.ReadText(one + two + one);
        using Import other = Cards.ReadText(two + one);
        Assert.Equal((3L, 2), (import.Report.Kept, import.Files.Count));
        Assert.Equal(["1 card was met again, equal in everything, and is stored once.", "2 cards have a name that another card has too; every one is kept."], import.Report.Notices);
        Assert.Equal(Cards.Content(import), Cards.Content(other));
        Assert.All(import.Files, file => Assert.Matches("-[0-9a-f]{16}\\.vcf$", file.Path));
    }

    [Fact]
    public void Cards_of_one_UID_that_differ_are_all_kept_and_said()
    {
        using Import import = Cards.ReadText(Cards.Card("3.0", "FN:Ann", "UID:x1") + Cards.Card("3.0", "FN:Anne", "UID:x1") + Cards.Card("4.0", "FN:Bela", "UID:x2"));
        Assert.Equal(3, import.Files.Count);
        Assert.Equal(["2 cards share their UID with another and differ; every one is kept."], import.Report.Notices);
        Assert.Contains(import.Files, file => file.Path.EndsWith("/x2.vcf", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("UID:urn:uuid:AAAAAAAA-0000-4000-8000-00000000000B", "aaaaaaaa-0000-4000-8000-00000000000b")]
    [InlineData("UID:aaaaaaaa-0000-4000-8000-00000000000b", "aaaaaaaa-0000-4000-8000-00000000000b")]
    [InlineData("UID:357", "357")]
    [InlineData("UID:abc-0123456789abcdef", "e104dd10864daffb1602d29f69750202")]
    [InlineData("UID:Abc", "7e542777c1c141f44b6df3dd33151dda")]
    public void A_UID_becomes_a_file_name(string uid, string stem)
    {
        using Import import = Cards.ReadText(Cards.Card("3.0", "FN:x", uid));
        Assert.EndsWith($"/{stem}.vcf", Assert.Single(import.Files).Path, StringComparison.Ordinal);
        Assert.Contains(uid, Assert.Single(Cards.Lines(import)));
    }

    [Theory]
    [InlineData("REV:20081031T065854Z", "2008-10-31T06:58:54Z"), InlineData("REV:2008-10-31T06:58:54+01:00", "2008-10-31T05:58:54Z"), InlineData("REV:2008-10-31", "2008-10-31T00:00:00Z")]
    [InlineData("REV:20081031T065854.123-0130", "2008-10-31T08:28:54Z"), InlineData("REV:20081031T0658Z", "2008-10-31T06:58:00Z"), InlineData("REV:yesterday", "1970-01-01T00:00:00Z"), InlineData("REV:20081331", "1970-01-01T00:00:00Z")]
    public void REV_is_the_time_of_the_file(string rev, string time)
    {
        using Import import = Cards.ReadText(Cards.Card("3.0", "FN:x", rev));
        Assert.Equal(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture), Assert.Single(import.Files).Modified);
    }
}
