using System.Text;

namespace Offproof.Phone.Tests.Notes;

/// <summary>docs/notes.md §4: what is written, what never is, and trees that somebody else made.</summary>
public sealed class ExportTests
{
    static readonly string Vectors = Path.Combine(Repository.Root, "vectors", "phone", "notes");

    [Fact]
    public void Notes_are_written_under_their_titles_with_links_that_lead_to_their_files()
    {
        using TempFolder folder = new();
        ExportReport report = NoteTrees.Write(Path.Combine(Vectors, "keep", "tree"), folder["out"]);
        Assert.Empty(report.Problems);
        Assert.Equal(5, report.Entries);
        Assert.Equal(["Accidents- a-b -c- 2nd \U0001F600.md", "List.md", "Same (2).md", "Same.md", "with HTML.md"], report.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        string text = File.ReadAllText(folder["out/with HTML.md"]);
        int links = 0;
        foreach (string link in text.Split("](attachments/")[1..].Select(rest => "out/attachments/" + rest[..rest.IndexOf(')', StringComparison.Ordinal)]))
        {
            Assert.True(File.Exists(folder[link]));
            links++;
        }
        Assert.Equal(3, links);
        Assert.Equal(new DateTime(2023, 8, 1, 4, 29, 43, 842, DateTimeKind.Utc), File.GetLastWriteTimeUtc(folder["out/with HTML.md"]));
        Assert.Contains("trashed: true\n", text, StringComparison.Ordinal);

        // The same again: everything is there, and counts as written.
        SortedDictionary<string, (string, DateTime)> before = NoteTrees.Everything(folder["out"]);
        ExportReport again = NoteTrees.Write(Path.Combine(Vectors, "keep", "tree"), folder["out"]);
        Assert.Equal((5, report.Files.Count, 0), (again.Entries, again.Files.Count, again.Problems.Count));
        Assert.Equal(before, NoteTrees.Everything(folder["out"]));
    }

    [Fact]
    public void Nothing_is_written_over_another_file()
    {
        using TempFolder folder = new();
        folder.Write("out/List.md", "mine"u8.ToArray());
        folder.Shell("mkdir elsewhere; ln -s ../elsewhere out/attachments; mkfifo out/Same.md");
        ExportReport report = NoteTrees.Write(Path.Combine(Vectors, "keep", "tree"), folder["out"]);
        Assert.Equal(3, report.Entries);
        string[] reasons = ["a link on the way", "another file", "that is no file"];
        Assert.Equal(["a link on the way", "a link on the way", "a link on the way", "another file", "that is no file"],
            report.Problems.Select(problem => reasons.Single(reason => problem.Reason.Contains(reason, StringComparison.Ordinal))).Order(StringComparer.Ordinal));
        Assert.Equal("mine", File.ReadAllText(folder["out/List.md"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["elsewhere"]));
    }

    [Theory]
    [InlineData("../x.md"), InlineData("/tmp/x.md"), InlineData("a/../../x.md"), InlineData("a//x.md"), InlineData("."), InlineData(""), InlineData("a/"), InlineData("x\\0.md")]
    public void A_path_that_leads_out_of_the_target_is_a_problem(string path)
    {
        using TempFolder folder = new();
        folder.Write("tree/aa/x.md", Encoding.UTF8.GetBytes($"---\noffproof: 1\nsource: \"markdown\"\npath: \"{path.Replace("\\0", "\\x00", StringComparison.Ordinal)}\"\n---\nevil"));
        ExportReport report = NoteTrees.Write(folder["tree"], folder["out/side/target"]);
        Assert.Equal((0, 1), (report.Entries, report.Problems.Count));
        Assert.Contains("leads out", report.Problems[0].Reason, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder["out"], "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(".."), InlineData("."), InlineData(""), InlineData("/"), InlineData("a/b"), InlineData("../x"), InlineData("/tmp"), InlineData("x\\x00"), InlineData("a\\nb")]
    public void A_folder_that_leads_out_of_the_target_is_a_problem(string bad)
    {
        using TempFolder folder = new();
        folder.Write("tree/aa/x.md", Encoding.UTF8.GetBytes($"---\noffproof: 1\nsource: \"markdown\"\nfolder: \"{bad}\"\npath: \"x.md\"\n---\nevil"));
        folder.Write("tree/aa/y.md", "---\noffproof: 1\nsource: \"markdown\"\nfolder: \"good\"\npath: \"x.md\"\n---\ngood"u8.ToArray());
        folder.Write("tree/aa/z.md", "---\noffproof: 1\nsource: \"markdown\"\npath: \"x.md\"\n---\nnone"u8.ToArray());
        ExportReport report = NoteTrees.Write(folder["tree"], folder["out/side/target"]);
        Assert.Contains("leads out", Assert.Single(report.Problems).Reason, StringComparison.Ordinal);
        Assert.Equal(["side/target/good/x.md", "side/target/x.md"], NoteTrees.Everything(folder["out"]).Keys);
        Assert.Equal("none", File.ReadAllText(folder["out/side/target/x.md"]));
    }

    [Theory]
    [InlineData("../../secret"), InlineData("attachments/../../../secret"), InlineData("attachments/x.png"), InlineData("/etc/hostname"), InlineData("attachments/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.png")]
    public void An_attachment_of_another_name_is_not_opened(string file)
    {
        using TempFolder folder = new();
        folder.Write("secret", "secret"u8.ToArray());
        folder.Write("tree/aa/x.md", Encoding.UTF8.GetBytes($"---\noffproof: 1\nsource: \"keep\"\ntitle: \"t\"\nattachments:\n  - name: \"n\"\n    file: \"{file}\"\n---\n"));
        ExportReport report = NoteTrees.Write(folder["tree"], folder["out"]);
        Assert.Contains("a name that none has", Assert.Single(report.Problems).Reason, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["out"]));
    }

    [Fact]
    public void Links_in_a_tree_are_not_followed_and_strangers_are_named()
    {
        using TempFolder folder = new();
        string hash = new('0', 64);
        folder.Write("secret.md", "---\nsource: \"keep\"\n---\nsecret"u8.ToArray());
        folder.Write("tree/aa/x.md", Encoding.UTF8.GetBytes($"---\noffproof: 1\nsource: \"keep\"\ntitle: \"t\"\nattachments:\n  - name: \"n\"\n    file: \"attachments/{hash}.png\"\n---\n"));
        folder.Write("tree/aa/y.txt", [1]);
        folder.Write("tree/aa/z.md", "no front matter"u8.ToArray());
        folder.Write("tree/aa/w.md", "---\nsource: unquoted\n---\n"u8.ToArray());
        folder.Write("tree/bb/attachments/" + hash + ".png", "not of that hash"u8.ToArray());
        folder.Write("tree/cc.md", [1]);
        folder.Shell("ln -s ../../secret.md tree/aa/link.md; ln -s ../.. tree/aa/attachments; ln -s aa tree/dd; mkfifo tree/aa/pipe.md");
        ExportReport report = NoteTrees.Write(folder["tree"], folder["out"]);
        Assert.Equal(["t.md"], report.Files);
        Assert.Equal(["aa/attachments", "aa/attachments/" + hash + ".png", "aa/link.md", "aa/pipe.md", "aa/w.md", "aa/y.txt", "aa/z.md", "bb/attachments/" + hash + ".png", "cc.md", "dd"], report.Problems.Select(problem => problem.File).Order(StringComparer.Ordinal));
        Assert.Equal(["out/t.md"], NoteTrees.Everything(folder["out"]).Keys.Select(file => "out/" + file));
    }

    [Fact]
    public void An_attachment_that_is_not_what_its_name_says_is_not_written()
    {
        using TempFolder folder = new();
        folder.Shell($"cp -r '{Path.Combine(Vectors, "keep", "tree")}' tree; chmod -R u+w tree; for f in tree/*/attachments/*.png; do echo x >> $f; done");
        ExportReport report = NoteTrees.Write(folder["tree"], folder["out"]);
        Assert.Equal(5, report.Entries);
        Assert.Contains("not what it was", Assert.Single(report.Problems).Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(report.Files, file => file.EndsWith(".png", StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(folder["out"], "*", SearchOption.AllDirectories), path => Path.GetFileName(path).StartsWith(".offproof", StringComparison.Ordinal));
    }

    [Fact]
    public void Since_takes_notes_of_that_time_and_later_and_every_file_beside_them()
    {
        using TempFolder folder = new();
        string source = VectorTests.Source("folder", folder);
        using Import import = NoteTrees.Read(source, Path.Combine(Vectors, "keep", "source"));
        Messages.Trees.Store(import, folder["tree"]);
        ExportReport report = NoteTrees.Write(folder["tree"], folder["out"], Selection.All with { Since = DateTimeOffset.FromUnixTimeSeconds(1690864183) });
        Assert.Equal([".obsidian/app.json", ".obsidian/broken.json", "Accidents- a-b -c- 2nd \U0001F600.md", "List.md", "Trips/2024/" + FolderName(1), "Trips/2024/" + FolderName(0), "Trips/copy of pic.png", "Trips/pic.PNG", "no ending", "odd.tar_gz", "with HTML.md"],
            report.Files.Where(file => !file.StartsWith("attachments/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Throws<ArgumentException>(() => NoteTrees.Write(folder["tree"], folder["out"], Selection.All with { Contact = "Ann" }));
        Assert.Contains("No note was written", Assert.Single(NoteTrees.Write(Path.Combine(Vectors, "xiaomi", "tree"), folder["none"], Selection.All with { Since = DateTimeOffset.MaxValue }).Notices), StringComparison.Ordinal);

        string FolderName(int index) => Directory.EnumerateFiles(Path.Combine(source, "Trips", "2024")).Select(path => Path.GetFileName(path)).OrderDescending(StringComparer.Ordinal).ElementAt(index);
    }

    [Fact]
    public void Notes_without_a_time_and_older_files_are_counted_where_a_time_is_asked_for()
    {
        using TempFolder folder = new();
        folder.Write("in/n.json", "{\"isTrashed\":false,\"title\":\"n\"}"u8.ToArray());
        folder.Write("in/old.md", [1]);
        foreach (string picture in (string[])["in/old.png", "in/older.png"]) File.SetLastWriteTimeUtc(folder.Write(picture, [2]), new DateTime(2019, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(folder["in/old.md"], new DateTime(2019, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using Import import = NoteTrees.Read(folder["in"]);
        Messages.Trees.Store(import, folder["tree"]);
        ExportReport report = NoteTrees.Write(folder["tree"], folder["out"], Selection.All with { Since = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero) });
        Assert.Equal(["n.md", "old.png", "older.png"], report.Files.Order(StringComparer.Ordinal));
        Assert.Equal(["1 note names no time and is written too: whether it is older, nobody can tell.", "2 files beside the notes are older and written too: a note may show them."], report.Notices.Order(StringComparer.Ordinal));
        Assert.Empty(NoteTrees.Write(folder["tree"], folder["all"]).Notices);
    }

    [Theory]
    [InlineData("a/b\\c:d", "a-b-c-d"), InlineData("..hidden. ", "hidden"), InlineData("nul", "nul_"), InlineData("COM1", "COM1_"), InlineData("x\ny\u0001\u0085", "x y--"), InlineData(" ", ""), InlineData("...", ""), InlineData("\U0001F600", "\U0001F600")]
    public void A_title_becomes_a_name_that_every_system_can_hold(string title, string name) => Assert.Equal(name, ExportName.OfTitle(title));
}
