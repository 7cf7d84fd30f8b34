using System.Text;
using System.Text.Json;

namespace Offproof.Phone.Tests.Messages;

/// <summary>One damaged entry does not take its neighbours with it, and nothing is dropped silently (docs/phone.md §2.2).</summary>
public sealed class DamageTests
{
    const string Before = "<sms address=\"before\" date=\"1719791999999\" type=\"1\" body=\"1\" />";
    const string After = "<sms address=\"after\" date=\"1719791999999\" type=\"1\" body=\"2\" />";
    const string Mms = "<mms date=\"1719791999999\" msg_box=\"1\" address=\"mms\"><parts><part ct=\"text/plain\" text=\"x\"/></parts><addrs/></mms>";

    [Theory]
    [InlineData("<= />", "a name is missing")]
    [InlineData("<<sms address=\"x\"/>", "a name is missing", "x")]
    [InlineData("<!-- no end ", "without an end")]
    [InlineData("<?ms address=\"x\" body=\"\" />", "without an end")]
    [InlineData("<!ms address=\"x\" body=\"\" />", "<!ms> is no message")]
    [InlineData("<!DOCTYPE \" ", "without an end")]
    [InlineData("<![CDATA[ <sms address=\"x\"/> ", "without an end", "x")]
    [InlineData("<sms address=\"x\" body=\"no quotation mark />", "without an end")]
    [InlineData("<sms address=\"x\" body=\"\" ", "a name is missing")]
    [InlineData("<sms address=\"x\" body", "without a value")]
    [InlineData("<sms address=\"x\" body=", "without quotation marks")]
    [InlineData("<sms address=\"x\" body=\"\" /", "inside of a tag")]
    [InlineData("<sms address=\"x\" address=\"y\" />", "two columns are called 'address'")]
    [InlineData("<sms address=\"x\">", "does not end before")]
    [InlineData("<mms address=\"x\"><parts><part ct=\"text/plain\" text=\"y\"/></parts>", "does not end before")]
    [InlineData("<mms address=\"x\"><parts><part data=\"QUJD\" data=\"QUJD\"/></parts></mms>", "two columns are called 'data'")]
    [InlineData("<mms address=\"x\"><odd/></mms>", "unknown element <odd>")]
    [InlineData("<mms address=\"x\"><parts></mms", "without an end")]
    [InlineData("<call number=\"x\" />", "<call> is no message")]
    [InlineData("<call number=\"x\">", "<call> is no message")]
    [InlineData("<call><sms address=\"x\"/></call>", "<call> is no message", "x")]
    [InlineData("loose text", "belongs to no message")]
    public void A_damaged_entry_of_an_XML_leaves_its_neighbours(string damage, string reason, params string[] more)
    {
        using Import import = Read("<smses count=\"3\">\n" + Before + "\n" + damage + "\n" + After + "\n" + Mms + "\n</smses>");
        Trees.Balances(import);
        Assert.Equal([.. new[] { "before", "after", "mms" }.Concat(more).Order(StringComparer.Ordinal)], Addresses(import));
        SkippedEntry skipped = Assert.Single(import.Report.Skipped);
        Assert.Equal(3, skipped.Line);
        Assert.Contains(reason, skipped.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(import.Report.Notices, notice => notice.Contains("not complete", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<mms address=\"x\"><parts>"), InlineData("<call>"), InlineData("<sms address=\"x\">")]
    public void An_entry_without_an_end_does_not_hide_the_end_of_the_list(string last)
    {
        using Import import = Read("<smses count=\"1\">" + Before + last + "</smses>");
        Assert.Equal((1, 1), (import.Report.Kept, import.Report.Skipped.Count));
        Assert.DoesNotContain(import.Report.Notices, notice => notice.Contains("not complete", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<= />"), InlineData("<!-- no end"), InlineData("<smses/>"), InlineData("text")]
    public void What_follows_the_list_is_said(string rest)
    {
        using Import import = Read("<smses count=\"1\">" + Before + "</smses>" + rest);
        Assert.Equal(1, import.Report.Kept);
        Assert.Contains("follows after the end", Assert.Single(import.Report.Skipped).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<?xml encoding=?>"), InlineData("<?xml version='1.0' encoding='utf8'?>"), InlineData("<?xml version='1.0' encoding=\"?>"), InlineData("<!-- <sms body=\"none\" /> --> <!DOCTYPE smses [<!ENTITY a '>'>]>")]
    public void Odd_declarations_are_passed_over(string start)
    {
        using Import import = Read(start + "<smses count=\"1\">" + Before + "</smses>");
        Assert.Equal((1, 1), (import.Report.Read, import.Report.Kept));
    }

    [Theory]
    [InlineData("<?xml version='1.0' encoding='iso-8859-1'?><smses/>", "iso-8859-1"), InlineData("<calls count=\"1\"><call number=\"x\"/>", "list of calls"), InlineData("<html/>", "no list of messages"), InlineData("<", "no XML")]
    [InlineData("%PDF-1.7", "no known format"), InlineData("<!-- <smses>", "no XML"), InlineData(" text", "no known format")]
    public void A_file_that_is_none_is_skipped_with_the_reason(string text, string reason)
    {
        using Import import = Read(text);
        Assert.Equal((1, 0), (import.Report.Read, import.Report.Kept));
        Assert.Contains(reason, Assert.Single(import.Report.Skipped).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"address\":\"x\"", "',' is missing", 0)]
    [InlineData("{\"address\":", "a value is missing", 0)]
    [InlineData("{\"address\":\"x", "a string without an end", 0)]
    [InlineData("{\"address\":\"x\",", "'\"' is missing", 0)]
    [InlineData("{\"address\":\"\\q\"}", "an unknown escape", 0)]
    [InlineData("{\"address\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "too deep", 0)]
    [InlineData("{\"address\":\"x\"} trailing", "'{' is missing", 1)]
    [InlineData("{\"address\":\"x\",\"address\":\"y\"}", "two columns", 0)]
    [InlineData("{\"m_type\":\"132\",\"__parts\":[{\"seq\":\"0\"", "',' is missing", 0)]
    public void A_damaged_line_leaves_its_neighbours(string damage, string reason, int kept)
    {
        using Import import = Read("{\"address\":\"before\",\"date\":\"1\"}\n" + damage + "\n{\"address\":\"after\",\"date\":\"1\"}\n");
        Trees.Balances(import);
        Assert.Equal(2 + kept, import.Report.Kept);
        SkippedEntry skipped = Assert.Single(import.Report.Skipped);
        Assert.Equal(2, skipped.Line);
        Assert.Contains(reason, skipped.Reason, StringComparison.Ordinal);
        Assert.Contains("after", Addresses(import));
    }

    [Theory]
    [InlineData("5"), InlineData("null"), InlineData("\"text }, {\""), InlineData("[[{\"address\":\"lost\"}]]"), InlineData("true")]
    public void An_element_of_a_list_that_is_no_message_leaves_its_neighbours(string element)
    {
        using Import import = Read("[{\"address\":\"before\",\"date\":\"1\"},\n" + element + ",\n{\"address\":\"after\",\"date\":\"1\"}]");
        Trees.Balances(import);
        Assert.Equal(["after", "before"], Addresses(import));
        SkippedEntry skipped = Assert.Single(import.Report.Skipped);
        Assert.Equal((2L, "An element of the list that is no message."), (skipped.Line, skipped.Reason));
        Assert.Empty(import.Report.Notices);
    }

    [Theory] // what is no JSON at all ends the list, as before
    [InlineData("x"), InlineData("[1"), InlineData("\"text"), InlineData(",")]
    public void An_element_of_a_list_that_is_no_JSON_ends_it(string element)
    {
        using Import import = Read("[{\"address\":\"before\",\"date\":\"1\"},\n" + element + "\n,{\"address\":\"after\",\"date\":\"1\"}]");
        Trees.Balances(import);
        Assert.Equal(["before"], Addresses(import));
        Assert.Single(import.Report.Skipped);
        Assert.Single(import.Report.Notices);
    }

    [Fact]
    public void A_damaged_line_of_a_tree_leaves_its_neighbours()
    {
        using TempFolder folder = new();
        folder.Write("tree/" + new string('0', 32) + "/2024-01.ndjson", Encoding.UTF8.GetBytes("{\"kind\":\"sms\",\"body\":\"1\"}\n{\"kind\":\"sms\",\"body\":\"2\"\n{\"kind\":\"sms\",\"body\":\"3\"}\n"));
        ExportReport report = Trees.Write(folder["tree"], folder["out"], MessageFormat.SmsBackupRestoreXml);
        Assert.Equal(2, report.Entries);
        Assert.Equal(2, Assert.Single(report.Problems).Line);
    }

    [Fact]
    public void A_file_of_a_tree_that_is_nothing_but_damage_is_given_up()
    {
        using TempFolder folder = new();
        folder.Write("tree/" + new string('0', 32) + "/2024-01.ndjson", Encoding.UTF8.GetBytes("{\"kind\":\"sms\"}\n" + string.Concat(Enumerable.Repeat("x\n", 100_500)) + "{\"kind\":\"sms\",\"body\":\"2\"}\n"));
        ExportReport report = Trees.Write(folder["tree"], folder["out"], MessageFormat.SmsImportExportZip);
        Assert.Equal((1, 100_001), (report.Entries, report.Problems.Count));
        Assert.Contains("the rest of it was not read", report.Problems[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_would_fill_the_memory_is_damage()
    {
        string text = new('x', 3 << 20);
        string many = string.Concat(Enumerable.Range(0, 6).Select(number => $" c{number}=\"{text}\""));
        string columns = string.Concat(Enumerable.Range(0, 300).Select(number => $" c{number}=\"\""));
        string parts = string.Concat(Enumerable.Repeat("<part/>", 10_001));
        using Import import = Read($"<smses count=\"4\"><sms{many} /><sms{columns} /><mms><parts>{parts}</parts></mms>{After}</smses>");
        Assert.Equal(["after"], Addresses(import));
        Assert.Equal(3, import.Report.Skipped.Count);
    }

    [Fact]
    public void Every_file_has_its_own_measure_of_damage()
    {
        using TempFolder folder = new();
        string bad = "<smses>" + string.Concat(Enumerable.Repeat("<x/>", 100_001)) + Before + "</smses>";
        folder.Write("in/1.xml", Encoding.UTF8.GetBytes(bad));
        folder.Write("in/2.xml", Encoding.UTF8.GetBytes("<smses>" + After + "</smses>"));
        using Import import = Trees.Read(folder["in"]);
        Assert.Equal(["after"], Addresses(import));
        Assert.Contains("the rest of it was not read", import.Report.Skipped[^1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+1719791999999"), InlineData("-1"), InlineData(" 1"), InlineData("1.5"), InlineData("99999999999999999999"), InlineData("253402300800000"), InlineData("")]
    public void A_date_that_is_no_number_has_no_month(string date)
    {
        using Import import = Read($"<smses><sms address=\"x\" date=\"{date}\" type=\"1\" body=\"\" /></smses>");
        Assert.EndsWith("/0000-00.ndjson", Assert.Single(import.Files).Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", "", "null"), InlineData("Text/Plain", "", "null"), InlineData("text/x-vCard", "data=\"QUJD\"", null), InlineData("image/png", "", null), InlineData("text/plain", "data=\"null\"", "null")]
    public void The_word_null_is_a_text_where_a_person_may_have_written_it(string type, string data, string? text)
    {
        foreach (string part in new[] { $"ct=\"{type}\" text=\"null\" {data}", $"{data} text=\"null\" ct=\"{type}\"" })
        {
            using Import import = Read($"<smses><mms date=\"1\" address=\"x\"><parts><part {part} /></parts></mms></smses>");
            JsonElement read = JsonDocument.Parse(Trees.Lines(import).Single()).RootElement.GetProperty("parts")[0];
            Assert.Equal(text, read.TryGetProperty("text", out JsonElement value) ? value.GetString() : null);
        }
    }

    static string[] Addresses(Import import) =>
        [.. Trees.Lines(import).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("address").GetString()!).Order(StringComparer.Ordinal)];

    static Import Read(string text) => MessageImport.Read(new SourceFile("source", () => new MemoryStream(Encoding.UTF8.GetBytes(text))), null);
}
