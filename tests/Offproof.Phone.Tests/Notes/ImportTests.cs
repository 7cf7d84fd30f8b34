using System.Text;

namespace Offproof.Phone.Tests.Notes;

/// <summary>docs/notes.md §1 and §3 where a vector is not enough: what is told, what is refused, and what stays the same.</summary>
public sealed class ImportTests
{
    static byte[] Keep(string members) => Encoding.UTF8.GetBytes("{\"isTrashed\":false,\"textContent\":\"x\",\"userEditedTimestampUsec\":1690864183842000," + members + "}");

    [Fact]
    public void Folders_with_the_same_content_give_the_same_tree_wherever_and_in_whatever_order()
    {
        using TempFolder folder = new();
        foreach (string place in (string[])["one", "deep/er/two"])
        {
            folder.Write(place + "/b/Note.md", "b"u8.ToArray());
            folder.Write(place + "/Note.md", "a"u8.ToArray());
            folder.Write(place + "/k.json", Keep("\"title\":\"k\""));
            foreach (string path in Directory.EnumerateFiles(folder[place], "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(path, new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }
        using Import one = NoteTrees.Read(("notes", folder["one"]));
        using Import two = NoteTrees.Read(("notes", folder["deep/er/two"]));
        Assert.Equal(Messages.Trees.Content(one), Messages.Trees.Content(two));
        using Import both = NoteTrees.Read(("notes", folder["deep/er/two"]), ("notes", folder["one"]));
        Assert.Equal(Messages.Trees.Content(one), Messages.Trees.Content(both));
        Assert.Equal((6L, "3,3"), (both.Report.Kept, string.Join(',', both.Report.KeptBySource)));
        Assert.StartsWith("3 notes were met again", Assert.Single(both.Report.Notices), StringComparison.Ordinal);

        folder.Write("one/Note.md", "changed"u8.ToArray());
        using Import changed = NoteTrees.Read(("notes", folder["one"]));
        Assert.Equal(one.Files.Select(file => file.Path), changed.Files.Select(file => file.Path));
        using Import versions = NoteTrees.Read(("notes", folder["one"]), ("notes", folder["deep/er/two"]));
        using Import reversed = NoteTrees.Read(("notes", folder["deep/er/two"]), ("notes", folder["one"]));
        Assert.Equal(4, versions.Files.Count);
        Assert.Equal(Messages.Trees.Content(versions), Messages.Trees.Content(reversed));
        Messages.Trees.Store(versions, folder["tree"]);
        ExportReport report = NoteTrees.Write(folder["tree"], folder["out"]);
        Assert.Equal(["Note (2).md", "Note.md", "b/Note.md", "k.md"], report.Files.Order(StringComparer.Ordinal));
        Assert.Single(report.Notices);
    }

    [Theory]
    [InlineData(""), InlineData("."), InlineData(".."), InlineData("a/b"), InlineData("a\nb"), InlineData("\0"), InlineData("\u0085")]
    public void A_source_has_a_name_that_a_folder_can_have(string name)
    {
        using TempFolder folder = new();
        folder.Write("in/a.md", [1]);
        Assert.Throws<ArgumentException>(() => NoteImport.Read([(name, folder["in"])], CancellationToken.None));
    }

    /// <summary>A link of a note leads to its own files or to a page, and nowhere else on the device.</summary>
    [Theory]
    [InlineData("\"attachments\":[{\"filePath\":\"../../x\"}]", "[../../x](x)")]
    [InlineData("\"attachments\":[{\"filePath\":\"C:\\\\a\\\\x y\"}]", "[C:\\\\a\\\\x y](x%20y)")]
    [InlineData("\"attachments\":[{\"filePath\":\"a/..\"}]", "[a/..]()")]
    [InlineData("\"annotations\":[{\"url\":\"mailto:ann@example.org\",\"title\":\"Ann\"}]", "[Ann](<mailto:ann@example.org>)")]
    [InlineData("\"annotations\":[{\"url\":\"file:///etc/passwd\",\"title\":\"a\\n# b\"}]", "a # b: file:///etc/passwd")]
    [InlineData("\"annotations\":[{\"url\":\" javascript:alert(1)\"}]", " javascript:alert(1)")]
    [InlineData("\"annotations\":[{\"url\":\"https:x\",\"title\":\"[a](b)\"}]", "\\[a\\](b): https:x")]
    public void A_link_leads_to_a_file_beside_the_note_or_to_a_page(string members, string link)
    {
        using TempFolder folder = new();
        folder.Write("x", [9]);
        folder.Write("in/n.json", Keep(members));
        using Import import = NoteTrees.Read(folder["in"]);
        Assert.Equal("x\n\n" + link + "\n", NoteTrees.Note(Assert.Single(import.Files)).Body);
    }

    [Fact]
    public void A_broken_note_does_not_take_the_others_with_it()
    {
        using TempFolder folder = new();
        folder.Write("in/a.json", "{\n\"isTrashed\": false,\n\"title\" \"x\"}"u8.ToArray());
        folder.Write("in/b.json", Keep("\"title\":\"b\""));
        folder.Write("in/c.json", [.. "[\n"u8, .. Keep("\"title\":\"c\""), .. ",\n5,\n"u8, .. Keep("\"title\":\"d\",\"title\":\"e\""), .. ",\n"u8, .. Keep("\"title\":\"f\""), .. "\n, {\"isTrashed\": "u8]);
        folder.Write("in/d.json", "{\"isTrashed\":false,\"textContent\":e5}"u8.ToArray());
        using Import import = NoteTrees.Read(folder["in"]);
        Assert.Equal(["b", "c", "f"], NoteTrees.Notes(import).Select(file => NoteTrees.Note(file)["title"]!.Trim('"')).Order(StringComparer.Ordinal));
        Assert.Equal(["a.json:1 Broken JSON, at line 3", "c.json:3 It is no note", "c.json:4 It was not kept", "c.json:6 The file ends inside this note", "d.json:1 Broken JSON"],
            import.Report.Skipped.Select(entry => $"{Path.GetFileName(entry.File)}:{entry.Line} {entry.Reason.Split([':', '.'])[0]}").Order(StringComparer.Ordinal));
    }

    [Theory] // notes.md §3.5: a note that was cut off before the names that only Keep has
    [InlineData("{\"color\":\"DEF"), InlineData("{\"attachments\":[{\"filePath\":\"a.png\""), InlineData("{\"textContent\":\"a long tex"), InlineData("{\"labels\":[{\"name\":\"x\"}],")]
    public void A_note_of_Keep_that_is_cut_off_early_is_kept_as_a_file_and_said(string beginning)
    {
        using TempFolder folder = new();
        folder.Write("in/Text.md", [1]);
        folder.Write("in/cut.json", Encoding.UTF8.GetBytes(beginning));
        folder.Write("in/settings.json", "{\"editor\": // not JSON"u8.ToArray());
        using Import import = NoteTrees.Read(folder["in"]);
        Assert.Equal((3L, 0), (import.Report.Kept, import.Report.Skipped.Count));
        Assert.Equal(folder["in/cut.json"] + " looks like a note of Google Keep that is cut off or damaged; it is kept as the file that it is. Export it again.", Assert.Single(import.Report.Notices));
    }

    [Fact] // beside notes of Keep any broken JSON is one of them, however little is left
    public void Beside_notes_of_Keep_the_first_byte_of_one_is_enough()
    {
        using TempFolder folder = new();
        folder.Write("in/Keep/a.json", Keep("\"title\":\"a\""));
        folder.Write("in/Keep/cut.json", "{\"co"u8.ToArray());
        folder.Write("in/other/cut.json", "{\"co"u8.ToArray());
        using Import import = NoteTrees.Read(folder["in"]);
        Assert.Equal((3L, 0), (import.Report.Kept, import.Report.Skipped.Count));
        Assert.StartsWith(folder["in/Keep/cut.json"] + " looks like", Assert.Single(import.Report.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_without_a_note_is_of_no_known_format_and_says_so()
    {
        using TempFolder folder = new();
        folder.Write("in/takeout.zip", "PK\u0003\u0004"u8.ToArray());
        folder.Write("in/app.json", "{}"u8.ToArray());
        using Import import = NoteTrees.Read(folder["in"], folder["nowhere"]);
        Assert.Empty(import.Files);
        Assert.Equal(["The file is of no known format.", "The file is a ZIP that is damaged or very large", "There is no such file or folder."], import.Report.Skipped.Select(entry => entry.Reason.Split(',')[0]));
    }

    [Fact]
    public void Links_pipes_and_names_that_are_no_Unicode_are_said_and_not_followed()
    {
        using TempFolder folder = new();
        folder.Write("secret/secret.md", "secret"u8.ToArray());
        folder.Write("in/a.md", [1]);
        folder.Shell("ln -s ../secret/secret.md in/link.md; ln -s ../secret in/folder; mkfifo in/pipe.md; touch \"in/$(printf 'x\\377').md\"");
        using Import import = NoteTrees.Read(folder["in"]);
        Assert.Equal(1, import.Report.Kept);
        Assert.Equal(["A link; links are not followed.", "A link; links are not followed.", "A pipe, socket or device, not a file.", "The name is not valid Unicode; rename it to have it backed up."],
            import.Report.Skipped.Select(entry => entry.Reason).Order(StringComparer.Ordinal));
        folder.Shell("rm -r in"); // .NET cannot delete that name
    }

    [Fact]
    public void A_name_in_a_note_opens_nothing_outside_of_its_folder()
    {
        using TempFolder folder = new();
        folder.Write("secret.png", [9]);
        folder.Write("in/other/x.png", [8]);
        folder.Write("in/n.json", Keep($"\"attachments\":[{{\"filePath\":\"../secret.png\"}},{{\"filePath\":\"other/x.png\"}},{{\"filePath\":\"{folder["secret.png"]}\"}},{{\"filePath\":\"n.json\"}}]"));
        using Import import = NoteTrees.Read(folder["in"]);
        Assert.Equal(4, import.Report.Notices.Count(notice => notice.Contains("is missing", StringComparison.Ordinal)));
        Assert.Equal(["x"], import.Files.Where(file => !file.Path.EndsWith(".md", StringComparison.Ordinal)).Select(file => Messages.Trees.Bytes(file)[0] == 8 ? "x" : "?"));
    }

    /// <summary>Only a page of Takeout's, and only beside a note that was read.</summary>
    [Fact]
    public void A_page_is_left_out_only_where_it_is_a_copy()
    {
        using TempFolder folder = new();
        byte[] page = "<html><body><div class=\"note DEFAULT\">x</div></body></html>"u8.ToArray();
        folder.Write("in/copy.json", Keep("\"title\":\"copy\""));
        folder.Write("in/copy.html", page);
        folder.Write("in/mine.json", Keep("\"title\":\"mine\""));
        folder.Write("in/mine.html", "<p>written by hand</p>"u8.ToArray());
        folder.Write("in/broken.json", "{\"isTrashed\""u8.ToArray());
        folder.Write("in/broken.html", page);
        using Import import = NoteTrees.Read(folder["in"]);
        Assert.Equal(["broken.json"], import.Report.Skipped.Select(entry => Path.GetFileName(entry.File)));
        Assert.Equal(4, import.Report.Kept);
        Assert.StartsWith("1 page in HTML is Takeout's copy", Assert.Single(import.Report.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_more_than_16_MiB_is_a_file_and_comes_back()
    {
        using TempFolder folder = new();
        byte[] large = new byte[(16 << 20) + 1];
        folder.Write("in/large.txt", large);
        folder.Write("in/small.json", Keep("\"title\":\"" + new string('x', 16 << 20) + "\""));
        using Import import = NoteTrees.Read(folder["in"]);
        Assert.Equal(1, import.Report.Kept);
        Assert.Contains("longer", Assert.Single(import.Report.Skipped).Reason, StringComparison.Ordinal);
        Assert.Equal(2, import.Files.Count);
        Messages.Trees.Store(import, folder["tree"]);
        NoteTrees.Write(folder["tree"], folder["out"]);
        Assert.Equal(large.Length, new FileInfo(folder["out/large.txt"]).Length);
    }

    [Fact]
    public void The_note_after_the_200000th_is_said()
    {
        using TempFolder folder = new();
        folder.Write("in/all.json", Encoding.UTF8.GetBytes("[" + string.Join(",\n", Enumerable.Range(0, 200_001).Select(number => $"{{\"isTrashed\":true,\"title\":\"{number}\",\"userEditedTimestampUsec\":{number + 1}}}")) + "]"));
        using Import import = NoteTrees.Read(folder["in"]);
        Assert.Equal((200_001L, 200_000L, 200_000), (import.Report.Read, import.Report.Kept, import.Files.Count));
        SkippedEntry last = Assert.Single(import.Report.Skipped);
        Assert.Equal(200_001, last.Line);
        Assert.Contains("more than 200000", last.Reason, StringComparison.Ordinal);
    }

    /// <summary>Markup of a few bytes that stands for many, an attachment that is named for ever: an entry that is skipped, and nothing beside it is lost.</summary>
    [Fact]
    public void A_note_that_unfolds_without_end_is_skipped()
    {
        using TempFolder folder = new();
        folder.Write("in/a.md", [1]);
        folder.Write("in/pic.png", [2]);
        string styles = string.Concat(Enumerable.Repeat("<background color=\\\"#12345678\\\">", 16));
        string levels = string.Concat(Enumerable.Range(1, 100_000).Select(indent => $"<bullet indent=\\\"{indent}\\\"/>x\\n"));
        folder.Write("in/styles.json", Encoding.UTF8.GetBytes($"{{\"createDate\":1,\"content\":\"<img fileid=\\\"pic.png\\\"/>{styles}{string.Concat(Enumerable.Repeat("x\\n", 200_000))}\"}}"));
        folder.Write("in/levels.json", Encoding.UTF8.GetBytes($"{{\"createDate\":1,\"content\":\"{levels}\"}}"));
        folder.Write("in/names.json", Keep($"\"attachments\":[{string.Join(',', Enumerable.Repeat("{\"filePath\":\"pic.png\"}", 10_001))}]"));
        using Import import = NoteTrees.Read(folder["in"]);
        Assert.Equal(["names.json: It was not kept: it has more than 10000 attachments.", "styles.json: It was not kept: its text is longer than 67108864 characters."],
            import.Report.Skipped.Select(entry => Path.GetFileName(entry.File) + ": " + entry.Reason).Order(StringComparer.Ordinal));
        Assert.Equal(3, import.Report.Kept);
        Assert.Single(import.Files, file => file.Path.EndsWith(".png", StringComparison.Ordinal));
    }

    [Fact]
    public void Values_that_stand_too_deep_are_damage_and_no_crash()
    {
        using TempFolder folder = new();
        folder.Write("in/a.md", [1]);
        folder.Write("in/deep.json", Keep("\"x\":" + string.Concat(Enumerable.Repeat("[", 100_000))));
        folder.Write("in/deeper.json", Encoding.ASCII.GetBytes(new string('[', 100_000)));
        folder.Write("in/data.json", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"data\":", 100_000))));
        using Import import = NoteTrees.Read(folder["in"]);
        Assert.Equal((4L, 3L), (import.Report.Read, import.Report.Kept));
    }

    [Fact]
    public void A_source_that_changed_is_an_error_and_no_other_note()
    {
        using TempFolder folder = new();
        folder.Write("in/a.md", "before"u8.ToArray());
        using Import import = NoteTrees.Read(folder["in"]);
        folder.Write("in/a.md", "after!"u8.ToArray());
        using Stream stream = Assert.Single(import.Files).Open();
        Assert.Throws<IOException>(() => stream.CopyTo(Stream.Null));
    }
}
