using System.IO.Compression;
using System.Text;

namespace Offproof.Phone.Tests.Messages;

/// <summary>Folders, archives and trees that nobody of good will made: only read, no link followed, everything said.</summary>
public sealed class SourcesAndTreesTests
{
    const string One = "<smses count=\"1\"><sms address=\"a\" date=\"1719791999999\" type=\"1\" body=\"1\" /></smses>";
    const string Two = "<smses count=\"2\"><sms address=\"a\" date=\"1719791999999\" type=\"1\" body=\"1\" /><sms address=\"b\" date=\"1719791999999\" type=\"1\" body=\"2\" /></smses>";
    static readonly string Conversation = new('0', 32);

    [Fact]
    public void A_folder_is_read_with_everything_below_it_and_no_link_is_followed()
    {
        using TempFolder folder = new();
        folder.Write("in/b/deep/two.xml", Bytes(Two));
        folder.Write("in/a.xml", Bytes(One));
        folder.Write("in/empty", []);
        folder.Write("in/photo.jpg", [0xFF, 0xD8]);
        folder.Write("secret/three.xml", Bytes(One.Replace("\"1\" />", "\"3\" />", StringComparison.Ordinal)));
        folder.Shell("ln -s ../secret in/folder-link; ln -s ../secret/three.xml in/file-link; ln -s nowhere in/broken; mkfifo in/pipe");
        using Import import = Trees.Read(folder["in"], folder["missing.xml"]);
        Trees.Balances(import);
        Assert.Equal((3, 0), (import.Report.KeptBySource[0], import.Report.KeptBySource[1]));
        string at = folder.FullPath + "/";
        Assert.Equal([("in/broken", "link"), ("in/empty", "empty"), ("in/file-link", "link"), ("in/folder-link", "link"), ("in/photo.jpg", "no known format"), ("in/pipe", "pipe"), ("missing.xml", "no such file")],
            import.Report.Skipped.Select(entry => (entry.File[at.Length..], new[] { "link", "empty", "no known format", "pipe", "no such file" }.First(word => entry.Reason.Contains(word, StringComparison.Ordinal))))
                .OrderBy(pair => pair.Item1, StringComparer.Ordinal));
        Assert.Contains(import.Report.Notices, notice => notice.StartsWith("1 message was met again", StringComparison.Ordinal));
        Assert.Equal(2, Trees.Lines(import).Length);
    }

    [Fact] // phone.md §2.1
    public void The_tree_does_not_depend_on_the_order_or_the_names_of_its_sources()
    {
        using TempFolder folder = new();
        string[] sources = [folder.Write("1/z.xml", Bytes(Two)), folder.Write("1/y.zip", Sources.Zip([Picture("x")])), folder.Write("1/x.xml", Sources.Xml([Picture("y")]))];
        using Import first = Trees.Read(sources);
        using Import second = Trees.Read([.. sources.Reverse()]);
        folder.Shell("cp -r 1 2; mv 2/z.xml 2/0; mv 2/y.zip 2/1");
        using Import third = Trees.Read(folder["2"]);
        Assert.Equal(Trees.Content(first), Trees.Content(second));
        Assert.Equal(Trees.Content(first), Trees.Content(third));
        Assert.Equal(first.Files.Select(file => (file.Path, file.Modified)), third.Files.Select(file => (file.Path, file.Modified)));
    }

