using System.Text;
using System.Text.RegularExpressions;

namespace Offproof.Phone.Tests.Messages;

/// <summary>docs/messages.md §4.1.</summary>
public sealed class SelectionTests
{
    const string Xml = """
        <smses count="6">
        <sms address="+447700900001" date="1719791999000" type="1" body="a" contact_name="Ann" />
        <sms address="+447700900001" date="1719792000000" type="2" body="b" />
        <sms address="+447700900001" type="2" body="c" />
        <sms address="Bank" date="1719792000000" type="1" body="d" contact_name="(Unknown)" />
        <mms address="+447700900001~+447700900002" date="1719792000000" msg_box="1" contact_name="Ann, Bob"><parts><part ct="text/plain" text="e"/></parts><addrs/></mms>
        <mms address="ann@example.org" date="1719792001" msg_box="1" m_id="f"><parts><part ct="text/plain" text="f"/></parts><addrs><addr address="ann@example.org" type="137" __display_name="Ann"/></addrs></mms>
        </smses>
        """;

    public static TheoryData<string?, string?, string?, string> Choices => new()
    {
        { null, null, null, "abcdef" },
        { "2024-07-01T00:00:00Z", null, null, "bcdef" }, // c has no time
        { "2024-07-01T02:00:01+02:00", null, null, "cf" },
        { null, "+447700900001", null, "abc" },
        { null, "+44 7700-900(001)", null, "abc" },
        { null, "ann", null, "abc" },
        { null, "Ann, Bob", null, "e" },
        { null, "+447700900002~+447700900001", null, "e" },
        { null, "bank", null, "d" },
        { null, "(Unknown)", null, "d" },
        { null, "07700900001", null, "" },
        { null, null, "Ann", "abcef" },
        { null, null, "bob", "e" },
        { null, null, "+44 7700 900001", "abce" },
        { null, null, "ann@example.org", "f" },
        { null, null, "nobody", "" },
        { "2024-07-01T00:00:00Z", "+447700900001", "Ann", "bc" },
        { null, "Bank", "Ann", "" },
    };

    [Theory, MemberData(nameof(Choices))]
    public void What_was_chosen_is_written_and_nothing_else(string? since, string? conversation, string? contact, string expected)
    {
        using TempFolder folder = new();
        Store(folder);
        Selection selection = new() { Since = since is null ? null : DateTimeOffset.Parse(since, System.Globalization.CultureInfo.InvariantCulture), Conversation = conversation, Contact = contact };
        foreach (MessageFormat format in Enum.GetValues<MessageFormat>())
        {
            ExportReport report = Trees.Write(folder["tree"], folder[$"out{format}"], format, selection);
            Assert.Equal(expected.Length, report.Entries);
            Assert.Equal(expected.Length > 0 ? 1 : 0, report.Files.Count);
            if (expected.Length == 0) Assert.Contains(report.Notices, notice => notice.Contains("none was chosen", StringComparison.Ordinal));
            else Assert.Equal(expected, Letters(folder[$"out{format}/{report.Files[0]}"]));
        }
    }

    public static TheoryData<string?, string?, string> Misses => new()
    {
        { "07700 900001", null, "; the nearest: +447700900001 (Ann); +447700900001~+447700900002 (Ann, Bob)" },
        { "+447700900001,+447700900002", null, "; the nearest: +447700900001~+447700900002 (Ann, Bob); +447700900001 (Ann)" },
        { "07700900002; 07700900001", null, "; the nearest: +447700900001~+447700900002 (Ann, Bob); +447700900001 (Ann)" },
        { "bo", null, "; the nearest: +447700900001~+447700900002 (Ann, Bob)" },
        { "+447700900099", null, "" },
        { "~", null, "" },
        { null, "07700900002", "; the nearest: +447700900001~+447700900002 (Ann, Bob)" },
    };

