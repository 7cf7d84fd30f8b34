using System.Text;
using System.Text.RegularExpressions;

namespace Offproof.Phone.Tests.Messages;

/// <summary>docs/messages.md §4.5: exports of several days in one folder.</summary>
public sealed class VersionsTests
{
    const string Merged = "stand in several versions that differ only in what the phone or the app makes anew";
    const string Differ = "stand in versions that differ; every version is written.";

    public static TheoryData<MessageFormat> Formats => [MessageFormat.SmsBackupRestoreXml, MessageFormat.SmsImportExportZip];

    static string Xml(string day, string name, string more = "", string body = "hello", string part = "aGk=") => $"""
        <smses count="4">
        <sms address="+447700900001" date="1719792000000" type="1" body="{body}" readable_date="{day}" contact_name="{name}" _id="{day.Length}" read="1" {more}/>
        <sms address="+447700900001" date="1719792000000" type="1" body="another" readable_date="{day}" contact_name="{name}" />
        <sms address="+447700900001" type="1" body="no time" readable_date="{day}" contact_name="{name}" thread_id="{day.Length}" />
        <mms address="+447700900001" date="1719792000000" msg_box="1" m_id="m" readable_date="{day}" contact_name="{name}" _id="{day.Length}" seen="1"><parts><part _id="{day.Length}" mid="{day.Length}" ct="image/png" _data="/data/{day.Length}" data="{part}" /></parts><addrs><addr address="+447700900001" type="137" _id="{day.Length}" msg_id="{day.Length}" contact_id="{day.Length}" /></addrs></mms>
        </smses>
        """;

    [Theory, MemberData(nameof(Formats))]
    public void Two_dated_exports_hold_each_message_once(MessageFormat format)
    {
        using TempFolder folder = new();
        ExportReport report = Export(folder, format, 8, Xml("1 July", "Ann"), Xml("1.7.2024", "(Unknown)"));
        Assert.Equal(4, report.Entries);
        string said = Assert.Single(report.Notices, notice => notice.Contains("versions", StringComparison.Ordinal));
        Assert.StartsWith("4 messages " + Merged, said, StringComparison.Ordinal);
        Assert.Equal(4, Again(folder, report).Report.Kept);
    }

    [Theory, MemberData(nameof(Formats))]
    public void One_export_says_nothing_of_versions(MessageFormat format)
    {
        using TempFolder folder = new();
        ExportReport report = Export(folder, format, 4, Xml("1 July", "Ann"));
        Assert.Equal(4, report.Entries);
        Assert.DoesNotContain(report.Notices, notice => notice.Contains("versions", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Formats))]
    public void Versions_that_differ_in_another_column_are_all_written(MessageFormat format)
    {
        using TempFolder folder = new();
        ExportReport report = Export(folder, format, 8, Xml("1 July", "Ann", "status=\"-1\" "), Xml("1.7.2024", "Ann", "status=\"0\" "));
        Assert.Equal(5, report.Entries);
        Assert.Contains("1 message stands in versions that differ; every version is written.", report.Notices);
        Assert.Contains(report.Notices, notice => notice.StartsWith("3 messages " + Merged, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Formats))]
    public void Another_body_and_another_attachment_are_other_messages(MessageFormat format)
    {
        using TempFolder folder = new();
        ExportReport report = Export(folder, format, 8, Xml("1 July", "Ann"), Xml("1.7.2024", "Ann", body: "hallo", part: "aG8="));
        Assert.Equal(6, report.Entries);
        using Import again = Again(folder, report);
        List<SampleMessage> messages = Sources.OfTree(again);
        Assert.Equal(["another", "hallo", "hello", "no time"], messages.Where(message => !message.IsMms).Select(message => message.Columns["body"]).Order(StringComparer.Ordinal));
        Assert.Equal(["hi", "ho"], messages.Where(message => message.IsMms).Select(message => Encoding.ASCII.GetString(message.Parts[0].Data!)).Order(StringComparer.Ordinal));
        // An MMS is told by its number: two attachments are two versions.
        Assert.Contains("1 message stands in versions that differ; every version is written.", report.Notices);
    }

