using System.IO.Compression;
using System.Text;

namespace Offproof.Phone.Tests.Said;

/// <summary>phone.md §2.2: a file that is not read is told for what it looks like, and what to do; and what is known to be nothing that could be lost is no entry.</summary>
public sealed class LikenessTests
{
    const string Smses = "<?xml version=\"1.0\"?>\n<!-- x -->\n<smses count=\"1\"><sms address=\"+447700900001\" date=\"1719791999999\" type=\"1\" body=\"BEGIN:VCARD\nEND:VCARD\" /></smses>";
    const string Keep = "{\"color\":\"DEFAULT\",\"isTrashed\":false,\"textContent\":\"\\\"address\\\" \\\"body\\\"\",\"title\":\"t\",\"userEditedTimestampUsec\":1690864183842000}";
    const string OldMessages = "[{\"address\":\"+447700900001\",\"body\":\"\\\"isTrashed\\\"\",\"date\":\"1719791999999\"}]";
    const string Card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nN:Ann;;;;\r\nEND:VCARD\r\n";
    const string Calls = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<!--File Created By SMS Backup & Restore-->\n<calls count=\"2\"><call number=\"+447700900001\" duration=\"3\" date=\"1\" type=\"1\" /><call number=\"+447700900002\" duration=\"0\" date=\"2\" type=\"3\"></call>\n</calls>\n";

    public static TheoryData<string, string, string, string> Strays => new()
    {
        { "messages", "contacts.vcf", Card, "looks like contacts (vCard), and is none of messages: offproof source add contacts FILE" },
        { "messages", "note.json", Keep, "looks like a note of Google Keep, and is none of messages: offproof source add notes FILE" },
        { "messages", "List.md", "# List", "looks like Markdown, and is none of messages: offproof source add notes FILE" },
        { "messages", "x.ics", "BEGIN:VCALENDAR\r\n", "looks like a calendar, which is none of the categories" },
        { "messages", "x.jpg", "jpeg", "looks like a photo or video: offproof source add photos FOLDER" },
        { "messages", "x.7z", "7z", "is a packed archive, and nothing is unpacked here: unpack it, and name its folder: offproof source add messages FOLDER" },
        { "messages", "x", "?", "of no known format" },
        { "contacts", "sms.xml", Smses, "looks like messages of SMS Backup & Restore, and is none of contacts: offproof source add messages FILE" },
        { "contacts", "messages.json", OldMessages, "looks like messages of SMS Import/Export, and is none of contacts: offproof source add messages FILE" },
        { "contacts", "note.json", Keep, "offproof source add notes FILE" },
        { "contacts", "x.ssef", "SSEF", "looks like an encrypted export of SMS Import/Export, and is none of contacts: offproof source add messages FILE" },
        { "contacts", "calls.xml", Calls, "looks like a list of calls, which is none of the categories" },
        { "contacts", "x", "?", "of no known format" },
        { "notes", "contacts.vcf", Card, "looks like contacts (vCard), and is none of notes: offproof source add contacts FILE" },
        { "notes", "sms.xml", Smses, "offproof source add messages FILE" },
        { "notes", "messages.json", OldMessages, "looks like messages of SMS Import/Export, and is none of notes: offproof source add messages FILE" },
        { "notes", "note.json", Keep[..20], "cut off or damaged; whether it was a note cannot be told" },
        { "notes", "x", "?", "of no known format" },
    };