    [Theory, MemberData(nameof(Misses))]
    public void What_is_not_there_brings_the_form_that_is_meant_and_the_nearest(string? conversation, string? contact, string nearest)
    {
        using TempFolder folder = new();
        Store(folder);
        ExportReport report = Trees.Write(folder["tree"], folder["out"], MessageFormat.SmsBackupRestoreXml, new Selection { Conversation = conversation, Contact = contact });
        Assert.Equal(0, report.Entries);
        Assert.Equal((contact is null ? "a conversation is asked for as exported: a number like +447700900001, several joined by ~, or a whole name" : "a contact is asked for as exported: a whole name, or a number like +447700900001") + nearest, report.Hint);
        // What is there and older needs no other form.
        Assert.Null(Trees.Write(folder["tree"], folder["out"], MessageFormat.SmsBackupRestoreXml, new Selection { Conversation = "Bank", Since = DateTimeOffset.MaxValue }).Hint);
        Assert.Null(Trees.Write(folder["tree"], folder["out"], MessageFormat.SmsBackupRestoreXml, Selection.All).Hint);
    }

    [Fact]
    public void Messages_without_a_time_are_counted_where_a_time_is_asked_for()
    {
        using TempFolder folder = new();
        Store(folder);
        DateTimeOffset since = new(2024, 7, 1, 0, 0, 0, TimeSpan.Zero);
        string said = "1 message names no time and is written too: whether it is older, nobody can tell.";
        Assert.Contains(said, Trees.Write(folder["tree"], folder["out1"], MessageFormat.SmsBackupRestoreXml, new Selection { Since = since }).Notices);
        Assert.Contains(said, Trees.Write(folder["tree"], folder["out2"], MessageFormat.SmsImportExportZip, new Selection { Since = since, Conversation = "Ann" }).Notices);
        Assert.DoesNotContain(said, Trees.Write(folder["tree"], folder["out3"], MessageFormat.SmsBackupRestoreXml, new Selection { Since = since, Conversation = "Bank" }).Notices);
        Assert.DoesNotContain(said, Trees.Write(folder["tree"], folder["out4"], MessageFormat.SmsBackupRestoreXml, Selection.All).Notices);
    }

    [Fact]
    public void A_conversation_is_chosen_by_its_folder()
    {
        using TempFolder folder = new();
        Store(folder);
        foreach (string path in Directory.EnumerateDirectories(folder["tree"]))
        {
            string target = folder["out-" + Path.GetFileName(path)];
            Trees.Write(folder["tree"], target, MessageFormat.SmsBackupRestoreXml, new Selection { Conversation = Path.GetFileName(path) });
            string expected = string.Concat(Directory.EnumerateFiles(path).SelectMany(file => Regex.Matches(File.ReadAllText(file), "(?<=\"(body|text)\":\").(?=\")", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(match => match.Value)).Order(StringComparer.Ordinal));
            Assert.Equal(expected, Letters(Path.Combine(target, "messages.xml")));
        }
    }

    [Fact]
    public void A_file_that_is_there_stays_as_it_is()
    {
        using TempFolder folder = new();
        Store(folder);
        Trees.Write(folder["tree"], folder["out"], MessageFormat.SmsBackupRestoreXml);
        byte[] first = File.ReadAllBytes(folder["out/messages.xml"]);
        Trees.Write(folder["tree"], folder["out"], MessageFormat.SmsBackupRestoreXml); // the same: nothing to do
        Assert.Throws<AlreadyThereException>(() => Trees.Write(folder["tree"], folder["out"], MessageFormat.SmsBackupRestoreXml, new Selection { Conversation = "Bank" }));
        Assert.Equal(first, File.ReadAllBytes(folder["out/messages.xml"]));
        Assert.Equal(["messages.xml"], Directory.EnumerateFileSystemEntries(folder["out"]).Select(Path.GetFileName));
    }

    static void Store(TempFolder folder)
    {
        using Import import = Trees.Read(folder.Write("in.xml", Encoding.UTF8.GetBytes(Xml)));
        Assert.Equal((6, 6), (import.Report.Read, import.Report.Kept));
        Trees.Store(import, folder["tree"]);
    }

    static string Letters(string file)
    {
        using Import import = Trees.Read(file);
        return string.Concat(Sources.OfTree(import).Select(message => message.IsMms ? message.Parts[0].Columns["text"] : message.Columns["body"]).Order(StringComparer.Ordinal));
    }
}
