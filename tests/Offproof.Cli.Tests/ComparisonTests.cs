using System.Text.RegularExpressions;

namespace Offproof.Cli.Tests;

/// <summary>cli.md §5: the demo's readers find that all came back, and find it when one thing did not. A comparison that is blind would call every restore a good one.</summary>
public sealed class ComparisonTests(RestoredPhone phone) : IClassFixture<RestoredPhone>
{
    [Fact]
    public void What_came_back_whole_is_equal()
    {
        Assert.Equal(new DemoRestored("contacts", 20, 20, 0, 0, 0), Contacts(phone["contacts/contacts.vcf"], out string? difference));
        Assert.Null(difference);
        Assert.Equal(new DemoRestored("messages", 300, 300, 0, 0, 0), Messages(phone["messages/messages.xml"], out difference));
        Assert.Null(difference);
        Assert.Equal(new DemoRestored("notes", 30, 30, 0, 0, 0), Notes(phone["notes"], out difference));
        Assert.Null(difference);
        Assert.Equal(new DemoRestored("photos", 2, 2, 0, 0, 0), Photos(phone["phone/photos"]));
    }

    [Theory] // the first place of each kind is changed
    [InlineData("(?<=\r\nFN:)."), InlineData("(?<=\r\nN:)."), InlineData("(?<=\r\nTEL[^:]*:[^\r]*)[0-9](?=\r)"), InlineData("(?<=\r\nTEL;TYPE=)CELL"), InlineData("(?<=\r\nEMAIL[^:]*:)."), InlineData("(?<=\r\nADR[^:]*:[^a-zA-Z]*)[a-zA-Z]")]
    [InlineData("(?<=\r\nORG:)."), InlineData("(?<=\r\nTITLE:)."), InlineData("(?<=\r\nBDAY[^:]*:)[0-9]"), InlineData("(?<=\r\nURL:)."), InlineData("(?<=\r\nNOTE:)."), InlineData("(?<=\r\nPHOTO[^:]*:/9j/)."), InlineData("(?<=\r\nNICKNAME:).")]
    public void One_value_of_a_contact_that_differs_is_found(string place)
    {
        DemoRestored restored = Contacts(Spoil("contacts/contacts.vcf", place, static was => was == "X" ? "Y" : was == "7" ? "8" : char.IsDigit(was[0]) ? "7" : "X"), out string? difference);
        Assert.Equal((20, 19, 1), (restored.Expected, restored.Equal, restored.Different + restored.Missing));
        Assert.NotNull(difference);
    }

    [Theory]
    [InlineData("(?<= body=\")[^\"&]"), InlineData("(?<=<sms [^>]* address=\")."), InlineData("(?<=<sms [^>]* date=\"[0-9]*)[0-9](?=\")"), InlineData("(?<=<sms [^>]* type=\")."), InlineData("(?<=<sms [^>]* read=\").")]
    [InlineData("(?<=<mms[^>]* msg_box=\")."), InlineData("(?<=<part[^>]* text=\")[^\"&n]"), InlineData("(?<=<part[^>]* data=\"[^\"]{20})."), InlineData("(?<=<part[^>]* ct=\").")]
    public void One_value_of_a_message_that_differs_is_found(string place)
    {
        DemoRestored restored = Messages(Spoil("messages/messages.xml", place, static was => was switch { "1" => "2", "A" => "B", _ => char.IsDigit(was[0]) ? "1" : "A" }), out string? difference);
        Assert.Equal((300, 299, 1), (restored.Expected, restored.Equal, restored.Different + restored.Missing));
        Assert.NotNull(difference);
    }