    [Theory, MemberData(nameof(Strays))]
    public void A_file_of_another_category_is_told_for_what_it_is(string category, string name, string content, string said)
    {
        using TempFolder folder = new();
        byte[] bytes = content switch
        {
            "jpeg" => [0xFF, 0xD8, 0xFF, 0xE0],
            "7z" => [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C],
            "SSEF" => File.ReadAllBytes(Path.Combine(Repository.Root, "vectors", "phone", "messages", "v2", "encrypted.ssef")),
            _ => Encoding.UTF8.GetBytes(content),
        };
        foreach (byte[] form in content is "jpeg" or "7z" or "SSEF" ? [bytes] : new[] { bytes, [0xEF, 0xBB, 0xBF, .. bytes], [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(content)] })
        {
            folder.Write(name, form);
            using Import import = Read(category, folder[name]);
            Assert.Equal((0L, 0), (import.Report.Kept, import.Files.Count));
            Assert.Contains(said, Assert.Single(import.Report.Skipped).Reason, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, string, string> Archives => new()
    {
        { "notes", "Takeout/Keep/a.json", "is a ZIP of Google Keep's notes from Takeout, and nothing is unpacked here: unpack it, and name its folder: offproof source add notes FOLDER" },
        { "messages", "Takeout/Keep/a.json", "name its folder: offproof source add notes FOLDER" },
        { "contacts", "Takeout/Contacts/All.vcf", "is a ZIP, and nothing is unpacked here: unpack it, and name its folder: offproof source add contacts FOLDER" },
        { "notes", "Takeout/Contacts/All.vcf", "name its folder: offproof source add contacts FOLDER" },
        { "messages", "sms-20240701.xml", "is a ZIP, and nothing is unpacked here: unpack it, and name its folder: offproof source add messages FOLDER" },
        { "contacts", "messages.ndjson", "looks like a ZIP of SMS Import/Export, and is none of contacts: offproof source add messages FILE" },
        { "notes", "DCIM/a.JPG", "offproof source add photos FOLDER" },
    };

    [Theory, MemberData(nameof(Archives))]
    public void A_ZIP_is_to_be_unpacked_and_says_where_it_belongs(string category, string member, string said)
    {
        using TempFolder folder = new();
        using (ZipArchive zip = ZipFile.Open(folder["x.zip"], ZipArchiveMode.Create))
        {
            using Stream into = zip.CreateEntry(member, CompressionLevel.NoCompression).Open();
            into.Write(Encoding.UTF8.GetBytes("\n" + Card)); // a card in the clear makes no vCard file of a ZIP
        }
        using Import import = Read(category, folder["x.zip"]);
        Assert.Contains(said, Assert.Single(import.Report.Skipped).Reason, StringComparison.Ordinal);
        File.WriteAllBytes(folder["x.zip"], File.ReadAllBytes(folder["x.zip"])[..40]);
        using Import cut = Read(category, folder["x.zip"]);
        Assert.Contains("ZIP", Assert.Single(cut.Report.Skipped).Reason, StringComparison.Ordinal);
    }

    [Fact] // files beside notes are kept as they are; that of Takeout's ZIP no note is read is said
    public void A_ZIP_of_Keep_beside_notes_is_kept_and_said()
    {
        using TempFolder folder = new();
        folder.Write("in/a.md", [1]);
        using (ZipArchive zip = ZipFile.Open(folder["in/takeout.zip"], ZipArchiveMode.Create)) zip.CreateEntry("Takeout/Keep/a.json");
        using (ZipArchive zip = ZipFile.Open(folder["in/other.zip"], ZipArchiveMode.Create)) zip.CreateEntry("a.txt");
        using Import import = Read("notes", folder["in"]);
        Assert.Equal((3L, 0), (import.Report.Kept, import.Report.Skipped.Count));
        Assert.Contains("takeout.zip is a ZIP of Google Keep's notes from Takeout; it is kept as the file that it is", Assert.Single(import.Report.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Beside_messages_a_list_of_calls_and_an_empty_nomedia_are_no_loss_and_are_said()
    {
        using TempFolder folder = new();
        folder.Write("in/sms.xml", Encoding.UTF8.GetBytes(Smses));
        folder.Write("in/calls-1.xml", Encoding.UTF8.GetBytes(Calls));
        folder.Write("in/.nomedia", []);
        folder.Write("in/deep/.nomedia", []);
        using Import import = Read("messages", folder["in"]);
        Assert.Equal((1L, 1L, 0), (import.Report.Read, import.Report.Kept, import.Report.Skipped.Count));
        Assert.Equal(["calls-1.xml is a list of 2 calls, which are no messages: it is not kept.", "2 empty files .nomedia, by which galleries pass over a folder, are not kept."],
            import.Report.Notices.Select(notice => notice.Replace(folder["in"] + "/", "", StringComparison.Ordinal)));
    }

    [Theory] // what is not exactly that is an entry, and skipped
    [InlineData("calls.xml", "<calls count=\"1\"><call number=\"1\" /><sms address=\"1\" date=\"1\" body=\"a\" /></calls>"), InlineData("calls.xml", "<calls><call><sms address=\"1\" date=\"1\" body=\"a\" /></call></calls>")]
    [InlineData("calls.xml", "<calls><call number=\"1\" /></calls><smses><sms address=\"1\" /></smses>"), InlineData("calls.xml", "<calls><call number=\"1\" />"), InlineData("calls.xml", "<calls>text</calls>"), InlineData("calls.xml", "<calls2/>")]
    [InlineData(".nomedia", "x"), InlineData(".nomedia.xml", ""), InlineData("x.nomedia", ""), InlineData(".NOMEDIA", "")]
    public void What_only_looks_like_it_is_skipped(string name, string content)
    {
        using TempFolder folder = new();
        folder.Write("in/sms.xml", Encoding.UTF8.GetBytes(Smses));
        folder.Write("in/" + name, Encoding.UTF8.GetBytes(content));
        using Import import = Read("messages", folder["in"]);
        Assert.Equal((2L, 1L, 1), (import.Report.Read, import.Report.Kept, import.Report.Skipped.Count));
        Assert.Empty(import.Report.Notices);
    }

    [Theory] // a person who names it expects something of it
    [InlineData("calls.xml", Calls), InlineData(".nomedia", "")]
    public void A_source_that_is_itself_such_a_file_is_skipped(string name, string content)
    {
        using TempFolder folder = new();
        folder.Write(name, Encoding.UTF8.GetBytes(content));
        foreach (string category in (string[])["messages", "contacts", "notes"])
        {
            using Import import = Read(category, folder[name]);
            Assert.Equal((1L, 1), (import.Report.Read, import.Report.Skipped.Count));
        }
    }

    static Import Read(string category, string path) => category switch
    {
        "contacts" => ContactImport.Read([path], CancellationToken.None),
        "messages" => MessageImport.Read([path], null, CancellationToken.None),
        _ => NoteImport.Read([("notes", path)], CancellationToken.None),
    };
}