    /// <summary>The one with most columns, whatever its place in the tree; then the one that was read; then the last.</summary>
    [Fact]
    public void Which_version_is_written_is_told_by_the_versions()
    {
        string[] most = ["readable_date=\"a\"", "readable_date=\"b\" contact_name=\"Ann\"", "readable_date=\"c\"", "readable_date=\"d\""];
        Assert.Equal("b", Written(most));
        Assert.Equal("c", Written(["readable_date=\"a\" read=\"0\"", "readable_date=\"b\" read=\"0\"", "readable_date=\"c\" read=\"1\"", "readable_date=\"d\" read=\"0\""]));
        string[] equal = ["readable_date=\"a\"", "readable_date=\"b\"", "readable_date=\"c\"", "readable_date=\"d\""];
        Assert.Equal(LastInTree(equal), Written(equal));
        Assert.Equal(Written(equal), Written([.. equal.Reverse()]));
    }

    /// <summary>The number in the list, and what it is made of, are those of what is written.</summary>
    [Fact]
    public void The_head_of_the_XML_follows_from_what_is_written()
    {
        using TempFolder one = new();
        using TempFolder two = new();
        Export(one, MessageFormat.SmsBackupRestoreXml, 1, Sms("readable_date=\"a\" contact_name=\"Ann\""));
        Export(two, MessageFormat.SmsBackupRestoreXml, 3, Sms("readable_date=\"b\""), Sms("readable_date=\"a\" contact_name=\"Ann\""), Sms("readable_date=\"c\""));
        Assert.Equal(File.ReadAllText(one["out/messages.xml"]), File.ReadAllText(two["out/messages.xml"]));
        Assert.Contains("<smses count=\"1\"", File.ReadAllText(two["out/messages.xml"]), StringComparison.Ordinal);
    }

    static string Sms(string columns) => $"<smses count=\"1\"><sms address=\"+447700900001\" date=\"1719792000000\" type=\"1\" body=\"hello\" {columns} /></smses>";

    static string Written(string[] columns)
    {
        using TempFolder folder = new();
        Assert.Equal(1, Export(folder, MessageFormat.SmsBackupRestoreXml, columns.Length, [.. columns.Select(Sms)]).Entries);
        return Date(File.ReadAllText(folder["out/messages.xml"]), "readable_date=\"");
    }

    static string LastInTree(string[] columns)
    {
        using TempFolder folder = new();
        Export(folder, MessageFormat.SmsBackupRestoreXml, columns.Length, [.. columns.Select(Sms)]);
        return Date(File.ReadLines(Directory.EnumerateFiles(folder["tree"], "*.ndjson", SearchOption.AllDirectories).Single()).Last(), "\"readable_date\":\"");
    }

    static string Date(string text, string before) => Regex.Match(text, Regex.Escape(before) + "(?<date>.)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["date"].Value;

    // The tree keeps every version.
    static ExportReport Export(TempFolder folder, MessageFormat format, int lines, params string[] exports)
    {
        using Import import = Trees.Read([.. exports.Select((xml, index) => folder.Write($"sms-{index}.xml", Encoding.UTF8.GetBytes(xml)))]);
        Assert.Equal(lines, Trees.Lines(import).Length);
        Trees.Store(import, folder["tree"]);
        ExportReport report = Trees.Write(folder["tree"], folder["out"], format);
        Assert.Empty(report.Problems);
        return report;
    }

    static Import Again(TempFolder folder, ExportReport report)
    {
        Import again = Trees.Read(folder["out/" + report.Files.Single()]);
        Assert.Equal((report.Entries, 0), (again.Report.Kept, again.Report.Skipped.Count));
        Assert.Equal(report.Entries, Trees.Lines(again).Length);
        return again;
    }
}