    [Theory]
    [InlineData("(?<=\ntitle: \")."), InlineData("(?<=\ncreated: )."), InlineData("(?<=\nupdated: )."), InlineData("(?<=\nlabels: \\[\")."), InlineData("(?<=\npinned: )(true|false)"), InlineData("(?<=\n---\n\n)[A-Za-z]"), InlineData("(?<=\n- \\[)( |x)(?=\\])"), InlineData("(?<=\n- \\[.\\] ).")]
    public void One_value_of_a_note_that_differs_is_found(string place)
    {
        string copy = phone.Copy("notes");
        string note = Directory.GetFiles(copy, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First(file => Regex.IsMatch(File.ReadAllText(file), place, RegexOptions.None, TimeSpan.FromSeconds(5)));
        File.WriteAllText(note, Changed(File.ReadAllText(note), place, static was => was switch { "true" => "false", "false" => "true", " " => "x", "x" => " ", "2" => "1", _ => char.IsDigit(was[0]) ? "2" : was == "X" ? "Y" : "X" }));
        DemoRestored restored = Notes(copy, out string? difference);
        Assert.Equal((30, 29, 1), (restored.Expected, restored.Equal, restored.Different));
        Assert.NotNull(difference);
    }

    [Fact]
    public void An_attachment_of_a_note_and_a_photo_with_other_bytes_are_found()
    {
        string notes = phone.Copy("notes");
        Flip(Directory.GetFiles(notes, "*", SearchOption.AllDirectories).First(static file => !file.EndsWith(".md", StringComparison.Ordinal)));
        Assert.Equal(1, Notes(notes, out _).Different);
        string photos = phone.Copy("phone/photos");
        Flip(Directory.GetFiles(photos, "*", SearchOption.AllDirectories)[0]);
        Assert.Equal(new DemoRestored("photos", 2, 1, 1, 0, 0), Photos(photos));
    }

    [Fact]
    public void What_is_missing_doubled_or_added_is_found()
    {
        string cards = File.ReadAllText(phone["contacts/contacts.vcf"]);
        string first = cards[..(cards.IndexOf("END:VCARD\r\n", StringComparison.Ordinal) + "END:VCARD\r\n".Length)];
        Assert.Equal(new DemoRestored("contacts", 20, 19, 0, 1, 0), Contacts(Write(cards[first.Length..]), out string? lost));
        Assert.EndsWith("restored nothing", lost, StringComparison.Ordinal);
        Assert.Equal(new DemoRestored("contacts", 20, 20, 0, 0, 1), Contacts(Write(cards + first), out _));
        Assert.Equal(1, Contacts(Write(cards.Replace(first, first.Replace("END:VCARD", "X-MORE:1\r\nEND:VCARD", StringComparison.Ordinal), StringComparison.Ordinal)), out _).Different);

        string xml = File.ReadAllText(phone["messages/messages.xml"]);
        string sms = Regex.Match(xml, "<sms [^>]*/>", RegexOptions.None, TimeSpan.FromSeconds(5)).Value;
        Assert.Equal(new DemoRestored("messages", 300, 299, 0, 1, 0), Messages(Write(xml.Replace(sms, "", StringComparison.Ordinal)), out _));
        Assert.Equal(new DemoRestored("messages", 300, 300, 0, 0, 1), Messages(Write(xml.Replace(sms, sms + sms, StringComparison.Ordinal)), out _));
        Assert.Equal(new DemoRestored("messages", 300, 299, 1, 0, 0), Messages(Write(new Regex("<part ", RegexOptions.None, TimeSpan.FromSeconds(5)).Replace(xml, "<lost ", 1)), out _));

        string notes = phone.Copy("notes");
        string[] files = Directory.GetFiles(notes, "*.md", SearchOption.AllDirectories);
        File.Copy(files[0], files[0].Replace(".md", "-2.md", StringComparison.Ordinal));
        Assert.Equal((30, 1), Notes(notes, out _) is var more ? (more.Equal, more.Extra) : default);
        File.Delete(files[1]);
        Assert.Equal(1, Notes(notes, out _).Missing);

        string photos = phone.Copy("phone/photos");
        File.Copy(Directory.GetFiles(photos, "*", SearchOption.AllDirectories)[0], Path.Combine(photos, "more.jpg"));
        Assert.Equal(new DemoRestored("photos", 2, 2, 0, 0, 1), Photos(photos));
    }

    private DemoRestored Contacts(string file, out string? difference) => Compare("contacts", PlantedFacts.Contacts(phone.Planted), RestoredCards.Read(file), out difference);

    private DemoRestored Messages(string file, out string? difference) => Compare("messages", PlantedFacts.Messages(phone.Planted), RestoredMessages.Read(file), out difference);

    private DemoRestored Notes(string folder, out string? difference) => Compare("notes", PlantedFacts.Notes(phone.Planted), RestoredNotes.Read(folder), out difference);

    private DemoRestored Photos(string folder) => Contents.Of(phone["phone/photos"]).Compare("photos", Contents.Of(folder));

    private static DemoRestored Compare(string category, IReadOnlyList<Facts> planted, IReadOnlyList<Facts> restored, out string? difference)
    {
        difference = Facts.FirstDifference(planted, restored);
        return Facts.Compare(category, planted, restored);
    }

    private string Spoil(string path, string place, Func<string, string> change) => Write(Changed(File.ReadAllText(phone[path]), place, change));

    private static string Changed(string text, string place, Func<string, string> change)
    {
        Match found = Regex.Match(text, place, RegexOptions.None, TimeSpan.FromSeconds(20));
        Assert.True(found.Success, $"nothing is like {place}");
        string put = change(found.Value);
        Assert.NotEqual(found.Value, put);
        return text[..found.Index] + put + text[(found.Index + found.Length)..];
    }

    private string Write(string text)
    {
        string file = phone[$"{Guid.NewGuid():N}"];
        File.WriteAllText(file, text);
        return file;
    }

    private static void Flip(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
    }
}