    [Fact] // what does not fit into the spool's buffer is in its file; a long message goes past the buffer
    public void Many_messages_and_long_ones_are_all_there()
    {
        using TempFolder folder = new();
        List<SampleMessage> messages = [.. Enumerable.Range(0, 3000).Select(number => new SampleMessage(false, new(StringComparer.Ordinal)
        {
            ["address"] = "a" + SampleMessage.Number(number % 7),
            ["date"] = SampleMessage.Number(1_719_791_999_000 - (number * 1_000_000L)),
            ["body"] = SampleMessage.Number(number) + new string('x', number % 1000 == 999 ? 400_000 : number % 300),
        }, [], []))];
        using Import import = Trees.Read(folder.Write("in.xml", Sources.Xml(messages)));
        Assert.Equal(messages.Select(message => message.Show()).Order(StringComparer.Ordinal), Sources.OfTree(import).Select(message => message.Show()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_source_that_changed_is_not_taken_for_what_it_was()
    {
        using TempFolder folder = new();
        string source = folder.Write("in.xml", Sources.Xml([Picture("x")]));
        using Import import = Trees.Read(source);
        TreeFile attachment = Assert.Single(import.Files, file => file.Path.Contains("/parts/", StringComparison.Ordinal));
        File.WriteAllText(source, File.ReadAllText(source).Replace("AQIDBAUGBwg=", "AQIDBAUGBwk=", StringComparison.Ordinal));
        Assert.Throws<IOException>(() => Trees.Bytes(attachment));
        File.WriteAllText(source, "");
        Assert.Throws<IOException>(() => Trees.Bytes(attachment));
    }

    [Fact]
    public void Versions_of_a_message_are_all_kept_and_counted()
    {
        string read = One.Replace(" />", " read=\"1\" />", StringComparison.Ordinal);
        using TempFolder folder = new();
        using Import import = Trees.Read(folder.Write("1.xml", Bytes(One)), folder.Write("2.xml", Bytes(read)), folder.Write("3.xml", Bytes(One.Replace("\"1\" />", "\"other\" />", StringComparison.Ordinal))));
        Assert.Equal(3, Trees.Lines(import).Length);
        Assert.Equal(["1 message is there in versions that differ in a column; every version is kept."], import.Report.Notices);
    }

    [Theory] // The check value of the catalogues: the checksum of "123456789" is CBF43926
    [InlineData("", 0u), InlineData("123456789", 0xCBF43926u), InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void The_checksum_is_the_known_one_however_it_is_cut(string text, uint expected)
    {
        for (int cut = 0; cut <= text.Length; cut++) Assert.Equal(expected, ~Crc32.Add(Crc32.Add(uint.MaxValue, Bytes(text[..cut])), Bytes(text[cut..])));
    }

    [Fact]
    public void Odd_archives_are_read_as_far_as_they_are_honest()
    {
        byte[] whole = Sources.Zip([Picture("x")]);
        Assert.Equal((1, 0), Kept(whole));
        // Bytes of an attachment that are not those of its checksum: the message stays.
        byte[] damaged = [.. whole];
        int header = whole.AsSpan().LastIndexOf("data/PART_0"u8) - 46; // in the directory
        damaged[header + 16] ^= 1;
        using (Import import = Read(damaged))
        {
            Assert.Equal((1, 0), (import.Report.Kept, import.Report.Skipped.Count));
            Assert.Contains(import.Report.Notices, notice => notice.Contains("is damaged; its message is kept without it", StringComparison.Ordinal));
        }
        // Cut off: the lines stand at the front.
        using (Import import = Read(whole[..^30]))
        {
            Assert.Equal(1, import.Report.Kept);
            Assert.Contains(import.Report.Notices, notice => notice.Contains("not complete", StringComparison.Ordinal));
        }
        Assert.Equal((0, 1), Kept(Archive(("other.txt", "x"))));
        Assert.Equal((1, 2), Kept(Archive(("messages.ndjson", "{\"address\":\"a\"}\n"), ("messages.ndjson", "{\"address\":\"b\"}\n"), ("data/unused", "x"))));
        Assert.Equal((1, 1), Kept(Archive(("messages.ndjson", "{\"m_type\":\"132\",\"__parts\":[{\"_data\":\"/../../etc/passwd\"}]}"), ("data/../../etc/passwd", "x"))));
    }

    [Fact]
    public void An_archive_that_unpacks_to_far_more_than_an_export_is_given_up()
    {
        using MemoryStream file = new();
        using (ZipArchive zip = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream lines = zip.CreateEntry("messages.ndjson", CompressionLevel.Optimal).Open();
            lines.Write("{\"address\":\"a\"}\nx"u8);
            byte[] blanks = new byte[1 << 20];
            blanks.AsSpan().Fill((byte)' ');
            for (int megabytes = 0; megabytes < 1800; megabytes++) lines.Write(blanks);
        }
        byte[] bomb = file.ToArray();
        Assert.True(bomb.Length < 20 << 20);
        using Import import = Read(bomb);
        Assert.Equal(1, import.Report.Kept);
        Assert.Contains("far more than an export", import.Report.Skipped[^1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MessageFormat.SmsBackupRestoreXml), InlineData(MessageFormat.SmsImportExportZip)]
    public void A_tree_from_anywhere_is_only_read_and_what_is_wrong_with_it_is_said(MessageFormat format)
    {
        using TempFolder folder = new();
        string hash = "9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a"; // of 1, 2, 3, 4
        string Part(string name) => $"{{\"kind\":\"mms\",\"address\":\"a\",\"date\":\"1719791999000\",\"m_id\":\"{name}\",\"parts\":[{{\"ct\":\"image/png\",\"data\":\"{name}\"}}]}}\n";
        string lost = new('1', 64), wrong = new('2', 64), link = new('3', 64);
        folder.Write($"tree/{Conversation}/2024-06.ndjson", Bytes(Part(hash + ".png") + Part(lost + ".png") + Part(wrong + ".png") + Part(link + ".png") + Part("../../../secret") + "{\"kind\":\"call\"}\n{}\n"));
        folder.Write($"tree/{Conversation}/parts/{hash}.png", [1, 2, 3, 4]);
        folder.Write($"tree/{Conversation}/parts/{wrong}.png", [5]);
        folder.Write("secret", [6]);
        folder.Write($"tree/{Conversation}/notes.txt", [7]);
        folder.Write("tree/other/2024-06.ndjson", [8]);
        folder.Shell($"ln -s ../../../secret tree/{Conversation}/parts/{link}.png; ln -s ../secret tree/{new string('4', 32)}; mkfifo tree/{Conversation}/2024-07.ndjson; ln -s 2024-06.ndjson tree/{Conversation}/2024-08.ndjson");
        ExportReport report = Trees.Write(folder["tree"], folder["out"], format);
        Assert.Equal(4, report.Entries);
        Assert.Equal([(".../2024-06.ndjson", 5L), (".../2024-06.ndjson", 6L), (".../2024-06.ndjson", 7L), (".../2024-07.ndjson", null), (".../2024-08.ndjson", null), (".../notes.txt", null), (".../parts/" + lost + ".png", null), (".../parts/" + wrong + ".png", null),
            (".../parts/" + link + ".png", null), (new string('4', 32), (long?)null), ("other", null)], report.Problems.Select(problem => (problem.File.Replace(Conversation, "...", StringComparison.Ordinal), problem.Line)).OrderBy(pair => pair.Item1, StringComparer.Ordinal).ThenBy(pair => pair.Line));
        using Import import = Trees.Read(folder["out/" + report.Files[0]]);
        Assert.Equal(4, import.Report.Kept);
        Assert.Equal([1, 2, 3, 4], Trees.Bytes(Assert.Single(import.Files, file => file.Path.Contains("/parts/", StringComparison.Ordinal))));
    }

    static SampleMessage Picture(string address) => new(true, new(StringComparer.Ordinal) { ["address"] = address, ["date"] = "1719791999000", ["m_type"] = "132" }, [],
        [(new(StringComparer.Ordinal) { ["ct"] = "image/png" }, [1, 2, 3, 4, 5, 6, 7, 8])]);

    static (long Kept, int Skipped) Kept(byte[] file)
    {
        using Import import = Read(file);
        Trees.Balances(import);
        return (import.Report.Kept, import.Report.Skipped.Count);
    }

    static byte[] Archive(params (string Name, string Text)[] members)
    {
        using MemoryStream file = new();
        using (ZipArchive zip = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, string text) in members)
            {
                using Stream member = zip.CreateEntry(name).Open();
                member.Write(Bytes(text));
            }
        }
        return file.ToArray();
    }

    static Import Read(byte[] file) => MessageImport.Read(new SourceFile("source", () => new MemoryStream(file)), null);

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
