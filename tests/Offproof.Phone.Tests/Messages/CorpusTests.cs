using System.Globalization;
using System.Text.Json;

namespace Offproof.Phone.Tests.Messages;

/// <summary>Real files of SMS Backup &amp; Restore, against the table of the corpus' SOURCES.md.</summary>
public sealed class CorpusTests
{
    static readonly string? Corpus = Repository.Corpus("messages");

    static string At(string name)
    {
        if (Corpus is null) Assert.Skip("the corpus of messages (shared/corpus/messages beside the repository) is not on this machine");
        return Path.Combine(Corpus, name);
    }

    [Fact]
    public void The_small_file_has_twelve_messages_of_three_people()
    {
        using Import import = Trees.Read(At("sms_small.xml"));
        Trees.Balances(import);
        Assert.Equal((12L, 12L), (import.Report.Read, import.Report.Kept));
        Assert.Empty(import.Report.Notices);
        JsonElement[] messages = [.. Trees.Lines(import).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.All(messages, message => Assert.Equal("sms", message.GetProperty("kind").GetString()));
        Assert.Equal((8, 4), (Count(messages, "type", "1"), Count(messages, "type", "2")));
        Assert.Equal((4, 1, 7), (Count(messages, "address", "+15550000001"), Count(messages, "address", "+15550000003"), Count(messages, "address", "+15550000004")));
        long[] dates = [.. messages.Select(message => long.Parse(message.GetProperty("date").GetString()!, CultureInfo.InvariantCulture)).Order()];
        Assert.Equal((1512226167463, 1512238245524), (dates[0], dates[^1]));
        Assert.Equal(3, Assert.Single(messages, message => message.GetProperty("body").GetString()!.Contains('\n', StringComparison.Ordinal)).GetProperty("body").GetString()!.Split('\n').Length);
        Assert.All(messages.Where(message => message.GetProperty("type").GetString() is "2"), message => Assert.Equal("0", message.GetProperty("date_sent").GetString()));
        Assert.All(messages, message => Assert.False(message.TryGetProperty("subject", out _)));
        Assert.Equal(3, import.Files.Count);
    }

    [Fact]
    public void The_file_that_was_cut_off_gives_what_it_has_and_says_that_it_is_not_complete()
    {
        using Import import = Trees.Read(At("sms_and_mms.xml"));
        Trees.Balances(import);
        Assert.Equal((50L, 49L), (import.Report.Read, import.Report.Kept));
        SkippedEntry cut = Assert.Single(import.Report.Skipped);
        Assert.Contains("ends inside", cut.Reason, StringComparison.Ordinal);
        Assert.Equal(133, cut.Line);
        Assert.Contains(import.Report.Notices, notice => notice.Contains("not complete", StringComparison.Ordinal));
        Assert.Contains(import.Report.Notices, notice => notice.Contains("announces 58", StringComparison.Ordinal));

        JsonElement[] messages = [.. Trees.Lines(import).Select(line => JsonDocument.Parse(line).RootElement)];
        JsonElement[] sms = [.. messages.Where(message => message.GetProperty("kind").GetString() is "sms")];
        Assert.Equal((41, 21, 20), (sms.Length, Count(sms, "type", "1"), Count(sms, "type", "2")));
        Assert.Equal(2, sms.Count(message => message.GetProperty("body").GetString()!.Contains('\n', StringComparison.Ordinal)));
        string[] mms = [.. messages.Where(message => message.GetProperty("kind").GetString() is "mms").OrderBy(message => message.GetProperty("date").GetString(), StringComparer.Ordinal).Select(Row)];
        Assert.Equal([
            "1720997593000 1 +15550000006 text/plain 3",
            "1720998243000 2 +15550000006 application/smil,text/plain 2",
            "1721000123000 1 group_8@rcs.google.com text/plain 5",
            "1721011476000 2 group_8@rcs.google.com application/smil,text/plain 4",
            "1721057456000 1 group_8@rcs.google.com text/plain 5",
            "1721084194000 1 +15550000006 text/plain 3",
            "1721161764000 1 +15550000011 application/smil,image/png+,text/plain 2",
            "1721252246000 1 +15550000011 application/smil,image/png+,text/plain 2",
        ], mms);
        TreeFile picture = Assert.Single(import.Files, file => file.Path.Contains("/parts/", StringComparison.Ordinal));
        Assert.Equal("89504E470D0A1A0A", Convert.ToHexString(Trees.Bytes(picture)[..8]));
    }

    [Theory]
    [InlineData("sms_small.xml"), InlineData("sms_and_mms.xml")]
    public void What_was_written_as_XML_reads_as_the_same_tree(string name)
    {
        using TempFolder folder = new();
        using Import import = Trees.Read(At(name));
        Trees.Store(import, folder["tree"]);
        ExportReport report = Trees.Write(folder["tree"], folder["out"], MessageFormat.SmsBackupRestoreXml);
        Assert.Equal((import.Report.Kept, 0, 0), (report.Entries, report.Problems.Count, report.Notices.Count));
        using Import again = Trees.Read(folder["out/messages.xml"]);
        Assert.Empty(again.Report.Notices);
        Assert.Equal(Trees.Content(import), Trees.Content(again));
    }

    [Theory]
    [InlineData("sms_small.xml"), InlineData("sms_and_mms.xml")]
    public void What_was_written_as_ZIP_reads_as_the_same_messages(string name)
    {
        using TempFolder folder = new();
        using Import import = Trees.Read(At(name));
        Trees.Store(import, folder["tree"]);
        Assert.Empty(Trees.Write(folder["tree"], folder["out"], MessageFormat.SmsImportExportZip).Problems);
        using Import again = Trees.Read(folder["out/messages.zip"]);
        Assert.Empty(again.Report.Notices);
        Assert.Equal(Shown(Sources.OfTree(import).Select(Expected.AsZip)), Shown(Sources.OfTree(again).Select(Expected.WithoutPaths)));

        static IEnumerable<string> Shown(IEnumerable<SampleMessage> messages) => messages.Select(message => message.Show()).Order(StringComparer.Ordinal);
    }

    static int Count(JsonElement[] messages, string column, string value) => messages.Count(message => message.GetProperty(column).GetString() == value);

    static string Row(JsonElement message)
    {
        string parts = string.Join(',', message.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("ct").GetString() + (part.TryGetProperty("data", out _) ? "+" : "")));
        return $"{message.GetProperty("date").GetString()} {message.GetProperty("msg_box").GetString()} {message.GetProperty("address").GetString()} {parts} {message.GetProperty("addrs").GetArrayLength()}";
    }
}
